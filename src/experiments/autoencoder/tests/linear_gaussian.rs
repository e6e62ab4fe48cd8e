//! A decoder that is linear with normal noise has a known log p(x): bounds stay below it and rise to
//! it, both estimators agree, and the sampled one varies more.

use super::super::evaluation::numbers;
use super::super::marginal::importance;
use super::super::model::Autoencoder;
use super::super::objective::Bound;
use super::super::spec::ImportanceSpec;
use super::super::{noise, variance};
use super::design;
use std::f64::consts::TAU;
use tch::{Device, Kind, Tensor, no_grad};

pub(super) const PIXELS: i64 = 6;
pub(super) const LATENT: i64 = 3;
const VARIANCE: f64 = 0.3;

/// A linear model, and an encoder that is near its posterior and not there: means too small, widths
/// without the correlations and of another size.
pub(super) fn linear(examples: i64, seed: u64) -> (Autoencoder, Tensor) {
    let text = format!(
        "{{ data: {{ set: glyphs }}, latent: {LATENT}, optimiser: {{ rule: sgd }}, \
         likelihood: {{ name: gaussian, variance: {VARIANCE} }}, \
         encoder: {{ name: mlp, hidden: [] }} }}"
    );
    let options = (Kind::Double, Device::Cpu);
    let draw = |name: &str, size: &[i64]| noise::normal(&[seed], name, 0, size, options).get(0);
    let (weight, bias) = (draw("weight", &[PIXELS, LATENT]) * 0.7, draw("bias", &[PIXELS]));
    let precision = Tensor::eye(LATENT, options) + weight.tr().matmul(&weight) / VARIANCE;
    let matrix = precision.inverse().matmul(&weight.tr()) / VARIANCE * 0.9;
    let log_variance = -(precision.diagonal(0, 0, 1).log()) + 0.25;
    let encoder = vec![
        Tensor::cat(&[&matrix, &matrix.zeros_like()], 0).unsqueeze(0),
        Tensor::cat(&[-matrix.mv(&bias), log_variance], 0).unsqueeze(0),
    ];
    let z = draw("z", &[examples, LATENT]);
    let pictures =
        z.matmul(&weight.tr()) + &bias + draw("x", &[examples, PIXELS]) * VARIANCE.sqrt();
    let decoder = vec![weight.unsqueeze(0), bias.unsqueeze(0)];
    let design = design(&text, [1, 2, 3], &[seed]);
    (Autoencoder::with_parameters(design, &encoder, &decoder).unwrap(), pictures.unsqueeze(0))
}

/// The logarithm of N(x; b, W Wᵀ + variance I) for `[1, N, pixels]`: `[N]`.
pub(super) fn exact(model: &Autoencoder, pictures: &Tensor) -> Tensor {
    let [weight, bias] = model.decoder.parameters() else { panic!("it is linear") };
    let weight = weight.get(0);
    let unit = Tensor::eye(PIXELS, (Kind::Double, Device::Cpu));
    let covariance = weight.matmul(&weight.tr()) + unit * VARIANCE;
    let centred = pictures.get(0) - bias.get(0);
    let squares =
        (centred.matmul(&covariance.inverse()) * &centred).sum_dim_intlist(-1, false, None::<Kind>);
    (squares + covariance.logdet() + PIXELS as f64 * TAU.ln()) * -0.5
}

/// Both estimates of the bound for each of many draws, `[draws, N]`: A and B.
fn estimates(model: &Autoencoder, pictures: &Tensor, draws: i64) -> [Tensor; 2] {
    no_grad(|| {
        let posterior = model.posterior(pictures);
        let size = [draws, pictures.size()[1], LATENT];
        let noise = noise::normal(&[99], "draws", 0, &size, model.options());
        let z = posterior.sample(&noise);
        let likelihood = model.log_likelihood(&pictures.unsqueeze(1), &z);
        let divergence = posterior.divergence().sum_dim_intlist(-1, false, None::<Kind>);
        let sampled = &likelihood + posterior.log_ratio(&z, &noise);
        [sampled.get(0), (likelihood - divergence.unsqueeze(1)).get(0)]
    })
}

/// Mean over draws, and its standard error, of each example.
fn moments(draws: &Tensor) -> (Vec<f64>, Vec<f64>) {
    let count = draws.size()[0] as f64;
    let error = draws.std_dim(0, true, false) / count.sqrt();
    (numbers(&draws.mean_dim(0, false, None::<Kind>)), numbers(&error))
}

#[test]
fn both_estimators_agree_stay_below_and_the_sampled_one_varies_more() {
    let (model, pictures) = linear(20, 7);
    let [sampled, analytic] = estimates(&model, &pictures, 10_000);
    let difference = &sampled - &analytic;
    let (apart, error) = moments(&difference);
    for (apart, error) in apart.iter().zip(&error) {
        assert!(apart.abs() <= 4.0 * error, "A and B differ by {apart} +- {error}");
    }
    let exact = numbers(&exact(&model, &pictures));
    for draws in [&sampled, &analytic] {
        let (mean, error) = moments(draws);
        for ((mean, error), exact) in mean.iter().zip(&error).zip(&exact) {
            assert!(mean - 4.0 * error <= *exact, "{mean} +- {error} is above {exact}");
        }
    }
    // The divergence in closed form is the exact mean of what A samples, so B's mean over draws has
    // the reconstruction's error only; the gap to log p(x) is there, since q is not the posterior.
    let gap = exact.iter().zip(moments(&analytic).0).map(|(exact, bound)| exact - bound);
    assert!(gap.sum::<f64>() / 20.0 > 0.05, "q is too good to test with");
    let of = |bound| {
        let each = (0..40).map(|step| {
            variance::of_gradient(&model, &pictures, bound, 1, step).double_value(&[0])
        });
        each.sum::<f64>() / 40.0
    };
    let (a, b) = (of(Bound::Sampled), of(Bound::Analytic));
    assert!(a > 1.05 * b, "the gradient varies by {a} under A and {b} under B");
}

#[test]
fn the_importance_weighted_bound_rises_to_the_likelihood() {
    let (model, pictures) = linear(200, 8);
    let exact = exact(&model, &pictures);
    let mut last = f64::NEG_INFINITY;
    for samples in [1, 10, 100, 5000] {
        let spec = ImportanceSpec { samples, examples: 200, memory_mib: 8 };
        let found = importance::estimate(&model, &pictures, &spec, &mut |_| true).unwrap();
        let gaps = found.get(0) - &exact;
        let mean = gaps.mean(Kind::Double).double_value(&[]);
        let error = gaps.std(true).double_value(&[]) / 200f64.sqrt();
        assert!(mean <= 4.0 * error, "{samples}: above by {mean} +- {error}");
        assert!(mean > last, "{samples}: {mean} after {last}");
        last = mean;
        if samples == 5000 {
            assert!(mean.abs() < 0.05, "{mean}");
            let worst = gaps.abs().max().double_value(&[]);
            assert!(worst < 0.2, "an example is off by {worst}");
        }
    }
}

#[test]
fn memory_changes_nothing_but_rounding() {
    let (model, pictures) = linear(30, 9);
    let estimate = |memory_mib| {
        // So many samples that a MiB holds part of one example's.
        let spec = ImportanceSpec { samples: 6000, examples: 30, memory_mib };
        importance::estimate(&model, &pictures, &spec, &mut |_| true).unwrap()
    };
    let (small, large) = (estimate(1), estimate(64));
    let apart = (small - large).abs().max().double_value(&[]);
    assert!(apart < 1e-10, "{apart}");
}
