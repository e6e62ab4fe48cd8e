//! Auto-encoders against `torch.distributions` (`tests/oracles/vae.py`), against a model whose
//! likelihood is known, at the ends of their ranges, and against themselves alone; their judge against
//! exact fractions (`tests/oracles/judge.py`).

mod asleep;
mod ends;
mod hamiltonian;
mod judge;
mod learning;
mod linear_gaussian;
mod measures;
mod members;
mod oracle;
pub(super) mod passes;
mod reports;
mod tables;

use super::model::Design;
use super::spec::AutoencoderSpec;
use crate::data::Pictures;
use crate::job::Context;
use crate::train::Learner;
use serde_json::Value;
use tch::{Kind, Tensor};

/// Settings from YAML.
fn settings(text: &str) -> AutoencoderSpec {
    serde_yaml::from_str(text).unwrap()
}

/// A design for pictures of this size.
fn design(text: &str, input: [i64; 3], seeds: &[u64]) -> Design {
    Design::new(&settings(text), input, seeds)
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

/// Fails unless every difference is within `tolerance` of the largest number expected.
#[track_caller]
fn assert_close(found: &Tensor, expected: &Tensor, tolerance: f64) {
    assert_eq!(found.size(), expected.size());
    let expected = expected.to_kind(Kind::Double);
    let difference = (found.to_kind(Kind::Double) - &expected).abs().max().double_value(&[]);
    let scale = expected.abs().max().double_value(&[]);
    assert!(difference <= tolerance * scale, "differs by {difference:e} at a scale of {scale:e}");
}

/// Whether all of these are numbers.
fn all_finite<'a>(tensors: impl IntoIterator<Item = &'a Tensor>) -> bool {
    tensors.into_iter().all(|tensor| tensor.isfinite().all().int64_value(&[]) == 1)
}

/// Glyphs, a few.
fn glyphs(spec: &AutoencoderSpec) -> Pictures {
    let roots = crate::data::DataRoots(Vec::new());
    super::source::load(spec, &roots, tch::Device::Cpu).unwrap()
}

/// Takes `steps` steps with a learner that starts at this seed, and hands it on.
fn train<'a>(
    spec: &'a AutoencoderSpec,
    pictures: &'a Pictures,
    seed: u64,
    steps: u64,
) -> super::Autoencoding<'a> {
    let context = Context::silent(std::env::temp_dir(), seed);
    let mut learner = super::Autoencoding::new(&context, spec, pictures).unwrap();
    for step in 0..steps {
        let within = step % learner.steps_per_epoch();
        if within == 0 {
            learner.begin_epoch(step / learner.steps_per_epoch());
        }
        learner.step(within, step).unwrap();
    }
    learner
}
