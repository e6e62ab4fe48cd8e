//! Networks over a member axis: K networks of one form are one [`Network`] with parameters
//! `[K, …]` and logits `[K, B, classes]`; K = 1 is the ordinary case.
//!
//! [`NetworkSpec`] is the plain description; [`build`] makes the network. How members are carried
//! (batched, side by side or in turn) is decided by [`carried`] and changes no result beyond
//! rounding.

mod carry;
mod chain;
mod cnn;
mod dropout;
mod generator;
mod init;
mod layout;
mod mlp;
mod spec;

pub use carry::{Carried, carried, carried_on, stacks};
pub use generator::seeded;
pub use layout::{ParameterKind, ParameterLayout};
pub use spec::{CnnSpec, InputShape, MlpSpec, NetworkSpec};

use chain::Chain;
use tch::{Device, Tensor};

/// What the draws of a training step depend on: dropout masks of member k come from
/// `seed::derive(seeds[k], "dropout/<layer>", step)`.
#[derive(Debug, Clone, Copy)]
pub struct Noise<'a> {
    /// The seed of each member.
    pub seeds: &'a [u64],
    /// The training step.
    pub step: u64,
}

/// From logits `[K, B, classes]` to the loss of each member `[K]` and the gradient of the sum of
/// these with respect to the logits. The functions of the `loss` module are of this form.
pub type Objective<'a> = dyn Fn(&Tensor) -> (Tensor, Tensor) + 'a;

/// K networks of one form.
pub trait Network: Send {
    /// K.
    fn members(&self) -> i64;

    /// The names of the parameters, in the order of [`parameters`](Self::parameters).
    fn names(&self) -> &[String];

    /// The parameters, each `[K, …]` and contiguous. Change them in place (`copy_`, `add_`): the
    /// network works on this very memory.
    fn parameters(&self) -> &[Tensor];

    /// Logits `[K, B, classes]` for an input `[K, B, channels, height, width]`, or one
    /// `[B, channels, height, width]` that all members share. Without noise nothing drops out.
    fn logits(&self, input: &Tensor, noise: Option<&Noise>) -> Tensor;

    /// What the last layer makes the logits of, `[K, B, features]`, for an input as
    /// [`logits`](Self::logits) takes it; without hidden layers and blocks the input itself.
    fn features(&self, input: &Tensor) -> Tensor;

    /// One training pass: the loss of each member `[K]`, and the gradient of each parameter. The
    /// gradients lie in memory that the next call writes again.
    fn gradients(
        &self,
        input: &Tensor,
        noise: &Noise,
        objective: &Objective,
    ) -> (Tensor, Vec<Tensor>);

    /// Brings the weights back within the limit on their norm after a step, if there is one.
    fn constrain(&self);
}

/// Parameters that are not those of the network they are meant for.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The spec does not fit the input.
    #[error("the network cannot be built: {0}")]
    Spec(String),
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
        /// Which.
        name: String,
        /// The size that fits.
        expected: Vec<i64>,
        /// The size that came.
        found: Vec<i64>,
    },
}

/// The network with one member for each seed, member k drawn from
/// `seed::derive(seeds[k], "init/<parameter>", 0)`.
///
/// # Errors
/// If the spec does not fit the input.
pub fn build(
    spec: &NetworkSpec,
    input: InputShape,
    classes: i64,
    seeds: &[u64],
    device: Device,
) -> Result<Box<dyn Network>, NetworkError> {
    spec.check(input).map_err(NetworkError::Spec)?;
    let parameters = init::draw(&spec.layout(input, classes), seeds, device);
    with_parameters(spec, input, classes, &parameters)
}

/// The network that these parameters `[K, …]`, in the order of [`NetworkSpec::layout`], make up. It
/// works on their memory (on copies of those that are not contiguous), in their kind (float or double) and on their device.
///
/// # Errors
/// If the spec does not fit the input, or the parameters do not fit the spec.
pub fn with_parameters(
    spec: &NetworkSpec,
    input: InputShape,
    classes: i64,
    parameters: &[Tensor],
) -> Result<Box<dyn Network>, NetworkError> {
    spec.check(input).map_err(NetworkError::Spec)?;
    let layout = spec.layout(input, classes);
    fit(&layout, parameters)?;
    let members = parameters[0].size()[0] as usize;
    let carried = carried(spec, input, classes, parameters[0].device(), members);
    Ok(assemble(spec, &layout, parameters, &carried))
}

/// The network with its members carried so.
fn assemble(
    spec: &NetworkSpec,
    layout: &[ParameterLayout],
    parameters: &[Tensor],
    carried: &Carried,
) -> Box<dyn Network> {
    let names = layout.iter().map(|parameter| parameter.name.clone()).collect();
    match spec {
        NetworkSpec::Mlp(spec) => {
            Box::new(Chain::new(names, parameters, carried, |group| mlp::Mlp::new(spec, group)))
        }
        NetworkSpec::Cnn(spec) => {
            Box::new(Chain::new(names, parameters, carried, |group| cnn::Cnn::new(spec, group)))
        }
    }
}

fn fit(layout: &[ParameterLayout], parameters: &[Tensor]) -> Result<(), NetworkError> {
    if layout.len() != parameters.len() {
        return Err(NetworkError::Count { expected: layout.len(), found: parameters.len() });
    }
    let members = parameters[0].size().first().copied().unwrap_or(0);
    for (part, parameter) in layout.iter().zip(parameters) {
        let mut expected = vec![members.max(1)];
        expected.extend(&part.size);
        let found = parameter.size();
        if found != expected {
            return Err(NetworkError::Size { name: part.name.clone(), expected, found });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
