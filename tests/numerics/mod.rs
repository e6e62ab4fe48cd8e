//! Networks, losses and metrics against what PyTorch, scikit-learn and `NumPy` say
//! (`tests/oracles/nn.py`), against differences, and against themselves alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its numbers should fail")]

mod layers;
mod losses;
mod members;
mod metrics;
mod networks;

use serde_json::Value;
use tch::{Kind, Tensor};

/// One part of the oracle's answers.
fn oracle(part: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../oracles/nn.json")).unwrap();
    all[part].clone()
}

/// Nested lists of numbers as a tensor of doubles.
fn tensor(value: &Value) -> Tensor {
    fn collect(value: &Value, flat: &mut Vec<f64>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, flat)),
            number => flat.push(number.as_f64().unwrap()),
        }
    }
    let mut size = Vec::new();
    let mut part = value;
    while let Value::Array(items) = part {
        size.push(items.len() as i64);
        part = &items[0];
    }
    let mut flat = Vec::new();
    collect(value, &mut flat);
    Tensor::from_slice(&flat).view(size.as_slice())
}

fn labels(value: &Value) -> Tensor {
    tensor(value).to_kind(Kind::Int64)
}

/// Fails unless every difference is within `tolerance` of the largest number expected (or of 1).
#[track_caller]
fn assert_close(found: &Tensor, expected: &Tensor, tolerance: f64) {
    assert_eq!(found.size(), expected.size());
    let expected = expected.to_kind(Kind::Double);
    let difference = (found.to_kind(Kind::Double) - &expected).abs().max().double_value(&[]);
    let scale = expected.abs().max().double_value(&[]).max(1.0);
    assert!(difference <= tolerance * scale, "differs by {difference:e} at a scale of {scale:e}");
}
