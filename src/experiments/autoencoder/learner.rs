//! What is trained: [`Autoencoding`] is the [`Learner`](crate::train::Learner) of this kind.

use super::evaluation::Measured;
use super::model::{Autoencoder, Design};
use super::spec::{AutoencoderSpec, Binarisation};
use super::step::{Members, Step};
use crate::data::{self, Pictures};
use crate::job::{Context, RunError};
use crate::optim::{Optimiser, OptimiserSpec};
use tch::{Kind, Tensor};

/// K auto-encoders that learn from pictures.
pub struct Autoencoding<'a> {
    pub(super) spec: &'a AutoencoderSpec,
    pub(super) pictures: &'a Pictures,
    pub(super) model: Autoencoder,
    pub(super) members: Members,
    /// Of the encoder and of the decoder.
    pub(super) optimisers: [Optimiser; 2],
    pub(super) seeds: Vec<u64>,
    pub(super) order: Tensor,
    /// Sums over this epoch's steps of loss, reconstruction and divergence, each weighed by its share of
    /// a full batch, `[3, K]`.
    pub(super) sums: Tensor,
    /// What was measured on the test pictures after the last epoch.
    pub(super) last: Option<Measured>,
    /// The last gradients of the encoder and of the decoder.
    pub(super) gradients: [Vec<Tensor>; 2],
    pub(super) device: tch::Device,
}

impl<'a> Autoencoding<'a> {
    /// Auto-encoders at their first values.
    ///
    /// # Errors
    /// When the settings do not fit the pictures, or the optimiser's do not fit the members.
    pub fn new(
        context: &Context,
        spec: &'a AutoencoderSpec,
        pictures: &'a Pictures,
    ) -> Result<Self, RunError> {
        let seeds = context.member_seeds(spec.members);
        let shape = pictures.shape;
        let input = [shape.channels, shape.height, shape.width];
        let design = Design::new(spec, input, &seeds);
        let model = Autoencoder::build(design, context.device).map_err(|error| error.message)?;
        let prior = if spec.weight_prior { 1.0 / pictures.train.examples() as f64 } else { 0.0 };
        let members = seeds.len();
        let optimisers = [
            Optimiser::new(&spec.optimiser, model.encoder.parameters(), members)?,
            Optimiser::new(
                &with_prior(&spec.optimiser, prior),
                model.decoder.parameters(),
                members,
            )?,
        ];
        Ok(Self {
            spec,
            pictures,
            members: Members::new(&model, &optimisers),
            model,
            optimisers,
            order: Tensor::zeros([0], (Kind::Int64, context.device)),
            sums: Tensor::zeros([3, members as i64], (Kind::Float, context.device)),
            last: None,
            gradients: [Vec::new(), Vec::new()],
            seeds,
            device: context.device,
        })
    }

    /// Steps in an epoch; the last may be short of a full batch.
    #[must_use]
    pub fn steps_per_epoch(&self) -> u64 {
        (self.pictures.train.examples() as u64).div_ceil(self.spec.batch)
    }

    /// The means over the examples of the epoch that has ended of loss, reconstruction and divergence,
    /// `[3, K]`: each at the time of its step.
    pub(super) fn means(&self) -> Tensor {
        &self.sums / (self.pictures.train.examples() as f64 / self.spec.batch as f64)
    }

    /// The pictures of step `within` of the epoch, number `step` of all: `[K, B, pixels]`.
    pub(super) fn batch(&self, within: u64, step: u64) -> Tensor {
        let batch = self.spec.batch as i64;
        let from = within as i64 * batch;
        let indices = self.order.narrow(1, from, batch.min(self.pictures.train.examples() - from));
        let size = indices.size();
        let rows = self.pictures.train.rows(&indices.reshape([-1])).view([size[0], size[1], -1]);
        match self.spec.binarisation {
            Binarisation::Dynamic => data::binarise_dynamic(&rows, &self.seeds, step),
            Binarisation::None | Binarisation::Static => rows,
        }
    }

    /// What step number `step` of all goes by.
    pub(super) fn rule(&self, step: u64) -> Step<'a> {
        let per_epoch = self.steps_per_epoch();
        Step {
            spec: self.spec,
            beta: self.spec.beta_at(step, per_epoch),
            factor: self.spec.schedule.factor(step, per_epoch, per_epoch * self.spec.epochs),
            number: step,
        }
    }

    /// The networks with their names in a checkpoint.
    pub(super) fn networks(&self) -> [(&'static str, &crate::nn::Network); 2] {
        [("encoder", &self.model.encoder), ("decoder", &self.model.decoder)]
    }
}

/// The optimiser with `prior` times the parameter added to its gradient.
fn with_prior(spec: &OptimiserSpec, prior: f64) -> OptimiserSpec {
    let mut spec = spec.clone();
    let decay = match &mut spec {
        OptimiserSpec::Sgd(spec) => &mut spec.weight_decay,
        OptimiserSpec::Adam(spec) => &mut spec.weight_decay,
        OptimiserSpec::Adamw(spec) => &mut spec.weight_decay,
        OptimiserSpec::Adagrad(spec) => &mut spec.weight_decay,
        OptimiserSpec::Rmsprop(spec) => &mut spec.weight_decay,
    };
    *decay += prior;
    spec
}
