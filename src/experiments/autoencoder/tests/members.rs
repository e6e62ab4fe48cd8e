//! A member of several ends as an auto-encoder trained alone with its seed does.

use super::{glyphs, settings, train};
use crate::train::epochs::Learner;
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
        // Large enough to be carried in turn.
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
