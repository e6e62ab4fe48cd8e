//! Times training steps of variational auto-encoders (the paper's MNIST network: one hidden layer on
//! each side, 20 latents, Bernoulli pixels), for `scripts/bench vae`, which trains the same in PyTorch
//! beside it.
//!
//! Arguments: members, units in the hidden layers (or an encoder as JSON), steps, threads, and a folder
//! with MNIST's four files (or `-` for glyphs). Prints one line of JSON.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should say where, and prints its figures"
)]

use exp::data::DataRoots;
use exp::experiments::autoencoder::{AutoencoderSpec, Autoencoding, load};
use exp::job::Context;
use exp::train::Learner;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tch::Device;

const WARM_UP_STEPS: u64 = 50;

fn main() {
    let arguments = std::env::args().skip(1).filter(|a| a != "--bench").collect::<Vec<_>>();
    let [members, hidden, steps, threads, folder] = arguments.as_slice() else {
        panic!("usage: vae MEMBERS HIDDEN STEPS THREADS FOLDER|-");
    };
    tch::set_num_threads(threads.parse().unwrap());
    let steps: u64 = steps.parse().unwrap();
    let set = if folder == "-" {
        r#"{"set": "glyphs", "train": 20000, "validation": 0, "test": 10}"#
    } else {
        r#"{"set": "mnist"}"#
    };
    let encoder = if hidden.starts_with('{') {
        hidden.clone()
    } else {
        format!(r#"{{"name": "mlp", "hidden": [{hidden}], "activation": "tanh"}}"#)
    };
    let spec = format!(
        r#"{{"data": {set}, "members": {members}, "latent": 20,
             "encoder": {encoder},
             "optimiser": {{"rule": "adam", "rate": 1e-3}}, "epochs": 1000000, "batch": 100}}"#
    );
    let spec: AutoencoderSpec = serde_json::from_str(&spec).unwrap();
    let pictures = load(&spec, &DataRoots(vec![folder.into()]), Device::Cpu).unwrap();
    let context = Context::silent(std::env::temp_dir(), 1);
    let mut learner = Autoencoding::new(&context, &spec, &pictures).unwrap();
    let mut step = 0;
    let mut run = |count: u64| {
        let start = Instant::now();
        let until = step + count;
        while step < until {
            let within = step % learner.steps_per_epoch();
            if within == 0 {
                learner.begin_epoch(step / learner.steps_per_epoch());
            }
            let end = (within + learner.block()).min(learner.steps_per_epoch());
            let end = end.min(within + until - step);
            learner.steps(within..end, step).unwrap();
            step += end - within;
        }
        start.elapsed().as_secs_f64() * 1e3 / count as f64
    };
    run(1);
    let first_step = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    run(WARM_UP_STEPS);
    let milliseconds = run(steps);
    println!(r#"{{"milliseconds_per_step": {milliseconds}, "first_step_at": {first_step}}}"#);
}
