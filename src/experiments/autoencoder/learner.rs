//! What is trained: [`Autoencoding`] is the [`Learner`] of this kind.

use super::model::{Autoencoder, Design};
use super::noise;
use super::objective::{self, Bound, Pass};
use super::spec::{AutoencoderSpec, Binarisation, Form};
use super::{report, wake_sleep};
use crate::data::{self, Pictures};
use crate::job::{Context, RunError};
use crate::optim::{Optimiser, OptimiserSpec};
use crate::train::checkpoint::Tensors;
use crate::train::epochs::Learner;
use tch::{Kind, Tensor, no_grad};

/// K auto-encoders that learn from pictures.
pub struct Autoencoding<'a> {
    pub(super) spec: &'a AutoencoderSpec,
    pub(super) pictures: &'a Pictures,
    pub(super) model: Autoencoder,
    /// Its groups of members, where they are carried in turn: a group's pictures, units and gradients
    /// then stay close to the processor.
    apart: Vec<Autoencoder>,
    /// Of the encoder and of the decoder.
    optimisers: [Optimiser; 2],
    pub(super) seeds: Vec<u64>,
    order: Tensor,
    /// Sums over this epoch's steps of loss, reconstruction and divergence, `[3, K]`.
    pub(super) sums: Tensor,
    /// The last gradients of the encoder and of the decoder.
    pub(super) gradients: [Vec<Tensor>; 2],
    device: tch::Device,
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
        design.check()?;
        let model = Autoencoder::build(design, context.device);
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
            apart: model.apart(),
            model,
            optimisers,
            order: Tensor::zeros([0], (Kind::Int64, context.device)),
            sums: Tensor::zeros([3, members as i64], (Kind::Float, context.device)),
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

    /// The pictures of step `within` of the epoch, number `step` of all: `[K, B, pixels]`.
    fn batch(&self, within: u64, step: u64) -> Tensor {
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

    fn pass(&self, within: u64, step: u64) -> Pass {
        let pictures = self.batch(within, step);
        if self.apart.is_empty() {
            return self.pass_of(&self.model, &pictures, step);
        }
        let mut first = 0;
        let one = |model: &Autoencoder| {
            let own = pictures.narrow(0, first, model.members());
            first += model.members();
            self.pass_of(model, &own, step)
        };
        let passes: Vec<Pass> = self.apart.iter().map(one).collect();
        Pass::joined(&passes, &self.model)
    }

    /// The pass of `model`, all members or a group of them, over its pictures `[K, B, pixels]`.
    fn pass_of(&self, model: &Autoencoder, pictures: &Tensor, step: u64) -> Pass {
        if self.spec.form == Form::Plain {
            return objective::plain_gradients(model, pictures);
        }
        let seeds = &model.design.seeds;
        let size = [self.spec.estimator.samples(), pictures.size()[1], self.spec.latent];
        let noise = noise::normal(seeds, "noise", step, &size, (Kind::Float, self.device));
        match Bound::of(&self.spec.estimator) {
            Some(bound) => {
                let beta = self.spec.beta_at(step, self.steps_per_epoch());
                objective::gradients(model, pictures, &noise, bound, beta)
            }
            None => wake_sleep::gradients(model, pictures, &noise, seeds, step),
        }
    }

    /// The networks with their names in a checkpoint.
    fn networks(&self) -> [(&'static str, &super::coder::Coder); 2] {
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
        Ok(())
    }

    fn begin_epoch(&mut self, epoch: u64) {
        let examples = self.pictures.train.examples();
        self.order = data::order(&self.seeds, epoch, examples).to_device(self.device);
    }

    fn step(&mut self, within: u64, step: u64) -> Result<(), RunError> {
        let pass = self.pass(within, step);
        let per_epoch = self.steps_per_epoch();
        let factor = self.spec.schedule.factor(step, per_epoch, per_epoch * self.spec.epochs);
        let [encoder, decoder] = &mut self.optimisers;
        encoder.step(self.model.encoder.parameters(), &pass.encoder, factor)?;
        decoder.step(self.model.decoder.parameters(), &pass.decoder, factor)?;
        if within == 0 {
            let _ = self.sums.zero_();
        }
        self.sums += Tensor::stack(&[pass.loss, pass.reconstruction, pass.divergence], 0);
        self.gradients = [pass.encoder, pass.decoder];
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
        report::epoch(self, context, epoch, step)
    }
}
