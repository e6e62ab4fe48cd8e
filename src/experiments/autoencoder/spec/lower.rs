//! What layers an encoder or decoder is made of: [`Side`] says which of the two is meant. Plain values.

use super::network::{ConvolutionalSpec, DenseSpec, EncoderSpec};
use super::objective::{Form as AutoencoderForm, LikelihoodSpec};
use crate::nn::layers::{
    Activation, ActivationLayer, ConvolutionLayer, DenseLayer, FlattenLayer, LayerSpec, Pair,
    ReshapeLayer, TransposedConvolutionLayer,
};
use crate::nn::{Design, Form};
use crate::shape::Shape;
use crate::spec::FieldError;

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

impl Side {
    /// What the encoder and the decoder of such an auto-encoder take and give.
    #[must_use]
    pub fn both(form: AutoencoderForm, latent: i64, likelihood: &LikelihoodSpec) -> [Self; 2] {
        let outputs = match form {
            AutoencoderForm::Plain => latent,
            AutoencoderForm::Variational => 2 * latent,
        };
        [Self::Encoder { outputs }, Self::Decoder { inputs: latent, outputs: likelihood.outputs() }]
    }
}

impl EncoderSpec {
    /// The network for pictures of this size. It gives rows.
    ///
    /// # Errors
    /// The field (none for the network as a whole), what is wrong and what would be right.
    pub fn design(&self, input: Shape, side: Side) -> Result<Design, FieldError> {
        self.check(input)?;
        let (form, layers) = match (self, side) {
            (Self::Mlp(spec), Side::Encoder { outputs }) => {
                (Form::Picture(input), spec.layers(&spec.hidden, outputs))
            }
            (Self::Mlp(spec), Side::Decoder { inputs, outputs }) => {
                let numbers = outputs.saturating_mul(input.pixels());
                (Form::Row(inputs), spec.layers(&reversed(&spec.hidden), numbers))
            }
            (Self::Cnn(spec), Side::Encoder { outputs }) => {
                (Form::Picture(input), spec.down(outputs))
            }
            (Self::Cnn(spec), Side::Decoder { inputs, outputs }) => {
                (Form::Row(inputs), spec.up(input, outputs))
            }
        };
        Design::new("", layers, form, self.init())
    }
}

fn reversed(widths: &[i64]) -> Vec<i64> {
    widths.iter().rev().copied().collect()
}

fn activation(function: Activation) -> LayerSpec {
    LayerSpec::Activation(ActivationLayer::new(function))
}

/// Hidden layers, each with its activation behind it, and a layer `dense` without.
fn dense(hidden: &[i64], function: Activation, outputs: i64) -> Vec<LayerSpec> {
    let mut layers = Vec::new();
    for (index, &units) in hidden.iter().enumerate() {
        layers.push(LayerSpec::Dense(DenseLayer::new(format!("hidden{}", index + 1), units)));
        layers.push(activation(function));
    }
    layers.push(LayerSpec::Dense(DenseLayer::new("dense".to_owned(), outputs)));
    layers
}

impl DenseSpec {
    fn layers(&self, hidden: &[i64], outputs: i64) -> Vec<LayerSpec> {
        dense(hidden, self.activation, outputs)
    }
}

impl ConvolutionalSpec {
    /// Height and width before each block, and after the last.
    fn sizes(&self, input: Shape) -> Vec<[i64; 2]> {
        let mut sizes = vec![[input.height, input.width]];
        for _ in &self.channels {
            let [height, width] = sizes[sizes.len() - 1];
            sizes.push([(height + 1) / 2, (width + 1) / 2]);
        }
        sizes
    }

    /// Each block takes every second pixel (stride 2, same padding).
    fn down(&self, outputs: i64) -> Vec<LayerSpec> {
        let mut layers = Vec::new();
        for (index, &channels) in self.channels.iter().enumerate() {
            let name = format!("convolution{}", index + 1);
            let layer = ConvolutionLayer::new(name, channels, self.kernel, self.kernel / 2);
            let stride = Pair::Both(2);
            layers.push(LayerSpec::Convolution(ConvolutionLayer { stride, ..layer }));
            layers.push(activation(self.activation));
        }
        layers.extend(dense(&self.hidden, self.activation, outputs));
        layers
    }

    /// Transposed convolutions undo the blocks, with an output padding that leads back to the size before,
    /// odd or even.
    fn up(&self, input: Shape, outputs: i64) -> Vec<LayerSpec> {
        let sizes = self.sizes(input);
        let [height, width] = sizes[sizes.len() - 1];
        let channels = self.channels.last().copied().unwrap_or(input.channels);
        let last = Shape { channels, height, width };
        let mut layers = dense(&reversed(&self.hidden), self.activation, last.pixels());
        layers.push(activation(self.activation));
        layers.push(LayerSpec::Reshape(ReshapeLayer::new(last)));
        for index in (0..self.channels.len()).rev() {
            let below = index.checked_sub(1).map(|below| self.channels[below]);
            let channels = below.unwrap_or(outputs * input.channels);
            // Without it a side of n becomes 2 n - 1; it was 2 n - 1 or 2 n.
            let [height, width] = sizes[index];
            let missing = Pair::Each([(height + 1) % 2, (width + 1) % 2]);
            let name = format!("transposed{}", index + 1);
            let layer = TransposedConvolutionLayer::doubling(name, channels, self.kernel, missing);
            layers.push(LayerSpec::TransposedConvolution(layer));
            if index > 0 {
                layers.push(activation(self.activation));
            }
        }
        layers.push(LayerSpec::Flatten(FlattenLayer::default()));
        layers
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
            let design = spec.design(input, side).unwrap();
            let weights = design.blueprint().parameters.iter().step_by(2);
            weights.map(|it| format!("{} {:?} {:.3?}", it.name, it.size, it.initial)).collect()
        };
        let (encoder, decoder) =
            (Side::Encoder { outputs: 6 }, Side::Decoder { inputs: 3, outputs: 2 });
        let mlp = json!({"name": "mlp", "hidden": [5, 4], "init": "uniform"});
        let found = told(mlp.clone(), encoder);
        let expected = [
            "hidden1.weight [5, 6] Uniform { bound: 0.408 }", // 1 / sqrt(6)
            "hidden2.weight [4, 5] Uniform { bound: 0.447 }",
            "dense.weight [6, 4] Uniform { bound: 0.500 }",
        ];
        assert_eq!(found, expected);
        let expected = [
            "hidden1.weight [4, 3] Uniform { bound: 0.577 }",
            "hidden2.weight [5, 4] Uniform { bound: 0.500 }",
            "dense.weight [12, 5] Uniform { bound: 0.447 }",
        ];
        assert_eq!(told(mlp, decoder), expected);
        let cnn = json!({"name": "cnn", "channels": [7], "kernel": 3, "hidden": []});
        let expected = [
            "convolution1.weight [7, 1, 3, 3] Normal { deviation: 0.471 }", // sqrt(2 / 9)
            "dense.weight [6, 14] Normal { deviation: 0.267 }",             // sqrt(1 / 14)
        ];
        assert_eq!(told(cnn.clone(), encoder), expected);
        let expected = [
            "dense.weight [14, 3] Normal { deviation: 0.816 }", // sqrt(2 / 3)
            // A quarter of the kernel's numbers meet in each pixel: sqrt(1 / 15).
            "transposed1.weight [7, 2, 3, 3] Normal { deviation: 0.258 }",
        ];
        assert_eq!(told(cnn, decoder), expected);
    }
}
