//! The settings of data: [`DataSpec`], [`AugmentSpec`]. Plain values.

use super::error::DataError;
use super::flaw::{Flaw, too_many};
use super::glyphs;
use super::idx_folder::Files;
use super::published::Published;
use super::published_sets::{FASHION_MNIST, MNIST};
use super::roots::DataRoots;
use crate::files::{Algorithm, Digests};
use crate::shape::Shape;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Bytes of a label on a device.
const LABEL: i64 = 8;

/// The data set, and how many of its examples are used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "set", rename_all = "snake_case", deny_unknown_fields)]
pub enum DataSpec {
    /// Digits drawn as strokes, 28 x 28, generated: needs no files.
    Glyphs(GlyphsSpec),
    /// MNIST: 60,000 training and 10,000 test pictures of handwritten digits, 28 x 28.
    Mnist(IdxSetSpec),
    /// Fashion-MNIST: as MNIST, of articles of clothing.
    FashionMnist(IdxSetSpec),
    /// A folder of four IDX files of your own.
    Idx(IdxFolderSpec),
}

/// Digits drawn by strokes; example `i` is the same however many are asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GlyphsSpec {
    /// Training examples.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub train: usize,
    /// Validation examples.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub validation: usize,
    /// Test examples.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub test: usize,
    /// The seed of the pictures; independent of the seed of the run.
    pub seed: u64,
    /// How far the digits stray from neat ones: 0 neat, 1 as ordinary handwriting, 2 hardly legible.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub distortion: f64,
}

impl Default for GlyphsSpec {
    fn default() -> Self {
        Self { train: 20_000, validation: 2_000, test: 10_000, seed: 0, distortion: 1.0 }
    }
}

/// A published set of training and test files.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IdxSetSpec {
    /// Training examples: the first ones; null for all that validation leaves.
    #[schemars(range(min = 1))]
    pub train: Option<usize>,
    /// Validation examples, taken from the end of the training files.
    pub validation: usize,
}

/// A folder with the files `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-…` or
/// `test-…`, packed (`.gz`) or not, with any prefix; dots may stand for dashes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdxFolderSpec {
    /// The folder: absolute, or below a data root.
    pub folder: String,
    /// Training examples: the first ones; null for all that validation leaves.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub train: Option<usize>,
    /// Validation examples, taken from the end of the training files.
    #[serde(default)]
    pub validation: usize,
}

/// Data augmentation of training pictures, drawn anew at every step.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AugmentSpec {
    /// Random shifts by up to this many pixels in each direction; 0 for none.
    #[schemars(range(min = 0, max = 100))]
    pub jitter: u32,
}

