//! What the estimators are for: bounds that rise, the baseline that learns, the plain form that
//! reconstructs and does not generate; and states that come back as they went.

use super::super::encoding::for_all;
use super::super::evaluation::measure;
use super::super::noise;
use super::{all_finite, glyphs, settings, train};
use crate::job::Context;
use crate::train::Learner;
use tch::{Kind, Tensor};

fn text(rest: &str) -> String {
    format!(
        "{{ data: {{ set: glyphs, train: 1000, validation: 0, test: 200 }}, latent: 5, batch: 50, \
         optimiser: {{ rule: adam, rate: 2e-3 }}, {rest} }}"
    )
}

/// The test bound at the start and after so many steps.
fn course(rest: &str, steps: u64) -> (f64, f64) {
    let spec = settings(&text(rest));
    let data = glyphs(&spec);
    let bound = |steps| {
        let model = train(&spec, &data, 1, steps).model;
        measure(&model, &data.test, "test", false, &mut |_| {}).measures.bound[0]
    };
    (bound(0), bound(steps))
}

#[test]
fn every_estimator_raises_the_bound() {
    for rest in [
        "estimator: { name: analytic }",
        "estimator: { name: sampled, samples: 2 }",
        "estimator: { name: importance_weighted, samples: 3 }, binarisation: static",
        "estimator: { name: wake_sleep }, binarisation: static",
        "beta: 0.5, beta_warmup_epochs: 2, weight_prior: true, binarisation: dynamic",
        "encoder: { name: cnn, channels: [8, 16], hidden: [] }",
        "encoder: { name: mlp, hidden: [64] }, likelihood: { name: gaussian }",
    ] {
        let (before, after) = course(rest, 100);
        assert!(after > before + 100.0, "{rest}: from {before} to {after} nats");
    }
}

#[test]
fn beta_rises_in_a_line_while_it_warms_up() {
    // 20 steps an epoch: after the first step of 40, beta is a fortieth.
    let state = |rest: &str, steps: u64| {
        let spec = settings(&text(rest));
        train(&spec, &glyphs(&spec), 1, steps).state()
    };
    let first = state("beta: 1, beta_warmup_epochs: 2", 1);
    assert_eq!(first, state("beta: 0.025", 1));
    assert_ne!(first, state("beta: 1", 1));
    assert_ne!(state("beta: 1, beta_warmup_epochs: 2", 2), state("beta: 0.025", 2));
}

#[test]
fn the_plain_form_reconstructs_better_than_it_generates() {
    let spec = settings(&text("form: plain, encoder: { name: mlp, hidden: [64] }"));
    let data = glyphs(&spec);
    let learner = train(&spec, &data, 1, 600);
    let model = &learner.model;
    let test = data.test.range(0, 200);
    let again = model.picture(&model.place(&for_all(model, &test))).get(0);
    let places = noise::normal(&[1], "test", 0, &[200, 5], model.options());
    let samples = model.picture(&places).get(0);
    // How far the nearest real picture is, as a mean square over pixels.
    let nearest = |pictures: &Tensor| {
        let real = data.train.range(0, 1000);
        let apart = Tensor::cdist(&pictures.unsqueeze(0), &real.unsqueeze(0), 2.0, None::<i64>);
        let squares = apart.min_dim(2, false).0.square();
        squares.mean(Kind::Double).double_value(&[]) / 784.0
    };
    let (reconstructed, generated) = (nearest(&again), nearest(&samples));
    assert!(generated > 1.5 * reconstructed, "{generated} after {reconstructed}");
}

#[test]
fn a_state_that_was_taken_leads_on_to_the_same_place() {
    let spec = settings(&text(
        "binarisation: dynamic, weight_prior: true, encoder: { name: mlp, hidden: [64] }",
    ));
    let data = glyphs(&spec);
    let straight = train(&spec, &data, 1, 30).state();
    let half = train(&spec, &data, 1, 15);
    let kept = half.state().into_iter().map(|(name, tensor)| (name, tensor.copy())).collect();
    let context = Context::silent(std::env::temp_dir(), 1);
    let mut resumed = super::super::Autoencoding::new(&context, &spec, &data).unwrap();
    resumed.restore(kept).unwrap();
    resumed.begin_epoch(0);
    for step in 15..20 {
        resumed.step(step, step).unwrap();
    }
    resumed.begin_epoch(1);
    for step in 20..30 {
        resumed.step(step - 20, step).unwrap();
    }
    for (name, tensor) in resumed.state() {
        assert!(tensor.equal(&straight[&name]), "{name}");
    }
    assert!(all_finite(straight.values()));
}

#[test]
fn the_weight_prior_counts_once_for_the_data_set_and_only_for_the_decoder() {
    // One step of plain gradient descent at a rate of 1: what the prior adds can be read off.
    let text = |prior: bool| {
        format!(
            "{{ data: {{ set: glyphs, train: 40, validation: 0, test: 10 }}, latent: 2, batch: 20, \
             optimiser: {{ rule: sgd, rate: 1.0 }}, encoder: {{ name: mlp, hidden: [8] }}, \
             weight_prior: {prior} }}"
        )
    };
    let after = |prior: bool, steps: u64| {
        let spec = settings(&text(prior));
        let data = glyphs(&spec);
        train(&spec, &data, 1, steps).state()
    };
    let (start, with, without) = (after(true, 0), after(true, 1), after(false, 1));
    for (name, start) in start.iter().filter(|(name, _)| name.starts_with("parameter")) {
        let added = &with[name] - &without[name];
        let share = if name.contains("decoder") { -1.0 / 40.0 } else { 0.0 };
        let apart = (added - start * share).abs().max().double_value(&[]);
        let scale = without[name].abs().max().double_value(&[]);
        assert!(apart <= 1e-6 * scale, "{name}: {apart:e} at a scale of {scale:e}");
    }
}
