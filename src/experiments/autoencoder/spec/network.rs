//! Encoders and decoders as people write them: [`EncoderSpec`], [`DecoderSpec`]. Plain values.

use crate::nn::layers::Activation;
use crate::nn::{InitialValues, check_widths};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The encoder, from a picture to its latents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum EncoderSpec {
    /// Dense layers.
    Mlp(DenseSpec),
    /// Blocks of convolutions, then dense layers.
    Cnn(ConvolutionalSpec),
}

/// The decoder, from latents to a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum DecoderSpec {
    /// The mirror image of the encoder.
    Mirror(MirrorSpec),
    /// Dense layers.
    Mlp(DenseSpec),
    /// Dense layers, then blocks of transposed convolutions: written as the encoder that it mirrors.
    Cnn(ConvolutionalSpec),
}

/// The mirror image of the encoder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MirrorSpec {}

/// Dense layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DenseSpec {
    /// Units in each hidden layer, the one beside the picture first; an empty list for none.
    #[schemars(inner(range(min = 1, max = 1_000_000)))]
    pub hidden: Vec<i64>,
    /// The activation of hidden units.
    pub activation: Activation,
    /// Initial values of the parameters.
    pub init: InitialValues,
}

/// Blocks of convolutions (same padding, every second pixel), then dense layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConvolutionalSpec {
    /// Channels of each block, the one beside the picture first; every block halves height and width.
    #[schemars(length(min = 1), inner(range(min = 1, max = 100_000)))]
    pub channels: Vec<i64>,
    /// Height and width of the convolution kernels in pixels; odd.
    #[schemars(range(min = 1, max = 101))]
    pub kernel: i64,
    /// Units in each dense hidden layer, the one beside the blocks first; an empty list for none.
    #[schemars(inner(range(min = 1, max = 1_000_000)))]
    pub hidden: Vec<i64>,
    /// The activation of hidden units.
    pub activation: Activation,
    /// Initial values of the parameters.
    pub init: InitialValues,
}

impl Default for DenseSpec {
    fn default() -> Self {
        let (activation, init) = (Activation::default(), InitialValues::default());
        Self { hidden: vec![500], activation, init }
    }
}

impl Default for ConvolutionalSpec {
    fn default() -> Self {
        Self {
            channels: vec![32, 64],
            kernel: 3,
            hidden: vec![256],
            activation: Activation::default(),
            init: InitialValues::default(),
        }
    }
}

impl Default for EncoderSpec {
    fn default() -> Self {
        Self::Mlp(DenseSpec::default())
    }
}

impl Default for DecoderSpec {
    fn default() -> Self {
        Self::Mirror(MirrorSpec {})
    }
}

impl DecoderSpec {
    /// The encoder whose mirror image it is.
    #[must_use]
    pub fn mirrored(&self, encoder: &EncoderSpec) -> EncoderSpec {
        match self {
            Self::Mirror(_) => encoder.clone(),
            Self::Mlp(spec) => EncoderSpec::Mlp(spec.clone()),
            Self::Cnn(spec) => EncoderSpec::Cnn(spec.clone()),
        }
    }
}

impl EncoderSpec {
    /// Initial values of the parameters.
    #[must_use]
    pub fn init(&self) -> InitialValues {
        match self {
            Self::Mlp(spec) => spec.init,
            Self::Cnn(spec) => spec.init,
        }
    }

    /// Whether such a network fits pictures of this size.
    ///
    /// # Errors
    /// The field (none for the network as a whole), what is wrong and what would be right.
    pub(super) fn check(&self, input: Shape) -> Result<(), FieldError> {
        let spec = match self {
            Self::Mlp(spec) => return check_widths("hidden", &spec.hidden),
            Self::Cnn(spec) => spec,
        };
        check_widths("hidden", &spec.hidden)?;
        if spec.kernel % 2 == 0 {
            let message = format!("kernel is {}; it must be odd, such as 3 or 5", spec.kernel);
            return Err(FieldError::new("kernel", message));
        }
        if input.height.min(input.width) == 1 {
            let message = format!(
                "a cnn needs 2-D pictures, and each example is a vector ({} x {}); use name: mlp",
                input.height, input.width
            );
            return Err(FieldError::new("", message));
        }
        let blocks = spec.channels.len();
        let needed = 1_i64.checked_shl(blocks as u32).filter(|_| blocks < 32).unwrap_or(i64::MAX);
        if input.height.min(input.width) < needed {
            let message = format!(
                "channels has {blocks} blocks, each of which halves height and width: too many for {} x {} \
                 pictures; use fewer, or name: mlp",
                input.height, input.width
            );
            return Err(FieldError::new("channels", message));
        }
        Ok(())
    }
}
