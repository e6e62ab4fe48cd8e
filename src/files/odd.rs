//! Something that stands where a file or folder of ours should be: [`Odd`], which names it.

use super::Place;
use rustix::fs::{AtFlags, FileType, statat};
use std::io;
use std::os::fd::AsFd;
use std::path::{Component, Path, PathBuf};

/// What is in the way.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} is {what} where {wanted} should be; {remedy}", path.display())]
pub struct Odd {
    path: PathBuf,
    what: &'static str,
    wanted: &'static str,
    remedy: &'static str,
}

/// What to do about a link, and about anything else.
const LINK: &str = "nothing below a run's folder is followed elsewhere: put what it leads to in its \
                    place, or remove it";
const OTHER: &str = "move it away, or restore what was there";

impl Odd {
    pub(super) fn new(path: &Path, found: FileType, wanted: &'static str) -> Self {
        let what = match found {
            FileType::Symlink => "a symbolic link",
            FileType::Fifo => "a named pipe",
            FileType::Socket => "a socket",
            FileType::CharacterDevice | FileType::BlockDevice => "a device",
            FileType::Directory => "a folder",
            FileType::RegularFile => "a file",
            FileType::Unknown => "something unknown",
        };
        let remedy = if found == FileType::Symlink { LINK } else { OTHER };
        Self { path: path.to_path_buf(), what, wanted, remedy }
    }

    /// The [`Odd`] in an error of the system's kind, if it is one.
    pub(super) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<Odd> for io::Error {
    fn from(odd: Odd) -> Self {
        Self::new(io::ErrorKind::InvalidInput, odd)
    }
}

/// Sees that the part of a place that is ours has plain names alone: a record may say any.
pub(super) fn check_names(place: &Place) -> io::Result<()> {
    let plain = |part: Component| matches!(part, Component::Normal(_));
    if place.ours().components().all(plain) && !place.as_os_str().as_encoded_bytes().contains(&0) {
        return Ok(());
    }
    let (what, wanted) = ("a path that leads elsewhere", "a plain name");
    let remedy = "remove the run whose records say so";
    Err(Odd { path: place.to_path_buf(), what, wanted, remedy }.into())
}

/// Looks for what is in the way where something could not be opened.
pub(super) fn explain(anchor: &impl AsFd, place: &Place, error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::NotFound {
        return error;
    }
    let mut way = PathBuf::new();
    let mut parts = place.ours().components().peekable();
    while let Some(part) = parts.next() {
        way.push(part);
        let Ok(stat) = statat(anchor, &way, AtFlags::SYMLINK_NOFOLLOW) else { break };
        let found = FileType::from_raw_mode(stat.st_mode);
        let wanted = match error.raw_os_error() {
            _ if parts.peek().is_some() => "a folder",
            Some(libc::ENOTDIR) => "a folder",
            Some(libc::ELOOP | libc::ENXIO | libc::EISDIR) => "a file",
            _ => break,
        };
        let fits = if wanted == "a folder" { FileType::Directory } else { FileType::RegularFile };
        if found != fits {
            return Odd::new(&place.anchor().join(&way), found, wanted).into();
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_or_have_a_zero_in_them_are_refused() {
        let runs = Place::trusted("/runs");
        for name in ["job", "job/artifacts", ".lock", "...", "a b"] {
            check_names(&runs.join(name)).unwrap();
        }
        let places =
            ["..", "job/../..", "/etc", "job\0", "job\0/artifacts"].map(|it| runs.join(it));
        for place in places.into_iter().chain([Place::trusted("/runs\0")]) {
            let error = check_names(&place).unwrap_err();
            assert!(Odd::of(&error).is_some(), "{place:?}: {error}");
            assert!(error.to_string().contains("a path that leads elsewhere"), "{error}");
        }
    }
}
