//! Member k of a stacked network is the network that would be alone with its seed.

use super::assert_close;
use exp::loss::cross_entropy;
use exp::nn::{Network, NetworkSpec, Noise, build, seeded};
use exp::shape::Shape;
use tch::{Device, Kind, Tensor};

const SHAPE: Shape = Shape { channels: 1, height: 8, width: 8 };
const SEEDS: [u64; 5] = [17, 18, 19, 20, 21];
const CLASSES: i64 = 4;
const BATCH: i64 = 20;

fn network(text: &str, seeds: &[u64]) -> Network {
    let spec: NetworkSpec = serde_json::from_str(text).unwrap();
    build(&spec, SHAPE, CLASSES, seeds, Device::Cpu).unwrap()
}

/// A batch for every member and step: `[5, B, 1, 8, 8]` and `[5, B]`.
fn batch(step: u64) -> (Tensor, Tensor) {
    let size = [5, BATCH, 1, 8, 8];
    let input = seeded(step as i64, || Tensor::rand(size, (Kind::Float, Device::Cpu)));
    let labels = input.flatten(2, -1).narrow(2, 0, CLASSES).argmax(2, false);
    (input, labels)
}

/// Trains by plain gradient descent on what the members from `first` get to see.
fn descend(network: &Network, first: i64, steps: u64, rate: f64) {
    let members = network.members();
    let seeds = &SEEDS[first as usize..(first + members) as usize];
    for step in 0..steps {
        let (input, labels) = batch(step);
        let (input, labels) = (input.narrow(0, first, members), labels.narrow(0, first, members));
        let (_, gradients) = network
            .gradients(&input, &Noise { seeds, step }, &|logits| cross_entropy(logits, &labels));
        for (parameter, gradient) in network.parameters().iter().zip(gradients) {
            let _ = parameter.shallow_clone().g_add_(&(gradient * -rate));
        }
        network.constrain();
    }
}

const NETWORKS: [&str; 4] = [
    r#"{"name":"mlp","hidden":[12,12]}"#,
    r#"{"name":"mlp","hidden":[12,12],"dropout":0.3,"input_dropout":0.1,"max_norm":1.0}"#,
    r#"{"name":"cnn","channels":[3,4],"kernel":3,"hidden":[8],"dropout":0.3}"#,
    r#"{"name":"layers","layers":[
        {"layer":"convolution","channels":3,"kernel":3,"padding":"same"},{"layer":"batch_norm"},
        {"layer":"activation","function":"relu","name":"seen"},
        {"layer":"dropout","probability":0.2,"channels":true},
        {"layer":"residual","layers":[{"layer":"convolution","channels":3,"kernel":3,"padding":1,"groups":3},
            {"layer":"batch_norm"},{"layer":"activation","function":"gelu"}]},
        {"layer":"concat","with":"seen"},{"layer":"pool","method":"average","kernel":2},
        {"layer":"dense","units":8},{"layer":"batch_norm"},{"layer":"dropout","probability":0.3}]}"#,
];

#[test]
fn a_pass_of_a_member_is_that_of_one_alone() {
    for text in NETWORKS {
        let stacked = network(text, &SEEDS);
        let (input, labels) = batch(3);
        let noise = Noise { seeds: &SEEDS, step: 3 };
        let (losses, gradients) =
            stacked.gradients(&input, &noise, &|logits| cross_entropy(logits, &labels));
        let logits = stacked.forward(&input, None);
        let shared = stacked.forward(&input.get(0), None);
        for k in 0..5 {
            let alone = network(text, &SEEDS[k as usize..=k as usize]);
            let (input, labels) = (input.narrow(0, k, 1), labels.narrow(0, k, 1));
            let noise = Noise { seeds: &SEEDS[k as usize..=k as usize], step: 3 };
            let (loss, own) =
                alone.gradients(&input, &noise, &|logits| cross_entropy(logits, &labels));
            assert_close(&losses.narrow(0, k, 1), &loss, 1e-6);
            assert_close(&logits.narrow(0, k, 1), &alone.forward(&input, None), 1e-6);
            let first = batch(3).0.get(0);
            assert_close(&shared.narrow(0, k, 1), &alone.forward(&first, None), 1e-6);
            for (both, own) in gradients.iter().zip(own) {
                assert_close(&both.narrow(0, k, 1), &own, 1e-6);
            }
        }
    }
}

#[test]
fn two_hundred_steps_lead_to_the_same_place() {
    for text in NETWORKS {
        let stacked = network(text, &SEEDS);
        descend(&stacked, 0, 200, 0.1);
        for k in [0, 4] {
            let alone = network(text, &SEEDS[k..=k]);
            descend(&alone, k as i64, 200, 0.1);
            for ((_, both), (_, own)) in stacked.tensors().zip(alone.tensors()) {
                let both = both.narrow(0, k as i64, 1);
                let distance = (&both - own).norm().double_value(&[]);
                let length = own.norm().double_value(&[]);
                assert!(distance <= 1e-4 * length, "{text}: {distance:e} of {length:e}");
            }
        }
    }
}
