//! Where pictures lie in the middle: [`Encoding`].

use super::evaluation::for_all;
use super::model::Autoencoder;
use crate::data::PictureSplit;
use tch::Tensor;

/// Pictures encoded at once.
const CHUNK: i64 = 1000;

/// What an encoder says of the pictures of a split.
pub(super) struct Encoding {
    /// Where they lie; of the variational form the means of q(z | x). `[K, N, latent]`.
    pub(super) mean: Tensor,
    /// The logarithms of the variances of q(z | x), of the variational form.
    pub(super) log_variance: Option<Tensor>,
}

impl Encoding {
    /// Of the first `most` pictures of `split`, or of all if there are fewer.
    pub(super) fn of(model: &Autoencoder, split: &PictureSplit, most: i64) -> Self {
        let examples = split.examples().min(most);
        let (mut means, mut log_variances) = (Vec::new(), Vec::new());
        for from in (0..examples).step_by(CHUNK as usize) {
            let pictures = for_all(model, &split.range(from, CHUNK.min(examples - from)));
            if model.is_variational() {
                let posterior = model.posterior(&pictures);
                means.push(posterior.mean);
                log_variances.push(posterior.log_variance);
            } else {
                means.push(model.place(&pictures));
            }
        }
        let log_variance = (!log_variances.is_empty()).then(|| Tensor::cat(&log_variances, 1));
        Self { mean: Tensor::cat(&means, 1), log_variance }
    }
}
