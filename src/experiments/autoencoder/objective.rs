//! What is made small, and its gradient in closed form: [`gradients`] for every estimator of the
//! bound, and for the plain form.
//!
//! All estimators have one chain: a weight for each sample of each example, through the likelihood
//! and the decoder to the latents, and from them to the encoder. With `w = log p(x | z) + beta (log
//! p(z) - log q(z | x))` the weights are `1 / (L B)` for A and B, and the softmax of w over samples
//! `/ B` for the importance-weighted bound. Under B the divergence is not sampled but differentiated.

use super::model::Autoencoder;
use super::posterior::Posterior;
use super::spec::EstimatorSpec;
use crate::nn::{Gradients, Tape, Wanted};
use tch::{Kind, Tensor, no_grad};

/// Which estimate of the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// A: all sampled.
    Sampled,
    /// B: the divergence in closed form.
    Analytic,
    /// Weighted by importance.
    ImportanceWeighted,
}

impl Bound {
    /// The bound that an estimator stands for; wake-sleep stands for none.
    pub(super) fn of(spec: &EstimatorSpec) -> Option<Self> {
        match spec {
            EstimatorSpec::Sampled(_) => Some(Self::Sampled),
            EstimatorSpec::Analytic(_) => Some(Self::Analytic),
            EstimatorSpec::ImportanceWeighted(_) => Some(Self::ImportanceWeighted),
            EstimatorSpec::WakeSleep(_) => None,
        }
    }
}

/// What one pass found.
pub(super) struct Pass {
    /// What is made small, of each member, `[K]`: the mean over examples, in nats.
    pub(super) loss: Tensor,
    /// The mean of `log p(x | z)` over samples and examples, `[K]`.
    pub(super) reconstruction: Tensor,
    /// The mean divergence from the prior over examples in closed form, `[K]`; 0 for the plain form.
    pub(super) divergence: Tensor,
    /// Of each parameter of the encoder.
    pub(super) encoder: Vec<Tensor>,
    /// Of each parameter of the decoder.
    pub(super) decoder: Vec<Tensor>,
}

impl Pass {
    /// The passes of parts of `model`, in the order of their members.
    pub(super) fn joined(passes: &[Self], model: &Autoencoder) -> Self {
        let all =
            |of: fn(&Self) -> &Tensor| Tensor::cat(&passes.iter().map(of).collect::<Vec<_>>(), 0);
        Self {
            loss: all(|pass| &pass.loss),
            reconstruction: all(|pass| &pass.reconstruction),
            divergence: all(|pass| &pass.divergence),
            encoder: model.encoder.last_gradients(),
            decoder: model.decoder.last_gradients(),
        }
    }
}

/// One pass of the variational form over pictures `[K, B, pixels]` with noise `[K, L, B, latent]`.
pub(super) fn gradients(
    model: &Autoencoder,
    pictures: &Tensor,
    noise: &Tensor,
    bound: Bound,
    beta: f64,
) -> Pass {
    no_grad(|| {
        let (output, tape) = model.encoder.record(pictures, None, Wanted::Parameters);
        let posterior = Posterior::new(&output);
        let z = posterior.sample(noise);
        let decoded = decoded(model, pictures, &z);
        let log_ratio = posterior.log_ratio(&z, noise);
        let divergence = posterior.divergence().sum_dim_intlist(-1, false, None::<Kind>);
        let weighted = &decoded.likelihood + &log_ratio * beta;
        let (loss, weights) = match bound {
            Bound::Analytic => {
                let bound = mean(&decoded.likelihood) - mean(&divergence) * beta;
                (-bound, equal_weights(noise))
            }
            Bound::Sampled => (-mean(&weighted), equal_weights(noise)),
            Bound::ImportanceWeighted => importance(&weighted),
        };
        let reconstruction = mean(&decoded.likelihood);
        let of_decoder = decoded.backward(model, &weights, Wanted::Both);
        let mut of_z = of_decoder.input.unwrap_or_else(|| z.zeros_like()).view_as(&z);
        if bound != Bound::Analytic {
            of_z += (&z * weights.unsqueeze(-1)) * beta;
        }
        let of_output = through_samples(&posterior, noise, &of_z, bound, beta);
        let of_encoder = model.encoder.backward(tape, &of_output, Wanted::Parameters);
        Pass {
            loss,
            reconstruction,
            divergence: mean(&divergence),
            encoder: of_encoder.parameters,
            decoder: of_decoder.parameters,
        }
    })
}

