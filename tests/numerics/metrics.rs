//! Metrics.

use super::{assert_close, labels, oracle, tensor};
use exp::metric::{
    accuracy, agreement, confusion, ensemble_log_probabilities, ensemble_probabilities, errors,
    expected_calibration_error, negative_log_likelihood, predictions,
};
use serde_json::Value;
use tch::{Kind, Tensor};

fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn near(found: &[f64], expected: &[f64]) {
    assert_close(&Tensor::from_slice(found), &Tensor::from_slice(expected), 1e-12);
}

#[test]
fn metrics_are_those_of_scikit_learn() {
    let part = oracle("metrics");
    let (logits, labels) = (tensor(&part["logits"]), labels(&part["labels"]));
    let wrong: Vec<_> = errors(&logits, &labels).into_iter().map(|count| count as f64).collect();
    near(&wrong, &list(&part["errors"]));
    near(&accuracy(&logits, &labels), &list(&part["accuracy"]));
    near(&negative_log_likelihood(&logits, &labels), &list(&part["nll"]));
    let calibration = expected_calibration_error(&logits, &labels, 10);
    near(&calibration, &list(&part["calibration_error"]));
    let table = confusion(&predictions(&logits).get(0), &labels, 4);
    assert_eq!(table.kind(), Kind::Int64);
    assert_close(&table, &tensor(&part["confusion"]), 0.0);
    let pairwise = part["pairwise_agreement"].as_f64().unwrap();
    let answers = predictions(&logits);
    let members = answers.size()[0];
    let pairs = (0..members).flat_map(|one| (0..one).map(move |other| (one, other)));
    let pairs: Vec<f64> =
        pairs.map(|(one, other)| agreement(&answers.get(one), &answers.get(other))).collect();
    near(&[pairs.iter().sum::<f64>() / pairs.len() as f64], &[pairwise]);
    assert!((agreement(&answers.get(0), &answers.get(0)) - 1.0).abs() < 1e-15);
}

#[test]
fn an_ensemble_is_the_mean_of_probabilities() {
    let part = oracle("metrics");
    let (logits, labels) = (tensor(&part["logits"]), labels(&part["labels"]));
    let mean = tensor(&part["ensemble_probabilities"]).unsqueeze(0);
    assert_close(&ensemble_probabilities(&logits), &mean, 1e-13);
    let together = ensemble_log_probabilities(&logits);
    assert_close(&together.exp(), &mean, 1e-13);
    near(&negative_log_likelihood(&together, &labels), &[part["ensemble_nll"].as_f64().unwrap()]);
    assert_eq!(errors(&together, &labels), [part["ensemble_errors"].as_i64().unwrap()]);
}

#[test]
fn what_is_no_number_is_no_right_answer() {
    let scores = Tensor::from_slice(&[f32::NAN, 0.0, 1.0, 0.0]).view([1, 2, 2]);
    assert_eq!(errors(&scores, &Tensor::from_slice(&[0i64, 0])), [1]);
}
