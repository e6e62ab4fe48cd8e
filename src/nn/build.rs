//! From a spec to a network: [`build`] at its first values, [`with_parameters`] at given ones.

use super::layout::ParameterLayout;
use super::members::Members;
use super::network::{Network, NetworkError};
use super::placement::{Placement, placement};
use super::spec::NetworkSpec;
use super::{cnn, init, mlp};
use crate::shape::Shape;
use tch::{Device, Tensor};

/// The network with one member for each seed, member k drawn from
/// `seed::derive(seeds[k], "init/<parameter>", 0)`.
///
/// # Errors
/// If the spec does not fit the input.
pub fn build(
    spec: &NetworkSpec,
    input: Shape,
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
    input: Shape,
    classes: i64,
    parameters: &[Tensor],
) -> Result<Box<dyn Network>, NetworkError> {
    spec.check(input).map_err(NetworkError::Spec)?;
    let layout = spec.layout(input, classes);
    fit(&layout, parameters)?;
    let members = parameters[0].size()[0] as usize;
    let placement = placement(spec, input, classes, parameters[0].device(), members);
    Ok(assemble(spec, &layout, parameters, &placement))
}

/// The network with its members placed so.
pub(super) fn assemble(
    spec: &NetworkSpec,
    layout: &[ParameterLayout],
    parameters: &[Tensor],
    placement: &Placement,
) -> Box<dyn Network> {
    let names = layout.iter().map(|parameter| parameter.name.clone()).collect();
    match spec {
        NetworkSpec::Mlp(spec) => {
            Box::new(Members::new(names, parameters, placement, |group| mlp::Mlp::new(spec, group)))
        }
        NetworkSpec::Cnn(spec) => {
            Box::new(Members::new(names, parameters, placement, |group| cnn::Cnn::new(spec, group)))
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
