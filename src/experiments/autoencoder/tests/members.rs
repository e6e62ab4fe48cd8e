//! A member of several ends as an auto-encoder trained alone with its seed does.

use super::{glyphs, settings, train};
use crate::train::Learner;
use tch::Kind;

const MEMBERS: u64 = 3;
const STEPS: u64 = 40;

fn text(members: u64, rest: &str) -> String {
    format!(
        "{{ members: {members}, data: {{ set: glyphs, train: 230, validation: 0, test: 10 }}, \
         latent: 3, optimiser: {{ rule: adam, rate: 1e-3 }}, batch: 50, {rest} }}"
    )
}

#[test]
fn steps_at_once_are_to_the_bit_the_steps_one_by_one() {
    for (members, rest) in [
        (3, "encoder: { name: mlp, hidden: [300] }, binarisation: dynamic"),
        (3, "encoder: { name: mlp, hidden: [20] }, estimator: { name: wake_sleep }"),
        (4, "encoder: { name: mlp, hidden: [20] }, weight_prior: true"),
        (3, "encoder: { name: cnn, channels: [4, 6], hidden: [16] }"),
        (1, "encoder: { name: mlp, hidden: [20] }"),
    ] {
        let spec = settings(&text(members, rest));
        let data = glyphs(&spec);
        let one_by_one = train(&spec, &data, 7, 10).state();
        // An epoch has five steps; a block may take any number of them.
        for blocks in [&[0..5, 5..10][..], &[0..1, 1..4, 4..5, 5..7, 7..10]] {
            let context = crate::job::Context::silent(std::env::temp_dir(), 7);
            let mut learner = super::super::Autoencoding::new(&context, &spec, &data).unwrap();
            for block in blocks {
                if block.start % 5 == 0 {
                    learner.begin_epoch(block.start / 5);
                }
                let within = block.start % 5..(block.end - 1) % 5 + 1;
                learner.steps(within, block.start).unwrap();
            }
            for (name, tensor) in learner.state() {
                assert!(tensor.equal(&one_by_one[&name]), "{rest}: {name}");
            }
        }
        assert!(super::all_finite(one_by_one.values()));
    }
}

#[test]
fn a_member_equals_one_alone() {
    for rest in [
        "encoder: { name: mlp, hidden: [20] }, binarisation: dynamic",
        "encoder: { name: mlp, hidden: [20], activation: tanh, init: paper }, weight_prior: true, \
         estimator: { name: importance_weighted, samples: 4 }, binarisation: static",
        "encoder: { name: mlp, hidden: [20], init: uniform }, estimator: { name: wake_sleep }",
        "encoder: { name: mlp, hidden: [20] }, form: plain",
        "encoder: { name: mlp, hidden: [20] }, decoder: { name: mlp, hidden: [15, 12] }, \
         likelihood: { name: bounded_gaussian }, estimator: { name: sampled, samples: 2 }",
        "encoder: { name: cnn, channels: [4, 6], hidden: [16] }",
        // Large enough to be run alone.
        "encoder: { name: mlp, hidden: [300] }, binarisation: static",
    ] {
        let stacked_spec = settings(&text(MEMBERS, rest));
        let data = glyphs(&stacked_spec);
        let stacked = train(&stacked_spec, &data, 40, STEPS).state();
        for member in 0..MEMBERS {
            let alone_spec = settings(&text(1, rest));
            let alone = train(&alone_spec, &data, 40 + member, STEPS).state();
            for (name, own) in alone.iter().filter(|(name, _)| name.starts_with("parameter")) {
                let both = stacked[name].get(member as i64);
                let apart = (&both - own.get(0)).norm().double_value(&[]);
                let length = own.norm().double_value(&[]).max(1e-12);
                assert!(apart <= 1e-3 * length, "{rest}: {name} is off by {apart:e} of {length:e}");
                assert!(both.isfinite().all().int64_value(&[]) == 1);
            }
        }
        let others = stacked.iter().filter(|(name, _)| name.ends_with("dense.weight"));
        for (name, tensor) in others {
            let apart = (tensor.get(0) - tensor.get(1)).abs().sum(Kind::Double).double_value(&[]);
            assert!(apart > 0.0, "{name} is the same for two members");
        }
    }
}
