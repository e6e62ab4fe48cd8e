//! Which of the two engines runs a group of members: [`Engine`].

use super::dense_stack::{self, BatchLayout, DenseStack};
use super::design::Design;
use super::gradients::Wanted;
use super::graph::{self, Graph};
use super::noise::Noise;
use tch::{Tensor, no_grad};

/// The written-out stack where layers are purely dense, else automatic differentiation.
pub(super) enum Engine {
    Dense(DenseStack, Option<Vec<dense_stack::Slots>>),
    Graph(Graph, Option<Vec<Tensor>>),
}

/// What a recorded pass leaves for the backward pass.
pub(super) enum Tape {
    Dense(dense_stack::Tape),
    Graph(graph::Tape),
}

impl Engine {
    /// Over parameters and buffers `[members, …]`, in the order of the design.
    pub(super) fn new(
        design: &Design,
        members: i64,
        parameters: Vec<Tensor>,
        buffers: Vec<Tensor>,
        layout: BatchLayout,
    ) -> Self {
        match &design.dense {
            Some(form) => Self::Dense(DenseStack::new(form, &parameters, layout), None),
            None => Self::Graph(Graph::new(design, members, parameters, buffers), None),
        }
    }

    /// Gives it memory for gradients, of the sizes of the parameters.
    pub(super) fn write_gradients_to(&mut self, memory: Vec<Tensor>) {
        match self {
            Self::Dense(stack, slots) => *slots = Some(stack.slots(&memory)),
            Self::Graph(_, slots) => *slots = Some(memory),
        }
    }

    pub(super) fn forward(&self, input: &Tensor, noise: Option<&Noise>) -> Tensor {
        match self {
            Self::Dense(stack, _) => stack.forward(input, noise, stack.len()).0,
            Self::Graph(graph, _) => graph.forward(input, noise, 0),
        }
    }

    /// What the last layer is given.
    pub(super) fn features(&self, input: &Tensor) -> Tensor {
        match self {
            Self::Dense(stack, _) => stack.forward(input, None, stack.len() - 1).0,
            Self::Graph(graph, _) => graph.forward(input, None, 1),
        }
    }

    pub(super) fn record(
        &self,
        input: &Tensor,
        noise: Option<&Noise>,
        wanted: Wanted,
    ) -> (Tensor, Tape) {
        match self {
            Self::Dense(stack, _) => {
                let (output, tape) = no_grad(|| stack.forward(input, noise, stack.len()));
                (output, Tape::Dense(tape))
            }
            Self::Graph(graph, _) => {
                let (output, tape) = graph.record(input, noise, wanted);
                (output, Tape::Graph(tape))
            }
        }
    }

    /// Writes the gradients of parameters where they belong, if they are wanted, and gives that of the
    /// input, if it is.
    pub(super) fn backward(&self, tape: Tape, gradient: &Tensor, wanted: Wanted) -> Option<Tensor> {
        match (self, tape) {
            (Self::Dense(stack, slots), Tape::Dense(tape)) => {
                let slots = slots.as_deref().filter(|_| wanted.parameters());
                no_grad(|| stack.backward(tape, gradient, slots, wanted))
            }
            (Self::Graph(_, memory), Tape::Graph(tape)) => {
                let memory = memory.as_deref().filter(|_| wanted.parameters());
                tape.backward(gradient, memory, wanted)
            }
            _ => unreachable!("a tape goes back to the engine that recorded it"),
        }
    }
}
