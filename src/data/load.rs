//! A data set on a device: [`load`], [`Labelled`], [`Split`].

use super::error::DataError;
use super::fetch::fetch;
use super::glyphs;
use super::idx_folder::{Files, Pair};
use super::memory::Memory;
use super::published::Published;
use super::roots::DataRoots;
use super::shape::Shape;
use super::spec::{DataSpec, GlyphsSpec};
use std::ops::Range;
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

/// Finds or makes a data set, checks it, and places it on a device.
///
/// A published set that is under none of the roots is downloaded into the last of them.
///
/// # Errors
/// If its files are missing (and cannot be downloaded), damaged, not as published or do not fit
/// together, it has fewer examples than asked for, or the device has no room for it.
pub fn load(spec: &DataSpec, roots: &DataRoots, device: Device) -> Result<Labelled, DataError> {
    match spec {
        DataSpec::Glyphs(spec) => glyphs_on(spec, device),
        DataSpec::Mnist(part) | DataSpec::FashionMnist(part) => {
            let files = match spec.published() {
                Some(set) => obtain(set, roots, &Memory::of_user())?,
                None => Files::find(spec.name(), roots)?,
            };
            files_on(&files, spec.name(), part.train, part.validation, device)
        }
        DataSpec::Idx(part) => {
            let files = Files::find(&part.folder, roots)?;
            files_on(&files, spec.name(), part.train, part.validation, device)
        }
    }
}

/// The files of a published set, from where they are or from the network.
fn obtain(set: &Published, roots: &DataRoots, memory: &Memory) -> Result<Files, DataError> {
    let folder = match set.find(roots) {
        Ok(folder) => folder,
        Err(looked) => fetch(set.name, &roots.downloads())
            .map_err(|error| set.missing(looked, &format!("\nIt was tried just now: {error}")))?,
    };
    set.verified(&folder, memory)
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

fn files_on(
    files: &Files,
    set: &'static str,
    train: Option<usize>,
    validation: usize,
    device: Device,
) -> Result<Labelled, DataError> {
    let [training, testing] = files.read()?;
    let held = training.labels.len();
    // At least one example is left to learn from.
    let train = train.unwrap_or_else(|| held.saturating_sub(validation).max(1));
    if train.checked_add(validation).is_none_or(|asked| asked > held) {
        return Err(DataError::TooMany { set, held, train, validation });
    }
    let [height, width] = training.size.map(|size| size as i64);
    let shape = Shape { channels: 1, height, width };
    let largest = training.labels.iter().chain(&testing.labels).max();
    let split = |pair: &Pair, range: Range<usize>| {
        let pixels = shape.pixels() as usize;
        let images = &pair.images[range.start * pixels..range.end * pixels];
        Split::new(images, &pair.labels[range], shape, device)
            .map_err(|error| no_room(device, &error))
    };
    Ok(Labelled {
        train: split(&training, 0..train)?,
        validation: split(&training, held - validation..held)?,
        test: split(&testing, 0..testing.labels.len())?,
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
