//! log p(x) by Hamiltonian Monte Carlo, the paper's estimator for few latents: [`estimate`].
//!
//! Appendix D: samples from p(z | x), a density q fitted to half of them, and
//! `p(x) ~ (1/L sum q(z) / (p(z) p(x | z)))^-1` over the other half. The chains of all examples run
//! side by side. Steps are scaled by the encoder's standard deviations and tuned for each example
//! while burning in; their length is jittered, so that no chain goes round in circles.

use super::super::model::Autoencoder;
use super::super::noise;
use super::super::objective::decoded;
use super::super::posterior::log_prior;
use super::super::spec::HmcSpec;
use super::Estimate;
use super::density::Fitted;
use tch::{Kind, Tensor, no_grad};

/// Where the step size starts, as a share of the encoder's standard deviation.
const FIRST_STEP: f64 = 0.3;

/// The chains of all members and examples.
struct Chains<'a> {
    model: &'a Autoencoder,
    /// `[K, N, pixels]`.
    pictures: &'a Tensor,
    /// `[K, N, latent]`.
    place: Tensor,
    /// log p(x, z) at the place, `[K, N]`, and its gradient, `[K, N, latent]`.
    height: (Tensor, Tensor),
    /// The encoder's standard deviations, `[K, N, latent]`.
    scale: Tensor,
    /// The logarithm of each example's step size, `[K, N]`.
    log_step: Tensor,
}

/// log p(x) of pictures `[K, N, pixels]`. `go_on` is told how many samples every chain has; nothing
/// comes once it says no.
pub(in super::super) fn estimate(
    model: &Autoencoder,
    pictures: &Tensor,
    spec: &HmcSpec,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Option<Estimate> {
    no_grad(|| {
        let mut chains = Chains::new(model, pictures);
        let (mut taken, mut places, mut heights) = (0.0, Vec::new(), Vec::new());
        for iteration in 0..spec.burn_in + spec.samples {
            if !go_on(iteration as u64) {
                return None;
            }
            let probability = chains.step(iteration as u64, spec.leapfrog_steps);
            if iteration < spec.burn_in {
                chains.tune(&probability, spec.acceptance, iteration);
                continue;
            }
            taken += probability.mean(Kind::Double).double_value(&[]);
            places.push(chains.place.to_kind(Kind::Double));
            heights.push(chains.height.0.to_kind(Kind::Double));
        }
        let half = (spec.samples / 2) as usize;
        let fitted = Fitted::to(&Tensor::stack(&places[..half], 2));
        let rest = Tensor::stack(&places[half..], 2);
        let ratios = fitted.log_density(&rest) - Tensor::stack(&heights[half..], 2);
        let log_probability = (rest.size()[2] as f64).ln() - ratios.logsumexp(2, false);
        Some(Estimate { log_probability, acceptance: Some(taken / spec.samples as f64) })
    })
}

impl<'a> Chains<'a> {
    /// Chains that start from a sample of q(z | x) each.
    fn new(model: &'a Autoencoder, pictures: &'a Tensor) -> Self {
        let posterior = model.posterior(pictures);
        let size = [1, pictures.size()[1], model.design.latent];
        let noise = noise::normal(&model.design.seeds, "hmc/start", 0, &size, model.options());
        let place = posterior.sample(&noise).squeeze_dim(1);
        let height = height(model, pictures, &place);
        let log_step = height.0.zeros_like() + FIRST_STEP.ln();
        Self { model, pictures, place, height, scale: posterior.deviation(), log_step }
    }

    /// One proposal for each chain, taken or not; the probability of each to be taken, `[K, N]`.
    fn step(&mut self, iteration: u64, leapfrog_steps: i64) -> Tensor {
        let (seeds, options) = (&self.model.design.seeds, self.model.options());
        let size = self.place.size();
        let first = noise::normal(seeds, "hmc/momentum", iteration, &size[1..], options);
        let [jitter, chance] = ["hmc/jitter", "hmc/chance"]
            .map(|purpose| noise::uniform(seeds, purpose, iteration, &size[1..2], options));
        let step = (self.log_step.exp() * (jitter * 0.4 + 0.8)).unsqueeze(-1) * &self.scale;
        let mut place = self.place.shallow_clone();
        let mut new = (self.height.0.shallow_clone(), self.height.1.shallow_clone());
        let mut momentum = &first + &new.1 * &step * 0.5;
        for leap in 0..leapfrog_steps {
            // Not in place: it begins as the chain's own.
            place = &place + &momentum * &step;
            new = height(self.model, self.pictures, &place);
            let part = if leap + 1 == leapfrog_steps { 0.5 } else { 1.0 };
            momentum += &new.1 * &step * part;
        }
        let energy =
            |momentum: &Tensor| momentum.square().sum_dim_intlist(-1, false, None::<Kind>) * 0.5;
        let gain = &new.0 - &self.height.0 + energy(&first) - energy(&momentum);
        // A proposal whose height is no number is worth nothing, so it is not taken.
        let probability = gain.clamp_max(0.0).exp().nan_to_num(0.0, 0.0, 0.0);
        let taken = chance.less_tensor(&probability);
        let wide = taken.unsqueeze(-1);
        self.place = place.where_self(&wide, &self.place);
        self.height =
            (new.0.where_self(&taken, &self.height.0), new.1.where_self(&wide, &self.height.1));
        probability
    }

    /// Moves the step sizes towards the acceptance that is wanted (Robbins & Monro 1951).
    fn tune(&mut self, probability: &Tensor, acceptance: f64, iteration: i64) {
        let gain = 2.0 / (10.0 + iteration as f64).powf(0.75);
        self.log_step += (probability - acceptance) * gain;
    }
}

/// log p(x, z) at places `[K, N, latent]`, `[K, N]`, and its gradient with respect to them.
fn height(model: &Autoencoder, pictures: &Tensor, place: &Tensor) -> (Tensor, Tensor) {
    let decoded = decoded(model, pictures, &place.unsqueeze(1));
    let value = decoded.likelihood.squeeze_dim(1) + log_prior(place);
    let each = Tensor::ones([1, 1, 1], model.options());
    let gradient = decoded.backward(model, &each, crate::nn::Wanted::Input).input;
    // What comes back is of minus the likelihood; the prior pulls towards 0.
    let slope = -(gradient.unwrap_or_else(|| place.zeros_like()) + place);
    (value, slope)
}
