//! The wake-sleep algorithm (Hinton, Dayan, Frey & Neal 1995), the paper's baseline: [`gradients`].
//!
//! Awake, the decoder learns to make log p(x, z) of a sample z of q(z | x) large; asleep, the encoder
//! learns to make log q(z | x) of a dream large, z from the prior and x from the decoder. Both halves
//! of a step see the same parameters. They follow no one objective: the loss is the sum of the two.

use super::model::Autoencoder;
use super::noise;
use super::objective::{Pass, decoded, equal_weights, mean};
use super::posterior::Posterior;
use crate::nn::Wanted;
use std::f64::consts::TAU;
use tch::{Kind, Tensor, no_grad};

/// One step awake on pictures `[K, B, pixels]` with noise `[K, 1, B, latent]`, and one asleep on as
/// many dreams, drawn from `seeds` for step number `step`.
pub(super) fn gradients(
    model: &Autoencoder,
    pictures: &Tensor,
    noise: &Tensor,
    seeds: &[u64],
    step: u64,
) -> Pass {
    no_grad(|| {
        let posterior = model.posterior(pictures);
        let z = posterior.sample(noise);
        let awake = decoded(model, pictures, &z);
        let reconstruction = mean(&awake.likelihood);
        let of_decoder = awake.backward(model, &equal_weights(&z), Wanted::Parameters);
        let (loss, encoder) = asleep(model, noise.size()[2], seeds, step);
        let divergence = posterior.divergence().sum_dim_intlist(-1, false, None::<Kind>);
        Pass {
            loss: loss - &reconstruction,
            reconstruction,
            divergence: mean(&divergence),
            encoder,
            decoder: of_decoder.parameters,
        }
    })
}

/// `-log q(z | x)` of dreams, the mean for each member, and the encoder's gradients.
pub(super) fn asleep(
    model: &Autoencoder,
    dreams: i64,
    seeds: &[u64],
    step: u64,
) -> (Tensor, Vec<Tensor>) {
    let size = [dreams, model.design.latent];
    let z = noise::normal(seeds, "dream/latent", step, &size, model.options());
    let pictures = model.likelihood.draw(&model.decoder.forward(&z, None), seeds, "dream", step);
    let (output, tape) = model.encoder.record(&pictures, None, Wanted::Parameters);
    let posterior = Posterior::new(&output);
    let precision = (-&posterior.log_variance).exp();
    let distance = &z - &posterior.mean;
    let squares = distance.square() * &precision;
    let terms = (&squares + &posterior.log_variance + TAU.ln()) * 0.5;
    let loss = mean(&terms.sum_dim_intlist(-1, false, None::<Kind>));
    let share = 1.0 / dreams as f64;
    let of_mean = distance * precision * -share;
    let of_log_variance = (1.0 - squares) * &posterior.slope * (0.5 * share);
    let gradient = Tensor::cat(&[of_mean, of_log_variance], 2);
    (loss, model.encoder.backward(tape, &gradient, Wanted::Parameters).parameters)
}
