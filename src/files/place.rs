//! Where a file or folder of ours is: a [`Place`], of which a part may be reached through symbolic
//! links and the rest may not.
//!
//! The folder of runs, and everything above it, is a person's: links there are followed. What lies
//! below it came from this program, or from whoever sent the run folder, and nothing in it may lead
//! elsewhere. A place knows where the one ends and the other begins, and whatever is done with a file
//! of ours takes a place: opening it ([`super::open`]) follows no link in the second part and takes
//! nothing but plain names there.

use std::fmt;
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The path of a file or folder of ours. It can be used as a [`Path`] for showing it; what is read or
/// written goes through this module.
#[derive(Clone)]
pub struct Place {
    whole: PathBuf,
    /// The length in bytes of the part in which links are followed.
    trusted: usize,
    /// The folder that this part leads to, where it is held open.
    pub(super) held: Option<Arc<OwnedFd>>,
}

impl Place {
    /// A folder that a person has named: links on the way to it are followed.
    pub fn trusted(path: impl Into<PathBuf>) -> Self {
        let whole = path.into();
        let trusted = whole.as_os_str().len();
        Self { whole, trusted, held: None }
    }

    /// A path whose last `depth` parts, as far as they are plain names, are ours: links on the way
    /// there are followed, and from there on none.
    pub fn below(path: impl AsRef<Path>, depth: usize) -> Self {
        let whole: PathBuf = path.as_ref().components().collect();
        let plain = |part: &Component| matches!(part, Component::Normal(_));
        let ours = whole.components().rev().take(depth).take_while(plain).count();
        let anchor = whole.ancestors().nth(ours).unwrap_or(Path::new(""));
        let trusted = anchor.as_os_str().len();
        Self { whole, trusted, held: None }
    }

    /// What is called `name` in this folder: a name, or several with `/` between them.
    #[must_use]
    pub fn join(&self, name: impl AsRef<Path>) -> Self {
        // Not `Path::join`, by which an absolute name would replace the folder.
        let mut bytes = self.whole.clone().into_os_string().into_vec();
        if !bytes.is_empty() && !bytes.ends_with(b"/") {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(name.as_ref().as_os_str().as_bytes());
        let whole = PathBuf::from(std::ffi::OsString::from_vec(bytes));
        Self { whole, trusted: self.trusted, held: self.held.clone() }
    }

    /// The folder that this is in, if that is one of ours or the one that a person has named.
    #[must_use]
    pub fn above(&self) -> Option<Self> {
        let parent = self.whole.parent().filter(|_| !self.ours().as_os_str().is_empty())?;
        let trusted = self.trusted.min(parent.as_os_str().len());
        Some(Self { whole: parent.to_path_buf(), trusted, held: self.held.clone() })
    }

    /// The folder that a person has named.
    #[must_use]
    pub fn anchor(&self) -> &Path {
        match &self.whole.as_os_str().as_bytes()[..self.trusted] {
            b"" => Path::new("."),
            bytes => Path::new(std::ffi::OsStr::from_bytes(bytes)),
        }
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.whole
    }

    /// The part in which no link is followed, as it was given; empty for the folder itself.
    pub(super) fn ours(&self) -> &Path {
        let bytes = &self.whole.as_os_str().as_bytes()[self.trusted..];
        let slash = self.trusted > 0 && bytes.first() == Some(&b'/');
        Path::new(std::ffi::OsStr::from_bytes(&bytes[usize::from(slash)..]))
    }

    /// The same folder, as one that is trusted and held open.
    pub(super) fn holding(&self, folder: Arc<OwnedFd>) -> Self {
        let trusted = self.whole.as_os_str().len();
        Self { whole: self.whole.clone(), trusted, held: Some(folder) }
    }
}

impl Deref for Place {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.whole
    }
}

impl AsRef<Path> for Place {
    fn as_ref(&self) -> &Path {
        &self.whole
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.whole == other.whole
    }
}

impl Eq for Place {}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.whole.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_that_is_ours_ends_where_names_are_not_plain() {
        for (path, depth, anchor, ours) in [
            ("/r/name/stamp/job", 3, "/r", "name/stamp/job"),
            ("/r/name//stamp/./job/", 2, "/r/name", "stamp/job"),
            ("job", 3, ".", "job"),
            ("../stamp/job", 3, "..", "stamp/job"),
            ("/job", 3, "/", "job"),
            ("a/b", 0, "a/b", ""),
            ("", 3, ".", ""),
        ] {
            let place = Place::below(path, depth);
            assert_eq!((place.anchor(), place.ours()), (Path::new(anchor), Path::new(ours)));
            let file = place.join("x");
            assert_eq!(
                (file.anchor(), file.ours()),
                (Path::new(anchor), &*Path::new(ours).join("x"))
            );
            assert_eq!(file.above().unwrap().ours(), Path::new(ours), "{path}");
        }
        assert_eq!(Place::trusted("/a").above(), None);
        assert_eq!(Place::trusted("/a").join("/b").ours(), Path::new("/b"));
    }
}
