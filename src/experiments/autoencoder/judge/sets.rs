//! The sets of pictures that are judged: [`places`] in latent space, and [`pictures`] there.

use super::super::encoding::Encoding;
use super::super::learner::Autoencoding;
use super::super::model::Autoencoder;
use super::super::noise;
use super::fitted;
use tch::{Kind, Tensor};

/// Places decoded at once.
const CHUNK: i64 = 500;

/// Each set's name and places, `[K, N, latent]`: draws from N(0, I); where the test pictures of these
/// numbers `[N]` lie, in their order; and of the plain form draws from a fitted normal distribution.
pub(super) fn places(
    learner: &Autoencoding<'_>,
    encoding: &Encoding,
    numbers: &Tensor,
) -> Vec<(&'static str, Tensor)> {
    let (model, count) = (&learner.model, numbers.size()[0]);
    let size = [count, model.design.latent];
    let prior = noise::normal(&learner.seeds, "judge/samples", 0, &size, model.options());
    let encoded = encoding.mean.index_select(1, numbers);
    let mut sets = vec![("samples", prior), ("reconstructions", encoded)];
    if !model.is_variational() {
        sets.push(("fitted_normal", fitted::draw(learner, count)));
    }
    sets
}

/// The mean pictures of places `[K, N, latent]`: bytes, `[K, N, C, H, W]`.
pub(super) fn pictures(model: &Autoencoder, places: &Tensor) -> Tensor {
    let size = places.size();
    let chunk = |from: i64| {
        let pictures = model.picture(&places.narrow(1, from, CHUNK.min(size[1] - from)));
        (pictures.clamp(0.0, 1.0) * 255.0).round().to_kind(Kind::Uint8)
    };
    let chunks: Vec<_> = (0..size[1]).step_by(CHUNK as usize).map(chunk).collect();
    let [channels, height, width] = model.design.input;
    Tensor::cat(&chunks, 1).view([size[0], size[1], channels, height, width])
}
