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
        "parameter {index} has the shape {size:?}, which does not begin with one slice for each of \
         {members} members: rates of the members' own need that"
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
        "the saved optimiser state has no '{name}': it is of another rule or another network; \
         start again, or restore into what it was saved from"
    )]
    Missing { name: String },

    /// Saved state has a tensor this optimiser has no place for.
    #[error(
        "the saved optimiser state has '{name}', which this optimiser does not hold: it is of \
         another rule or another network; start again, or restore into what it was saved from"
    )]
    Unknown { name: String },

    /// A saved tensor has another shape or type of number.
    #[error(
        "'{name}' in the saved optimiser state is {found}, not {expected}: it is of another \
         network; start again, or restore into what it was saved from"
    )]
    Mismatch { name: String, found: String, expected: String },

    /// libtorch refused an operation; parameters and state are as they were if the lists did not
    /// fit together.
    #[error("a step of the optimiser failed in libtorch: {0}")]
    Libtorch(String),
}
