//! Draws from a normal distribution fitted to where training pictures lie: [`draw`].

use super::super::encoding::for_all;
use super::super::learner::Autoencoding;
use super::super::noise;
use super::super::spec::Binarisation;
use crate::data;
use tch::{Device, Kind, Tensor};

/// Training pictures encoded at once. They have draws of their own, so another number gives others.
const CHUNK: i64 = 100;

/// `count` draws for each member, `[K, count, latent]`, from the normal distribution with the mean and
/// the covariance of the places of its training pictures.
///
/// The covariance is never formed: centred places, weighted by draws from N(0, 1) and added up over
/// the root of their number less one, have it, be it singular or not.
pub(in super::super) fn draw(learner: &Autoencoding<'_>, count: i64) -> Tensor {
    let (model, examples) = (&learner.model, learner.pictures.train.examples());
    let latent = model.design.latent;
    let zeros = |rows, columns| {
        Tensor::zeros([model.members(), rows, columns], (Kind::Double, Device::Cpu))
    };
    let (mut sum, mut weighted, mut weight) =
        (zeros(1, latent), zeros(count, latent), zeros(count, 1));
    for from in (0..examples).step_by(CHUNK as usize) {
        let places = places(learner, from, CHUNK.min(examples - from));
        let size = [count, places.size()[1]];
        let options = (Kind::Double, Device::Cpu);
        let weights =
            noise::normal(&learner.seeds, "judge/fitted_normal", from as u64, &size, options);
        sum += places.sum_dim_intlist(1, true, Kind::Double);
        weighted += weights.bmm(&places);
        weight += weights.sum_dim_intlist(2, true, Kind::Double);
    }
    let mean = sum / examples as f64;
    let centred = weighted - weight * &mean;
    let (kind, device) = model.options();
    (mean + centred / ((examples - 1).max(1) as f64).sqrt()).to_kind(kind).to_device(device)
}

/// Where `count` training pictures from number `from` on lie, as they are learnt from:
/// `[K, count, latent]`, doubles on the CPU.
fn places(learner: &Autoencoding<'_>, from: i64, count: i64) -> Tensor {
    let rows = for_all(&learner.model, &learner.pictures.train.range(from, count));
    let rows = match learner.spec.binarisation {
        Binarisation::Dynamic => data::binarise_dynamic(&rows, &learner.seeds, from as u64),
        Binarisation::None | Binarisation::Static => rows,
    };
    learner.model.place(&rows).to_device(Device::Cpu).to_kind(Kind::Double)
}
