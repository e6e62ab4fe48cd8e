//! What a network is made of, before a tensor exists: [`Design`], its layers and their blueprint.

use super::blueprint::Blueprint;
use super::dense_form::DenseForm;
use super::form::Form;
use super::initial::InitialValues;
use super::layers::LayerSpec;
use super::walk::walk;
use crate::spec::FieldError;
use std::sync::Arc;

/// A dense network with at most so many parameters is small: between those for which batching pays on
/// one thread (784-100-100-10, 90,000) and those for which it does not (784-400-400-10, 478,000).
const SMALL: i64 = 200_000;

/// Whether a dense network with so many parameters is small enough to be batched on a CPU.
#[must_use]
pub fn stacks(parameters: i64) -> bool {
    parameters <= SMALL
}

/// Layers, and what the walk over them found.
#[derive(Debug, Clone)]
pub struct Design {
    pub(super) layers: Arc<[LayerSpec]>,
    pub(super) blueprint: Arc<Blueprint>,
    pub(super) dense: Option<DenseForm>,
}

impl Design {
    /// The design of these layers for examples of this form; `field` is what the list is called in errors.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn new(
        field: &str,
        layers: Vec<LayerSpec>,
        input: Form,
        init: InitialValues,
    ) -> Result<Self, FieldError> {
        let blueprint = walk(field, &layers, input, init)?;
        let dense = DenseForm::of(&layers, &blueprint);
        Ok(Self { layers: layers.into(), blueprint: Arc::new(blueprint), dense })
    }

    /// What the walk found.
    #[must_use]
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// Whether the network is purely dense.
    #[must_use]
    pub fn is_dense(&self) -> bool {
        self.dense.is_some()
    }

    /// Whether it is purely dense and so small that members are best batched on a CPU.
    #[must_use]
    pub fn stacks(&self) -> bool {
        self.is_dense() && stacks(self.blueprint.count())
    }
}
