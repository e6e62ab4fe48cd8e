//! What a backward pass is asked for ([`Wanted`]) and gives ([`Gradients`]).

use tch::Tensor;

/// Which gradients a backward pass is to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those of the parameters.
    Parameters,
    /// That of the input.
    Input,
    /// Both.
    Both,
}

impl Wanted {
    pub(super) fn parameters(self) -> bool {
        self != Self::Input
    }

    pub(super) fn input(self) -> bool {
        self != Self::Parameters
    }
}

/// What a backward pass gives; what was not asked for is empty.
#[derive(Debug)]
pub struct Gradients {
    /// Of each parameter, in memory that the next backward pass writes again.
    pub parameters: Vec<Tensor>,
    /// Of the input, in its size.
    pub input: Option<Tensor>,
}
