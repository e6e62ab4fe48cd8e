//! A data set on a device: [`load`], [`Labelled`], [`Split`].

use super::error::DataError;
use super::fetch::fetch;
use super::flaw::training;
use super::glyphs;
use super::idx_folder::{Files, Pair};
use super::published::Published;
use super::published_sets::{FASHION_MNIST, MNIST};
use super::roots::DataRoots;
use super::spec::{DataSpec, GlyphsSpec, IdxSetSpec, of_files, of_glyphs};
use crate::files::{Algorithm, Loaded};
use crate::shape::Shape;
use std::ops::Range;
use std::path::PathBuf;
use tch::{Device, Kind, Tensor};

/// Examples and their classes, resident on a device.
#[derive(Debug)]
pub struct Split {
    /// `[N, C, H, W]`, bytes.
    pub images: Tensor,
    /// `[N]`, 64-bit integers in `0..classes`.
    pub labels: Tensor,
}

/// A data set with labels, resident on a device.
#[derive(Debug)]
pub struct Labelled {
    /// What to learn from.
    pub train: Split,
    /// What to choose by; may be empty.
    pub validation: Split,
    /// What to judge by.
    pub test: Split,
    /// How many classes there are.
    pub classes: i64,
    /// The size of one example.
    pub shape: Shape,
}

impl Split {
    /// How many examples there are.
    #[must_use]
    pub fn examples(&self) -> i64 {
        self.labels.size()[0]
    }

    fn new(
        images: &[u8],
        labels: &[u8],
        shape: Shape,
        device: Device,
    ) -> Result<Self, tch::TchError> {
        let size = [labels.len() as i64, shape.channels, shape.height, shape.width];
        let images = Tensor::f_from_slice(images)?.f_view(size)?.f_to_device(device)?;
        let labels = Tensor::f_from_slice(labels)?.f_to_kind(Kind::Int64)?.f_to_device(device)?;
        Ok(Self { images, labels })
    }
}

/// Finds or makes a data set, checks it, and places it on a device; with the digest of the bytes that
/// it was made of, which is [`DataSpec::digest`] where these are the files that were planned with.
///
/// A published set that is under none of the roots is downloaded into the last of them.
///
/// # Errors
/// If its files are missing (and cannot be downloaded), damaged, not as published or do not fit
/// together, it has fewer examples than asked for, or the device has no room for it.
pub fn load(
    spec: &DataSpec,
    roots: &DataRoots,
    device: Device,
) -> Result<Loaded<Labelled>, DataError> {
    match spec {
        DataSpec::Glyphs(spec) => Ok(Loaded::new(glyphs_on(spec, device)?, of_glyphs(spec))),
        DataSpec::Mnist(part) => published_on(&MNIST, part, roots, device),
        DataSpec::FashionMnist(part) => published_on(&FASHION_MNIST, part, roots, device),
        DataSpec::Idx(part) => {
            let (pairs, digests) = Files::find(&part.folder, roots)?.read(Algorithm::Blake3)?;
            let labelled = pairs_on(&pairs, spec.name(), part.train, part.validation, device)?;
            Ok(Loaded::new(labelled, of_files(&digests)))
        }
    }
}

fn published_on(
    set: &Published,
    part: &IdxSetSpec,
    roots: &DataRoots,
    device: Device,
) -> Result<Loaded<Labelled>, DataError> {
    let pairs = set.read(&obtain(set, roots)?)?;
    let labelled = pairs_on(&pairs, set.name, part.train, part.validation, device)?;
    Ok(Loaded::new(labelled, set.digest()))
}

/// The folder with the files of a published set, from where they are or from the network.
fn obtain(set: &Published, roots: &DataRoots) -> Result<PathBuf, DataError> {
    set.find(roots).or_else(|looked| {
        set.reachable(roots)?;
        fetch(set.name, &roots.downloads())
            .map_err(|error| set.missing(looked, &format!("\nIt was tried just now: {error}")))
    })
}

fn glyphs_on(spec: &GlyphsSpec, device: Device) -> Result<Labelled, DataError> {
    let side = glyphs::SIDE as i64;
    let shape = Shape { channels: 1, height: side, width: side };
    let threads = tch::get_num_threads().max(1) as usize;
    let split = |name, count| {
        let (images, labels) = glyphs::write(spec.seed, name, count, spec.distortion, threads);
        Split::new(&images, &labels, shape, device).map_err(|error| no_room(device, &error))
    };
    Ok(Labelled {
        train: split("train", spec.train)?,
        validation: split("validation", spec.validation)?,
        test: split("test", spec.test)?,
        classes: 10,
        shape,
    })
}

fn pairs_on(
    [first, testing]: &[Pair; 2],
    set: &'static str,
    train: Option<usize>,
    validation: usize,
    device: Device,
) -> Result<Labelled, DataError> {
    let held = first.labels.len();
    let train = training(set, held, train, validation)?;
    let [height, width] = first.size.map(|size| size as i64);
    let shape = Shape { channels: 1, height, width };
    let largest = first.labels.iter().chain(&testing.labels).max();
    let split = |pair: &Pair, range: Range<usize>| {
        let pixels = shape.pixels() as usize;
        let images = &pair.images[range.start * pixels..range.end * pixels];
        Split::new(images, &pair.labels[range], shape, device)
            .map_err(|error| no_room(device, &error))
    };
    Ok(Labelled {
        train: split(first, 0..train)?,
        validation: split(first, held - validation..held)?,
        test: split(testing, 0..testing.labels.len())?,
        classes: largest.map_or(0, |label| i64::from(*label) + 1),
        shape,
    })
}

pub(super) fn no_room(device: Device, error: &tch::TchError) -> DataError {
    let reason = error.to_string().lines().next().unwrap_or_default().to_owned();
    DataError::Device { device: format!("{device:?}").to_lowercase(), reason }
}

#[cfg(test)]
mod tests;
