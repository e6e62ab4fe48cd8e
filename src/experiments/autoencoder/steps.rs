//! The steps of [`Autoencoding`], and what it hands to a checkpoint and takes back: its [`Learner`].

use super::learner::Autoencoding;
use super::report;
use crate::data;
use crate::job::{Context, RunError};
use crate::train::Learner;
use crate::train::checkpoint::Tensors;
use std::ops::Range;
use tch::{Tensor, no_grad};

impl Learner for Autoencoding<'_> {
    fn state(&self) -> Tensors {
        let mut state = Tensors::new();
        for ((side, coder), optimiser) in self.networks().into_iter().zip(&self.optimisers) {
            for (name, tensor) in coder.names().iter().zip(coder.parameters()) {
                state.insert(format!("parameter/{side}/{name}"), tensor.shallow_clone());
            }
            for (name, tensor) in optimiser.state() {
                state.insert(format!("optimiser/{side}/{name}"), tensor);
            }
        }
        state.insert("sums".into(), self.sums.shallow_clone());
        state
    }

    fn restore(&mut self, state: Tensors) -> Result<(), RunError> {
        let find =
            |name: &str| state.get(name).ok_or_else(|| format!("the checkpoint holds no '{name}'"));
        no_grad(|| -> Result<(), RunError> {
            self.sums.f_copy_(find("sums")?)?;
            for (side, coder) in self.networks() {
                for (name, parameter) in coder.names().iter().zip(coder.parameters()) {
                    let saved = find(&format!("parameter/{side}/{name}"))?;
                    parameter.shallow_clone().f_copy_(saved)?;
                }
            }
            Ok(())
        })?;
        for (side, optimiser) in ["encoder", "decoder"].into_iter().zip(&mut self.optimisers) {
            let prefix = format!("optimiser/{side}/");
            let own = state.iter().filter_map(|(name, tensor)| {
                Some((name.strip_prefix(&prefix)?.to_owned(), tensor.shallow_clone()))
            });
            optimiser.restore(&own.collect::<Vec<_>>())?;
        }
        self.members.divide(&self.model, &self.optimisers);
        Ok(())
    }

    fn begin_epoch(&mut self, epoch: u64) {
        let examples = self.pictures.train.examples();
        self.order = data::order(&self.seeds, epoch, examples).to_device(self.device);
    }

    fn step(&mut self, within: u64, step: u64) -> Result<(), RunError> {
        self.steps(within..within + 1, step)
    }

    fn block(&self) -> u64 {
        self.members.block()
    }

    fn steps(&mut self, within: Range<u64>, step: u64) -> Result<(), RunError> {
        let numbers: Vec<_> = within.clone().zip(step..).collect();
        let pictures: Vec<_> =
            numbers.iter().map(|&(within, step)| self.batch(within, step)).collect();
        let steps: Vec<_> = numbers.iter().map(|&(_, step)| self.rule(step)).collect();
        let passes = self.members.take(&self.model, &mut self.optimisers, &steps, &pictures)?;
        for ((within, pass), pictures) in within.zip(passes).zip(&pictures) {
            if within == 0 {
                let _ = self.sums.zero_();
            }
            let found = Tensor::stack(&[pass.loss, pass.reconstruction, pass.divergence], 0);
            // They are means over the batch: of a short one they count for less.
            let (size, batch) = (pictures.size()[1], self.spec.batch as i64);
            self.sums += if size == batch { found } else { found * (size as f64 / batch as f64) };
            self.gradients = [pass.encoder, pass.decoder];
        }
        Ok(())
    }

    fn is_finite(&self) -> bool {
        self.sums.isfinite().all().int64_value(&[]) == 1
    }

    fn end_epoch(
        &mut self,
        context: &mut Context,
        epoch: u64,
        step: u64,
    ) -> Result<Option<f64>, RunError> {
        Ok(report::epoch(self, context, epoch, step))
    }
}
