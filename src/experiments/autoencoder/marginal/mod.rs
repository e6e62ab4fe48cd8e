//! Estimates of log p(x) of single examples: by [`importance`] sampling, and by [`hmc`] as in the
//! paper's appendix D.

pub(super) mod density;
pub(super) mod hmc;
pub(super) mod importance;

use super::evaluation::for_all;
use super::model::Autoencoder;
use super::source::Split;
use super::spec::LikelihoodEstimateSpec;
use tch::Tensor;

/// What an estimate came to.
pub(super) struct Estimate {
    /// log p(x) in nats, `[K, examples]`.
    pub(super) log_probability: Tensor,
    /// The share of proposals that were taken, of Hamiltonian Monte Carlo.
    pub(super) acceptance: Option<f64>,
}

/// Estimates log p(x) of the first examples of `split` as `spec` asks; none if it asks for nothing.
/// Given up, with nothing, once `stop` says so.
pub(super) fn estimate(
    model: &Autoencoder,
    split: &Split,
    spec: &LikelihoodEstimateSpec,
    stop: &dyn Fn() -> bool,
) -> Option<Estimate> {
    let first = |examples: i64| for_all(model, &split.range(0, examples.min(split.examples())));
    match spec {
        LikelihoodEstimateSpec::None(_) => None,
        LikelihoodEstimateSpec::Importance(spec) => {
            let log_probability = importance::estimate(model, &first(spec.examples), spec, stop)?;
            Some(Estimate { log_probability, acceptance: None })
        }
        LikelihoodEstimateSpec::Hmc(spec) => {
            hmc::estimate(model, &first(spec.examples), spec, stop)
        }
    }
}
