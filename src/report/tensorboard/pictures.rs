//! Pictures that belong to no job, in an event file of their own: [`write_pictures`].

use super::{append, files, message, version};
use crate::rundir::{RunDirError, atomic};
use std::path::Path;

/// The name is always the same, so that there is one file however often it is written.
const FILE: &str = "events.out.tfevents.0000000000.figures";

/// Makes TensorBoard show these pictures (tags and PNG files) for `folder`, and no others from
/// before. `time`, in seconds since 1970, says when they were measured: the same pictures at the
/// same time are the same bytes.
///
/// # Errors
/// When the file cannot be written, or a picture is no PNG.
pub fn write_pictures(
    folder: &Path,
    pictures: &[(String, Vec<u8>)],
    time: f64,
) -> Result<(), RunDirError> {
    let path = folder.join(FILE);
    if pictures.is_empty() {
        return files::remove(&path).map_err(RunDirError::write(&path));
    }
    let mut bytes = Vec::new();
    let mut written = append(&mut bytes, &version(time));
    for (tag, png) in pictures {
        written = written.and_then(|()| {
            let picture = message::image(tag, png.clone())?;
            append(&mut bytes, &message::entry(time, 0, picture))
        });
    }
    written.map_err(RunDirError::write(&path))?;
    atomic::update(&path, &bytes)
}
