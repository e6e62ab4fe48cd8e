//! Where the pictures come from: [`load`], with their binarisation.

use super::noise;
use super::spec::{AutoencoderSpec, Binarisation};
use crate::data::{self, DataError, DataRoots, Labelled, Shape};
use tch::{Device, Kind, Tensor, no_grad};

/// What the draws of a static binarisation are seeded by: it is one set for every run and member.
const STATIC_SEED: u64 = 0;

/// Pictures that are binarised at once.
const CHUNK: i64 = 5000;

/// Pictures on a device.
#[derive(Debug)]
pub struct Split {
    /// Bytes, `[N, C, H, W]`.
    pub images: Tensor,
    /// Their classes, `[N]`, where they have any.
    pub labels: Option<Tensor>,
}

/// A set of pictures on a device.
#[derive(Debug)]
pub struct Pictures {
    /// What to learn from.
    pub train: Split,
    /// What to choose by; may be empty.
    pub validation: Split,
    /// What to judge by.
    pub test: Split,
    /// The size of one.
    pub shape: Shape,
}

impl Split {
    /// How many there are.
    #[must_use]
    pub fn examples(&self) -> i64 {
        self.images.size()[0]
    }

    /// Those at `places` (`[M]`) as rows of numbers from 0 to 1, `[M, pixels]`.
    pub(super) fn rows(&self, places: &Tensor) -> Tensor {
        data::batch(&self.images, places).flatten(1, -1)
    }

    /// `count` pictures from number `from` on, as rows of numbers from 0 to 1.
    pub(super) fn range(&self, from: i64, count: i64) -> Tensor {
        data::scale(&self.images.narrow(0, from, count)).flatten(1, -1)
    }
}

/// Finds or makes the pictures that `spec` asks for, on `device`. Where they are binarised, those
/// that stay as they are (all but the training pictures of a dynamic binarisation) are black and
/// white.
///
/// # Errors
/// Whatever loading meets.
pub fn load(
    spec: &AutoencoderSpec,
    roots: &DataRoots,
    device: Device,
) -> Result<Pictures, DataError> {
    let Labelled { train, validation, test, shape, .. } = data::load(&spec.data, roots, device)?;
    let fixed = spec.binarisation != Binarisation::None;
    let split = |name: &str, split: data::Split, binary: bool| Split {
        images: if binary { binarised(&split.images, name) } else { split.images },
        labels: Some(split.labels),
    };
    Ok(Pictures {
        train: split("train", train, spec.binarisation == Binarisation::Static),
        validation: split("validation", validation, fixed),
        test: split("test", test, fixed),
        shape,
    })
}

/// Bytes of 0 and 255, each white with its grey value as probability; the same on every device.
fn binarised(images: &Tensor, split: &str) -> Tensor {
    let examples = images.size()[0];
    let purpose = format!("binarise/{split}");
    let chunk = |from: i64| {
        let size = CHUNK.min(examples - from);
        let grey = data::scale(&images.narrow(0, from, size)).to_device(Device::Cpu);
        let options = (Kind::Float, Device::Cpu);
        let drawn =
            noise::uniform(&[STATIC_SEED], &purpose, from as u64, &grey.size(), options).get(0);
        (drawn.less_tensor(&grey).to_kind(Kind::Uint8) * 255).to_device(images.device())
    };
    if examples == 0 {
        return images.shallow_clone();
    }
    let chunks = (0..examples).step_by(CHUNK as usize).map(chunk).collect::<Vec<_>>();
    no_grad(|| Tensor::cat(&chunks, 0))
}

/// Pictures `[K, B, pixels]` drawn anew for step number `step`, each member's from its own seed.
pub(super) fn drawn(pictures: &Tensor, seeds: &[u64], step: u64) -> Tensor {
    let (size, options) = (pictures.size(), (pictures.kind(), pictures.device()));
    let drawn = noise::uniform(seeds, "binarise", step, &size[1..], options);
    drawn.less_tensor(pictures).to_kind(pictures.kind())
}
