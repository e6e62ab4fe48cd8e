//! The distribution over the latents, q(z | x): [`Posterior`], normal with a diagonal covariance.

use tch::{Kind, Tensor};

/// The ends of a latent's log-variance. Beyond them nothing can be learnt (standard deviations of a
/// thousandth and a thousand beside a prior of 1), and `exp` would leave the range of a float.
pub(super) const LATENT_END: f64 = 14.0;

/// The ends of a pixel's log-variance: a standard deviation of 0.0067, below two of 256 grey levels,
/// where a density says nothing of pictures any more; and its inverse.
pub(super) const PIXEL_END: f64 = 10.0;

/// Any number brought smoothly to within `end` of zero, and the slope of that: the identity to
/// `exp(-distance)` inside, flat outside. A hard clamp would leave no gradient to come back by.
pub(super) fn bounded(raw: &Tensor, end: f64) -> (Tensor, Tensor) {
    let above = (raw + end).softplus() - end;
    let room = end - &above;
    let slope = (raw + end).sigmoid() * room.sigmoid();
    (end - room.softplus(), slope)
}

/// What an encoder says of pictures.
pub(super) struct Posterior {
    /// `[K, B, latent]`.
    pub(super) mean: Tensor,
    /// The logarithm of the variance, `[K, B, latent]`.
    pub(super) log_variance: Tensor,
    /// By how much the log-variance follows what the encoder gave.
    pub(super) slope: Tensor,
}

impl Posterior {
    /// From the encoder's output, `[K, B, 2 latent]`.
    pub(super) fn new(output: &Tensor) -> Self {
        let latent = output.size()[2] / 2;
        let (log_variance, slope) = bounded(&output.narrow(2, latent, latent), LATENT_END);
        Self { mean: output.narrow(2, 0, latent), log_variance, slope }
    }

    /// The standard deviation, `[K, B, latent]`.
    pub(super) fn deviation(&self) -> Tensor {
        (&self.log_variance * 0.5).exp()
    }

    /// `z = mean + deviation * noise`, for noise `[K, L, B, latent]`.
    pub(super) fn sample(&self, noise: &Tensor) -> Tensor {
        self.mean.unsqueeze(1) + self.deviation().unsqueeze(1) * noise
    }

    /// KL(q(z | x) || N(0, I)) of each latent, `[K, B, latent]` (the paper's appendix B).
    pub(super) fn divergence(&self) -> Tensor {
        (self.mean.square() + self.log_variance.exp() - &self.log_variance - 1.0) * 0.5
    }

    /// `log p(z) - log q(z | x)` of `z`, the [`sample`](Self::sample) of `noise`: `[K, L, B]`. The
    /// halves of `log 2 pi` cancel.
    pub(super) fn log_ratio(&self, z: &Tensor, noise: &Tensor) -> Tensor {
        let terms = (noise.square() - z.square() + self.log_variance.unsqueeze(1)) * 0.5;
        terms.sum_dim_intlist(-1, false, None::<Kind>)
    }
}

/// The logarithm of N(z; 0, I) over the last axis.
pub(super) fn log_prior(z: &Tensor) -> Tensor {
    let latent = z.size().last().copied().unwrap_or(0) as f64;
    let squares = z.square().sum_dim_intlist(-1, false, None::<Kind>);
    squares * -0.5 - 0.5 * latent * std::f64::consts::TAU.ln()
}
