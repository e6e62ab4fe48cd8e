//! What a network is, as people write it: [`NetworkSpec`], plain values without a tensor.

use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A classifier network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum NetworkSpec {
    /// Dense layers of rectified linear units.
    Mlp(MlpSpec),
    /// Blocks of convolution, pooling and rectification, then dense layers.
    Cnn(CnnSpec),
}

/// A multi-layer perceptron: dense layers of rectified linear units and a linear output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MlpSpec {
    /// Units in each hidden layer, the first layer first; an empty list is a linear classifier.
    #[schemars(inner(range(min = 1, max = 1_000_000)))]
    pub hidden: Vec<i64>,
    /// Probability of dropping a hidden unit while training, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0), extend("exclusiveMaximum" = 1))]
    pub dropout: f64,
    /// Probability of dropping an input pixel while training, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0), extend("exclusiveMaximum" = 1))]
    pub input_dropout: f64,
    /// Largest Euclidean norm of the weights into one hidden unit; null for no limit.
    #[serde(default)]
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub max_norm: Option<f64>,
}

/// A convolutional network: blocks of convolution (same padding), 2 x 2 maximum pooling and
/// rectification, then dense hidden layers and a linear output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CnnSpec {
    /// Output channels of each block, the first block first; every block halves height and width.
    #[serde(default = "default_channels")]
    #[schemars(inner(range(min = 1, max = 100_000)))]
    pub channels: Vec<i64>,
    /// Height and width of the convolution kernels in pixels; odd.
    #[serde(default = "default_kernel")]
    #[schemars(range(min = 1, max = 101))]
    pub kernel: i64,
    /// Units in each dense hidden layer after the blocks; an empty list for none.
    #[serde(default = "default_hidden")]
    #[schemars(inner(range(min = 1, max = 1_000_000)))]
    pub hidden: Vec<i64>,
    /// Probability of dropping a dense hidden unit while training, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0), extend("exclusiveMaximum" = 1))]
    pub dropout: f64,
}

fn default_channels() -> Vec<i64> {
    vec![16, 32]
}

fn default_kernel() -> i64 {
    5
}

fn default_hidden() -> Vec<i64> {
    vec![128]
}

impl NetworkSpec {
    /// The name of the network, as in its spec.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mlp(_) => "mlp",
            Self::Cnn(_) => "cnn",
        }
    }

    /// Whether such a network can be built over examples of this form.
    ///
    /// # Errors
    /// The field, what is wrong with it and what would be right.
    pub fn check(&self, input: Shape) -> Result<(), FieldError> {
        match self {
            Self::Mlp(spec) => spec.check(),
            Self::Cnn(spec) => spec.check(input),
        }
    }
}

impl MlpSpec {
    fn check(&self) -> Result<(), FieldError> {
        check_widths("hidden", &self.hidden)?;
        check_dropout("dropout", self.dropout)?;
        check_dropout("input_dropout", self.input_dropout)?;
        match self.max_norm {
            Some(limit) if limit <= 0.0 || limit.is_nan() => {
                let message =
                    format!("max_norm is {limit}; it must be above 0, or null for no limit");
                Err(FieldError::new("max_norm", message))
            }
            _ => Ok(()),
        }
    }
}

impl CnnSpec {
    fn check(&self, input: Shape) -> Result<(), FieldError> {
        check_widths("channels", &self.channels)?;
        check_widths("hidden", &self.hidden)?;
        check_dropout("dropout", self.dropout)?;
        if self.kernel < 1 || self.kernel % 2 == 0 {
            let message = format!("kernel is {}; it must be odd, such as 3 or 5", self.kernel);
            return Err(FieldError::new("kernel", message));
        }
        let (height, width) = self.pooled(input);
        if height < 1 || width < 1 {
            let message = format!(
                "channels has {} blocks, each of which halves height and width: too many for {} x {} \
                 pictures; use fewer",
                self.channels.len(),
                input.height,
                input.width
            );
            return Err(FieldError::new("channels", message));
        }
        Ok(())
    }

    /// Height and width of what the last block gives.
    pub(super) fn pooled(&self, input: Shape) -> (i64, i64) {
        self.channels.iter().fold((input.height, input.width), |(h, w), _| (h / 2, w / 2))
    }
}

fn check_widths(field: &str, widths: &[i64]) -> Result<(), FieldError> {
    match widths.iter().find(|&&width| width < 1) {
        Some(width) => {
            let message = format!("{field} holds {width}; each of its numbers must be 1 or more");
            Err(FieldError::new(field, message))
        }
        None => Ok(()),
    }
}

fn check_dropout(field: &str, probability: f64) -> Result<(), FieldError> {
    if (0.0..1.0).contains(&probability) {
        return Ok(());
    }
    let message = format!("{field} is {probability}; it must be from 0 to below 1");
    Err(FieldError::new(field, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: Shape = Shape { channels: 1, height: 28, width: 28 };

    fn read(text: &str) -> NetworkSpec {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn defaults_are_written_out() {
        let spec = read(r#"{"name":"cnn"}"#);
        let text = serde_json::to_string(&spec).unwrap();
        assert_eq!(
            text,
            r#"{"name":"cnn","channels":[16,32],"kernel":5,"hidden":[128],"dropout":0.0}"#
        );
        assert!(serde_json::from_str::<NetworkSpec>(r#"{"name":"cnn","units":3}"#).is_err());
    }

    #[test]
    fn faults_are_named() {
        let faults = [
            (r#"{"name":"mlp","hidden":[0]}"#, "hidden"),
            (r#"{"name":"mlp","hidden":[],"dropout":1.0}"#, "dropout"),
            (r#"{"name":"mlp","hidden":[],"max_norm":0.0}"#, "max_norm"),
            (r#"{"name":"cnn","kernel":4}"#, "kernel"),
            (r#"{"name":"cnn","channels":[1,1,1,1,1]}"#, "fewer"),
        ];
        for (text, word) in faults {
            let message = read(text).check(PICTURE).unwrap_err();
            assert!(message.message.contains(word), "{message}");
        }
        assert_eq!(read(r#"{"name":"mlp","hidden":[3]}"#).check(PICTURE), Ok(()));
    }
}
