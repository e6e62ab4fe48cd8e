//! What a judge says is what exact fractions and `NumPy` say (`tests/oracles/judge.py`), and the normal
//! distribution fitted to training pictures has their mean and covariance.

use super::super::encoding::for_all;
use super::super::judge::fitted::draw;
use super::super::judge::kernel::distance;
use super::super::judge::opinion::{certainty, size};
use super::{all_finite, assert_close, glyphs, settings, tensor, train};
use crate::data::binarise_dynamic;
use serde_json::Value;
use tch::{Kind, Tensor};

fn oracle() -> Value {
    serde_json::from_str(include_str!("../../../../tests/oracles/judge.json")).unwrap()
}

#[track_caller]
fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{found} is not {expected}");
}

#[test]
fn distances_are_those_of_exact_fractions() {
    let distances = oracle()["distances"].clone();
    assert_eq!(distances.as_object().unwrap().len(), 6);
    for (name, case) in distances.as_object().unwrap() {
        let found = distance(&tensor(&case["one"]), &tensor(&case["other"]));
        // There the sums are ten million times as large as what is left of them.
        let tolerance = if name == "far_from_zero" { 1e-6 } else { 1e-11 };
        assert_near(found.squared, case["squared"].as_f64().unwrap(), tolerance);
        match case["standard_error"].as_f64() {
            Some(error) => assert_near(found.standard_error, error, tolerance),
            None => assert!(found.standard_error.is_nan(), "{name}"),
        }
    }
    let one = tensor(&distances["alike"]["one"]);
    for rows in [0, 1] {
        assert!(distance(&one.narrow(0, 0, rows), &one).squared.is_nan());
    }
}

#[test]
fn certainty_is_that_of_the_members_together() {
    let case = &oracle()["opinion"];
    let logits = tensor(&case["logits"]);
    let (confidence, share, entropy) = certainty(&logits);
    for (found, name) in
        [(confidence, "confidence"), (share, "confident_share"), (entropy, "entropy")]
    {
        assert_near(found, case[name].as_f64().unwrap(), 1e-12);
    }
    // A class that never comes up adds nothing.
    let sure = Tensor::from_slice(&[1e4f32, 0.0, 0.0, 0.0, 1e4, 0.0]).view([1, 2, 3]);
    let (confidence, share, entropy) = certainty(&sure);
    assert_near(confidence, 1.0, 1e-12);
    assert_near(share, 1.0, 1e-12);
    assert_near(entropy, 2f64.ln(), 1e-12);
}

#[test]
fn members_of_any_size_count_alike() {
    let features = Tensor::from_slice(&[3f32, 4.0, 0.3, 0.4, 5.0, 0.0, 0.0, 0.5]).view([2, 2, 2]);
    // Squares of 9, 16, 25 and 0 have the mean 12.5.
    let expected = Tensor::from_slice(&[12.5f64.sqrt(), 0.125f64.sqrt()]).view([1, 2, 1]);
    assert_close(&size(&features), &expected, 1e-6);
    let silent = features.zeros_like();
    assert!(all_finite([&(&silent / size(&silent))]));
}

/// Draws have the mean and covariance of `places` `[N, latent]` within a share of their spread.
#[track_caller]
fn assert_fitted(drawn: &Tensor, places: &Tensor, tolerance: f64) {
    let middle = |rows: &Tensor| rows.mean_dim(0, false, Kind::Double);
    let covariance = |rows: &Tensor| rows.tr().cov(1, None::<Tensor>, None::<Tensor>);
    let expected = covariance(places);
    let spread = expected.diagonal(0, 0, 1).sqrt();
    assert!(spread.min().double_value(&[]) > 0.01);
    let apart = ((middle(drawn) - middle(places)) / &spread).abs().max().double_value(&[]);
    assert!(apart < tolerance, "the mean is off by {apart} standard deviations");
    assert_close(&covariance(drawn), &expected, tolerance);
}

#[test]
fn the_fitted_normal_has_mean_and_covariance_of_the_places() {
    // Of few pictures it shows that their number less one is what squares are divided by.
    for (binarisation, count, tolerance) in
        [("none", 12, 0.04), ("none", 230, 0.04), ("dynamic", 230, 0.2)]
    {
        let spec = settings(&format!(
            "{{ form: plain, members: 2, data: {{ set: glyphs, train: {count}, validation: 0, test: 10 }}, \
             latent: 3, optimiser: {{ rule: adam, rate: 1e-2 }}, batch: 50, \
             encoder: {{ name: mlp, hidden: [20] }}, binarisation: {binarisation} }}"
        ));
        let data = glyphs(&spec);
        let learner = train(&spec, &data, 40, 50);
        let drawn = draw(&learner, 40_000);
        assert_eq!(drawn.size(), [2, 40_000, 3]);
        let mut rows = for_all(&learner.model, &data.train.range(0, count));
        if binarisation == "dynamic" {
            // Other black and white pictures of the same grey ones.
            rows = binarise_dynamic(&rows, &learner.seeds, 999);
        }
        let places = learner.model.place(&rows).to_kind(Kind::Double);
        for member in 0..2 {
            let drawn = drawn.get(member).to_kind(Kind::Double);
            assert_fitted(&drawn, &places.get(member), tolerance);
        }
    }
}
