//! The artefact through which jobs meet: `artifacts/model.safetensors`, a trained network with a
//! note that says how to build it. [`Model`] is that network, read back.

use crate::files::Place;
use crate::job::{Context, RunError};
use crate::nn::{Network, NetworkSpec};
use crate::shape::Shape;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tch::{Device, no_grad};

use super::checkpoint::file::{self, FileError, Tensors};

/// The artefact's name in a job's `artifacts/`.
pub const FILE: &str = "model.safetensors";

/// How to build the network again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelNote {
    /// The network.
    pub network: NetworkSpec,
    /// Channels, height and width of what it looks at.
    pub input: [i64; 3],
    /// Classes it tells apart.
    pub classes: i64,
    /// The seed of each member.
    pub seeds: Vec<u64>,
}

/// A trained network.
pub struct Model {
    /// How it was built.
    pub note: ModelNote,
    /// The network, its trained parameters in it.
    pub network: Network,
}

/// Why a model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file is missing or damaged.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file holds something else.
    #[error("{} is not a model of exp: {what}; run the job that made it again", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// Writes the network's parameters and `note` to `folder`, whole or not at all.
///
/// # Errors
/// When the file cannot be written.
pub fn write(folder: &Place, network: &Network, note: &ModelNote) -> Result<(), FileError> {
    let tensors: Tensors =
        network.tensors().map(|(name, tensor)| (name.to_owned(), tensor.shallow_clone())).collect();
    let note = serde_json::to_string(note).unwrap_or_default();
    file::write(&folder.join(FILE), &tensors, &note).map(|_| ())
}

/// The model of the job that `reference`, at `field` of the settings, names, onto the context's device.
///
/// # Errors
/// When the file is missing, damaged, not what that job made, or not a model.
pub fn needed(context: &mut Context, reference: &str, field: &str) -> Result<Model, RunError> {
    let (path, bytes) = context.needed(reference, field, FILE)?;
    Ok(decode(&path, &bytes, context.device)?)
}

/// The model in a file's bytes, onto `device`; `path` is what errors call it.
///
/// # Errors
/// When the bytes are damaged, or not a model.
pub fn decode(path: &Path, bytes: &[u8], device: Device) -> Result<Model, ModelError> {
    let (mut tensors, note) = file::decode(path, bytes, device)?;
    let foreign = |what: String| ModelError::Foreign { path: path.to_owned(), what };
    let note: ModelNote =
        serde_json::from_str(&note).map_err(|error| foreign(error.to_string()))?;
    let [channels, height, width] = note.input;
    let input = Shape { channels, height, width };
    let network = crate::nn::build(&note.network, input, note.classes, &note.seeds, device)
        .map_err(|error| foreign(error.to_string()))?;
    for (name, parameter) in network.tensors() {
        let saved = tensors.remove(name).ok_or_else(|| foreign(format!("it lacks '{name}'")))?;
        if saved.size() != parameter.size() {
            return Err(foreign(format!("'{name}' is {:?}", saved.size())));
        }
        no_grad(|| parameter.shallow_clone().copy_(&saved));
    }
    Ok(Model { note, network })
}
