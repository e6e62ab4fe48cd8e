//! An encoder or decoder over the member axis: [`Coder`], from rows of numbers to rows of numbers.

mod convolutional;
mod dense;
mod gradients;

pub(super) use gradients::{Gradients, Of};

use super::init;
use super::spec::{EncoderSpec, Side};
use crate::shape::Shape;
use convolutional::{Convolutional, Graph};
use dense::{Dense, Tape as DenseTape};
use tch::{Device, Tensor};

/// K networks of one form, from `[K, R, inputs]` to `[K, R, outputs]`.
pub(super) struct Coder {
    names: Vec<String>,
    parameters: Vec<Tensor>,
    body: Body,
}

enum Body {
    Dense(Dense),
    Convolutional(Convolutional),
}

/// What a forward pass leaves for the backward pass.
pub(super) enum Tape {
    Dense(DenseTape),
    Convolutional(Graph),
}

impl Coder {
    /// A network at its first values.
    pub(super) fn build(
        spec: &EncoderSpec,
        side: Side,
        input: Shape,
        seeds: &[u64],
        device: Device,
    ) -> Self {
        let purpose = match side {
            Side::Encoder { .. } => "encoder",
            Side::Decoder { .. } => "decoder",
        };
        let layout = spec.layout(input, side);
        let parameters = init::draw(spec, &layout, seeds, purpose, device);
        Self::with_parameters(spec, side, input, parameters)
    }

    /// The network that these parameters `[K, …]`, in the order of its layout, make up. It works on
    /// their memory, in their kind and on their device.
    pub(super) fn with_parameters(
        spec: &EncoderSpec,
        side: Side,
        input: Shape,
        parameters: Vec<Tensor>,
    ) -> Self {
        let names = spec.layout(input, side).into_iter().map(|parameter| parameter.name).collect();
        let body = match spec {
            EncoderSpec::Mlp(spec) => Body::Dense(Dense::new(&parameters, spec.activation)),
            EncoderSpec::Cnn(spec) => {
                Body::Convolutional(Convolutional::new(spec, side, input, &parameters))
            }
        };
        Self { names, parameters, body }
    }

    /// Some members, from number `first` on, as a network of its own that works on this memory.
    pub(super) fn part(&self, first: i64, members: i64) -> Self {
        let parameters: Vec<_> =
            self.parameters.iter().map(|it| it.narrow(0, first, members)).collect();
        let body = match &self.body {
            Body::Dense(body) => Body::Dense(body.part(&parameters, first)),
            Body::Convolutional(body) => Body::Convolutional(body.part(&parameters)),
        };
        Self { names: self.names.clone(), parameters, body }
    }

    /// The gradients of all members, from those of [`part`](Self::part)s of them, in their order.
    pub(super) fn joined(&self, parts: &[&[Tensor]]) -> Vec<Tensor> {
        match &self.body {
            Body::Dense(body) => body.gradients(),
            Body::Convolutional(_) => {
                let of = |index: usize| parts.iter().map(|it| &it[index]).collect::<Vec<_>>();
                (0..self.parameters.len()).map(|index| Tensor::cat(&of(index), 0)).collect()
            }
        }
    }

    /// The names of the parameters, in their order.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The parameters, each `[K, …]` and contiguous. Change them in place.
    pub(super) fn parameters(&self) -> &[Tensor] {
        &self.parameters
    }

    /// From `[K, R, inputs]` to `[K, R, outputs]`.
    pub(super) fn forward(&self, input: &Tensor) -> Tensor {
        tch::no_grad(|| match &self.body {
            Body::Dense(body) => body.forward(input).0,
            Body::Convolutional(body) => body.forward(input),
        })
    }

    /// The same, with what the backward pass needs.
    pub(super) fn record(&self, input: &Tensor) -> (Tensor, Tape) {
        match &self.body {
            Body::Dense(body) => {
                let (output, tape) = tch::no_grad(|| body.forward(input));
                (output, Tape::Dense(tape))
            }
            Body::Convolutional(body) => {
                let (output, graph) = body.record(input);
                (output, Tape::Convolutional(graph))
            }
        }
    }

    /// The gradients, given that of the output.
    pub(super) fn backward(&self, tape: Tape, gradient: &Tensor, of: Of) -> Gradients {
        match (&self.body, tape) {
            (Body::Dense(body), Tape::Dense(tape)) => {
                tch::no_grad(|| body.backward(&tape, gradient, of))
            }
            (_, Tape::Convolutional(graph)) => graph.backward(gradient, of),
            (Body::Convolutional(_), Tape::Dense(_)) => {
                unreachable!("a tape goes back to the network that recorded it")
            }
        }
    }
}
