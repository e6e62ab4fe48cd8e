//! Files under a hidden name that become what they are for by being renamed: [`Temporary`]; and the
//! removal of those that a crash left: [`clear`].

use super::{Kind, Place, list, odd, open};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::fs::{fsync, openat, renameat, statat, unlinkat};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::fd::OwnedFd;

/// What their names begin with: hidden, and no name that anything looks for. Sixteen digits follow.
const BEGINNING: &str = ".new-";
const DIGITS: usize = 16;

/// A new file in the folder of the one that it is to replace. It is removed unless it was
/// [renamed](Self::rename).
pub(super) struct Temporary {
    folder: OwnedFd,
    name: String,
    end: OsString,
    place: Place,
    renamed: bool,
    /// For writing.
    pub(super) file: File,
}

impl Temporary {
    /// A new file that is to replace what is at `place`, which must be a file or nothing.
    ///
    /// # Errors
    /// What the system said; [`odd::Odd`] where something else is there.
    pub(super) fn beside(place: &Place) -> io::Result<Self> {
        odd::check_names(place)?;
        let (Some(above), Some(end)) = (place.above(), place.file_name()) else {
            return Err(io::ErrorKind::IsADirectory.into());
        };
        let folder = open::readable_folder(&above)?;
        if let Ok(there) = statat(&folder, end, AtFlags::SYMLINK_NOFOLLOW) {
            match FileType::from_raw_mode(there.st_mode) {
                FileType::RegularFile => {}
                other => return Err(odd::Odd::new(place, other, "a file").into()),
            }
        }
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let random = RandomState::new().build_hasher().finish();
            let name = format!("{BEGINNING}{random:016x}");
            match openat(&folder, &name, flags, Mode::from_raw_mode(0o666)) {
                Err(Errno::EXIST | Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(file) => {
                    let (end, place) = (end.to_owned(), place.clone());
                    let file = File::from(file);
                    return Ok(Self { folder, name, end, place, renamed: false, file });
                }
            }
        }
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// What the system said; the file is gone then.
    pub(super) fn rename(&mut self) -> io::Result<()> {
        renameat(&self.folder, &self.name, &self.folder, &self.end)
            .map_err(|error| self.explain(error.into()))?;
        self.renamed = true;
        Ok(())
    }

    /// Makes its name durable.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn keep(&self) -> io::Result<()> {
        sync(&self.folder)
    }

    fn explain(&self, error: io::Error) -> io::Error {
        odd::explain(&self.folder, &Place::below(&self.place, 1), error)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            let _ = unlinkat(&self.folder, &self.name, AtFlags::empty());
        }
    }
}

/// Makes the names in an open folder durable.
pub(super) fn sync(folder: &OwnedFd) -> io::Result<()> {
    match fsync(folder) {
        // Some file systems have no such thing for folders, and nothing can be done about it.
        Err(Errno::INVAL) => Ok(()),
        other => Ok(other?),
    }
}

/// Whether a name is one that [`Temporary`] gives.
fn is_ours(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.strip_prefix(BEGINNING));
    digits.is_some_and(|digits| {
        digits.len() == DIGITS
            && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Whether something is a regular file of this user.
fn is_file_of(stat: &Stat, user: u32) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && stat.st_uid == user
}

/// Removes the temporary files that a crash left in `folder`, for who alone writes there: regular
/// files of this user with just such a name, and nothing else.
pub(crate) fn clear(folder: &Place) {
    let names = list(folder).unwrap_or_default();
    let mut names = names.into_iter().filter(|(name, kind)| *kind == Kind::File && is_ours(name));
    let Some(first) = names.next() else { return };
    let Ok(opened) = open::folder(folder) else { return };
    let user = rustix::process::geteuid().as_raw();
    for (name, _) in std::iter::once(first).chain(names) {
        let stat = statat(&opened, &name, AtFlags::SYMLINK_NOFOLLOW);
        if stat.is_ok_and(|stat| is_file_of(&stat, user)) {
            // One that stays costs space and nothing else.
            let _ = unlinkat(&opened, &name, AtFlags::empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_a_crash_left_half_written_is_cleared_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let ours = ".new-0123456789abcdef";
        for name in [ours, ".new-abc123", ".new-0123456789ABCDEF", ".new-", ".lock", "record.json"]
        {
            std::fs::write(folder.path().join(name), "[1").unwrap();
        }
        symlink("record.json", folder.path().join(".new-0000000000000000")).unwrap();
        std::fs::create_dir(folder.path().join(".new-1111111111111111")).unwrap();
        clear(&Place::trusted(folder.path()));
        assert!(!folder.path().join(ours).exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 7);
        clear(&Place::trusted(folder.path().join("absent")));
    }
    #[test]
    fn what_is_of_another_user_or_no_file_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file"), "").unwrap();
        symlink("file", path("link")).unwrap();
        let opened = open::folder(&Place::trusted(folder.path())).unwrap();
        let user = rustix::process::geteuid().as_raw();
        let ours = |name: &str, user: u32| {
            is_file_of(&statat(&opened, name, AtFlags::SYMLINK_NOFOLLOW).unwrap(), user)
        };
        assert!(ours("file", user));
        assert!(!ours("file", user + 1));
        assert!(!ours("link", user) && !ours(".", user));
    }

    #[test]
    fn what_another_user_left_half_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let [ours, theirs] = ["0", "1"].map(|digit| {
            let path = folder.path().join(format!("{BEGINNING}{}", digit.repeat(DIGITS)));
            std::fs::write(&path, "[1").unwrap();
            path
        });
        let user = rustix::process::geteuid().as_raw();
        if std::os::unix::fs::chown(&theirs, Some(user + 1), None).is_err() {
            println!("skipped: this user cannot give a file to another one");
            return;
        }
        clear(&Place::trusted(folder.path()));
        assert!(!ours.exists() && theirs.exists());
    }
}
