//! Training as jobs do it: the stacked network against networks trained alone.

use exp::data::{AugmentSpec, DataRoots, DataSpec, Labelled};
use exp::experiments::classifier::run::Labels;
use exp::job::Context;
use exp::train::Learner;
use exp::train::supervised::{LoggingSpec, Recipe, Select, Supervised};
use serde_json::json;
use tch::{Device, Kind, Tensor};

const MEMBERS: u64 = 5;

/// The parameters after so many steps, by name, each `[K, …]`.
fn train(
    data: &Labelled,
    data_spec: &DataSpec,
    network: &serde_json::Value,
    seed: u64,
    members: u64,
    steps: u64,
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
    for step in 0..steps {
        let within = step % learner.steps_per_epoch();
        if within == 0 {
            learner.begin_epoch(step / learner.steps_per_epoch());
        }
        learner.step(within, step).unwrap();
    }
    let state = learner.state().into_iter();
    state.filter(|(name, _)| name.starts_with("parameter/")).collect()
}

/// |a - b| / |a| over all values of all parameters: of `alone`, and of a member of `together`.
fn distance(alone: &[(String, Tensor)], together: &[(String, Tensor)], member: u64) -> f64 {
    let square = |tensor: &Tensor| tensor.square().sum(Kind::Double).double_value(&[]);
    let (mut apart, mut size) = (0.0, 0.0);
    for ((name, one), (other, all)) in alone.iter().zip(together) {
        assert_eq!(name, other);
        apart += square(&(one.select(0, 0) - all.select(0, member as i64)));
        size += square(one);
    }
    (apart / size).sqrt()
}

fn members_equal_solo_runs(network: &serde_json::Value, steps: u64) {
    tch::set_num_threads(1);
    let spec = json!({"set": "glyphs", "train": 1010, "validation": 0, "test": 10});
    let spec: DataSpec = serde_json::from_value(spec).unwrap();
    let data = exp::data::load(&spec, &DataRoots(Vec::new()), Device::Cpu).unwrap().unconfirmed();
    let stacked = train(&data, &spec, network, 40, MEMBERS, steps);
    for member in 0..MEMBERS {
        let solo = train(&data, &spec, network, 40 + member, 1, steps);
        let apart = distance(&solo, &stacked, member);
        assert!(apart < 1e-5, "member {member}: {apart:.2e} after {steps} steps");
    }
}

#[test]
fn a_member_of_a_stacked_mlp_equals_a_network_trained_alone() {
    members_equal_solo_runs(&json!({"name": "mlp", "hidden": [30, 30]}), 200);
}

#[test]
fn a_member_of_a_stacked_mlp_with_dropout_draws_what_it_would_draw_alone() {
    let network = json!({"name": "mlp", "hidden": [30], "dropout": 0.3, "max_norm": 2.0});
    members_equal_solo_runs(&network, 200);
}

#[test]
fn a_member_of_a_stacked_cnn_equals_a_network_trained_alone() {
    // Two epochs and no more: where the two largest pixels of a pool are alike but for rounding, either
    // may win, and from there on the networks part. On which step that happens depends on the processor.
    members_equal_solo_runs(&json!({"name": "cnn", "channels": [4, 8], "hidden": [20]}), 42);
}
