//! Files that are either the old or the new version, whatever happens meanwhile: [`write`]; and
//! folders that are still there after the power was cut: [`create_folder`].

use super::temporary::{self, Temporary};
use super::{FilesError, Kind, Place, fault, list, odd, open, read};
use rustix::fs::{AtFlags, Mode, mkdirat, unlinkat};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Write};
use std::path::Path;

/// Replaces the contents of the file at `place` by `bytes`: a temporary file in the same folder is
/// written and synced, renamed over it, and the folder synced. After a crash at any instant there is
/// either what was there before or all of `bytes`.
///
/// # Errors
/// [`FilesError`], naming the file; the old contents are untouched then.
pub fn write(place: &Place, bytes: &[u8]) -> Result<(), FilesError> {
    replace(place, bytes).map_err(FilesError::write(place))
}

/// [`write`]s `bytes` unless the file at `place` holds just these.
///
/// # Errors
/// As [`write`].
pub fn update(place: &Place, bytes: &[u8]) -> Result<(), FilesError> {
    if read::read(place, bytes.len() as u64).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    write(place, bytes)
}

/// [`write`]s `value` as indented JSON with a final newline.
///
/// # Errors
/// As [`write`].
pub fn write_json(place: &Place, value: &impl Serialize) -> Result<(), FilesError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| FilesError::Write { path: place.to_path_buf(), source: error.into() })?;
    bytes.push(b'\n');
    write(place, &bytes)
}

/// Reads what [`write_json`] wrote, of at most [`read::RECORD`] bytes.
///
/// # Errors
/// [`FilesError::Read`] when the file cannot be read, [`FilesError::Damaged`] when it does not
/// hold a `T`, [`FilesError::Odd`] when it is no file of ours.
pub fn read_json<T: DeserializeOwned>(place: &Place) -> Result<T, FilesError> {
    read_large_json(place, read::RECORD)
}

/// [`read_json`] of a file of at most `most` bytes.
///
/// # Errors
/// As [`read_json`].
pub fn read_large_json<T: DeserializeOwned>(place: &Place, most: u64) -> Result<T, FilesError> {
    let bytes = read::read(place, most).map_err(FilesError::read(place))?;
    serde_json::from_slice(&bytes).map_err(|error| FilesError::Damaged {
        path: place.to_path_buf(),
        message: error.to_string(),
    })
}

/// Makes the names in `folder` durable.
///
/// # Errors
/// [`FilesError`], naming the folder.
pub fn sync_folder(folder: &Place) -> Result<(), FilesError> {
    sync(folder).map_err(FilesError::write(folder))
}

/// [`sync_folder`] for whoever has an error of their own.
///
/// # Errors
/// What the system said.
pub fn sync(folder: &Place) -> io::Result<()> {
    temporary::sync(&open::readable_folder(folder)?)
}

/// Makes `folder` and what is missing above it, durably, and returns those that were made, the
/// outermost first.
///
/// # Errors
/// [`FilesError`], naming `folder`; what was made on the way is gone again.
pub fn create_folder(folder: &Place) -> Result<Vec<Place>, FilesError> {
    odd::check_names(folder).map_err(FilesError::write(folder))?;
    let mut made = Vec::new();
    let trusted = folder.anchor().ancestors().take_while(|path| !path.as_os_str().is_empty());
    let trusted: Vec<&Path> = trusted.take_while(|path| !path.is_dir()).collect();
    let trusted = trusted.into_iter().rev().map(|path| Place::below(path, 1));
    let ours: Vec<Place> = std::iter::successors(Some(folder.clone()), Place::above)
        .take_while(|place| !place.ours().as_os_str().is_empty())
        .collect();
    for place in trusted.chain(ours.into_iter().rev()) {
        let created = match make(&place) {
            Ok(true) => {
                made.push(place.clone());
                fault::point("folder made", &place);
                place.above().map_or(Ok(()), |above| sync(&above))
            }
            other => other.map(drop),
        };
        if let Err(source) = created {
            remove_empty(&made);
            return Err(FilesError::write(folder)(source));
        }
        fault::point("folder kept", &place);
    }
    Ok(made)
}

/// Makes one folder; false where there is one.
pub(crate) fn make(place: &Place) -> io::Result<bool> {
    if open::folder(place).is_ok() {
        return Ok(false);
    }
    let (Some(above), Some(name)) = (place.above(), place.file_name()) else {
        return Err(io::ErrorKind::NotFound.into());
    };
    match mkdirat(open::folder(&above)?, name, Mode::from_raw_mode(0o777)) {
        Ok(()) => Ok(true),
        // Somebody else was faster, or something that is no folder has the name.
        Err(rustix::io::Errno::EXIST) => open::folder(place).map(|_| false),
        Err(error) => Err(error.into()),
    }
}

/// Takes back what [`create_folder`] made, as far as nothing is in it.
pub(crate) fn remove_empty(made: &[Place]) {
    for place in made.iter().rev() {
        let _ = remove_at(place, AtFlags::REMOVEDIR);
    }
}

/// Removes a file.
///
/// # Errors
/// What the system said.
pub fn remove(place: &Place) -> io::Result<()> {
    remove_at(place, AtFlags::empty())
}

/// [`remove`] of a file that need not be there.
///
/// # Errors
/// What the system said.
pub fn remove_if_there(place: &Place) -> io::Result<()> {
    match remove(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_at(place: &Place, flags: AtFlags) -> io::Result<()> {
    odd::check_names(place)?;
    let (Some(above), Some(name)) = (place.above(), place.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    Ok(unlinkat(open::folder(&above)?, name, flags)?)
}

/// Removes a folder with all that is in it; a link in it goes, and what that leads to stays.
///
/// # Errors
/// What the system said.
pub(crate) fn remove_folder(place: &Place) -> io::Result<()> {
    for (name, kind) in list(place)? {
        let inner = place.join(&name);
        if kind == Kind::Folder { remove_folder(&inner)? } else { remove(&inner)? }
    }
    remove_at(place, AtFlags::REMOVEDIR)
}

/// Gives the folder at `from` the name `to`, which nothing has, beside it.
///
/// # Errors
/// What the system said.
pub(crate) fn rename_folder(from: &Place, to: &Place) -> io::Result<()> {
    let parts = (from.above(), from.file_name(), to.file_name());
    let (Some(above), Some(old), Some(new)) = parts else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let folder = open::folder(&above)?;
    Ok(rustix::fs::renameat(&folder, old, &folder, new)?)
}

fn replace(place: &Place, bytes: &[u8]) -> io::Result<()> {
    fault::point("before", place);
    // The temporary file removes itself unless it was renamed.
    let mut temporary = Temporary::beside(place)?;
    fault::point("made", place);
    temporary.file.write_all(bytes)?;
    fault::point("written", place);
    temporary.file.sync_all()?;
    fault::point("synced", place);
    temporary.rename()?;
    fault::point("renamed", place);
    temporary.keep()?;
    fault::point("kept", place);
    Ok(())
}
