//! Log-variances at the ends of their range, and far beyond: everything stays a number.

use super::super::encoding::Encoding;
use super::super::latent_space;
use super::super::likelihood::Likelihood;
use super::super::model::Autoencoder;
use super::super::objective::{Bound, gradients};
use super::super::posterior::{LATENT_END, bounded};
use super::super::{noise, wake_sleep};
use super::{all_finite, design, glyphs, settings, train};
use tch::{Device, Kind, Tensor, no_grad};

#[test]
fn the_bound_is_smooth_and_holds() {
    let raw = Tensor::from_slice(&[-1e30f32, -1e4, -20.0, -3.0, 0.0, 5.0, 20.0, 1e4, 1e30]);
    let (value, slope) = bounded(&raw, LATENT_END);
    assert!(all_finite([&value, &slope]));
    assert!(value.abs().max().double_value(&[]) <= LATENT_END + 1e-5);
    for inside in 3..6 {
        let (raw, value) = (raw.double_value(&[inside]), value.double_value(&[inside]));
        assert!((raw - value).abs() < 2e-4, "{raw} became {value}");
    }
    let leaf = Tensor::linspace(-30.0, 30.0, 241, (Kind::Double, Device::Cpu));
    let leaf = leaf.set_requires_grad(true);
    let (value, slope) = bounded(&leaf, LATENT_END);
    let found = Tensor::run_backward(&[value.sum(Kind::Double)], &[&leaf], false, false);
    let apart = (&found[0] - slope).abs().max().double_value(&[]);
    assert!(apart < 1e-7, "the slope is off by {apart}");
    let steps = value.diff(1, -1, None::<Tensor>, None::<Tensor>);
    assert!(steps.min().double_value(&[]) > 0.0, "it rises everywhere");
}

#[test]
fn principal_components_are_drawn_of_two_pictures_or_more() {
    let text = "{ data: { set: glyphs, train: 20, validation: 0, test: 5 }, latent: 3, batch: 10, \
                optimiser: { rule: sgd, rate: 0.1 }, encoder: { name: mlp, hidden: [5] } }";
    let spec = settings(text);
    let data = glyphs(&spec);
    let model = train(&spec, &data, 1, 2).model;
    for (count, is_drawn) in [(1, false), (2, true), (3, true), (5, true)] {
        let encoding = Encoding::of(&model, &data.test, count);
        let drawn = latent_space::draw(&model, &data.test, &encoding, "");
        assert_eq!(drawn.is_ok(), is_drawn, "{count}");
    }
}

#[test]
fn extreme_log_variances_leave_losses_and_gradients_finite() {
    for likelihood in ["bernoulli", "gaussian", "bounded_gaussian"] {
        for (of_latent, of_pixel) in
            [(1e30, -1e30), (-1e30, 1e30), (f64::INFINITY, 1e9), (f64::NEG_INFINITY, -1e9)]
        {
            let text = format!(
                "{{ data: {{ set: glyphs }}, latent: 2, likelihood: {{ name: {likelihood} }}, \
                 optimiser: {{ rule: sgd }}, encoder: {{ name: mlp, hidden: [5] }} }}"
            );
            let model = Autoencoder::build(design(&text, [1, 2, 3], &[3, 4]), Device::Cpu).unwrap();
            no_grad(|| {
                let _ = model.encoder.parameters()[3].narrow(1, 2, 2).fill_(of_latent);
                if likelihood != "bernoulli" {
                    let _ = model.decoder.parameters()[3].narrow(1, 6, 6).fill_(of_pixel);
                }
            });
            let seeds = &model.design.seeds;
            let pictures = noise::uniform(seeds, "x", 0, &[7, 6], model.options());
            let noise = noise::normal(seeds, "n", 0, &[3, 7, 2], model.options());
            for bound in [Bound::Sampled, Bound::Analytic, Bound::ImportanceWeighted] {
                let pass = gradients(&model, &pictures, &noise, bound, 1.0);
                let all = pass.encoder.iter().chain(&pass.decoder).chain([&pass.loss]);
                assert!(all_finite(all), "{likelihood} {bound:?} {of_latent} {of_pixel}");
            }
            let pass = wake_sleep::gradients(&model, &pictures, &noise.narrow(1, 0, 1), seeds, 0);
            let all = pass.encoder.iter().chain(&pass.decoder).chain([&pass.loss]);
            assert!(all_finite(all), "{likelihood} asleep {of_latent} {of_pixel}");
        }
    }
}

#[test]
fn draws_follow_the_likelihood() {
    let bernoulli = Likelihood::Bernoulli;
    let logits = Tensor::from_slice(&[-2.0f32, 0.0, 1.5]).expand([1, 20_000, 3], true);
    let drawn = bernoulli.draw(&logits, &[1], "draw", 0);
    let share = drawn.mean_dim(1, false, Kind::Double);
    let expected = bernoulli.mean(&logits).mean_dim(1, false, Kind::Double);
    let apart = (share - expected).abs().max().double_value(&[]);
    assert!(apart < 4.0 * 0.5 / 20_000f64.sqrt(), "{apart}");
    let normal = Likelihood::Gaussian { variance: Some(0.25), bounded: false };
    let drawn = normal.draw(&logits, &[1], "draw", 0);
    let deviation = drawn.std_dim(1, true, false).double_value(&[0, 1]);
    assert!((deviation - 0.5).abs() < 0.02, "{deviation}");
}
