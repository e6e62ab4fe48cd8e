//! What is known of a network before a tensor exists: [`Blueprint`], its layers with the form of what
//! they give, their parameters and their work.

use super::form::{Form, product};
use super::initial::Initial;
use std::ops::Range;

/// What a parameter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// Multiplies: of a dense layer `[out, in]`, of a convolution `[out, in / groups, height, width]`, of a
    /// transposed one `[in, out / groups, height, width]`, of a normalisation `[channels]`.
    Weight,
    /// Is added: `[out]`.
    Bias,
}

/// One parameter of one member.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterLayout {
    /// Layer and kind, such as `hidden1.weight`.
    pub name: String,
    /// Its size without the member axis.
    pub size: Vec<i64>,
    /// What it does.
    pub kind: ParameterKind,
    /// What it starts from.
    pub initial: Initial,
    /// The largest Euclidean norm of the weights into one unit, if there is one.
    pub max_norm: Option<f64>,
}

/// What a layer keeps besides its parameters: numbers that training moves and no gradient does.
#[derive(Debug, Clone, PartialEq)]
pub struct BufferLayout {
    /// Layer and role, such as `batch_norm1.running_mean`.
    pub name: String,
    /// Its size without the member axis.
    pub size: Vec<i64>,
    /// What it starts from.
    pub start: f64,
}

/// One layer, as planned.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerPlan {
    /// Its name: as written, or its kind and its number among those of the kind.
    pub name: String,
    /// Its kind: `dense`.
    pub kind: &'static str,
    /// How many layers it lies within.
    pub depth: usize,
    /// What it is given.
    pub input: Form,
    /// What it gives.
    pub output: Form,
    /// Which of the network's parameters are its own.
    pub parameters: Range<usize>,
    /// Which of the network's buffers are its own.
    pub buffers: Range<usize>,
    /// Floating-point operations of a forward pass of one example, a multiplication and an addition
    /// counted as two; of what lies within it not.
    pub flops: i64,
    /// The earlier layer, by its place, whose output it is given besides.
    pub with: Option<usize>,
}

/// A network before a tensor exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Blueprint {
    /// What it is given.
    pub input: Form,
    /// What it gives.
    pub output: Form,
    /// Its layers, each before what lies within it.
    pub layers: Vec<LayerPlan>,
    /// Its parameters, in the order of its layers.
    pub parameters: Vec<ParameterLayout>,
    /// Its buffers, in the order of its layers.
    pub buffers: Vec<BufferLayout>,
}

impl Blueprint {
    /// How many numbers one member learns.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.parameters.iter().map(ParameterLayout::numbers).fold(0, i64::saturating_add)
    }

    /// Floating-point operations of a forward pass of one example.
    #[must_use]
    pub fn flops(&self) -> i64 {
        self.layers.iter().map(|layer| layer.flops).fold(0, i64::saturating_add)
    }

    /// How many numbers a layer learns, without what lies within it.
    #[must_use]
    pub fn count_of(&self, layer: &LayerPlan) -> i64 {
        let own = &self.parameters[layer.parameters.clone()];
        own.iter().map(ParameterLayout::numbers).fold(0, i64::saturating_add)
    }
}

impl ParameterLayout {
    /// How many numbers it is.
    #[must_use]
    pub fn numbers(&self) -> i64 {
        product(&self.size)
    }
}
