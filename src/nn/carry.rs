//! How many members go together: [`carried`] and [`carried_dense`], a policy by network and device.
//!
//! Measured on two cores of a CPU: milliseconds for a forward and backward pass of one member at
//! batch 100 on 28 x 28 pictures, as the least of many rounds in which both took turns.
//!
//! | network | members | 1 thread: stacked | in turn | 2 threads: stacked | in turn |
//! |---|---|---|---|---|---|
//! | mlp 30-30 | 10 | 0.167 | 0.207 | 0.104 | 0.176 |
//! | mlp 100-100 | 5 | 0.643 | 0.668 | 0.427 | 0.692 |
//! | mlp 400-400 | 5 | 3.77 | 3.76 | 2.18 | 1.96 |
//! | mlp 1200-1200 | 5 | 17.6 | 17.5 | 9.95 | 10.02 |
//! | cnn 16-32, kernel 5 | 5 | 41.4 | 32.4 | 24.3 | 19.1 |
//!
//! Small products are too little work to share between threads until they are batched; large ones
//! fill the cores alone. Grouped convolutions lose to plain ones. On a GPU, where a launch costs as
//! much as a small product, members always go together.

use super::{InputShape, NetworkSpec};
use tch::Device;

/// A dense network with at most so many parameters is small: between the second line of the table
/// (90,000) and the third (478,000).
const SMALL: i64 = 200_000;

/// The sizes of the groups in which the members are carried, one group after another.
#[must_use]
pub fn carried(
    spec: &NetworkSpec,
    input: InputShape,
    classes: i64,
    device: Device,
    members: i64,
) -> Vec<i64> {
    match (device, spec) {
        (Device::Cpu, NetworkSpec::Cnn(_)) => vec![1; members as usize],
        (_, NetworkSpec::Mlp(_)) => carried_dense(spec.count(input, classes), device, members),
        _ => vec![members],
    }
}

/// The same of dense networks with so many parameters each.
#[must_use]
pub fn carried_dense(parameters: i64, device: Device, members: i64) -> Vec<i64> {
    if device != Device::Cpu || parameters <= SMALL {
        return vec![members];
    }
    let threads = i64::from(tch::get_num_threads()).max(1);
    let mut groups = vec![threads; (members / threads) as usize];
    groups.resize(groups.len() + (members % threads) as usize, 1);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_dense_networks_go_together_and_a_gpu_takes_all() {
        let shape = InputShape { channels: 1, height: 28, width: 28 };
        for (text, on_cpu) in [
            (r#"{"name":"mlp","hidden":[30,30]}"#, 10),
            (r#"{"name":"mlp","hidden":[400,400]}"#, 1),
            (r#"{"name":"cnn"}"#, 1),
        ] {
            let spec: NetworkSpec = serde_json::from_str(text).unwrap();
            assert_eq!(carried(&spec, shape, 10, Device::Cpu, 10), on_cpu, "{text}");
            assert_eq!(carried(&spec, shape, 10, Device::Cuda(0), 10), 10, "{text}");
        }
    }
}
