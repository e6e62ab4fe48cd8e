//! What can go wrong with an optimiser: [`OptimError`].

/// Why an optimiser could not be made, restored or stepped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptimError {
    /// A list of rates is not one for each member.
    #[error(
        "optimiser.rate lists {given} rates for {members} members: write one rate for all members, \
         or one for each"
    )]
    RateCount { given: usize, members: usize },

    /// A number is outside what the rule can work with.
    #[error("optimiser.{field} is {value}: it must be {range}")]
    Range { field: &'static str, value: String, range: &'static str },

    /// Nesterov's look-ahead was asked for where there is no velocity to look along.
    #[error("optimiser.nesterov needs momentum: set optimiser.momentum above 0 (0.9 is usual)")]
    NesterovWithoutMomentum,

    /// A parameter has no slice for each member although their rates differ.
    #[error(
        "parameter {index} has shape {size:?}; learning rates of each member's own need a leading \
         dimension of {members}"
    )]
    NoMemberAxis { index: usize, size: Vec<i64>, members: usize },

    /// A step was given another number of tensors than the optimiser was made for.
    #[error(
        "the optimiser was made for {expected} parameters and was given {parameters} parameters \
         and {gradients} gradients"
    )]
    Count { expected: usize, parameters: usize, gradients: usize },

    /// Saved state lacks a tensor.
    #[error(
        "optimiser state mismatch: missing '{name}', so it is of another rule or network; restart, or \
         load it into the optimiser that it is of"
    )]
    Missing { name: String },

    /// Saved state has a tensor this optimiser has no place for.
    #[error(
        "optimiser state mismatch: unexpected '{name}', so it is of another rule or network; restart, \
         or load it into the optimiser that it is of"
    )]
    Unknown { name: String },

    /// A saved tensor has another shape or type of number.
    #[error(
        "optimiser state mismatch: '{name}' is {found}, expected {expected}, so it is of another \
         network; restart, or load it into the optimiser that it is of"
    )]
    Mismatch { name: String, found: String, expected: String },

    /// libtorch refused an operation; parameters and state are as they were if the lists did not
    /// fit together.
    #[error("a step of the optimiser failed in libtorch: {0}")]
    Libtorch(String),
}