/// One pass of the plain form over pictures `[K, B, pixels]`: `-log p(x | z)` at the encoder's z.
pub(super) fn plain_gradients(model: &Autoencoder, pictures: &Tensor) -> Pass {
    no_grad(|| {
        let (place, tape) = model.encoder.record(pictures, None, Wanted::Parameters);
        let z = place.unsqueeze(1);
        let decoded = decoded(model, pictures, &z);
        let reconstruction = mean(&decoded.likelihood);
        let of_decoder = decoded.backward(model, &equal_weights(&z), Wanted::Both);
        let of_place = of_decoder.input.unwrap_or_else(|| place.zeros_like());
        let of_encoder = model.encoder.backward(tape, &of_place, Wanted::Parameters);
        Pass {
            loss: -&reconstruction,
            divergence: reconstruction.zeros_like(),
            reconstruction,
            encoder: of_encoder.parameters,
            decoder: of_decoder.parameters,
        }
    })
}

/// A decoder's pass over samples, ready to go back.
pub(super) struct Decoded {
    /// `log p(x | z)`, `[K, L, B]`.
    pub(super) likelihood: Tensor,
    /// Its gradient with respect to the decoder's output, `[K, L, B, outputs]`.
    slope: Tensor,
    tape: Tape,
}

/// The decoder's pass over pictures `[K, B, pixels]` and samples `[K, L, B, latent]`.
pub(super) fn decoded(model: &Autoencoder, pictures: &Tensor, z: &Tensor) -> Decoded {
    let size = z.size();
    let (output, tape) = model.decoder.record(&z.flatten(1, 2), None, Wanted::Both);
    let output = output.view([size[0], size[1], size[2], -1]);
    let (likelihood, slope) = model.likelihood.with_gradient(&pictures.unsqueeze(1), &output);
    Decoded { likelihood, slope, tape }
}

impl Decoded {
    /// The gradients of minus the log-likelihoods, summed with these weights, `[K, L, B]` (or of
    /// sizes that stretch to it).
    pub(super) fn backward(
        self,
        model: &Autoencoder,
        weights: &Tensor,
        wanted: Wanted,
    ) -> Gradients {
        let gradient = self.slope.g_mul(&(-weights).unsqueeze(-1));
        model.decoder.backward(self.tape, &gradient.flatten(1, 2), wanted)
    }
}

/// Of `[K, …]` over all but the members, `[K]`.
pub(super) fn mean(tensor: &Tensor) -> Tensor {
    tensor.flatten(1, -1).mean_dim(1, false, None::<Kind>)
}

/// `1 / (L B)` for samples `[K, L, B, …]`, as `[1, 1, 1]`.
pub(super) fn equal_weights(samples: &Tensor) -> Tensor {
    let size = samples.size();
    let each = 1.0 / (size[1] * size[2]) as f64;
    Tensor::full([1, 1, 1], each, (samples.kind(), samples.device()))
}

/// The importance-weighted loss of log-weights `[K, L, B]`, and the weight of each sample in it.
fn importance(weighted: &Tensor) -> (Tensor, Tensor) {
    let size = weighted.size();
    let bound = weighted.logsumexp(1, false) - (size[1] as f64).ln();
    (-mean(&bound), weighted.softmax(1, None::<Kind>) / size[2] as f64)
}

/// From the gradient of the samples to that of the encoder's output, `[K, B, 2 latent]`.
fn through_samples(
    posterior: &Posterior,
    noise: &Tensor,
    of_z: &Tensor,
    bound: Bound,
    beta: f64,
) -> Tensor {
    let share = beta / noise.size()[2] as f64;
    let sum = |tensor: &Tensor| tensor.sum_dim_intlist(1, false, None::<Kind>);
    let mut of_mean = sum(of_z);
    let mut of_log_variance = sum(&(of_z * noise)) * posterior.deviation() * 0.5;
    if bound == Bound::Analytic {
        of_mean += &posterior.mean * share;
        of_log_variance += (posterior.log_variance.exp() - 1.0) * (0.5 * share);
    } else {
        // Samples move with the distribution, so of log q only its width is left.
        of_log_variance -= 0.5 * share;
    }
    Tensor::cat(&[of_mean, of_log_variance * &posterior.slope], 2)
}
