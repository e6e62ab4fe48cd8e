//! How well a network of K members does on labelled pictures: [`evaluate`] gives [`Measures`].

use crate::data::{self, Split};
use crate::metric;
use crate::nn::Network;
use std::time::Instant;
use tch::{Kind, Tensor, no_grad};

/// Pictures sent through the network at once.
const CHUNK: i64 = 1000;

/// What was measured on one split, for each member and for all together.
#[derive(Debug)]
pub struct Measures {
    /// Pictures.
    pub examples: i64,
    /// Misclassified pictures, by member.
    pub errors: Vec<i64>,
    /// Mean negative log-likelihood of the true class in nats, by member.
    pub nll: Vec<f64>,
    /// Misclassified by the mean of the members' probabilities.
    pub ensemble_errors: i64,
    /// Negative log-likelihood under the mean of the members' probabilities, in nats.
    pub ensemble_nll: f64,
    /// The class that the ensemble gives each picture, `[N]`.
    pub predictions: Tensor,
}

impl Measures {
    /// Share of misclassified pictures, in 0..1, by the ensemble.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.rate(self.ensemble_errors)
    }

    /// `errors` as a share of the pictures.
    #[must_use]
    pub fn rate(&self, errors: i64) -> f64 {
        errors as f64 / self.examples.max(1) as f64
    }

    /// The members' mean number of misclassified pictures.
    #[must_use]
    pub fn mean_errors(&self) -> f64 {
        self.errors.iter().sum::<i64>() as f64 / self.errors.len().max(1) as f64
    }

    /// The members' mean negative log-likelihood, in nats.
    #[must_use]
    pub fn mean_nll(&self) -> f64 {
        self.nll.iter().sum::<f64>() / self.nll.len().max(1) as f64
    }
}

/// The logits of all members for pictures `[N, C, H, W]` of bytes: `[K, N, classes]`.
pub fn answers(network: &dyn Network, images: &Tensor) -> Tensor {
    let chunks = (0..images.size()[0])
        .step_by(CHUNK as usize)
        .map(|from| {
            let size = CHUNK.min(images.size()[0] - from);
            no_grad(|| network.logits(&data::scale(&images.narrow(0, from, size)), None))
        })
        .collect::<Vec<_>>();
    Tensor::cat(&chunks, 1)
}

/// Measures `network` on `split`.
#[must_use]
pub fn evaluate(network: &dyn Network, split: &Split) -> Measures {
    no_grad(|| {
        let logits = answers(network, &split.images);
        let together = metric::ensemble_log_probabilities(&logits);
        Measures {
            examples: split.labels.numel() as i64,
            errors: metric::errors(&logits, &split.labels),
            nll: metric::negative_log_likelihood(&logits, &split.labels),
            ensemble_errors: metric::errors(&together, &split.labels)[0],
            ensemble_nll: metric::negative_log_likelihood(&together, &split.labels)[0],
            predictions: metric::predictions(&together).squeeze_dim(0),
        }
    })
}

/// Microseconds that `network` (all its members) takes for one picture: the median over passes of
/// one chunk of `images`.
#[must_use]
pub(super) fn microseconds_per_example(network: &dyn Network, images: &Tensor) -> f64 {
    let size = CHUNK.min(images.size()[0]);
    let chunk = data::scale(&images.narrow(0, 0, size));
    let mut times = (0..9)
        .map(|_| {
            let start = Instant::now();
            // Reading one number waits for the device.
            let _ = no_grad(|| network.logits(&chunk, None)).sum(Kind::Float).double_value(&[]);
            start.elapsed().as_secs_f64() * 1e6 / size as f64
        })
        .collect::<Vec<_>>();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
