//! Where the pictures come from: [`load`], with their binarisation.

use super::spec::{AutoencoderSpec, Binarisation};
use crate::data::{self, DataError, DataRoots, PictureSplit, Pictures};
use tch::{Device, no_grad};

/// What the draws of a static binarisation are seeded by, for training, validation and test pictures:
/// it is one set for every run and member.
const STATIC_SEEDS: [u64; 3] = [0, 1, 2];

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
    let pictures = data::load_pictures(&spec.data, roots, device)?.unconfirmed();
    Ok(binarised(pictures, spec.binarisation))
}

/// The same of grey pictures that are there.
pub(super) fn binarised(pictures: Pictures, binarisation: Binarisation) -> Pictures {
    let fixed = binarisation != Binarisation::None;
    let split = |split: PictureSplit, binary: bool, seed: u64| PictureSplit {
        images: if binary {
            no_grad(|| data::binarise_static(&split.images, seed))
        } else {
            split.images
        },
        ..split
    };
    let [train, validation, test] = STATIC_SEEDS;
    Pictures {
        train: split(pictures.train, binarisation == Binarisation::Static, train),
        validation: split(pictures.validation, fixed, validation),
        test: split(pictures.test, fixed, test),
        ..pictures
    }
}
