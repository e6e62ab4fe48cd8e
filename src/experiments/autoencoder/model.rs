//! An encoder and a decoder that belong together: [`Autoencoder`], K of them side by side.

use super::likelihood::Likelihood;
use super::posterior::Posterior;
use super::spec::{AutoencoderSpec, Binarisation, EncoderSpec, Form, LikelihoodSpec, Side};
use crate::nn::{self, BatchLayout, Network, NetworkError, Placement};
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
    pub(super) encoder: Network,
    /// From `[K, R, latent]`.
    pub(super) decoder: Network,
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
    fn sides(&self) -> [Side; 2] {
        Side::both(self.form, self.latent, &self.likelihood)
    }

    /// The networks, encoder first.
    ///
    /// # Errors
    /// What does not fit the pictures.
    pub(super) fn networks(&self) -> Result<[nn::Design; 2], FieldError> {
        let [first, second] = self.sides();
        let encoder = self.encoder.design(self.shape(), first)?;
        Ok([encoder, self.decoder.design(self.shape(), second)?])
    }
}

impl Autoencoder {
    /// At its initial values.
    ///
    /// # Errors
    /// What does not fit the pictures.
    pub(super) fn build(design: Design, device: Device) -> Result<Self, FieldError> {
        let networks = design.networks()?;
        let build = |network: &nn::Design, purpose: &str| {
            let placement = Placement::in_turn(network, device, design.seeds.len());
            nn::build_design(
                network,
                purpose,
                &design.seeds,
                device,
                (BatchLayout::ExamplesFirst, &placement),
            )
        };
        let encoder = build(&networks[0], "init/encoder");
        let decoder = build(&networks[1], "init/decoder");
        Ok(Self { likelihood: Likelihood::from(&design.likelihood), encoder, decoder, design })
    }

    /// With these parameters, in the order of the networks.
    ///
    /// # Errors
    /// What does not fit the pictures, or parameters that do not fit the networks.
    pub(super) fn with_parameters(
        design: Design,
        encoder: &[Tensor],
        decoder: &[Tensor],
    ) -> Result<Self, NetworkError> {
        let networks = design.networks().map_err(NetworkError::Spec)?;
        let with = |network: &nn::Design, parameters: &[Tensor]| {
            let device = parameters.first().map_or(Device::Cpu, Tensor::device);
            let placement = Placement::in_turn(network, device, design.seeds.len());
            nn::design_with_parameters(
                network,
                parameters,
                (BatchLayout::ExamplesFirst, &placement),
            )
        };
        let encoder = with(&networks[0], encoder)?;
        let decoder = with(&networks[1], decoder)?;
        Ok(Self { likelihood: Likelihood::from(&design.likelihood), encoder, decoder, design })
    }

    /// Some members, from number `first` on, that work on this memory.
    pub(super) fn part(&self, first: usize, members: usize) -> Self {
        let seeds = self.design.seeds[first..first + members].to_vec();
        Self {
            design: Design { seeds, ..self.design.clone() },
            likelihood: self.likelihood,
            encoder: self.encoder.part(first, members),
            decoder: self.decoder.part(first, members),
        }
    }

    /// The number K of members.
    pub(super) fn members(&self) -> i64 {
        self.encoder.parameters()[0].size()[0]
    }

    /// Whether both networks are purely dense and so small that members are best batched on a CPU.
    pub(super) fn stacks(&self) -> bool {
        let designs = [self.encoder.design(), self.decoder.design()];
        let count: i64 = designs.iter().map(|it| it.blueprint().count()).sum();
        designs.iter().all(|it| it.is_dense()) && nn::stacks(count)
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
        no_grad(|| Posterior::new(&self.encoder.forward(pictures, None)))
    }

    /// Where pictures `[K, B, pixels]` lie in latent space, `[K, B, latent]`: of the variational
    /// form the mean.
    pub(super) fn place(&self, pictures: &Tensor) -> Tensor {
        no_grad(|| self.encoder.forward(pictures, None).narrow(2, 0, self.design.latent))
    }

    /// The mean pictures of places `[K, R, latent]`: `[K, R, pixels]`.
    pub(super) fn picture(&self, places: &Tensor) -> Tensor {
        no_grad(|| self.likelihood.mean(&self.decoder.forward(places, None)))
    }

    /// `log p(x | z)` of pictures `[K, 1 or L, B, pixels]` given places `[K, L, B, latent]`:
    /// `[K, L, B]`.
    pub(super) fn log_likelihood(&self, pictures: &Tensor, places: &Tensor) -> Tensor {
        no_grad(|| {
            let size = places.size();
            let output = self.decoder.forward(&places.flatten(1, 2), None);
            let output = output.view([size[0], size[1], size[2], -1]);
            self.likelihood.log_probability(pictures, &output)
        })
    }
}
