//! Networks as people write them: [`NetworkSpec`]. Plain values; short forms lower to layers.

mod cnn;
mod layers;
mod mlp;
mod network;

pub use cnn::CnnSpec;
pub use layers::{LayersSpec, OutputSpec};
pub use mlp::MlpSpec;
pub(crate) use mlp::check_widths;
pub use network::NetworkSpec;
