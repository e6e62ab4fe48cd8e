//! log p(x) by importance sampling from q(z | x): [`estimate`].
//!
//! `log mean_s p(x, z_s) / q(z_s | x)` over k samples, a lower bound on average that rises towards
//! log p(x) with k (Burda, Grosse & Salakhutdinov 2015). Examples and samples go through the decoder
//! in blocks that fit the memory that was granted; the noise of an example is drawn by its number, so
//! that the blocks change nothing but rounding.

use super::super::model::Autoencoder;
use super::super::noise;
use super::super::posterior::Posterior;
use super::super::spec::ImportanceSpec;
use tch::{Kind, Tensor, no_grad};

/// log p(x) of pictures `[K, N, pixels]`: `[K, N]`. `go_on` is told how many examples are
/// done; nothing comes once it says no.
pub(in super::super) fn estimate(
    model: &Autoencoder,
    pictures: &Tensor,
    spec: &ImportanceSpec,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Option<Tensor> {
    let rows = rows_at_once(model, pictures, spec.memory_mib);
    let (examples, samples) = (pictures.size()[1], spec.samples);
    let block = (rows / samples).clamp(1, examples.max(1));
    let mut blocks = Vec::new();
    for from in (0..examples).step_by(block as usize) {
        if !go_on(from as u64) {
            return None;
        }
        let count = block.min(examples - from);
        let own = pictures.narrow(1, from, count);
        blocks.push(no_grad(|| of_block(model, &own, from, samples, rows)));
    }
    Some(Tensor::cat(&blocks, 1))
}

/// Rows (an example with a sample) whose numbers fit the memory.
fn rows_at_once(model: &Autoencoder, pictures: &Tensor, memory_mib: i64) -> i64 {
    // A picture's numbers are there a few times over: the decoder's output, the terms of the
    // likelihood, and what the widest layer is given and gives.
    let layers = model.decoder.design().blueprint().layers.iter();
    let widest = layers.map(|layer| layer.input.numbers());
    let units = widest.max().unwrap_or(1).min(16 * pictures.size()[2]);
    let numbers = model.members() * (6 * pictures.size()[2] + 2 * units);
    let bytes = numbers * model.options().0.elt_size_in_bytes() as i64;
    (memory_mib.saturating_mul(1 << 20) / bytes).max(1)
}

/// log p(x) of the examples of one block, `[K, E]`, the first of which is number `from`.
fn of_block(model: &Autoencoder, pictures: &Tensor, from: i64, samples: i64, rows: i64) -> Tensor {
    let examples = pictures.size()[1];
    let posterior = model.posterior(pictures);
    let size = [samples, model.design.latent];
    let own = |example: i64| {
        let number = (from + example) as u64;
        noise::normal(&model.design.seeds, "importance", number, &size, model.options())
    };
    let noise = Tensor::stack(&(0..examples).map(own).collect::<Vec<_>>(), 2);
    let piece = (rows / examples).clamp(1, samples);
    let mut total: Option<Tensor> = None;
    for start in (0..samples).step_by(piece as usize) {
        let part = noise.narrow(1, start, piece.min(samples - start));
        let sum = log_weights(model, pictures, &posterior, &part).logsumexp(1, false);
        total = Some(total.map_or_else(|| sum.shallow_clone(), |total| total.logaddexp(&sum)));
    }
    let total = total.unwrap_or_else(|| Tensor::zeros([model.members(), 0], model.options()));
    (total - (samples as f64).ln()).to_kind(Kind::Double)
}

/// `log p(x, z) - log q(z | x)` of each sample, `[K, L, B]`.
pub(in super::super) fn log_weights(
    model: &Autoencoder,
    pictures: &Tensor,
    posterior: &Posterior,
    noise: &Tensor,
) -> Tensor {
    let z = posterior.sample(noise);
    model.log_likelihood(&pictures.unsqueeze(1), &z) + posterior.log_ratio(&z, noise)
}
