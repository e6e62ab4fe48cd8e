//! A normal density with a full covariance, fitted to samples of each example: [`Fitted`].

use std::f64::consts::TAU;
use tch::{Kind, Tensor};

/// Added to the fitted variances, as a share of their mean, so that samples on a line have a density.
const RIDGE: f64 = 1e-6;

/// A density for each member and example.
pub(in super::super) struct Fitted {
    /// `[K, N, 1, latent]`.
    mean: Tensor,
    /// The lower Cholesky factor of the covariance, `[K, N, latent, latent]`.
    factor: Tensor,
}

impl Fitted {
    /// Fitted to samples `[K, N, S, latent]` in double precision.
    pub(in super::super) fn to(samples: &Tensor) -> Self {
        let size = samples.size();
        let mean = samples.mean_dim(2, true, None::<Kind>);
        let centred = samples - &mean;
        let covariance = centred.transpose(2, 3).matmul(&centred) / (size[2] - 1).max(1) as f64;
        let scale = covariance.diagonal(0, 2, 3).mean_dim(-1, false, None::<Kind>);
        let ridge = (scale * RIDGE + f64::MIN_POSITIVE).unsqueeze(-1).unsqueeze(-1);
        let unit = Tensor::eye(size[3], (samples.kind(), samples.device()));
        Self { mean, factor: (covariance + unit * ridge).linalg_cholesky(false) }
    }

    /// The logarithm of the density at `points`, `[K, N, S, latent]`: `[K, N, S]`.
    pub(in super::super) fn log_density(&self, points: &Tensor) -> Tensor {
        let latent = points.size()[3] as f64;
        let centred = (points - &self.mean).transpose(2, 3);
        let white = self.factor.linalg_solve_triangular(&centred, false, true, false);
        let squares = white.square().sum_dim_intlist(2, false, None::<Kind>);
        let volume = self.factor.diagonal(0, 2, 3).log().sum_dim_intlist(-1, true, None::<Kind>);
        squares * -0.5 - volume - 0.5 * latent * TAU.ln()
    }
}
