//! First values of parameters: [`draw`], each member from its own seed.

use super::noise;
use super::spec::{Activation, EncoderSpec, InitialValues};
use crate::nn::{ParameterKind, ParameterLayout};
use tch::{Device, Kind, Tensor};

/// The paper starts all parameters from N(0, 0.01). Read as a standard deviation of 0.01; as a
/// variance it would be 0.1.
const PAPER_DEVIATION: f64 = 0.01;

/// Every parameter `[K, …]` of members with these seeds, drawn on the CPU and then moved, so that
/// the values are the same on every device. `purpose` tells encoder and decoder apart.
pub(super) fn draw(
    spec: &EncoderSpec,
    layout: &[ParameterLayout],
    seeds: &[u64],
    purpose: &str,
    device: Device,
) -> Vec<Tensor> {
    let output = layout.len().saturating_sub(2);
    let one = |(index, parameter): (usize, &ParameterLayout)| {
        // The last layer has no activation behind it.
        let rectified = spec.activation() == Activation::Relu && index < output;
        let purpose = format!("init/{purpose}/{}", parameter.name);
        let gain = if rectified { 2.0 } else { 1.0 };
        draw_one(parameter, spec.init(), gain, seeds, &purpose).to_device(device)
    };
    layout.iter().enumerate().map(one).collect()
}

fn draw_one(
    parameter: &ParameterLayout,
    init: InitialValues,
    gain: f64,
    seeds: &[u64],
    purpose: &str,
) -> Tensor {
    let options = (Kind::Float, Device::Cpu);
    let (size, fan_in) = (&parameter.size, parameter.fan_in as f64);
    match (init, parameter.kind) {
        (InitialValues::Paper, _) => {
            noise::normal(seeds, purpose, 0, size, options) * PAPER_DEVIATION
        }
        (InitialValues::He, ParameterKind::Weight) => {
            noise::normal(seeds, purpose, 0, size, options) * (gain / fan_in).sqrt()
        }
        (InitialValues::He, ParameterKind::Bias) => {
            let mut full = vec![seeds.len() as i64];
            full.extend(size);
            Tensor::zeros(full, options)
        }
        (InitialValues::Uniform, _) => {
            (noise::uniform(seeds, purpose, 0, size, options) * 2.0 - 1.0) / fan_in.sqrt()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_values_have_the_spread_that_their_names_promise() {
        let fan_in = 50;
        let drawn = |init, kind, gain| {
            let (name, size) = ("first".to_owned(), vec![300, fan_in]);
            let parameter = ParameterLayout { name, size, fan_in, kind };
            draw_one(&parameter, init, gain, &[3, 4], "init/test")
        };
        let width = 1.0 / (fan_in as f64).sqrt();
        let (weight, bias) = (ParameterKind::Weight, ParameterKind::Bias);
        for (init, kind, gain, deviation) in [
            (InitialValues::Paper, weight, 2.0, 0.01),
            (InitialValues::Paper, bias, 2.0, 0.01),
            (InitialValues::He, weight, 2.0, 2f64.sqrt() * width),
            (InitialValues::He, weight, 1.0, width),
            (InitialValues::Uniform, weight, 2.0, width / 3f64.sqrt()),
            (InitialValues::Uniform, bias, 2.0, width / 3f64.sqrt()),
        ] {
            let values = drawn(init, kind, gain);
            assert_eq!(values.size(), [2, 300, fan_in]);
            let mean = values.mean(Kind::Double).double_value(&[]);
            let spread = values.std(true).double_value(&[]);
            assert!(mean.abs() < 0.02 * deviation, "{init:?}: a mean of {mean}");
            assert!((spread / deviation - 1.0).abs() < 0.02, "{init:?}: {spread}, not {deviation}");
        }
        let largest = drawn(InitialValues::Uniform, weight, 2.0).abs().max().double_value(&[]);
        assert!(largest <= width + 1e-6 && largest > 0.99 * width, "{largest}");
        let zero = drawn(InitialValues::He, bias, 2.0);
        assert_eq!(zero.size(), [2, 300, fan_in]);
        assert_eq!(zero.count_nonzero(None).int64_value(&[]), 0);
    }
}
