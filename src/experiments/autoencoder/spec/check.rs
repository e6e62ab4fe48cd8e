//! What can be wrong with an auto-encoder's settings that a schema does not say: [`field_errors`].

use super::{AutoencoderSpec, Binarisation, EstimatorSpec, Form, LikelihoodEstimateSpec};
use super::{DecoderSpec, LikelihoodSpec};
use crate::data::DataRoots;
use crate::optim::OptimiserSpec;
use crate::shape::Shape;
use crate::spec::FieldError;
use std::path::PathBuf;

/// The most latents for which the density of the paper's estimator can be fitted: it is for fewer
/// than five or so (appendix D).
const MOST_HMC_LATENTS: i64 = 5;

/// Everything at odds within the settings, and between them and the data.
pub(super) fn field_errors(spec: &AutoencoderSpec, roots: &[PathBuf]) -> Vec<FieldError> {
    let mut found = Vec::new();
    if let Err(error) = spec.optimiser.check(spec.members as usize) {
        found.push(FieldError::naming("optimiser", &spec.optimiser, error.to_string()));
    }
    if spec.weight_prior && matches!(spec.optimiser, OptimiserSpec::Adamw(_)) {
        let message =
            "weight_prior needs L2 weight decay in the gradient, and adamw's is decoupled";
        found.push(FieldError::new("weight_prior", message).with_help("take rule: adam"));
    }
    found.extend(objective(spec));
    found.extend(estimate(spec));
    let roots = DataRoots::discover(roots);
    found.extend(spec.data.flaws(&roots).iter().map(|flaw| flaw.at("data")));
    // Where the set is not sound, its pictures may have a size all the same.
    found.extend(spec.data.shape(&roots).into_iter().flat_map(|shape| networks(spec, shape)));
    found
}

/// What form, estimator, likelihood and binarisation have against each other.
fn objective(spec: &AutoencoderSpec) -> Vec<FieldError> {
    let mut found = Vec::new();
    let plain = spec.form == Form::Plain;
    let asleep = matches!(spec.estimator, EstimatorSpec::WakeSleep(_));
    if plain && spec.estimator != EstimatorSpec::default() {
        let message = "a plain auto-encoder has no lower bound (ELBO) to estimate";
        let help = "take form: variational, or leave the estimator out";
        found.push(FieldError::new("estimator.name", message).with_help(help));
    }
    let what = if plain { "a plain auto-encoder" } else { "wake-sleep" };
    if (plain || asleep) && (spec.beta - 1.0).abs() > 0.0 {
        let message = format!("beta weights the KL term, which {what} does not have");
        found.push(FieldError::new("beta", message).with_help("remove beta"));
    }
    if (plain || asleep) && spec.beta_warmup_epochs > 0.0 {
        let message = format!("beta_warmup_epochs ramps the KL term, which {what} does not have");
        found.push(FieldError::new("beta_warmup_epochs", message).with_help("remove it"));
    }
    let binary = spec.binarisation != Binarisation::None;
    if binary && !matches!(spec.likelihood, LikelihoodSpec::Bernoulli(_)) {
        let message =
            format!("a {} likelihood is unbounded on binarised pixels", spec.likelihood.name());
        let help = "take likelihood: { name: bernoulli }, or binarisation: none";
        found.push(FieldError::new("likelihood.name", message).with_help(help));
    }
    found
}

fn estimate(spec: &AutoencoderSpec) -> Vec<FieldError> {
    let path = "likelihood_estimate.method";
    if spec.form == Form::Plain && spec.likelihood_estimate != LikelihoodEstimateSpec::default() {
        let message = "a plain auto-encoder has no prior, so log p(x) is undefined";
        return vec![
            FieldError::new(path, message).with_help("take form: variational, or method: none"),
        ];
    }
    if matches!(spec.likelihood_estimate, LikelihoodEstimateSpec::Hmc(_))
        && spec.latent > MOST_HMC_LATENTS
    {
        let message = format!(
            "the HMC estimate fits a density to latent samples: at most {MOST_HMC_LATENTS} latent \
             dimensions, and latent is {}",
            spec.latent
        );
        return vec![FieldError::new(path, message).with_help("take method: importance")];
    }
    Vec::new()
}

fn networks(spec: &AutoencoderSpec, shape: Shape) -> Vec<FieldError> {
    let encoder = spec.encoder.check(shape).err().map(|error| error.within("encoder"));
    let decoder = match &spec.decoder {
        DecoderSpec::Mirror(_) => None,
        decoder => decoder.mirrored(&spec.encoder).check(shape).err(),
    };
    encoder.into_iter().chain(decoder.map(|error| error.within("decoder"))).collect()
}
