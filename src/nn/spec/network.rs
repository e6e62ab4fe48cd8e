//! The networks that can be named: [`NetworkSpec`].

use super::cnn::CnnSpec;
use super::layers::LayersSpec;
use super::mlp::MlpSpec;
use crate::nn::design::Design;
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
    /// Any layers, one after another.
    Layers(LayersSpec),
}

impl NetworkSpec {
    /// The name of the network, as in its spec.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mlp(_) => "mlp",
            Self::Cnn(_) => "cnn",
            Self::Layers(_) => "layers",
        }
    }

    /// The network over examples of this form, with so many outputs.
    ///
    /// # Errors
    /// The field, what is wrong with it and what would be right.
    pub fn design(&self, input: Shape, classes: i64) -> Result<Design, FieldError> {
        match self {
            Self::Mlp(spec) => spec.design(input, classes),
            Self::Cnn(spec) => spec.design(input, classes),
            Self::Layers(spec) => spec.design(input, classes),
        }
    }

    /// Whether such a network can be built over examples of this form, with so many outputs as far as
    /// that is known.
    ///
    /// # Errors
    /// As [`design`](Self::design).
    pub fn check(&self, input: Shape, classes: Option<i64>) -> Result<(), FieldError> {
        let design = match (self, classes) {
            (Self::Layers(spec), None) => spec.with_any_output(input),
            (spec, classes) => spec.design(input, classes.unwrap_or(1)),
        };
        design.map(|_| ())
    }
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
        let many = format!(r#"{{"name":"mlp","hidden":[1{}]}}"#, ",1".repeat(1000));
        let faults = [
            (r#"{"name":"mlp","hidden":[0]}"#, "hidden"),
            (many.as_str(), "hidden lists 1001 layers; at most 1000"),
            (r#"{"name":"mlp","hidden":[],"dropout":1.0}"#, "dropout"),
            (r#"{"name":"mlp","hidden":[],"max_norm":0.0}"#, "max_norm"),
            (r#"{"name":"cnn","kernel":4}"#, "kernel"),
            (r#"{"name":"cnn","channels":[1,1,1,1,1]}"#, "fewer"),
        ];
        for (text, word) in faults {
            let message = read(text).check(PICTURE, Some(10)).unwrap_err();
            assert!(message.message.contains(word), "{message}");
        }
        assert_eq!(read(r#"{"name":"mlp","hidden":[3]}"#).check(PICTURE, Some(10)), Ok(()));
    }

    #[test]
    fn counts_are_those_of_the_books() {
        let count = |text: &str| read(text).design(PICTURE, 10).unwrap().blueprint().count();
        let mlp = count(r#"{"name":"mlp","hidden":[1200,1200]}"#);
        assert_eq!(mlp, 785 * 1200 + 1201 * 1200 + 1201 * 10);
        let dense = (32 * 7 * 7 + 1) * 128 + 129 * 10;
        assert_eq!(count(r#"{"name":"cnn"}"#), 26 * 16 + (16 * 25 + 1) * 32 + dense);
    }

    #[test]
    fn names_say_the_layer() {
        let spec = read(r#"{"name":"cnn","channels":[4],"hidden":[5]}"#);
        let design = spec.design(PICTURE, 10).unwrap();
        let layout = &design.blueprint().parameters;
        let names: Vec<_> = layout.iter().map(|parameter| parameter.name.as_str()).collect();
        assert_eq!(names[..3], ["convolution1.weight", "convolution1.bias", "hidden1.weight"]);
        assert_eq!(names[4..], ["output.weight", "output.bias"]);
        assert_eq!(layout[2].size, [5, 4 * 14 * 14]);
    }
}
