//! How well a network of K members does on labelled pictures: [`evaluate`] gives [`ClassifierMetrics`].

use super::recipe::CHUNK;
use crate::data::{self, Split};
use crate::metric;
use crate::nn::Network;
use tch::{Tensor, no_grad};

/// What was measured on one split, for each member and for all together.
#[derive(Debug)]
pub struct ClassifierMetrics {
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

impl ClassifierMetrics {
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
pub fn answers(network: &Network, images: &Tensor) -> Tensor {
    answers_with(network, images, &mut |_| {})
}

/// As [`answers`]; `tell` is told how many pictures are done.
pub fn answers_with(network: &Network, images: &Tensor, tell: &mut dyn FnMut(u64)) -> Tensor {
    #[cfg(test)]
    tests::count(images);
    let count = images.size()[0];
    let chunk = |from: i64| {
        tell(from as u64);
        let chunk = images.narrow(0, from, CHUNK.min(count - from));
        no_grad(|| network.forward(&data::scale(&chunk), None))
    };
    // Where there are none, an empty chunk says of what size their answers would be.
    let starts = (0..count.max(1)).step_by(CHUNK as usize);
    Tensor::cat(&starts.map(chunk).collect::<Vec<_>>(), 1)
}

/// Measures `network` on `split`.
#[must_use]
pub fn evaluate(network: &Network, split: &Split) -> ClassifierMetrics {
    evaluate_with(network, split, &mut |_| {})
}

/// As [`evaluate`]; `tell` is told how many pictures are done.
pub(super) fn evaluate_with(
    network: &Network,
    split: &Split,
    tell: &mut dyn FnMut(u64),
) -> ClassifierMetrics {
    no_grad(|| {
        let logits = answers_with(network, &split.images, tell);
        let together = metric::ensemble_log_probabilities(&logits);
        ClassifierMetrics {
            examples: split.labels.numel() as i64,
            errors: metric::errors(&logits, &split.labels),
            nll: metric::negative_log_likelihood(&logits, &split.labels),
            ensemble_errors: metric::errors(&together, &split.labels)[0],
            ensemble_nll: metric::negative_log_likelihood(&together, &split.labels)[0],
            predictions: metric::predictions(&together).squeeze_dim(0),
        }
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;
    use tch::Tensor;

    thread_local! {
        /// Pictures that this thread asked networks about.
        static ASKED: Cell<i64> = const { Cell::new(0) };
    }

    pub(super) fn count(images: &Tensor) {
        ASKED.set(ASKED.get() + images.size()[0]);
    }

    /// How many pictures networks were asked about during `act`.
    pub(in super::super) fn asked_during(act: impl FnOnce()) -> i64 {
        let before = ASKED.get();
        act();
        ASKED.get() - before
    }
}
