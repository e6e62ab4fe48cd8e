//! The settings of an auto-encoder: [`AutoencoderSpec`]. Plain values.

mod autoencoder;
mod check;
mod estimate;
mod judge;
mod layout;
mod logging;
mod network;
mod objective;
mod settings;

pub use autoencoder::AutoencoderSpec;
pub use estimate::{HmcSpec, ImportanceSpec, LikelihoodEstimateSpec};
pub use layout::Side;
pub use logging::AutoencoderLogging;
pub use network::{
    Activation, ConvolutionalSpec, DecoderSpec, DenseSpec, EncoderSpec, InitialValues,
};
pub use objective::{Binarisation, EstimatorSpec, Form, LikelihoodSpec};
