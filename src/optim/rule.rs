//! What the rules have in common: which state they keep, and how they take a step ([`Rule`]).

use super::OptimiserSpec;
use super::error::OptimError;
use super::fused::Lists;

/// The state a rule keeps beside each parameter: a name for each tensor, in checkpoints too.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slots {
    /// A tensor like the parameter, starting as zeros.
    pub(super) first: Option<&'static str>,
    /// Another.
    pub(super) second: Option<&'static str>,
    /// Whether steps are counted, in a float32 beside the parameter.
    pub(super) steps: bool,
}

/// A rule: how gradients and state change parameters.
pub(super) trait Rule: Send {
    fn slots(&self) -> Slots;

    /// Takes one step at each of the rates in `lists`, in place, and counts it.
    ///
    /// Errors: what libtorch said.
    fn step(&self, lists: &Lists) -> Result<(), OptimError>;
}

/// The rule that a spec asks for.
pub(super) fn rule(spec: &OptimiserSpec) -> Box<dyn Rule> {
    match spec {
        OptimiserSpec::Sgd(spec) => Box::new(spec.clone()),
        OptimiserSpec::Adam(spec) => Box::new(spec.clone()),
        OptimiserSpec::Adamw(spec) => Box::new(spec.clone()),
        OptimiserSpec::Adagrad(spec) => Box::new(spec.clone()),
        OptimiserSpec::Rmsprop(spec) => Box::new(spec.clone()),
    }
}
