//! Opening files and folders of ours without following a link: [`open`], and what it comes to for
//! files that are read ([`file`]) and for folders ([`folder`]).
//!
//! On Linux the kernel does it in one call (`openat2` with `RESOLVE_NO_SYMLINKS`); where that call is
//! not there, part after part is opened relative to the folder before it.

use super::Place;
use super::odd::{self, Odd};
use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, openat};
use rustix::io::Errno;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Component;
use std::sync::Arc;

/// Flags for a folder that is only a way to others.
#[cfg(target_os = "linux")]
pub(super) const WAY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
pub(super) const WAY: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

/// The folder that the trusted part of a place leads to.
enum Anchor {
    Held(Arc<OwnedFd>),
    Opened(OwnedFd),
}

impl Anchor {
    fn of(place: &Place) -> io::Result<Self> {
        if let Some(folder) = &place.held {
            return Ok(Self::Held(Arc::clone(folder)));
        }
        Ok(Self::Opened(rustix::fs::open(place.anchor(), WAY, Mode::empty())?))
    }
}

impl AsFd for Anchor {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        match self {
            Self::Held(folder) => folder.as_fd(),
            Self::Opened(folder) => folder.as_fd(),
        }
    }
}

/// Opens what is at `place`. With [`OFlags::CREATE`] a file that is not there is made, readable by
/// all less what the umask takes away.
///
/// # Errors
/// What the system said; an [`Odd`] where something stands there that cannot be ours.
pub(super) fn open(place: &Place, flags: OFlags) -> io::Result<OwnedFd> {
    odd::check_names(place)?;
    let anchor = Anchor::of(place)?;
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let flags = if flags.contains(WAY) {
        flags // the kernel takes no others with it
    } else {
        // A named pipe without a writer is no reason to wait, nor may a terminal become ours.
        flags | OFlags::NONBLOCK | OFlags::NOCTTY
    };
    let create = flags.contains(OFlags::CREATE);
    let mode = if create { Mode::from_raw_mode(0o666) } else { Mode::empty() };
    resolve(&anchor, place, flags, mode).map_err(|error| odd::explain(&anchor, place, error))
}

#[cfg(target_os = "linux")]
fn resolve(anchor: &Anchor, place: &Place, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    use rustix::fs::{ResolveFlags, openat2};
    let ours = place.ours();
    if ours.as_os_str().is_empty() {
        return Ok(openat(anchor, ".", flags, mode)?);
    }
    loop {
        match openat2(anchor, ours, flags, mode, ResolveFlags::NO_SYMLINKS) {
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(Errno::NOSYS | Errno::PERM) => return step_by_step(anchor, place, flags, mode),
            other => return Ok(other?),
        }
    }
}

#[cfg(not(target_os = "linux"))]
use step_by_step as resolve;

/// Opens part after part, each relative to the one before.
fn step_by_step(anchor: &Anchor, place: &Place, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let mut parts = place.ours().components().map(Component::as_os_str).peekable();
    let Some(mut part) = parts.next() else { return Ok(openat(anchor, ".", flags, mode)?) };
    let mut folder: Option<OwnedFd> = None;
    loop {
        let at = folder.as_ref().map_or(anchor.as_fd(), AsFd::as_fd);
        let Some(next) = parts.next() else { return Ok(openat(at, part, flags, mode)?) };
        folder = Some(openat(at, part, WAY | OFlags::NOFOLLOW, Mode::empty())?);
        part = next;
    }
}

/// Opens the folder at `place` as a way to what is in it.
pub(super) fn folder(place: &Place) -> io::Result<OwnedFd> {
    open(place, WAY)
}

/// Opens the folder at `place` to list it or to make its names durable.
pub(super) fn readable_folder(place: &Place) -> io::Result<OwnedFd> {
    open(place, OFlags::RDONLY | OFlags::DIRECTORY)
}

/// Holds the folder at `place` open, so that what is below it is quick to reach.
///
/// # Errors
/// As [`open`].
pub fn hold(place: &Place) -> io::Result<Place> {
    Ok(place.holding(Arc::new(folder(place)?)))
}

/// Opens the file at `place` for reading, and says how it is.
///
/// # Errors
/// As [`open`]; an [`Odd`] where it is no regular file.
pub(super) fn file(place: &Place) -> io::Result<(File, Stat)> {
    let opened = open(place, OFlags::RDONLY)?;
    let stat = regular(place, &opened)?;
    Ok((File::from(opened), stat))
}

/// Makes the file at `place`, where nothing is.
///
/// # Errors
/// What the system said.
pub fn create(place: &Place) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    Ok(File::from(open(place, flags)?))
}

/// Sees that what was opened at `place` is a regular file.
pub(super) fn is_regular(place: &Place, opened: impl AsFd) -> io::Result<()> {
    regular(place, opened).map(drop)
}

pub(super) fn regular(place: &Place, opened: impl AsFd) -> io::Result<Stat> {
    let stat = fstat(opened)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Ok(stat),
        other => Err(Odd::new(place, other, "a file").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// What the kernel does in one call is done part after part where it has no such call.
    #[test]
    fn both_ways_open_the_same() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        std::fs::create_dir_all(path("a/b")).unwrap();
        std::fs::write(path("a/b/file"), "").unwrap();
        symlink("b", path("a/link")).unwrap();
        symlink("file", path("a/b/link")).unwrap();
        for (name, found) in [
            ("a/b/file", true),
            ("a/b", true),
            ("a/b/absent", false),
            ("a/b/link", false),
            ("a/link/file", false),
            ("a/link", false),
            ("a/b/file/x", false),
            ("absent/file", false),
        ] {
            let place = Place::trusted(root.path()).join(name);
            let anchor = Anchor::of(&place).unwrap();
            let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
            for way in [resolve, step_by_step] {
                let opened = way(&anchor, &place, flags, Mode::empty());
                assert_eq!(opened.is_ok(), found, "{name}");
            }
            let held = hold(&Place::trusted(root.path())).unwrap().join(name);
            assert_eq!(open(&held, OFlags::RDONLY).is_ok(), found, "{name}");
        }
    }
}
