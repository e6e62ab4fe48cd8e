//! Which parameters an encoder or decoder has, known without building it: [`Side`] says which of the
//! two is meant. Plain values.

use super::network::{ConvolutionalSpec, EncoderSpec};
use crate::nn::{ParameterKind, ParameterLayout};
use crate::shape::Shape;

/// Which way a network goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From a picture to so many numbers.
    Encoder {
        /// Numbers.
        outputs: i64,
    },
    /// From so many numbers to a picture with so many numbers for each of its own.
    Decoder {
        /// Numbers.
        inputs: i64,
        /// Numbers for each of the picture's.
        outputs: i64,
    },
}

impl EncoderSpec {
    /// Every parameter of one member of the network, in its order, the layer of the input first.
    #[must_use]
    pub fn layout(&self, input: Shape, side: Side) -> Vec<ParameterLayout> {
        let mut layout = Layout::default();
        match (self, side) {
            (Self::Mlp(spec), Side::Encoder { outputs }) => {
                layout.dense(input.pixels(), &spec.hidden, outputs);
            }
            (Self::Mlp(spec), Side::Decoder { inputs, outputs }) => {
                layout.dense(inputs, &reversed(&spec.hidden), outputs * input.pixels());
            }
            (Self::Cnn(spec), Side::Encoder { outputs }) => {
                let mut channels = input.channels;
                for (index, &next) in spec.channels.iter().enumerate() {
                    let kernels = vec![next, channels, spec.kernel, spec.kernel];
                    let fan_in = channels * spec.kernel * spec.kernel;
                    layout.layer(&format!("convolution{}", index + 1), kernels, next, fan_in);
                    channels = next;
                }
                layout.dense(spec.features(input), &spec.hidden, outputs);
            }
            (Self::Cnn(spec), Side::Decoder { inputs, outputs }) => {
                let features = spec.features(input);
                layout.dense(inputs, &reversed(&spec.hidden), features);
                for index in (0..spec.channels.len()).rev() {
                    let channels = spec.channels[index];
                    let below = index.checked_sub(1).map(|below| spec.channels[below]);
                    let next = below.unwrap_or(outputs * input.channels);
                    let kernels = vec![channels, next, spec.kernel, spec.kernel];
                    // With a stride of 2 a quarter of the kernel's numbers meet in each pixel.
                    let fan_in = (channels * spec.kernel * spec.kernel / 4).max(1);
                    layout.layer(&format!("transposed{}", index + 1), kernels, next, fan_in);
                }
            }
        }
        layout.0
    }
}

fn reversed(widths: &[i64]) -> Vec<i64> {
    widths.iter().rev().copied().collect()
}

impl ConvolutionalSpec {
    /// Height and width before each block, and after the last.
    #[must_use]
    pub fn sizes(&self, input: Shape) -> Vec<[i64; 2]> {
        let mut sizes = vec![[input.height, input.width]];
        for _ in &self.channels {
            let [height, width] = sizes[sizes.len() - 1];
            sizes.push([(height + 1) / 2, (width + 1) / 2]);
        }
        sizes
    }

    /// Numbers that the last block gives.
    #[must_use]
    pub fn features(&self, input: Shape) -> i64 {
        let sizes = self.sizes(input);
        let [height, width] = sizes[sizes.len() - 1];
        self.channels.last().copied().unwrap_or(input.channels) * height * width
    }
}

#[derive(Default)]
struct Layout(Vec<ParameterLayout>);

impl Layout {
    fn layer(&mut self, name: &str, size: Vec<i64>, units: i64, fan_in: i64) {
        let name = |part: &str| format!("{name}.{part}");
        let (weight, bias) = (ParameterKind::Weight, ParameterKind::Bias);
        self.0.push(ParameterLayout { name: name("weight"), size, fan_in, kind: weight });
        self.0.push(ParameterLayout { name: name("bias"), size: vec![units], fan_in, kind: bias });
    }

    fn dense(&mut self, inputs: i64, hidden: &[i64], outputs: i64) {
        let mut fan_in = inputs;
        for (index, &units) in hidden.iter().chain([&outputs]).enumerate() {
            let last = index == hidden.len();
            let name = if last { "dense".to_owned() } else { format!("hidden{}", index + 1) };
            self.layer(&name, vec![units, fan_in], units, fan_in);
            fan_in = units;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn layers_are_named_in_order_and_the_last_dense_one_as_such() {
        let input = Shape { channels: 1, height: 2, width: 3 };
        let told = |spec: serde_json::Value, side| -> Vec<String> {
            let spec: EncoderSpec = serde_json::from_value(spec).unwrap();
            let weights = spec.layout(input, side).into_iter().step_by(2);
            weights.map(|it| format!("{} {:?} of {}", it.name, it.size, it.fan_in)).collect()
        };
        let (encoder, decoder) =
            (Side::Encoder { outputs: 6 }, Side::Decoder { inputs: 3, outputs: 2 });
        let mlp = json!({"name": "mlp", "hidden": [5, 4]});
        let found = told(mlp.clone(), encoder);
        let expected = [
            "hidden1.weight [5, 6] of 6",
            "hidden2.weight [4, 5] of 5",
            "dense.weight [6, 4] of 4",
        ];
        assert_eq!(found, expected);
        let expected = [
            "hidden1.weight [4, 3] of 3",
            "hidden2.weight [5, 4] of 4",
            "dense.weight [12, 5] of 5",
        ];
        assert_eq!(told(mlp, decoder), expected);
        let cnn = json!({"name": "cnn", "channels": [7], "kernel": 4, "hidden": []});
        let expected = ["convolution1.weight [7, 1, 4, 4] of 16", "dense.weight [6, 14] of 14"];
        assert_eq!(told(cnn.clone(), encoder), expected);
        let expected = ["dense.weight [14, 3] of 3", "transposed1.weight [7, 2, 4, 4] of 28"];
        assert_eq!(told(cnn, decoder), expected);
    }
}
