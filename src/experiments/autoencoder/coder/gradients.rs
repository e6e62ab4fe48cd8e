//! What a backward pass is asked for ([`Of`]) and gives ([`Gradients`]), and the derivatives of activations.

use super::super::spec::Activation;
use tch::Tensor;

/// Which gradients a backward pass is to give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Of {
    /// Those of the parameters.
    Parameters,
    /// That of the input.
    Input,
    /// Both.
    Both,
}

impl Of {
    pub(super) fn parameters(self) -> bool {
        self != Self::Input
    }

    pub(super) fn input(self) -> bool {
        self != Self::Parameters
    }
}

/// What a backward pass gives; what was not asked for is empty.
pub(in super::super) struct Gradients {
    /// Of each parameter, in memory that the next pass of a network may write again.
    pub(in super::super) parameters: Vec<Tensor>,
    /// Of the input, `[K, R, inputs]`.
    pub(in super::super) input: Option<Tensor>,
}

impl Activation {
    /// Of sums, in their place.
    pub(super) fn of(self, sums: &mut Tensor) -> Tensor {
        match self {
            Self::Relu => sums.relu_(),
            Self::Tanh => sums.tanh_(),
        }
    }

    /// Of sums whose graph goes on.
    pub(super) fn of_graph(self, sums: &Tensor) -> Tensor {
        match self {
            Self::Relu => sums.relu(),
            Self::Tanh => sums.tanh(),
        }
    }

    /// The gradient of the sums, given the output and its gradient.
    pub(super) fn backward(self, gradient: &Tensor, output: &Tensor) -> Tensor {
        match self {
            Self::Relu => output.threshold_backward(gradient, 0.0),
            Self::Tanh => Tensor::tanh_backward(gradient, output),
        }
    }
}
