//! What is wrong with a set, found before it is loaded: [`Flaw`], an error and the setting behind it.

use super::error::DataError;
use crate::spec::{Cause, FieldError};

/// Something that loading a set would fail at.
#[derive(Debug)]
pub struct Flaw {
    /// The setting it is about, from the set's own down: `folder`, `train`, `test_labels`.
    pub field: &'static str,
    /// What is wrong.
    pub error: Box<DataError>,
}

impl Flaw {
    pub(crate) fn new(field: &'static str, error: impl Into<DataError>) -> Self {
        Self { field, error: Box::new(error.into()) }
    }

    /// The error about a data set that the settings at `path` choose.
    #[must_use]
    pub fn at(&self, path: &str) -> FieldError {
        let cause = if self.is_absence() { Cause::Absent } else { Cause::Data };
        FieldError::new(self.field, self.error.to_string()).caused_by(cause).within(path)
    }

    /// Whether it is only that the files are not there, here.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        matches!(*self.error, DataError::Missing { .. })
    }
}

/// How many of the examples that are `held` are for training, unless more are asked for than there are.
/// At least one is left to learn from.
pub(crate) fn training(
    set: &'static str,
    held: usize,
    train: Option<usize>,
    validation: usize,
) -> Result<usize, DataError> {
    let number = train.unwrap_or_else(|| held.saturating_sub(validation).max(1));
    if number.checked_add(validation).is_none_or(|asked| asked > held) {
        return Err(DataError::TooMany { set, held, train, validation });
    }
    Ok(number)
}

/// The same as a flaw of the settings.
pub(crate) fn too_many(
    set: &'static str,
    held: usize,
    train: Option<usize>,
    validation: usize,
) -> Option<Flaw> {
    let field = if train.is_some() { "train" } else { "validation" };
    training(set, held, train, validation).err().map(|error| Flaw::new(field, error))
}
