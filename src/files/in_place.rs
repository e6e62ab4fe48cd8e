//! Files that are written in place (logs, locks): [`own`], which sees that no other name shares the file,
//! and [`append`].

use super::Place;
use super::open::{open, regular};
use super::temporary::Temporary;
use rustix::fs::OFlags;
use std::fs::File;
use std::io;

/// Opens the file at `place` for writing in place (a log, a lock), and makes it if it is not there.
/// One that has another name too, as copies by hard links have, is replaced by a copy first, so that
/// what goes by the other name stays as it is.
///
/// # Errors
/// As [`open`]; an [`Odd`](super::Odd) where it is no regular file.
pub(super) fn own(place: &Place, flags: OFlags) -> io::Result<File> {
    loop {
        let opened = open(place, OFlags::RDWR | OFlags::CREATE | flags)?;
        if regular(place, &opened)?.st_nlink <= 1 {
            return Ok(File::from(opened));
        }
        copy_of_its_own(place, &mut File::from(opened))?;
    }
}

/// Opens the file at `place` to add to its end, whoever else does.
///
/// # Errors
/// As [`own`].
pub fn append(place: &Place) -> io::Result<File> {
    own(place, OFlags::APPEND)
}

/// Replaces the file at `place` by a copy of it that has no other name.
fn copy_of_its_own(place: &Place, file: &mut File) -> io::Result<()> {
    let mut copy = Temporary::beside(place)?;
    io::copy(file, &mut copy.file)?;
    copy.file.sync_all()?;
    copy.rename()?;
    copy.keep()
}
