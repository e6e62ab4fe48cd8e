//! Times training steps of the real learner, for `scripts/bench train`, which runs the same network
//! in PyTorch beside it.
//!
//! Arguments: hidden units (`30,30`) or a whole network as JSON, members, steps, threads, and a folder with MNIST's four files
//! (or `-` for random pictures). Prints one line of JSON.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should say where, and prints its figures"
)]

use exp::data::{AugmentSpec, DataRoots, DataSpec, Labelled, Split};
use exp::experiments::classifier::run::Labels;
use exp::job::Context;
use exp::shape::Shape;
use exp::train::Learner;
use exp::train::supervised::{LoggingSpec, Recipe, Select, Supervised};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tch::{Device, Kind, Tensor};

const BATCH: u64 = 100;
const WARM_UP_STEPS: u64 = 50;

fn random() -> Labelled {
    let split = |count| Split {
        images: Tensor::randint_low(0, 256, [count, 1, 28, 28], (Kind::Uint8, Device::Cpu)),
        labels: Tensor::randint(10, [count], (Kind::Int64, Device::Cpu)),
    };
    let shape = Shape { channels: 1, height: 28, width: 28 };
    Labelled { train: split(60_000), validation: split(0), test: split(1000), classes: 10, shape }
}

fn main() {
    let arguments = std::env::args().skip(1).filter(|a| a != "--bench").collect::<Vec<_>>();
    let [network, members, steps, threads, folder] = arguments.as_slice() else {
        panic!("usage: train NETWORK MEMBERS STEPS THREADS FOLDER|-");
    };
    tch::set_num_threads(threads.parse().unwrap());
    let steps: u64 = steps.parse().unwrap();
    let data_spec: DataSpec = serde_json::from_str(r#"{"set": "mnist"}"#).unwrap();
    let data = if folder == "-" {
        random()
    } else {
        exp::data::load(&data_spec, &DataRoots(vec![folder.into()]), Device::Cpu)
            .unwrap()
            .unconfirmed()
    };
    let network = if network.starts_with('{') {
        network.clone()
    } else {
        format!(r#"{{"name": "mlp", "hidden": [{network}]}}"#)
    };
    let recipe = Recipe {
        members: members.parse().unwrap(),
        data: &data_spec,
        augment: &AugmentSpec::default(),
        network: &serde_json::from_str(&network).unwrap(),
        optimiser: &serde_json::from_str(r#"{"rule": "adam", "rate": 1e-3}"#).unwrap(),
        schedule: &exp::optim::ScheduleSpec::default(),
        epochs: 1_000_000,
        batch: BATCH,
        select: Select::Last,
        logging: &LoggingSpec::default(),
    };
    let mut learner =
        Supervised::new(&Context::silent(std::env::temp_dir(), 1), recipe, &data, &Labels).unwrap();
    let mut step = 0;
    let mut run = |count: u64| {
        let start = Instant::now();
        for _ in 0..count {
            let within = step % learner.steps_per_epoch();
            if within == 0 {
                learner.begin_epoch(step / learner.steps_per_epoch());
            }
            learner.step(within, step).unwrap();
            step += 1;
        }
        start.elapsed().as_secs_f64() * 1e3 / count as f64
    };
    run(1);
    let first_step = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    run(WARM_UP_STEPS);
    let milliseconds = run(steps);
    println!(r#"{{"milliseconds_per_step": {milliseconds}, "first_step_at": {first_step}}}"#);
}
