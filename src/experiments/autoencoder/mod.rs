//! Kind `autoencoder`: an auto-encoder, plain or variational (Kingma & Welling 2013,
//! arXiv:1312.6114).
//!
//! The variational form learns an encoder q(z | x) and a decoder p(x | z) under the prior p(z) =
//! N(0, I) by making a lower bound on log p(x) large; how the bound is estimated is the estimator's.
//! All of it is in nats, summed over the numbers of a picture and averaged over pictures. Settings are
//! plain ([`AutoencoderSpec`]); everything else is tensors, over a leading member axis: parameters
//! `[K, …]`, pictures `[K, B, pixels]`, latents `[K, L, B, latent]` of L samples for each example.

mod artefacts;
mod encoding;
mod evaluation;
mod finish;
mod judge;
mod latent_space;
mod learner;
mod likelihood;
mod marginal;
mod model;
mod noise;
mod objective;
mod pictures;
mod pixels;
mod posterior;
mod report;
pub mod run;
pub mod sample;
mod source;
pub mod spec;
mod step;
mod steps;
mod variance;
mod wake_sleep;

#[cfg(test)]
mod tests;

pub use learner::Autoencoding;
pub use source::load;
pub use spec::AutoencoderSpec;
