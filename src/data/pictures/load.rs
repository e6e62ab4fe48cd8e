//! Pictures on a device: [`load_pictures`], [`Pictures`], [`PictureSplit`].

use super::shares::Held;
use super::spec::PicturesSpec;
use super::stack::{Read, Stack};
use crate::data::augment::scale;
use crate::data::batch::batch;
use crate::data::error::DataError;
use crate::data::load::{Labelled, Split, load, no_room};
use crate::data::roots::DataRoots;
use crate::files::Loaded;
use crate::shape::Shape;
use tch::{Device, TchError, Tensor};

/// Examples, resident on a device.
#[derive(Debug)]
pub struct PictureSplit {
    /// `[N, C, H, W]`, bytes.
    pub images: Tensor,
    /// `[N]`, 64-bit integers in `0..classes`, where there are classes.
    pub labels: Option<Tensor>,
}

/// A set of pictures, resident on a device.
#[derive(Debug)]
pub struct Pictures {
    /// What to learn from.
    pub train: PictureSplit,
    /// What to choose by; may be empty.
    pub validation: PictureSplit,
    /// What to judge by.
    pub test: PictureSplit,
    /// The size of one example.
    pub shape: Shape,
    /// How many classes there are, if there are any.
    pub classes: Option<i64>,
}

impl PictureSplit {
    /// How many examples there are.
    #[must_use]
    pub fn examples(&self) -> i64 {
        self.images.size()[0]
    }

    /// The examples at `places` (`[M]`) as rows of numbers from 0 to 1, `[M, pixels]`.
    pub fn rows(&self, places: &Tensor) -> Tensor {
        batch(&self.images, places).flatten(1, -1)
    }

    /// `count` examples from number `from` on, as rows of numbers from 0 to 1.
    pub fn range(&self, from: i64, count: i64) -> Tensor {
        scale(&self.images.narrow(0, from, count)).flatten(1, -1)
    }

    /// The examples of a stack at these places.
    fn chosen(stack: &Stack, places: &[usize], device: Device) -> Result<Self, TchError> {
        let pixels = stack.shape.pixels() as usize;
        let picture = |place: &usize| &stack.images[place * pixels..(place + 1) * pixels];
        let images: Vec<u8> = places.iter().flat_map(picture).copied().collect();
        let Shape { channels, height, width } = stack.shape;
        let size = [places.len() as i64, channels, height, width];
        let images = Tensor::f_from_slice(&images)?.f_view(size)?.f_to_device(device)?;
        let labels = stack.labels.as_ref().map(|labels| {
            let labels: Vec<i64> = places.iter().map(|place| labels[*place]).collect();
            Tensor::f_from_slice(&labels)?.f_to_device(device)
        });
        Ok(Self { images, labels: labels.transpose()? })
    }
}

impl From<Split> for PictureSplit {
    fn from(split: Split) -> Self {
        Self { images: split.images, labels: Some(split.labels) }
    }
}

impl From<Labelled> for Pictures {
    fn from(set: Labelled) -> Self {
        Self {
            train: set.train.into(),
            validation: set.validation.into(),
            test: set.test.into(),
            shape: set.shape,
            classes: Some(set.classes),
        }
    }
}

/// Finds or makes a set of pictures, checks it, and places it on a device; with the digest of the bytes
/// that it was made of, which is [`PicturesSpec::digest`] where these are the files that were planned
/// with.
///
/// A published set that is under none of the roots is downloaded into the last of them.
///
/// # Errors
/// If its files are missing (and cannot be downloaded), damaged, not as published or do not fit
/// together, it has fewer examples than asked for, or the device has no room for it.
pub fn load_pictures(
    spec: &PicturesSpec,
    roots: &DataRoots,
    device: Device,
) -> Result<Loaded<Pictures>, DataError> {
    if let Some(labelled) = spec.labelled() {
        return Ok(load(&labelled, roots, device)?.map(Pictures::from));
    }
    let (source, shares) = spec.source(roots).map_err(|flaw| *flaw.error)?;
    // Too few examples are noticed before they are read.
    shares.ranges(source.measure()?.1)?;
    let Read { first, test: apart, classes, digest } =
        source.read(tch::get_num_threads().max(1) as usize)?;
    let count = |stack: &Stack| stack.images.len() / stack.shape.pixels() as usize;
    let held = Held { first: count(&first), test: apart.as_ref().map(count) };
    let [train, validation, test] = shares.divide(held)?;
    let split = |stack: &Stack, places: &[usize]| {
        PictureSplit::chosen(stack, places, device).map_err(|error| no_room(device, &error))
    };
    let pictures = Pictures {
        train: split(&first, &train)?,
        validation: split(&first, &validation)?,
        test: split(apart.as_ref().unwrap_or(&first), &test)?,
        shape: first.shape,
        classes,
    };
    Ok(Loaded::new(pictures, digest))
}
