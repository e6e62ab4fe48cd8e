//! Training classifiers: [`run`].

use crate::data::{self, DataRoots};
use crate::job::{Context, Finish, RunError};
use crate::loss;
use crate::train::supervised::{Batch, Objective, train_and_keep};
use serde_json::Value;
use tch::Tensor;

use super::spec::ClassifierSpec;

/// The labels, by cross-entropy.
pub struct Labels;

impl Objective for Labels {
    fn evaluate(&self, batch: &Batch<'_>, logits: &Tensor) -> (Tensor, Tensor) {
        loss::cross_entropy(logits, batch.labels)
    }
}

/// Trains the networks that `settings` describe.
///
/// # Errors
/// Whatever loading, training or writing meets.
pub fn run(settings: &Value, context: &mut Context) -> Result<Finish, RunError> {
    let spec: ClassifierSpec = serde_json::from_value(settings.clone())?;
    context.phase("load data", "set", 1);
    let data = data::load(&spec.data, &DataRoots::discover(&context.data_roots), context.device)?;
    let data = context.confirm("data", data)?;
    train_and_keep(context, spec.recipe(), &data, &Labels, &|_, _, _| {})
}
