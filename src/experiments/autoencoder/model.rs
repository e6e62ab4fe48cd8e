//! An encoder and a decoder that belong together: [`Autoencoder`], K of them side by side.

use super::coder::Coder;
use super::likelihood::Likelihood;
use super::posterior::Posterior;
use super::spec::{AutoencoderSpec, Binarisation, EncoderSpec, Form, LikelihoodSpec, Side};
use crate::shape::Shape;
use crate::spec::FieldError;
use serde::{Deserialize, Serialize};
use tch::{Device, Tensor, no_grad};

/// How to build an auto-encoder again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Design {
    /// Plain, or variational: with a distribution over the latents.
    pub(super) form: Form,
    /// The encoder, from a picture to its latents.
    pub(super) encoder: EncoderSpec,
    /// The encoder whose mirror image the decoder is.
    pub(super) decoder: EncoderSpec,
    /// Latent dimensions.
    pub(super) latent: i64,
    /// The distribution of pictures.
    pub(super) likelihood: LikelihoodSpec,
    /// What was done to the pictures.
    pub(super) binarisation: Binarisation,
    /// Channels, height and width of a picture.
    pub(super) input: [i64; 3],
    /// The seed of each member.
    pub(super) seeds: Vec<u64>,
}

/// K auto-encoders of one form.
pub(super) struct Autoencoder {
    /// How it was built.
    pub(super) design: Design,
    /// p(x | z).
    pub(super) likelihood: Likelihood,
    /// From `[K, R, pixels]`.
    pub(super) encoder: Coder,
    /// From `[K, R, latent]`.
    pub(super) decoder: Coder,
}

impl Design {
    /// The design that settings ask for.
    pub(super) fn new(spec: &AutoencoderSpec, input: [i64; 3], seeds: &[u64]) -> Self {
        Self {
            form: spec.form,
            encoder: spec.encoder.clone(),
            decoder: spec.decoder.mirrored(&spec.encoder),
            latent: spec.latent,
            likelihood: spec.likelihood.clone(),
            binarisation: spec.binarisation,
            input,
            seeds: seeds.to_vec(),
        }
    }

    /// The size of a picture.
    pub(super) fn shape(&self) -> Shape {
        let [channels, height, width] = self.input;
        Shape { channels, height, width }
    }

    /// What the two networks take and give.
    pub(super) fn sides(&self) -> [Side; 2] {
        let outputs = match self.form {
            Form::Plain => self.latent,
            Form::Variational => 2 * self.latent,
        };
        let decoder = Side::Decoder { inputs: self.latent, outputs: self.likelihood.outputs() };
        [Side::Encoder { outputs }, decoder]
    }

    /// Whether neither network has convolutions.
    pub(super) fn is_dense(&self) -> bool {
        let dense = |spec| matches!(spec, &EncoderSpec::Mlp(_));
        dense(&self.encoder) && dense(&self.decoder)
    }

    /// Whether both networks fit the pictures.
    ///
    /// # Errors
    /// What is wrong, in one sentence.
    pub(super) fn check(&self) -> Result<(), FieldError> {
        self.encoder.check(self.shape())?;
        self.decoder.check(self.shape())
    }
}

impl Autoencoder {
    /// At its first values.
    pub(super) fn build(design: Design, device: Device) -> Self {
        let [first, second] = design.sides();
        let build = |spec: &EncoderSpec, side| {
            Coder::build(spec, side, design.shape(), &design.seeds, device)
        };
        let encoder = build(&design.encoder, first);
        let decoder = build(&design.decoder, second);
        Self { likelihood: Likelihood::from(&design.likelihood), encoder, decoder, design }
    }

    /// With these parameters, in the order of the networks.
    pub(super) fn with_parameters(
        design: Design,
        encoder: Vec<Tensor>,
        decoder: Vec<Tensor>,
    ) -> Self {
        let [first, second] = design.sides();
        let with = |spec: &EncoderSpec, side, parameters| {
            Coder::with_parameters(spec, side, design.shape(), parameters)
        };
        let encoder = with(&design.encoder, first, encoder);
        let decoder = with(&design.decoder, second, decoder);
        Self { likelihood: Likelihood::from(&design.likelihood), encoder, decoder, design }
    }

    /// Some members, from number `first` on, that work on this memory.
    pub(super) fn part(&self, first: usize, members: usize) -> Self {
        let seeds = self.design.seeds[first..first + members].to_vec();
        let part = |coder: &Coder| coder.part(first as i64, members as i64);
        Self {
            design: Design { seeds, ..self.design.clone() },
            likelihood: self.likelihood,
            encoder: part(&self.encoder),
            decoder: part(&self.decoder),
        }
    }

    /// The number K of members.
    pub(super) fn members(&self) -> i64 {
        self.encoder.parameters()[0].size()[0]
    }

    /// How many numbers the parameters of all members are.
    pub(super) fn numbers(&self) -> i64 {
        let all = self.encoder.parameters().iter().chain(self.decoder.parameters());
        all.map(|parameter| parameter.numel() as i64).sum()
    }

    /// Element type and device of the parameters.
    pub(super) fn options(&self) -> (tch::Kind, Device) {
        let one = &self.encoder.parameters()[0];
        (one.kind(), one.device())
    }

    /// Whether there is a distribution over the latents.
    pub(super) fn is_variational(&self) -> bool {
        self.design.form == Form::Variational
    }

    /// q(z | x) of pictures `[K, B, pixels]`; of the variational form.
    pub(super) fn posterior(&self, pictures: &Tensor) -> Posterior {
        no_grad(|| Posterior::new(&self.encoder.forward(pictures)))
    }

    /// Where pictures `[K, B, pixels]` lie in latent space, `[K, B, latent]`: of the variational
    /// form the mean.
    pub(super) fn place(&self, pictures: &Tensor) -> Tensor {
        no_grad(|| self.encoder.forward(pictures).narrow(2, 0, self.design.latent))
    }

    /// The mean pictures of places `[K, R, latent]`: `[K, R, pixels]`.
    pub(super) fn picture(&self, places: &Tensor) -> Tensor {
        no_grad(|| self.likelihood.mean(&self.decoder.forward(places)))
    }

    /// `log p(x | z)` of pictures `[K, 1 or L, B, pixels]` given places `[K, L, B, latent]`:
    /// `[K, L, B]`.
    pub(super) fn log_likelihood(&self, pictures: &Tensor, places: &Tensor) -> Tensor {
        no_grad(|| {
            let size = places.size();
            let output = self.decoder.forward(&places.flatten(1, 2));
            let output = output.view([size[0], size[1], size[2], -1]);
            self.likelihood.log_probability(pictures, &output)
        })
    }
}
