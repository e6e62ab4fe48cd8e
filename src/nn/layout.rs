//! Which parameters a network has: [`ParameterLayout`], known without building it.

use super::spec::{CnnSpec, MlpSpec, NetworkSpec};
use crate::shape::Shape;

/// What a parameter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// Multiplies: of a dense layer `[out, in]`, of a convolution `[out, in, kernel, kernel]`.
    Weight,
    /// Is added: `[out]`.
    Bias,
}

/// One parameter of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterLayout {
    /// Layer and kind, such as `hidden1.weight`.
    pub name: String,
    /// Its size without the member axis.
    pub size: Vec<i64>,
    /// Numbers that flow into one unit of its layer.
    pub fan_in: i64,
    /// What it does.
    pub kind: ParameterKind,
}

impl NetworkSpec {
    /// Every parameter of one member, in the order of the network.
    #[must_use]
    pub fn layout(&self, input: Shape, classes: i64) -> Vec<ParameterLayout> {
        match self {
            Self::Mlp(spec) => spec.layout(input, classes),
            Self::Cnn(spec) => spec.layout(input, classes),
        }
    }

    /// How many numbers one member learns.
    #[must_use]
    pub fn count(&self, input: Shape, classes: i64) -> i64 {
        let layout = self.layout(input, classes);
        layout.iter().map(|parameter| parameter.size.iter().product::<i64>()).sum()
    }
}

impl MlpSpec {
    fn layout(&self, input: Shape, classes: i64) -> Vec<ParameterLayout> {
        dense(&self.hidden, input.pixels(), classes)
    }
}

impl CnnSpec {
    fn layout(&self, input: Shape, classes: i64) -> Vec<ParameterLayout> {
        let mut parameters = Vec::new();
        let mut channels = input.channels;
        for (index, &next) in self.channels.iter().enumerate() {
            let name = format!("convolution{}", index + 1);
            let size = vec![next, channels, self.kernel, self.kernel];
            parameters.extend(layer(&name, size, channels * self.kernel * self.kernel));
            channels = next;
        }
        let (height, width) = self.pooled(input);
        parameters.extend(dense(&self.hidden, channels * height * width, classes));
        parameters
    }
}

/// The name of the dense layer `index` (from 0) when `hidden` of them come before the output.
pub(super) fn dense_name(index: usize, hidden: usize) -> String {
    if index < hidden { format!("hidden{}", index + 1) } else { "output".to_owned() }
}

fn dense(hidden: &[i64], features: i64, classes: i64) -> Vec<ParameterLayout> {
    let mut fan_in = features;
    let mut parameters = Vec::new();
    for (index, &units) in hidden.iter().chain([&classes]).enumerate() {
        parameters.extend(layer(&dense_name(index, hidden.len()), vec![units, fan_in], fan_in));
        fan_in = units;
    }
    parameters
}

fn layer(name: &str, size: Vec<i64>, fan_in: i64) -> [ParameterLayout; 2] {
    let units = size[0];
    [
        ParameterLayout {
            name: format!("{name}.weight"),
            size,
            fan_in,
            kind: ParameterKind::Weight,
        },
        ParameterLayout {
            name: format!("{name}.bias"),
            size: vec![units],
            fan_in,
            kind: ParameterKind::Bias,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: Shape = Shape { channels: 1, height: 28, width: 28 };

    #[test]
    fn counts_are_those_of_the_books() {
        let mlp: NetworkSpec =
            serde_json::from_str(r#"{"name":"mlp","hidden":[1200,1200]}"#).unwrap();
        assert_eq!(mlp.count(PICTURE, 10), 785 * 1200 + 1201 * 1200 + 1201 * 10);
        let cnn: NetworkSpec = serde_json::from_str(r#"{"name":"cnn"}"#).unwrap();
        let dense = (32 * 7 * 7 + 1) * 128 + 129 * 10;
        assert_eq!(cnn.count(PICTURE, 10), 26 * 16 + (16 * 25 + 1) * 32 + dense);
    }

    #[test]
    fn names_say_the_layer() {
        let spec: NetworkSpec =
            serde_json::from_str(r#"{"name":"cnn","channels":[4],"hidden":[5]}"#).unwrap();
        let layout = spec.layout(PICTURE, 10);
        let names: Vec<_> = layout.iter().map(|parameter| parameter.name.as_str()).collect();
        assert_eq!(names[..3], ["convolution1.weight", "convolution1.bias", "hidden1.weight"]);
        assert_eq!(names[4..], ["output.weight", "output.bias"]);
        assert_eq!(layout[2].size, [5, 4 * 14 * 14]);
        assert_eq!(layout[2].fan_in, 4 * 14 * 14);
    }
}
