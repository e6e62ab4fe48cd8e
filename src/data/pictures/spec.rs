//! The settings of pictures: [`PicturesSpec`]. Plain values.

use crate::data::spec::{DataSpec, GlyphsSpec, IdxFolderSpec, IdxSetSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The data set, and how many of its pictures are used. Classes only label pictures and plots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "set", rename_all = "snake_case", deny_unknown_fields)]
pub enum PicturesSpec {
    /// Digits drawn as strokes, 28 x 28, generated: needs no files.
    Glyphs(GlyphsSpec),
    /// MNIST: 60,000 training and 10,000 test pictures of handwritten digits, 28 x 28.
    Mnist(IdxSetSpec),
    /// Fashion-MNIST: as MNIST, of articles of clothing.
    FashionMnist(IdxSetSpec),
    /// A folder of four IDX files of your own.
    Idx(IdxFolderSpec),
    /// Frey Face: 1,965 frames of one face in a video, 28 rows of 20.
    Frey(FreySpec),
    /// Pictures in NumPy's `.npy` files.
    Arrays(ArraysSpec),
    /// A folder of PNG or JPEG pictures.
    Images(ImagesSpec),
}

/// Frey Face, looked for as `frey/*.npy` below the data roots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FreySpec {
    /// Training frames.
    #[schemars(range(min = 1))]
    pub train: usize,
    /// Validation frames.
    pub validation: usize,
    /// Test frames.
    #[schemars(range(min = 1))]
    pub test: usize,
    /// How the frames are split; neighbours in time are nearly alike.
    pub split: SplitBy,
    /// The seed of the shuffle; independent of the seed of the run.
    pub seed: u64,
}

impl Default for FreySpec {
    fn default() -> Self {
        Self { train: 1565, validation: 200, test: 200, split: SplitBy::Shuffled, seed: 0 }
    }
}

/// How one set of examples is split into training, validation and test parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SplitBy {
    /// At random, after a seeded shuffle.
    #[default]
    Shuffled,
    /// The first for training, the last for testing, those before these for validation.
    Time,
}

/// Pictures `[N, H, W]`, `[N, C, H, W]` (C = 1 or 3) or rows of numbers `[N, D]`, of bytes, or of
/// floats in 0..1, which are rounded to bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArraysSpec {
    /// The pictures: a `.npy` file, absolute or below a data root.
    pub file: String,
    /// The test pictures, where they are in a file of their own.
    #[serde(default)]
    pub test_file: Option<String>,
    /// The labels of `file`: a `.npy` file of N whole numbers from 0.
    #[serde(default)]
    pub labels: Option<String>,
    /// The labels of `test_file`.
    #[serde(default)]
    pub test_labels: Option<String>,
    /// Training examples; null for all that the others leave.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub train: Option<usize>,
    /// Validation examples.
    #[serde(default)]
    pub validation: usize,
    /// Test examples; null for all of `test_file`, or a tenth of `file` without it.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub test: Option<usize>,
    /// How `file` is split.
    #[serde(default)]
    pub split: SplitBy,
    /// The seed of the shuffle; independent of the seed of the run.
    #[serde(default)]
    pub seed: u64,
}

/// A folder of PNG or JPEG pictures, taken in the order of their names and divided after a seeded
/// shuffle; folders within it are classes, in the order of their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagesSpec {
    /// The folder: absolute, or below a data root.
    pub folder: String,
    /// Height and width that each picture is resized to; null where all have one size already.
    #[serde(default)]
    #[schemars(inner(range(min = 1, max = 4096)))]
    pub size: Option<[u32; 2]>,
    /// How a picture of other proportions is resized to `size`.
    #[serde(default)]
    pub fit: Fit,
    /// Grey values or colours.
    #[serde(default)]
    pub colours: Colours,
    /// Training examples; null for all that the others leave.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub train: Option<usize>,
    /// Validation examples.
    #[serde(default)]
    pub validation: usize,
    /// Test examples; null for a tenth of all.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub test: Option<usize>,
    /// The seed of the shuffle; independent of the seed of the run.
    #[serde(default)]
    pub seed: u64,
}

/// How a picture of other proportions is resized.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Scaled to cover the size, then cropped at the centre.
    #[default]
    Crop,
    /// Stretched: each axis is scaled separately.
    Stretch,
}

/// Grey values or colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Colours {
    /// One grey value; colours are turned into it by the weights of ITU-R BT.601.
    #[default]
    Grey,
    /// Red, green and blue.
    Rgb,
}

impl PicturesSpec {
    /// The set's name, as in a spec.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Frey(_) => "frey",
            Self::Arrays(_) => "arrays",
            Self::Images(_) => "images",
            Self::Glyphs(_) => "glyphs",
            Self::Mnist(_) => "mnist",
            Self::FashionMnist(_) => "fashion_mnist",
            Self::Idx(_) => "idx",
        }
    }

    /// The setting, from the job's down, that decides which files are read.
    #[must_use]
    pub fn chosen_by(&self) -> &'static str {
        match self {
            Self::Idx(_) | Self::Images(_) => "data.folder",
            Self::Arrays(_) => "data.file",
            _ => "data.set",
        }
    }

    /// How many examples are set aside for validation.
    #[must_use]
    pub fn validation(&self) -> usize {
        match self {
            Self::Glyphs(spec) => spec.validation,
            Self::Mnist(spec) | Self::FashionMnist(spec) => spec.validation,
            Self::Idx(spec) => spec.validation,
            Self::Frey(spec) => spec.validation,
            Self::Arrays(spec) => spec.validation,
            Self::Images(spec) => spec.validation,
        }
    }

    /// The labelled set that these pictures are, if they are one.
    pub(super) fn labelled(&self) -> Option<DataSpec> {
        Some(match self {
            Self::Glyphs(spec) => DataSpec::Glyphs(spec.clone()),
            Self::Mnist(spec) => DataSpec::Mnist(spec.clone()),
            Self::FashionMnist(spec) => DataSpec::FashionMnist(spec.clone()),
            Self::Idx(spec) => DataSpec::Idx(spec.clone()),
            Self::Frey(_) | Self::Arrays(_) | Self::Images(_) => return None,
        })
    }
}
