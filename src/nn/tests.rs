//! Groups of any size make one and the same network, and what does not fit is refused.

use super::*;
use tch::Kind;

use super::build::assemble;
use crate::shape::Shape;
use tch::{Device, Tensor};

const SHAPE: Shape = Shape { channels: 1, height: 6, width: 6 };
const SEEDS: [u64; 5] = [3, 4, 5, 6, 7];

fn read(text: &str) -> NetworkSpec {
    serde_json::from_str(text).unwrap()
}

/// A stand-in for a loss: the sum of the squared logits.
fn square(logits: &Tensor) -> (Tensor, Tensor) {
    let loss = logits.square().sum_dim_intlist([1i64, 2].as_slice(), false, None::<Kind>);
    (loss, logits * 2.0)
}

#[test]
fn groups_leave_no_trace() {
    let spread: Vec<f32> = (0..5 * 8 * 36).map(|i| (i as f32 * 0.7).sin()).collect();
    let own = Tensor::from_slice(&spread).view([5, 8, 1, 6, 6]);
    for text in [
        r#"{"name":"mlp","hidden":[7,6],"dropout":0.3,"input_dropout":0.2}"#,
        r#"{"name":"cnn","channels":[2,3],"kernel":3,"hidden":[6],"dropout":0.3}"#,
        r#"{"name":"layers","layers":[{"layer":"convolution","channels":2,"kernel":3,"name":"first"},
            {"layer":"batch_norm"},{"layer":"dropout","probability":0.2,"channels":true},
            {"layer":"concat","with":"first"},{"layer":"dense","units":6},{"layer":"layer_norm"},
            {"layer":"dropout","probability":0.3}]}"#,
    ] {
        let design = read(text).design(SHAPE, 3).unwrap();
        let noise = Noise { seeds: &SEEDS, step: 9 };
        for input in [own.shallow_clone(), own.get(2)] {
            let run = |placement: &Placement| {
                let parameters = init::draw(&design.blueprint, "init", &SEEDS, Device::Cpu);
                let network = assemble(&design, &parameters, placement, BatchLayout::FeaturesFirst);
                let (loss, gradients) = network.gradients(&input, &noise, &square);
                let size = [5, 8, 3];
                assert_eq!(
                    (network.members(), network.forward(&input, None).size()),
                    (5, size.into())
                );
                let all =
                    [network.forward(&input, None), network.forward(&input, Some(&noise)), loss];
                let all = all.into_iter().chain([network.features(&input)]);
                all.chain(gradients).collect::<Vec<_>>()
            };
            let whole = run(&Placement::together(5));
            for (groups, beside) in
                [(vec![1; 5], 0), (vec![1; 5], 4), (vec![2, 2, 1], 3), (vec![3, 1, 1], 2)]
            {
                let placement = Placement { groups, beside };
                for (whole, parts) in whole.iter().zip(run(&placement)) {
                    assert!(whole.allclose(&parts, 1e-4, 1e-5, false), "{text} by {placement:?}");
                }
            }
        }
    }
}

#[test]
fn the_optimiser_sees_the_memory_that_the_network_uses() {
    let design = read(r#"{"name":"mlp","hidden":[4]}"#).design(SHAPE, 3).unwrap();
    for groups in [vec![1, 1], vec![2]] {
        let placement = Placement { beside: groups.len(), groups };
        let parameters = init::draw(&design.blueprint, "init", &[1, 2], Device::Cpu);
        let network = assemble(&design, &parameters, &placement, BatchLayout::FeaturesFirst);
        for parameter in network.parameters() {
            assert!(parameter.is_contiguous() && !parameter.requires_grad());
            let _ = parameter.shallow_clone().zero_();
        }
        let _ = network.parameters()[3].get(1).fill_(5.0);
        let logits = network.forward(&Tensor::ones([2, 1, 6, 6], (Kind::Float, Device::Cpu)), None);
        let expected = Tensor::from_slice(&[0f32, 5.0]).view([2, 1, 1]).expand([2, 2, 3], false);
        assert_eq!(logits, expected);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let spec = read(r#"{"name":"mlp","hidden":[4]}"#);
    let design = spec.design(SHAPE, 3).unwrap();
    let parameters = || init::draw(&design.blueprint, "init", &[1, 2], Device::Cpu);
    let message = |parameters: Vec<Tensor>| match with_parameters(&spec, SHAPE, 3, &parameters) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    assert_eq!(message(parameters()), "");
    assert!(message(Vec::new()).contains("4 parameters, and 0 were given"));
    let mut other = parameters();
    other[1] = Tensor::zeros([2, 5], (Kind::Float, Device::Cpu));
    assert!(message(other).contains("hidden1.bias has the size [2, 5]"));
    let mut none = parameters();
    none[0] = none[0].narrow(0, 0, 0);
    assert!(message(none).contains("hidden1.weight"));
}
