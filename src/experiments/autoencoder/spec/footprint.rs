//! What an auto-encoder's job will take of a machine: [`of`].

use super::autoencoder::AutoencoderSpec;
use super::estimate::LikelihoodEstimateSpec;
use super::lower::Side;
use crate::data::DataRoots;
use crate::job::{Footprint, Memory};
use crate::nn::Design;

/// Pictures that are measured at once.
pub(in crate::experiments::autoencoder) const CHUNK: i64 = 500;

/// Numbers of pictures that are decoded or looked at at once.
pub(in crate::experiments::autoencoder) const SHEET: i64 = 1 << 24;

/// What such a job will take, if the form of its pictures is known.
pub(super) fn of(spec: &AutoencoderSpec, roots: &DataRoots) -> Option<Footprint> {
    let shape = spec.data.shape(roots).ok()?;
    let [first, second] = Side::both(spec.form, spec.latent, &spec.likelihood);
    let encoder = spec.encoder.design(shape, first).ok()?;
    let decoder = spec.decoder.mirrored(&spec.encoder).design(shape, second).ok()?;
    let (members, samples) = (spec.members as i64, spec.estimator.samples());
    let batch = spec.batch as i64;
    let bytes = |network: &Design| network.blueprint().bytes(members);
    let parameters = bytes(&encoder).saturating_add(bytes(&decoder));
    let passing = encoder
        .bytes_passing(members, batch, CHUNK)
        .saturating_add(decoder.bytes_passing(members, batch.saturating_mul(samples), CHUNK));
    let granted = match &spec.likelihood_estimate {
        LikelihoodEstimateSpec::Importance(estimate) => estimate.memory_mib.saturating_mul(1 << 20),
        _ => 0,
    };
    let data = spec.data.bytes(roots).ok()?;
    // Loading holds every picture twice, a byte a pixel.
    let sheet = 4 * (data / 2).min(SHEET);
    let memory = Memory {
        parameters,
        training: parameters.saturating_mul(1 + spec.optimiser.numbers_kept() as i64),
        passing: passing.saturating_add(granted.max(sheet)),
        data,
    };
    let networks = [("encoder", encoder), ("decoder", decoder)];
    let networks = networks.map(|(field, design)| (field, design.blueprint().clone())).into();
    Some(Footprint { networks, members: spec.members, memory })
}
