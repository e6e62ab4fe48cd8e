//! What is in a folder of ours: [`list`], and looking at one name, [`kind`].

use super::{Place, odd, open};
use rustix::fs::{Access, AtFlags, Dir, FileType, Stat, accessat, statat};
use std::ffi::{CStr, OsStr, OsString};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What has a name in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A named pipe, a socket, a device.
    Other,
}

impl Kind {
    pub(super) fn of(found: FileType) -> Self {
        match found {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Folder,
            FileType::Symlink => Self::Link,
            _ => Self::Other,
        }
    }
}

/// The names in the folder at `place` and what has them, in no particular order.
///
/// # Errors
/// What the system said.
pub fn list(place: &Place) -> io::Result<Vec<(OsString, Kind)>> {
    let mut folder = Dir::new(open::readable_folder(place)?)?;
    let mut found = Vec::new();
    while let Some(entry) = folder.read() {
        let entry = entry?;
        let name = entry.file_name();
        if [c".", c".."].contains(&name) {
            continue;
        }
        let kind = match entry.file_type() {
            // Some file systems do not say.
            FileType::Unknown => match of_name(folder.fd()?, name) {
                Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                Err(_) => continue, // it went meanwhile
            },
            known => known,
        };
        found.push((OsStr::from_bytes(name.to_bytes()).to_owned(), Kind::of(kind)));
    }
    Ok(found)
}

fn of_name(folder: impl AsFd, name: &CStr) -> io::Result<Stat> {
    Ok(statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// How what is at `place` is, a link for itself.
pub(super) fn look(place: &Place) -> io::Result<Stat> {
    odd::check_names(place)?;
    let (Some(above), Some(name)) = (place.above(), place.file_name()) else {
        return Ok(rustix::fs::stat(place.anchor())?);
    };
    Ok(statat(open::folder(&above)?, name, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// Sees that names can be added to the folder at `place`.
///
/// # Errors
/// What the system said.
pub fn may_write(place: &Place) -> io::Result<()> {
    let folder = open::folder(place)?;
    let access = Access::WRITE_OK | Access::EXEC_OK;
    Ok(accessat(folder, c".", access, AtFlags::EACCESS)?)
}

/// When what is at `place` was last changed; for a folder, when a name in it came or went.
#[must_use]
pub fn changed(place: &Place) -> Option<SystemTime> {
    let stat = look(place).ok()?;
    let seconds = u64::try_from(stat.st_mtime).ok()?;
    Some(UNIX_EPOCH + Duration::new(seconds, u32::try_from(stat.st_mtime_nsec).ok()?))
}

/// What is at `place`, if anything is.
#[must_use]
pub fn kind(place: &Place) -> Option<Kind> {
    look(place).ok().map(|stat| Kind::of(FileType::from_raw_mode(stat.st_mode)))
}
