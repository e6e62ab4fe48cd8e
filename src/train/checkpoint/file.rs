//! One checkpoint on disk: tensors and a JSON note in a safetensors file.
//!
//! Nothing that is read can execute. A file is written to a temporary name, synced and renamed, so
//! that a name never stands for half a file; whether its bytes are still those that were written is
//! the [`Index`](super::index::Index)'s to say, by digest.

use crate::files::{self, FilesError, Place, atomic};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};
use tch::{Device, Kind, Tensor};

/// Named tensors, in no particular order.
pub type Tensors = BTreeMap<String, Tensor>;

/// What can be wrong with a file of tensors.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] FilesError),
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{} is damaged or not a safetensors file: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A tensor of a kind that these files do not hold.
    #[error("tensor '{name}': dtype {kind:?} cannot be saved")]
    Kind {
        /// The tensor.
        name: String,
        /// Its element type.
        kind: Kind,
    },
}

/// The name of the note among the file's metadata. One name only: the order of several would not
/// be the same from one write to the next.
const NOTE: &str = "exp";

fn dtype(kind: Kind) -> Option<Dtype> {
    Some(match kind {
        Kind::Uint8 => Dtype::U8,
        Kind::Int64 => Dtype::I64,
        Kind::Float => Dtype::F32,
        Kind::Double => Dtype::F64,
        Kind::Bool => Dtype::BOOL,
        _ => return None,
    })
}

fn kind(dtype: Dtype) -> Option<Kind> {
    [Kind::Uint8, Kind::Int64, Kind::Float, Kind::Double, Kind::Bool]
        .into_iter()
        .find(|&kind| self::dtype(kind) == Some(dtype))
}

/// The file's bytes for `tensors` and `note`: the same bytes for the same values.
///
/// # Errors
/// When a tensor's element type has no place in the format.
pub fn encode(tensors: &Tensors, note: &str) -> Result<Vec<u8>, FileError> {
    let mut held = Vec::with_capacity(tensors.len());
    for (name, tensor) in tensors {
        let element = tensor.kind();
        let dtype =
            dtype(element).ok_or_else(|| FileError::Kind { name: name.clone(), kind: element })?;
        let plain = tensor.detach().to_device(Device::Cpu).contiguous();
        let mut bytes = vec![0; plain.numel() * element.elt_size_in_bytes()];
        plain.copy_data_u8(&mut bytes, plain.numel());
        let shape = plain.size().iter().map(|&length| length as usize).collect::<Vec<_>>();
        held.push((name, dtype, shape, bytes));
    }
    let damaged = |what: String| FileError::Damaged { path: PathBuf::new(), what };
    let views = held
        .iter()
        .map(|(name, dtype, shape, bytes)| {
            TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name.as_str(), view))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| damaged(error.to_string()))?;
    let metadata = HashMap::from([(NOTE.to_owned(), note.to_owned())]);
    safetensors::serialize(views, Some(metadata)).map_err(|error| damaged(error.to_string()))
}

/// Writes `tensors` and `note` to `place`, whole or not at all, and returns the file's digest.
///
/// # Errors
/// When the file cannot be written or a tensor has no place in it.
pub fn write(place: &Place, tensors: &Tensors, note: &str) -> Result<String, FileError> {
    write_bytes(place, &encode(tensors, note)?)
}

/// Writes what [`encode`] made to `place`, whole or not at all, and returns its digest.
///
/// # Errors
/// When the file cannot be written.
pub fn write_bytes(place: &Place, bytes: &[u8]) -> Result<String, FileError> {
    atomic::write(place, bytes)?;
    Ok(blake3::hash(bytes).to_hex().to_string())
}

