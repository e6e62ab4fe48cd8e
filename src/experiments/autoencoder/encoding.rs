//! Where pictures lie in latent space: [`Encoding`].

use super::model::Autoencoder;
use super::posterior::Posterior;
use crate::data::PictureSplit;
use tch::Tensor;

/// Pictures encoded at once.
const CHUNK: i64 = 1000;

/// What an encoder says of pictures.
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
        let starts = (0..examples).step_by(CHUNK as usize);
        let chunk = |from: i64| {
            let rows = split.range(from, CHUNK.min(examples - from));
            Self::of_pictures(model, &for_all(model, &rows))
        };
        Self::joined(&starts.map(chunk).collect::<Vec<_>>(), model)
    }

    /// Of pictures `[K, N, pixels]`.
    pub(super) fn of_pictures(model: &Autoencoder, pictures: &Tensor) -> Self {
        #[cfg(test)]
        super::tests::passes::count(pictures);
        if model.is_variational() {
            let Posterior { mean, log_variance, .. } = model.posterior(pictures);
            Self { mean, log_variance: Some(log_variance) }
        } else {
            Self { mean: model.place(pictures), log_variance: None }
        }
    }

    /// One after the other; of none, of no pictures.
    pub(super) fn joined(parts: &[Self], model: &Autoencoder) -> Self {
        if parts.is_empty() {
            let none = || Tensor::zeros([model.members(), 0, model.design.latent], model.options());
            return Self { mean: none(), log_variance: model.is_variational().then(none) };
        }
        let means: Vec<_> = parts.iter().map(|part| &part.mean).collect();
        let log_variances: Option<Vec<_>> =
            parts.iter().map(|part| part.log_variance.as_ref()).collect();
        let log_variance = log_variances.map(|parts| Tensor::cat(&parts, 1));
        Self { mean: Tensor::cat(&means, 1), log_variance }
    }

    /// Pictures that it is of.
    pub(super) fn examples(&self) -> i64 {
        self.mean.size()[1]
    }

    /// q(z | x), of the variational form; no gradient goes through it.
    pub(super) fn posterior(&self) -> Option<Posterior> {
        let log_variance = self.log_variance.as_ref()?.shallow_clone();
        let slope = log_variance.ones_like();
        Some(Posterior { mean: self.mean.shallow_clone(), log_variance, slope })
    }
}

/// The pictures of one chunk, seen by every member: `[K, B, pixels]`.
pub(super) fn for_all(model: &Autoencoder, rows: &Tensor) -> Tensor {
    let size = rows.size();
    rows.unsqueeze(0).expand([model.members(), size[0], size[1]], false)
}