impl DataSpec {
    /// The set's name, as in a spec.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Glyphs(_) => "glyphs",
            Self::Mnist(_) => MNIST.name,
            Self::FashionMnist(_) => FASHION_MNIST.name,
            Self::Idx(_) => "idx",
        }
    }

    /// The setting, from the job's down, that decides which files are read.
    #[must_use]
    pub fn chosen_by(&self) -> &'static str {
        match self {
            Self::Idx(_) => "data.folder",
            _ => "data.set",
        }
    }

    /// The size of one example.
    ///
    /// # Errors
    /// If it depends on files that are missing or damaged.
    pub fn shape(&self, roots: &DataRoots) -> Result<Shape, DataError> {
        let side = glyphs::SIDE as i64;
        match self {
            Self::Idx(spec) => Files::find(&spec.folder, roots)?.shape(),
            _ => Ok(Shape { channels: 1, height: side, width: side }),
        }
    }

    /// How many classes there are.
    ///
    /// # Errors
    /// If it depends on files that are missing or damaged.
    pub fn classes(&self, roots: &DataRoots) -> Result<i64, DataError> {
        match self {
            Self::Idx(spec) => Files::find(&spec.folder, roots)?.classes(),
            _ => Ok(10),
        }
    }

    /// Bytes that its pictures and labels take while they are loaded: what the files hold, and what is
    /// used of it.
    ///
    /// # Errors
    /// If it depends on files that are missing or damaged.
    pub fn bytes(&self, roots: &DataRoots) -> Result<i64, DataError> {
        let used = |[held, test]: [usize; 2], train: Option<usize>, validation: usize| {
            let used = train.map_or(held, |train| train.saturating_add(validation).min(held));
            [held.saturating_add(test), used.saturating_add(test)]
        };
        let [held, used] = match self {
            Self::Glyphs(spec) => [spec.train + spec.validation + spec.test; 2],
            Self::Mnist(spec) => used([MNIST.train, MNIST.test], spec.train, spec.validation),
            Self::FashionMnist(spec) => {
                let counts = [FASHION_MNIST.train, FASHION_MNIST.test];
                used(counts, spec.train, spec.validation)
            }
            Self::Idx(spec) => {
                used(Files::find(&spec.folder, roots)?.counts()?, spec.train, spec.validation)
            }
        };
        let pixels = self.shape(roots)?.pixels();
        let (held, used) = (held as i64, used as i64);
        Ok(held.saturating_mul(pixels).saturating_add(used.saturating_mul(pixels + LABEL)))
    }

    /// Everything that headers, lengths and labels tell to be wrong with the set, and with how many of
    /// its examples are asked for. Of a published set that is not here, what is known of it.
    #[must_use]
    pub fn flaws(&self, roots: &DataRoots) -> Vec<Flaw> {
        let published = |set: &Published, spec: &IdxSetSpec| {
            let lengths = match set.find(roots) {
                Ok(folder) => set.verify_lengths(&folder),
                Err(_) => set.reachable(roots),
            };
            let lengths = lengths.err().map(|error| Flaw::new("set", error));
            let asked = too_many(set.name, set.train, spec.train, spec.validation);
            lengths.into_iter().chain(asked).collect()
        };
        match self {
            Self::Glyphs(_) => Vec::new(),
            Self::Mnist(spec) => published(&MNIST, spec),
            Self::FashionMnist(spec) => published(&FASHION_MNIST, spec),
            Self::Idx(spec) => match Files::find(&spec.folder, roots) {
                Ok(files) => files.flaws(self.name(), spec.train, spec.validation),
                Err(error) => vec![Flaw::new("folder", error)],
            },
        }
    }

    /// What becomes of a published set that is not here.
    #[must_use]
    pub fn note(&self, roots: &DataRoots) -> Option<String> {
        let set = self.published()?;
        set.find(roots).err().map(|_| set.to_be_fetched(roots))
    }

    /// A hash of what the examples are, for a job's key. Published sets that are not here yet are
    /// taken to be what their publishers say.
    ///
    /// # Errors
    /// If the set's files are missing (of sets that are not published), damaged or not as published.
    pub fn digest(&self, roots: &DataRoots) -> Result<String, DataError> {
        let published = |set: &Published| {
            if let Ok(folder) = set.find(roots) {
                set.verify(&folder, Digests::of_user())?;
            }
            Ok(set.digest())
        };
        match self {
            Self::Glyphs(spec) => Ok(of_glyphs(spec)),
            Self::Mnist(_) => published(&MNIST),
            Self::FashionMnist(_) => published(&FASHION_MNIST),
            Self::Idx(spec) => {
                let files = Files::find(&spec.folder, roots)?;
                let digests = files.paths().into_iter().map(of_file);
                Ok(of_files(&digests.collect::<Result<Vec<_>, _>>()?))
            }
        }
    }

    /// The published set that is meant, if it is one.
    fn published(&self) -> Option<&'static Published> {
        match self {
            Self::Mnist(_) => Some(&MNIST),
            Self::FashionMnist(_) => Some(&FASHION_MNIST),
            Self::Glyphs(_) | Self::Idx(_) => None,
        }
    }
}

/// The digest of generated digits: of the program that makes them, and their settings.
pub(super) fn of_glyphs(spec: &GlyphsSpec) -> String {
    let text = format!("{} {spec:?}", glyphs::VERSION);
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// The digest of a set by those of its files, in their order.
pub(super) fn of_files(digests: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    for digest in digests {
        hasher.update(digest.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// The digest of a file, for planning.
pub(super) fn of_file(path: &Path) -> Result<String, DataError> {
    Digests::of_user()
        .digest(path, Algorithm::Blake3)
        .map_err(|source| DataError::Read { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;
