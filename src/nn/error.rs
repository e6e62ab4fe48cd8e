//! Why a network cannot be made: [`NetworkError`].

use crate::spec::FieldError;

/// A spec that does not fit its input, or parameters that are not those of the network they are meant for.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The spec does not fit the input.
    #[error("the network cannot be built: {}", .0.message)]
    Spec(FieldError),
    /// There are more or fewer tensors than the network has.
    #[error("the network has {expected} parameters, and {found} were given")]
    Count {
        /// How many it has.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A tensor is of another size.
    #[error("parameter {name} has the size {found:?}, and the network needs {expected:?}")]
    Size {
        /// Its name.
        name: String,
        /// The size that fits.
        expected: Vec<i64>,
        /// The size that came.
        found: Vec<i64>,
    },
}
