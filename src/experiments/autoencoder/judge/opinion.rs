//! What a classifier says of pictures: [`Opinion`].

use crate::data;
use crate::metric;
use crate::nn::Network;
use crate::train::supervised::answers;
use tch::{Device, Kind, Tensor, no_grad};

/// Pictures whose features are found at once.
const CHUNK: i64 = 500;

/// A classifier is confident of a class to which it gives more than this probability.
const CONFIDENT: f64 = 0.9;

/// What K classifiers together say of N pictures.
#[derive(Debug)]
pub(in super::super) struct Opinion {
    /// The mean over pictures of the largest probability.
    pub(in super::super) confidence: f64,
    /// The share of pictures of whose class they are confident, from 0 to 1.
    pub(in super::super) confident_share: f64,
    /// The entropy of the mean prediction in nats: ln C where all C classes come up alike.
    pub(in super::super) entropy: f64,
    /// What the last layers are given, `[N, K, features]`, on the CPU.
    pub(in super::super) features: Tensor,
}

impl Opinion {
    /// Of pictures `[N, C, H, W]`, bytes.
    pub(in super::super) fn of(network: &Network, images: &Tensor) -> Self {
        let (confidence, confident_share, entropy) = certainty(&answers(network, images));
        let features = features(network, images);
        Self { confidence, confident_share, entropy, features }
    }
}

/// The root mean square of each member's features `[N, K, features]`: `[1, K, 1]`.
pub(in super::super) fn size(features: &Tensor) -> Tensor {
    let squares = features.square().mean_dim([0i64, 2].as_slice(), true, Kind::Double);
    squares.sqrt().clamp_min(f64::MIN_POSITIVE)
}

/// The first three figures, from logits `[K, N, classes]`.
pub(in super::super) fn certainty(logits: &Tensor) -> (f64, f64, f64) {
    let logits = logits.to_device(Device::Cpu).to_kind(Kind::Double);
    let probabilities = metric::ensemble_probabilities(&logits).squeeze_dim(0);
    let (largest, _) = probabilities.max_dim(-1, false);
    let mean = |tensor: &Tensor| tensor.mean(Kind::Double).double_value(&[]);
    let prediction = probabilities.mean_dim(0, false, Kind::Double);
    let entropy = -prediction.xlogy(&prediction).sum(Kind::Double).double_value(&[]);
    (mean(&largest), mean(&largest.gt(CONFIDENT)), entropy)
}

fn features(network: &Network, images: &Tensor) -> Tensor {
    let count = images.size()[0];
    let chunk = |from: i64| {
        let pictures = data::scale(&images.narrow(0, from, CHUNK.min(count - from)));
        let of_members = no_grad(|| network.features(&pictures));
        of_members.transpose(0, 1).to_device(Device::Cpu)
    };
    Tensor::cat(&(0..count).step_by(CHUNK as usize).map(chunk).collect::<Vec<_>>(), 0)
}
