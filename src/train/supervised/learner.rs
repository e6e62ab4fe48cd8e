//! Learning from labelled pictures: [`Supervised`] is the [`Learner`] of every job that does.
//!
//! What is learnt from them (their labels, a teacher's answers) is the [`Objective`]; the network,
//! the order of examples, augmentation, the optimiser and the measurements are the same for all.

use crate::data::{self, Labelled};
use crate::job::{Context, RunError};
use crate::nn::{Network, Noise};
use crate::optim::Optimiser;
use crate::train::checkpoint::Tensors;
use crate::train::epochs::Learner;
use tch::{Kind, Tensor, no_grad};

use super::evaluation::Measures;
use super::recipe::Recipe;
use super::report;

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
    pub(super) network: Box<dyn Network>,
    pub(super) optimiser: Optimiser,
    objective: &'a dyn Objective,
    pub(super) seeds: Vec<u64>,
    order: Tensor,
    /// Sum of the losses of this epoch's steps, each weighed by its share of a full batch, `[K]`.
    pub(super) loss_sum: Tensor,
    /// What was measured on the test examples after the last epoch.
    pub(super) last: Option<Measures>,
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
        let input = super::input_shape(data.shape);
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
    pub fn network(&self) -> &dyn Network {
        self.network.as_ref()
    }

    /// The examples of step `within` of the epoch: their places, `[K, B]`.
    fn indices(&self, within: u64) -> Tensor {
        let batch = self.recipe.batch as i64;
        let from = within as i64 * batch;
        self.order.narrow(1, from, batch.min(self.examples() - from))
    }

    /// The pictures at the places `flat`, shifted if the recipe says so, as floats
    /// `[K, B, C, H, W]`.
    fn images(&self, flat: &Tensor, members: i64, size: i64, step: u64) -> Tensor {
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

impl Learner for Supervised<'_> {
    fn state(&self) -> Tensors {
        let parameters = self.network.names().iter().zip(self.network.parameters());
        let mut state: Tensors = parameters
            .map(|(name, tensor)| (format!("parameter/{name}"), tensor.shallow_clone()))
            .collect();
        for (name, tensor) in self.optimiser.state() {
            state.insert(format!("optimiser/{name}"), tensor);
        }
        state.insert("loss_sum".into(), self.loss_sum.shallow_clone());
        state
    }

    fn restore(&mut self, mut state: Tensors) -> Result<(), RunError> {
        let mut take = |name: &str| {
            state.remove(name).ok_or_else(|| format!("the checkpoint holds no '{name}'"))
        };
        let loss_sum = take("loss_sum")?;
        no_grad(|| -> Result<(), RunError> {
            self.loss_sum.f_copy_(&loss_sum)?;
            for (name, parameter) in self.network.names().iter().zip(self.network.parameters()) {
                let saved = take(&format!("parameter/{name}"))?;
                parameter.shallow_clone().f_copy_(&saved)?;
            }
            Ok(())
        })?;
        let optimiser = state
            .into_iter()
            .filter_map(|(name, tensor)| {
                Some((name.strip_prefix("optimiser/")?.to_owned(), tensor))
            })
            .collect::<Vec<_>>();
        self.optimiser.restore(&optimiser)?;
        Ok(())
    }

    fn begin_epoch(&mut self, epoch: u64) {
        self.order = data::order(&self.seeds, epoch, self.examples()).to_device(self.device);
    }

    fn step(&mut self, within: u64, step: u64) -> Result<(), RunError> {
        let indices = self.indices(within);
        let (members, size) = indices.size2()?;
        let flat = indices.reshape([-1]);
        let images = self.images(&flat, members, size, step);
        let labels = self.data.train.labels.index_select(0, &flat).view([members, size]);
        let batch = Batch { images: &images, indices: &indices, labels: &labels };
        let noise = Noise { seeds: &self.seeds, step };
        let (loss, gradients) = self
            .network
            .gradients(&images, &noise, &|logits| self.objective.evaluate(&batch, logits));
        let per_epoch = self.steps_per_epoch();
        let factor = self.recipe.schedule.factor(step, per_epoch, per_epoch * self.recipe.epochs);
        self.optimiser.step(self.network.parameters(), &gradients, factor)?;
        self.network.constrain();
        if within == 0 {
            let _ = self.loss_sum.zero_();
        }
        // The loss is the mean over the batch: of a short one it counts for less.
        let batch = self.recipe.batch as i64;
        self.loss_sum += if size == batch { loss } else { loss * (size as f64 / batch as f64) };
        self.gradients = gradients;
        Ok(())
    }

    fn is_finite(&self) -> bool {
        self.loss_sum.isfinite().all().int64_value(&[]) == 1
    }

    fn end_epoch(
        &mut self,
        context: &mut Context,
        epoch: u64,
        step: u64,
    ) -> Result<Option<f64>, RunError> {
        report::epoch(self, context, epoch, step)
    }
}
