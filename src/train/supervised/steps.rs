//! The steps of [`Supervised`], and what it hands to a checkpoint and takes back: its [`Learner`].

use super::learner::{Batch, Supervised};
use super::report;
use crate::data;
use crate::job::{Context, RunError};
use crate::nn::Noise;
use crate::train::Learner;
use crate::train::checkpoint::Tensors;
use tch::no_grad;

impl Learner for Supervised<'_> {
    fn state(&self) -> Tensors {
        let parameters = self.network.names().iter().zip(self.network.parameters());
        let mut state: Tensors = parameters
            .map(|(name, tensor)| (format!("parameter/{name}"), tensor.shallow_clone()))
            .collect();
        for (name, tensor) in self.network.buffers() {
            state.insert(format!("buffer/{name}"), tensor.shallow_clone());
        }
        for (name, tensor) in self.optimiser.state() {
            state.insert(format!("optimiser/{name}"), tensor);
        }
        state.insert("loss_sum".into(), self.loss_sum.shallow_clone());
        state
    }

    fn describe(&self, tensor: &str, index: &[i64]) -> String {
        match (tensor, index) {
            ("loss_sum", [member]) => format!("the training loss of member {member}"),
            _ => format!("'{tensor}' at index {index:?}"),
        }
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
            for (name, buffer) in self.network.buffers() {
                buffer.shallow_clone().f_copy_(&take(&format!("buffer/{name}"))?)?;
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