/// Reads the file at `place` back onto `device`: its tensors and its note. With `digest`, the bytes must be the
/// ones it was made from.
///
/// # Errors
/// When the file cannot be read or is not whole.
pub fn read(
    place: &Place,
    digest: Option<&str>,
    device: Device,
) -> Result<(Tensors, String), FileError> {
    // As large as what it holds: whoever knows its length has looked at that before.
    let bytes = files::read(place, u64::MAX - 1)
        .map_err(|source| FileError::Read { path: place.to_path_buf(), source })?;
    let damaged = |what: String| FileError::Damaged { path: place.to_path_buf(), what };
    if digest.is_some_and(|digest| blake3::hash(&bytes).to_hex().as_str() != digest) {
        return Err(damaged("checksum mismatch".into()));
    }
    decode(place, &bytes, device)
}

/// Whether the file at `place` begins as those do that [`encode`] makes: with our note.
pub(super) fn is_ours(place: &Place) -> bool {
    let mut beginning = [0; 64];
    let read = files::open_file(place).and_then(|(mut file, _)| file.read_exact(&mut beginning));
    let note = format!(r#"{{"__metadata__":{{"{NOTE}":"#);
    read.is_ok() && beginning[8..].starts_with(note.as_bytes())
}

/// The tensors, on `device`, and the note in a file's bytes; `path` is what errors call it.
///
/// # Errors
/// When the bytes are not those of a whole file of tensors.
pub fn decode(path: &Path, bytes: &[u8], device: Device) -> Result<(Tensors, String), FileError> {
    let damaged = |what: String| FileError::Damaged { path: path.to_owned(), what };
    let (_, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| damaged(error.to_string()))?;
    let note = header.metadata().as_ref().and_then(|metadata| metadata.get(NOTE)).cloned();
    let views = SafeTensors::deserialize(bytes).map_err(|error| damaged(error.to_string()))?;
    let mut tensors = Tensors::new();
    for (name, view) in views.iter() {
        let element = kind(view.dtype())
            .ok_or_else(|| damaged(format!("'{name}' holds {:?} values", view.dtype())))?;
        let shape = view.shape().iter().map(|&length| length as i64).collect::<Vec<_>>();
        let tensor = Tensor::f_from_data_size(view.data(), &shape, element)
            .map_err(|error| damaged(error.to_string()))?;
        tensors.insert(name.to_owned(), tensor.to_device(device));
    }
    Ok((tensors, note.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_come_back_as_they_went() {
        let folder = tempfile::tempdir().unwrap();
        let path = Place::trusted(folder.path()).join("a.safetensors");
        let mut tensors = Tensors::new();
        tensors.insert("weight".into(), Tensor::from_slice2(&[[1.5f32, -2.0], [0.0, 3.0]]));
        tensors.insert("steps".into(), Tensor::from(7i64));
        tensors.insert("empty".into(), Tensor::zeros([0, 3], (Kind::Double, Device::Cpu)));
        let digest = write(&path, &tensors, "{}").unwrap();
        let (back, note) = read(&path, Some(&digest), Device::Cpu).unwrap();
        assert_eq!(note, "{}");
        for (name, tensor) in &tensors {
            assert_eq!(tensor.size(), back[name].size(), "{name}");
            assert!(tensor.equal(&back[name]), "{name}");
        }
        assert_eq!(encode(&tensors, "n").unwrap(), encode(&back, "n").unwrap());
    }

    #[test]
    fn a_flipped_bit_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = Place::trusted(folder.path()).join("a.safetensors");
        let tensors = Tensors::from([("a".into(), Tensor::from_slice(&[1.0f32; 100]))]);
        let digest = write(&path, &tensors, "").unwrap();
        let good = std::fs::read(&path).unwrap();
        for place in [0, 9, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[place] ^= 4;
            std::fs::write(&path, bad).unwrap();
            assert!(read(&path, Some(&digest), Device::Cpu).is_err(), "byte {place}");
        }
        std::fs::write(&path, &good[..good.len() - 3]).unwrap();
        assert!(read(&path, None, Device::Cpu).is_err());
    }
}
