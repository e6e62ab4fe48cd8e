//! The distribution of pictures given the latents: [`Likelihood`], with its gradient in closed
//! form.

use super::noise;
use super::posterior::{PIXEL_END, bounded};
use super::spec::LikelihoodSpec;
use std::f64::consts::TAU;
use tch::{Kind, Tensor};

/// p(x | z), given what the decoder says of z.
#[derive(Debug, Clone, Copy)]
pub(super) enum Likelihood {
    /// The decoder gives logits.
    Bernoulli,
    /// The decoder gives means (through a sigmoid if `bounded`), then log-variances, unless the
    /// variance is fixed.
    Gaussian { variance: Option<f64>, bounded: bool },
}

/// What the decoder says, taken apart.
struct Normal {
    mean: Tensor,
    log_variance: Tensor,
    /// By how much the log-variance follows the decoder; none where it is fixed.
    slope: Option<Tensor>,
}

impl From<&LikelihoodSpec> for Likelihood {
    fn from(spec: &LikelihoodSpec) -> Self {
        match spec {
            LikelihoodSpec::Bernoulli(_) => Self::Bernoulli,
            LikelihoodSpec::Gaussian(spec) => {
                Self::Gaussian { variance: spec.variance, bounded: false }
            }
            LikelihoodSpec::BoundedGaussian(_) => Self::Gaussian { variance: None, bounded: true },
        }
    }
}

impl Likelihood {
    /// `log p(x | z)` in nats, summed over the picture, of pictures `[…, pixels]` (numbers from 0 to
    /// 1) and what the decoder gave, `[…, outputs]`.
    pub(super) fn log_probability(self, pictures: &Tensor, output: &Tensor) -> Tensor {
        match self {
            Self::Bernoulli => {
                let terms = output * pictures - output.softplus();
                terms.sum_dim_intlist(-1, false, None::<Kind>)
            }
            Self::Gaussian { .. } => {
                let normal = self.normal(output);
                let distance = pictures - &normal.mean;
                let terms = distance.square() * (-&normal.log_variance).exp()
                    + &normal.log_variance
                    + TAU.ln();
                terms.sum_dim_intlist(-1, false, None::<Kind>) * -0.5
            }
        }
    }

    /// The same, and its gradient with respect to the decoder's output.
    pub(super) fn with_gradient(self, pictures: &Tensor, output: &Tensor) -> (Tensor, Tensor) {
        match self {
            Self::Bernoulli => {
                (self.log_probability(pictures, output), pictures - output.sigmoid())
            }
            Self::Gaussian { bounded, .. } => {
                let normal = self.normal(output);
                let precision = (-&normal.log_variance).exp();
                let distance = pictures - &normal.mean;
                let scaled = &distance * &precision;
                let squares = &distance * &scaled;
                let terms = &squares + &normal.log_variance + TAU.ln();
                let value = terms.sum_dim_intlist(-1, false, None::<Kind>) * -0.5;
                let of_mean =
                    if bounded { scaled * &normal.mean * (1.0 - &normal.mean) } else { scaled };
                let gradient = match normal.slope {
                    Some(slope) => Tensor::cat(&[of_mean, (squares - 1.0) * slope * 0.5], -1),
                    None => of_mean,
                };
                (value, gradient)
            }
        }
    }

    /// The mean of x given z: what a reconstruction is.
    pub(super) fn mean(self, output: &Tensor) -> Tensor {
        match self {
            Self::Bernoulli => output.sigmoid(),
            Self::Gaussian { .. } => self.normal(output).mean,
        }
    }

    /// Pictures drawn from p(x | z), of `[K, R, outputs]`; each member's from its own seed.
    pub(super) fn draw(self, output: &Tensor, seeds: &[u64], purpose: &str, index: u64) -> Tensor {
        let mean = self.mean(output);
        let (size, options) = (mean.size(), (mean.kind(), mean.device()));
        match self {
            Self::Bernoulli => {
                let drawn = noise::uniform(seeds, purpose, index, &size[1..], options);
                drawn.less_tensor(&mean).to_kind(mean.kind())
            }
            Self::Gaussian { .. } => {
                let drawn = noise::normal(seeds, purpose, index, &size[1..], options);
                mean + drawn * (self.normal(output).log_variance * 0.5).exp()
            }
        }
    }

    fn normal(self, output: &Tensor) -> Normal {
        let (variance, is_bounded) = match self {
            Self::Gaussian { variance, bounded } => (variance, bounded),
            Self::Bernoulli => (Some(1.0), false),
        };
        let Some(variance) = variance else {
            let pixels = output.size().last().copied().unwrap_or(0) / 2;
            let mean = output.narrow(-1, 0, pixels);
            let (log_variance, slope) = bounded(&output.narrow(-1, pixels, pixels), PIXEL_END);
            let mean = if is_bounded { mean.sigmoid() } else { mean };
            return Normal { mean, log_variance, slope: Some(slope) };
        };
        let log_variance = Tensor::from(variance.ln()).to_kind(output.kind());
        let log_variance = log_variance.to_device(output.device());
        Normal { mean: output.shallow_clone(), log_variance, slope: None }
    }
}
