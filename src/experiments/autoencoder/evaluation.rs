//! How well auto-encoders do on pictures: [`measure`] gives [`AutoencoderMetrics`].

use super::encoding::{Encoding, for_all};
use super::model::Autoencoder;
use super::noise;
use super::spec::CHUNK;
use crate::data::PictureSplit;
use tch::{Kind, Tensor, no_grad};

/// A latent is active where the variance of its mean over pictures is above this (Burda, Grosse &
/// Salakhutdinov 2015, appendix C).
const ACTIVE: f64 = 0.01;

/// What was measured on one split; of each member, means over examples.
pub(super) struct AutoencoderMetrics {
    /// The lower bound on log p(x) with the divergence in closed form, in nats; of the plain form,
    /// which has none, the reconstruction alone.
    pub(super) bound: Vec<f64>,
    /// log p(x | z) in nats, of one sample z for each example; of the plain form at its one z.
    pub(super) reconstruction: Vec<f64>,
    /// KL(q(z | x) || N(0, I)) in nats; 0 for the plain form.
    pub(super) divergence: Vec<f64>,
    /// The mean squared distance of a number of the picture from its reconstruction at the mean of
    /// q(z | x).
    pub(super) squared_error: Vec<f64>,
    /// Latents whose mean varies.
    pub(super) active: Vec<f64>,
    /// The divergence of each latent, `[K, latent]`, on the CPU.
    pub(super) divergences: Tensor,
    /// The variance of each latent's mean over pictures, `[K, latent]`, on the CPU.
    pub(super) variances: Tensor,
}

/// What one pass over a split found.
pub(super) struct Measured {
    pub(super) measures: AutoencoderMetrics,
    /// Where its pictures lie, if that was to be kept.
    pub(super) encoding: Option<Encoding>,
}

/// Sums over examples, in double precision on the CPU.
struct Sums {
    reconstruction: Tensor,
    squared_error: Tensor,
    divergences: Tensor,
    places: Tensor,
    squares: Tensor,
}

/// Measures `model` on `split`; noise is drawn by `name`, the same at every call. Where the pictures lie
/// is kept if `keep` says so. `tell` is told how many examples are done.
pub(super) fn measure(
    model: &Autoencoder,
    split: &PictureSplit,
    name: &str,
    keep: bool,
    tell: &mut dyn FnMut(u64),
) -> Measured {
    no_grad(|| {
        let examples = split.examples();
        let mut sums = Sums::none(model.members(), model.design.latent);
        let mut kept = Vec::new();
        for from in (0..examples).step_by(CHUNK as usize) {
            tell(from as u64);
            let pictures = for_all(model, &split.range(from, CHUNK.min(examples - from)));
            let encoding = Encoding::of_pictures(model, &pictures);
            sums = sums.plus(part(model, &pictures, &encoding, name, from));
            if keep {
                kept.push(encoding);
            }
        }
        let numbers = split.images.size()[1..].iter().product::<i64>();
        let measures = sums.over(examples.max(1) as f64, numbers as f64);
        Measured { measures, encoding: keep.then(|| Encoding::joined(&kept, model)) }
    })
}

fn part(
    model: &Autoencoder,
    pictures: &Tensor,
    encoding: &Encoding,
    name: &str,
    from: i64,
) -> Sums {
    let size = [1, pictures.size()[1], model.design.latent];
    let mean = &encoding.mean;
    let (z, divergences) = match encoding.posterior() {
        Some(posterior) => {
            let purpose = format!("measure/{name}");
            let noise =
                noise::normal(&model.design.seeds, &purpose, from as u64, &size, model.options());
            (posterior.sample(&noise), posterior.divergence())
        }
        None => (mean.unsqueeze(1), mean.zeros_like()),
    };
    let distance = (model.picture(mean) - pictures).square();
    let over = |tensor: &Tensor, dims: &[i64]| {
        tensor.sum_dim_intlist(dims, false, None::<Kind>).to_device(tch::Device::Cpu)
    };
    let double = |tensor: Tensor| tensor.to_kind(Kind::Double);
    let places = double(mean.to_device(tch::Device::Cpu));
    Sums {
        reconstruction: double(over(&model.log_likelihood(&pictures.unsqueeze(1), &z), &[1, 2])),
        squared_error: double(over(&distance, &[1, 2])),
        divergences: double(over(&divergences, &[1])),
        squares: over(&places.square(), &[1]),
        places: over(&places, &[1]),
    }
}

impl Sums {
    fn none(members: i64, latent: i64) -> Self {
        let zeros = |size: &[i64]| Tensor::zeros(size, (Kind::Double, tch::Device::Cpu));
        let (one, all) = ([members], [members, latent]);
        Self {
            reconstruction: zeros(&one),
            squared_error: zeros(&one),
            divergences: zeros(&all),
            places: zeros(&all),
            squares: zeros(&all),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            reconstruction: self.reconstruction + other.reconstruction,
            squared_error: self.squared_error + other.squared_error,
            divergences: self.divergences + other.divergences,
            places: self.places + other.places,
            squares: self.squares + other.squares,
        }
    }

    fn over(self, examples: f64, pixels: f64) -> AutoencoderMetrics {
        let reconstruction = self.reconstruction / examples;
        let divergences = self.divergences / examples;
        let mean = self.places / examples;
        let variances = self.squares / examples - mean.square();
        let divergence = divergences.sum_dim_intlist(-1, false, None::<Kind>);
        let active = variances.gt(ACTIVE).sum_dim_intlist(-1, false, Kind::Double);
        AutoencoderMetrics {
            bound: numbers(&(&reconstruction - &divergence)),
            reconstruction: numbers(&reconstruction),
            divergence: numbers(&divergence),
            squared_error: numbers(&(self.squared_error / (examples * pixels))),
            active: numbers(&active),
            divergences,
            variances,
        }
    }
}

/// The numbers of a tensor, in order.
pub(super) fn numbers(tensor: &Tensor) -> Vec<f64> {
    let flat = tensor.to_device(tch::Device::Cpu).to_kind(Kind::Double).contiguous();
    let mut values = vec![0.0; flat.numel()];
    flat.copy_data(&mut values, flat.numel());
    values
}

/// The mean of the members' numbers.
pub(super) fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
