//! Training steps of all members: [`Members`] go side by side, each by the rule [`Step`].
//!
//! A member that is run alone takes its optimiser's step right behind its pass, while its
//! gradients and parameters are still close to the processor.

use super::model::Autoencoder;
use super::noise;
use super::objective::{self, Bound, Pass};
use super::spec::{AutoencoderSpec, Form};
use super::wake_sleep;
use crate::nn::{Placement, placement_on};
use crate::optim::{OptimError, Optimiser};
use crate::parallel;
use tch::Tensor;

/// What a step depends on besides the model and its pictures.
pub(super) struct Step<'a> {
    pub(super) spec: &'a AutoencoderSpec,
    /// The weight of the divergence.
    pub(super) beta: f64,
    /// What the learning rates are multiplied by.
    pub(super) factor: f64,
    /// The number of the step, of all.
    pub(super) number: u64,
}

/// The members of a model in the parts that are run alone.
pub(super) struct Members {
    /// None where all are run in one.
    parts: Vec<Part>,
    placement: Placement,
}

/// Some members, and the optimisers of their encoders and decoders.
struct Part {
    model: Autoencoder,
    optimisers: [Optimiser; 2],
}

impl Members {
    /// Those of `model`, on its memory and that of its optimisers.
    pub(super) fn new(model: &Autoencoder, optimisers: &[Optimiser; 2]) -> Self {
        let members = model.design.seeds.len();
        let small = model.stacks();
        // Over several steps members alone come out even, which groups of unlike sizes do not.
        let even = members.is_multiple_of(parallel::count().min(members));
        let placement = placement_on(model.options().1, small && even, members);
        let mut own = Self { parts: Vec::new(), placement };
        own.divide(model, optimisers);
        own
    }

    /// Takes over what was restored.
    pub(super) fn divide(&mut self, model: &Autoencoder, optimisers: &[Optimiser; 2]) {
        if self.placement.groups.len() == 1 {
            return;
        }
        let [encoders, decoders] =
            optimisers.each_ref().map(|it| it.parts(self.placement.ranges()));
        let part = |((first, members), optimisers): (_, (Optimiser, Optimiser))| Part {
            model: model.part(first, members),
            optimisers: optimisers.into(),
        };
        let optimisers = encoders.into_iter().zip(decoders);
        self.parts = self.placement.ranges().zip(optimisers).map(part).collect();
    }

    /// How many steps are best taken at once.
    pub(super) fn block(&self) -> u64 {
        if self.parts.is_empty() { 1 } else { parallel::block(self.parts.len()) as u64 }
    }

    /// These steps of all members of `model`, each on its pictures `[K, B, pixels]`.
    pub(super) fn take(
        &mut self,
        model: &Autoencoder,
        optimisers: &mut [Optimiser; 2],
        steps: &[Step],
        pictures: &[Tensor],
    ) -> Result<Vec<Pass>, OptimError> {
        if self.parts.is_empty() {
            let each = steps.iter().zip(pictures);
            return each.map(|(step, own)| step.take(model, optimisers, own)).collect();
        }
        let ranges = self.placement.ranges();
        let with_pictures = |(part, (first, members)): (_, (usize, usize))| {
            let own = |all: &Tensor| all.narrow(0, first as i64, members as i64);
            (part, pictures.iter().map(own).collect())
        };
        let mut parts: Vec<(&mut Part, Vec<Tensor>)> =
            self.parts.iter_mut().zip(ranges).map(with_pictures).collect();
        let take = |(part, pictures): &mut (&mut Part, Vec<Tensor>), index: usize| {
            steps[index].take(&part.model, &mut part.optimisers, &pictures[index])
        };
        let passes = if self.placement.beside == 0 {
            let all = |part: &mut _| (0..steps.len()).map(|index| take(part, index)).collect();
            parts.iter_mut().map(all).collect()
        } else {
            parallel::chains(&mut parts, steps.len(), take)
        };
        let mut passes: Vec<_> = passes.into_iter().map(Vec::into_iter).collect();
        let of_step = |_| -> Result<Pass, OptimError> {
            let passes: Vec<_> =
                passes.iter_mut().filter_map(Iterator::next).collect::<Result<_, _>>()?;
            Ok(Pass::joined(&passes, model))
        };
        steps.iter().map(of_step).collect()
    }
}

impl Step<'_> {
    fn take(
        &self,
        model: &Autoencoder,
        optimisers: &mut [Optimiser; 2],
        pictures: &Tensor,
    ) -> Result<Pass, OptimError> {
        let pass = self.pass(model, pictures);
        let [encoder, decoder] = optimisers;
        encoder.step(model.encoder.parameters(), &pass.encoder, self.factor)?;
        decoder.step(model.decoder.parameters(), &pass.decoder, self.factor)?;
        Ok(pass)
    }

    /// The pass of `model` over its pictures `[K, B, pixels]`.
    fn pass(&self, model: &Autoencoder, pictures: &Tensor) -> Pass {
        if self.spec.form == Form::Plain {
            return objective::plain_gradients(model, pictures);
        }
        let seeds = &model.design.seeds;
        let size = [self.spec.estimator.samples(), pictures.size()[1], self.spec.latent];
        let noise = noise::normal(seeds, "noise", self.number, &size, model.options());
        match Bound::of(&self.spec.estimator) {
            Some(bound) => objective::gradients(model, pictures, &noise, bound, self.beta),
            None => wake_sleep::gradients(model, pictures, &noise, seeds, self.number),
        }
    }
}
