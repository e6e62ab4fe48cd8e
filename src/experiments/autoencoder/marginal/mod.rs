//! Estimates of log p(x): of single examples, by [`importance`] sampling and by [`hmc`] as in the
//! paper's appendix D, and from those of a whole split ([`estimate`]).

pub(super) mod density;
pub(super) mod hmc;
pub(super) mod importance;
mod split;

pub(super) use split::{estimate, spread};

use tch::Tensor;

/// What an estimate for single examples came to.
pub(super) struct Estimate {
    /// log p(x) in nats, `[K, examples]`.
    pub(super) log_probability: Tensor,
    /// The share of proposals that were taken, of Hamiltonian Monte Carlo.
    pub(super) acceptance: Option<f64>,
}
