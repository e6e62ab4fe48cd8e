//! The settings of an auto-encoder: [`AutoencoderSpec`]. Plain values.

mod autoencoder;
mod check;
mod estimate;
mod footprint;
mod judge;
mod logging;
mod lower;
mod network;
mod objective;
mod settings;

pub use autoencoder::AutoencoderSpec;
pub use estimate::{HmcSpec, ImportanceSpec, LikelihoodEstimateSpec};
pub(super) use footprint::{CHUNK, SHEET};
pub use logging::AutoencoderLogging;
pub use lower::Side;
pub use network::{ConvolutionalSpec, DecoderSpec, DenseSpec, EncoderSpec};
pub use objective::{Binarisation, EstimatorSpec, Form, LikelihoodSpec};
