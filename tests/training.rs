//! Training as jobs do it: the stacked network against networks trained alone.

use exp::data::{AugmentSpec, DataRoots, DataSpec, Labelled};
use exp::experiments::classifier::run::Labels;
use exp::job::Context;
use exp::train::epochs::Learner;
use exp::train::supervised::{LoggingSpec, Recipe, Select, Supervised};
use serde_json::json;
use tch::{Device, Kind, Tensor};

const STEPS: u64 = 200;
const MEMBERS: u64 = 5;

/// The parameters after [`STEPS`] steps, by name, each `[K, …]`.
fn train(
    data: &Labelled,
    data_spec: &DataSpec,
    network: &serde_json::Value,
    seed: u64,
    members: u64,
) -> Vec<(String, Tensor)> {
    let recipe = Recipe {
        members,
        data: data_spec,
        augment: &AugmentSpec { jitter: 1 },
        network: &serde_json::from_value(network.clone()).unwrap(),
        optimiser: &serde_json::from_value(json!({"rule": "adam", "rate": 1e-3})).unwrap(),
        schedule: &exp::optim::ScheduleSpec::default(),
        epochs: 100,
        batch: 50,
        select: Select::Last,
        logging: &LoggingSpec::default(),
    };
    let mut learner =
        Supervised::new(&Context::silent(std::env::temp_dir(), seed), recipe, data, &Labels)
            .unwrap();
    for step in 0..STEPS {
        let within = step % learner.steps_per_epoch();
        if within == 0 {
            learner.begin_epoch(step / learner.steps_per_epoch());
        }
        learner.step(within, step).unwrap();
    }
    let state = learner.state().into_iter();
    state.filter(|(name, _)| name.starts_with("parameter/")).collect()
}

/// |a - b| / |a|, over all values.
fn distance(one: &Tensor, other: &Tensor) -> f64 {
    let apart = (one - other).square().sum(Kind::Double).sqrt().double_value(&[]);
    apart / one.square().sum(Kind::Double).sqrt().double_value(&[]).max(1e-12)
}

fn members_equal_solo_runs(network: &serde_json::Value) {
    tch::set_num_threads(1);
    let spec = json!({"set": "glyphs", "train": 1010, "validation": 0, "test": 10});
    let spec: DataSpec = serde_json::from_value(spec).unwrap();
    let data = exp::data::load(&spec, &DataRoots(Vec::new()), Device::Cpu).unwrap().unconfirmed();
    let stacked = train(&data, &spec, network, 40, MEMBERS);
    for member in 0..MEMBERS {
        let solo = train(&data, &spec, network, 40 + member, 1);
        for ((name, together), (_, alone)) in stacked.iter().zip(&solo) {
            let apart = distance(&alone.select(0, 0), &together.select(0, member as i64));
            assert!(apart < 1e-4, "member {member}, {name}: {apart:.2e} after {STEPS} steps");
        }
    }
}

#[test]
fn a_member_of_a_stacked_mlp_equals_a_network_trained_alone() {
    members_equal_solo_runs(&json!({"name": "mlp", "hidden": [30, 30]}));
}

#[test]
fn a_member_of_a_stacked_mlp_with_dropout_draws_what_it_would_draw_alone() {
    let network = json!({"name": "mlp", "hidden": [30], "dropout": 0.3, "max_norm": 2.0});
    members_equal_solo_runs(&network);
}

#[test]
fn a_member_of_a_stacked_cnn_equals_a_network_trained_alone() {
    members_equal_solo_runs(&json!({"name": "cnn", "channels": [4, 8], "hidden": [20]}));
}
