//! What an auto-encoder's job will take of a machine: [`of`].

use super::autoencoder::AutoencoderSpec;
use super::lower::Side;
use crate::data::DataRoots;
use crate::job::{Footprint, Memory};
use crate::nn::Blueprint;

/// Pictures that are measured at once.
pub(in crate::experiments::autoencoder) const CHUNK: i64 = 500;

/// What such a job will take, if the form of its pictures is known.
pub(super) fn of(spec: &AutoencoderSpec, roots: &DataRoots) -> Option<Footprint> {
    let shape = spec.data.shape(roots).ok()?;
    let [first, second] = Side::both(spec.form, spec.latent, &spec.likelihood);
    let encoder = spec.encoder.design(shape, first).ok()?.blueprint().clone();
    let decoder = spec.decoder.mirrored(&spec.encoder);
    let decoder = decoder.design(shape, second).ok()?.blueprint().clone();
    let (members, samples) = (spec.members as i64, spec.estimator.samples());
    let batch = spec.batch as i64;
    let both = |of: &dyn Fn(&Blueprint) -> i64| of(&encoder).saturating_add(of(&decoder));
    let parameters = both(&|it| it.bytes(members));
    let step = encoder
        .bytes_of_a_step(members, batch)
        .saturating_add(decoder.bytes_of_a_step(members, batch.saturating_mul(samples)));
    let pass = both(&|it| it.bytes_of_a_pass(members, CHUNK));
    let memory = Memory {
        parameters,
        training: parameters.saturating_mul(1 + spec.optimiser.numbers_kept() as i64),
        passing: step.max(pass),
        data: spec.data.examples(roots).ok()?.saturating_mul(shape.pixels()),
    };
    let networks = vec![("encoder", encoder), ("decoder", decoder)];
    Some(Footprint { networks, members: spec.members, memory })
}
