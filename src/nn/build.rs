//! From a spec or a design to a network: [`build`] and [`build_design`] at its initial values,
//! [`with_parameters`] and [`design_with_parameters`] at given ones.

use super::dense_stack::BatchLayout;
use super::design::Design;
use super::error::NetworkError;
use super::init;
use super::network::Network;
use super::placement::{Placement, placement};
use super::spec::NetworkSpec;
use crate::shape::Shape;
use tch::{Device, Kind, Tensor};

/// The classifier network with one member for each seed, member k drawn from
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
) -> Result<Network, NetworkError> {
    let design = spec.design(input, classes).map_err(NetworkError::Spec)?;
    let placement = placement(&design, device, seeds.len());
    Ok(build_design(&design, "init", seeds, device, (BatchLayout::FeaturesFirst, &placement)))
}

/// The classifier network that these parameters make up; see [`design_with_parameters`].
///
/// # Errors
/// If the spec does not fit the input, or the parameters do not fit the spec.
pub fn with_parameters(
    spec: &NetworkSpec,
    input: Shape,
    classes: i64,
    parameters: &[Tensor],
) -> Result<Network, NetworkError> {
    let design = spec.design(input, classes).map_err(NetworkError::Spec)?;
    fit(&design, parameters)?;
    let first = parameters.first().map(|it| (it.device(), it.size()[0] as usize));
    let (device, members) = first.unwrap_or((Device::Cpu, 1));
    let placement = placement(&design, device, members);
    design_with_parameters(&design, parameters, (BatchLayout::FeaturesFirst, &placement))
}

/// The network with one member for each seed, member k drawn from
/// `seed::derive(seeds[k], "<purpose>/<parameter>", 0)`.
#[must_use]
pub fn build_design(
    design: &Design,
    purpose: &str,
    seeds: &[u64],
    device: Device,
    (layout, placement): (BatchLayout, &Placement),
) -> Network {
    let parameters = init::draw(&design.blueprint, purpose, seeds, device);
    assemble(design, &parameters, placement, layout)
}

/// The network that these parameters `[K, …]`, in the order of the design, make up, its buffers at their
/// start. It works on their memory (on copies of those that are not contiguous), in their kind (float or
/// double) and on their device.
///
/// # Errors
/// If the parameters do not fit the design.
pub fn design_with_parameters(
    design: &Design,
    parameters: &[Tensor],
    (layout, placement): (BatchLayout, &Placement),
) -> Result<Network, NetworkError> {
    fit(design, parameters)?;
    Ok(assemble(design, parameters, placement, layout))
}

/// The network with its members placed so.
pub(super) fn assemble(
    design: &Design,
    parameters: &[Tensor],
    placement: &Placement,
    layout: BatchLayout,
) -> Network {
    let members: usize = placement.groups.iter().sum();
    let options =
        parameters.first().map_or((Kind::Float, Device::Cpu), |it| (it.kind(), it.device()));
    let start = |buffer: &super::blueprint::BufferLayout| {
        let mut size = vec![members as i64];
        size.extend(&buffer.size);
        Tensor::full(size, buffer.start, options)
    };
    let buffers: Vec<_> = design.blueprint.buffers.iter().map(start).collect();
    Network::assemble(design, parameters, &buffers, placement, layout)
}

fn fit(design: &Design, parameters: &[Tensor]) -> Result<(), NetworkError> {
    let layout = &design.blueprint.parameters;
    if layout.len() != parameters.len() {
        return Err(NetworkError::Count { expected: layout.len(), found: parameters.len() });
    }
    let first = parameters.first().and_then(|it| it.size().first().copied());
    let members = first.unwrap_or(0);
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
