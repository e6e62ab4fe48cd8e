//! Learning from labelled pictures: [`Supervised`] is the [`Learner`](crate::train::Learner) of every job that does.
//!
//! What is learnt from them (their labels, a teacher's answers) is the [`Objective`]; the network,
//! the order of examples, augmentation, the optimiser and the measurements are the same for all.

use crate::data::{self, Labelled};
use crate::job::{Context, RunError};
use crate::nn::Network;
use crate::optim::Optimiser;
use tch::{Kind, Tensor};

use super::evaluation::ClassifierMetrics;
use super::recipe::Recipe;

/// The examples of one step.
pub struct Batch<'a> {
    /// Pictures as the network sees them, float `[K, B, C, H, W]` in 0..1.
    pub images: &'a Tensor,
    /// Their places in the training set, `[K, B]`.
    pub indices: &'a Tensor,
    /// Their labels, `[K, B]`.
    pub labels: &'a Tensor,
}

/// What is learnt.
pub trait Objective {
    /// From logits `[K, B, classes]`: the loss of each member `[K]` (mean over the batch), and the
    /// gradient of the sum of these losses with respect to the logits.
    fn evaluate(&self, batch: &Batch<'_>, logits: &Tensor) -> (Tensor, Tensor);
}

/// A network (of K members) that learns from labelled pictures.
pub struct Supervised<'a> {
    pub(super) recipe: Recipe<'a>,
    pub(super) data: &'a Labelled,
    pub(super) network: Network,
    pub(super) optimiser: Optimiser,
    pub(super) objective: &'a dyn Objective,
    pub(super) seeds: Vec<u64>,
    pub(super) order: Tensor,
    /// Sum of the losses of this epoch's steps, each weighed by its share of a full batch, `[K]`.
    pub(super) loss_sum: Tensor,
    /// What was measured on the test examples after the last epoch.
    pub(super) last: Option<ClassifierMetrics>,
    pub(super) gradients: Vec<Tensor>,
    pub(super) device: tch::Device,
}

impl<'a> Supervised<'a> {
    /// A network at its initial weights.
    ///
    /// # Errors
    /// When the optimiser's settings do not fit the network.
    pub fn new(
        context: &Context,
        recipe: Recipe<'a>,
        data: &'a Labelled,
        objective: &'a dyn Objective,
    ) -> Result<Self, RunError> {
        let seeds = context.member_seeds(recipe.members);
        let input = data.shape;
        let network =
            crate::nn::build(recipe.network, input, data.classes, &seeds, context.device)?;
        let members = seeds.len();
        let optimiser = Optimiser::new(recipe.optimiser, network.parameters(), members)?;
        let loss_sum = Tensor::zeros([members as i64], (Kind::Float, context.device));
        let order = Tensor::zeros([0], (Kind::Int64, context.device));
        Ok(Self {
            recipe,
            data,
            network,
            optimiser,
            objective,
            seeds,
            order,
            loss_sum,
            last: None,
            gradients: Vec::new(),
            device: context.device,
        })
    }

    /// Training examples.
    pub(super) fn examples(&self) -> i64 {
        self.data.train.labels.numel() as i64
    }

    /// Steps in an epoch; the last may be short of a full batch.
    #[must_use]
    pub fn steps_per_epoch(&self) -> u64 {
        (self.examples() as u64).div_ceil(self.recipe.batch)
    }

    /// The mean of the loss over the examples of the epoch that has ended, `[K]`: each at the time of
    /// its step.
    pub(super) fn mean_loss(&self) -> Tensor {
        &self.loss_sum / (self.examples() as f64 / self.recipe.batch as f64)
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The examples of step `within` of the epoch: their places, `[K, B]`.
    pub(super) fn indices(&self, within: u64) -> Tensor {
        let batch = self.recipe.batch as i64;
        let from = within as i64 * batch;
        self.order.narrow(1, from, batch.min(self.examples() - from))
    }

    /// The pictures at the places `flat`, shifted if the recipe says so, as floats
    /// `[K, B, C, H, W]`.
    pub(super) fn images(&self, flat: &Tensor, members: i64, size: i64, step: u64) -> Tensor {
        let shape = self.data.shape;
        let full = [members, size, shape.channels, shape.height, shape.width];
        let images = &self.data.train.images;
        if self.recipe.augment.jitter == 0 {
            return data::batch(images, flat).view(full);
        }
        let images = images.index_select(0, flat).view(full);
        data::scale(&data::jitter(&images, self.recipe.augment.jitter, &self.seeds, step))
    }
}
