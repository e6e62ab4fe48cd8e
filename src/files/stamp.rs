//! What tells one state of a file from another without reading it: [`Stamp`]; and what is kept by it
//! for as long as this process lives: [`Remembered`].
//!
//! Whoever replaces a file may give it the size and the time of modification of the old one: archives
//! and copying tools do. The inode's own time of change (ctime) is the system's alone to set.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::Metadata;
use std::hash::Hash;
use std::os::unix::fs::MetadataExt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file changed so recently could change again within the resolution of its time of change.
const SETTLED: Duration = Duration::from_secs(2);

/// One state of one file: device, inode, size, and both times of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    /// When the contents were last modified, as whoever wrote it says: seconds and nanoseconds.
    modified: [i64; 2],
    /// When contents or attributes were last changed, as the system says.
    changed: [i64; 2],
}

impl Stamp {
    /// Of a file's metadata.
    #[must_use]
    pub fn of(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            modified: [file.mtime(), file.mtime_nsec()],
            changed: [file.ctime(), file.ctime_nsec()],
        }
    }

    /// Whether the last change is long enough ago that a later one would show.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let [seconds, nanoseconds] = self.changed.map(|it| u64::try_from(it).unwrap_or(0));
        let changed = UNIX_EPOCH.checked_add(Duration::new(seconds, nanoseconds as u32));
        let settled = changed.and_then(|changed| changed.checked_add(SETTLED));
        settled.is_some_and(|settled| settled < SystemTime::now())
    }

    /// All of it as bytes, for a hash of many stamps.
    #[must_use]
    pub fn bytes(&self) -> [u8; 56] {
        let mut bytes = [0; 56];
        let [modified, changed] =
            [self.modified, self.changed].map(|time| time.map(|it| it as u64));
        let all =
            [[self.device, self.inode].as_slice(), &[self.size], &modified, &changed].concat();
        for (eight, number) in bytes.chunks_exact_mut(8).zip(all) {
            eight.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }
}

/// What was found out about files that have not changed since: nothing outlives the process, and
/// nothing is kept of files that changed a moment ago.
#[derive(Debug, Default)]
pub struct Remembered<K, V>(Mutex<Option<HashMap<(Stamp, K), V>>>);

impl<K: Hash + Eq, V: Clone> Remembered<K, V> {
    /// For a static.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// What is known of `what` in a file of this stamp, or else what `find` comes to.
    ///
    /// # Errors
    /// Those of `find`: they are not remembered.
    pub fn or_find<E>(
        &self,
        stamp: Stamp,
        what: K,
        find: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        let key = (stamp, what);
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known().get_or_insert_default().get(&key) {
            return Ok(value.clone());
        }
        let value = find()?;
        if stamp.is_settled() {
            known().get_or_insert_default().insert(key, value.clone());
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn every_way_to_exchange_a_file_shows() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let stamp = |name: &str| Stamp::of(&fs::metadata(path(name)).unwrap());
        let then = SystemTime::now() - Duration::from_secs(3600);
        let aged = |name: &str, text: &str| {
            fs::write(path(name), text).unwrap();
            let file = fs::File::options().append(true).open(path(name)).unwrap();
            file.set_modified(then).unwrap();
        };
        aged("a", "one");
        let first = stamp("a");
        assert_eq!(first, stamp("a"));
        assert!(!first.is_settled(), "though it says it was modified an hour ago");
        std::thread::sleep(Duration::from_millis(20));
        aged("a", "two"); // in place, as `touch -r` afterwards
        assert_ne!(first, stamp("a"));
        aged("b", "six");
        fs::rename(path("b"), path("a")).unwrap(); // as `rsync -t` and `cp -p` of a new file do
        let second = stamp("a");
        assert_ne!(first, second);
        aged("c", "ten");
        fs::remove_file(path("a")).unwrap();
        fs::hard_link(path("c"), path("a")).unwrap();
        assert_ne!(second, stamp("a"));
        assert_ne!(first.bytes(), second.bytes());
    }

    #[test]
    fn what_has_settled_is_found_out_once() {
        let old = Stamp { device: 1, inode: 2, size: 3, modified: [4, 5], changed: [6, 7] };
        assert!(old.is_settled());
        let remembered = Remembered::new();
        let found = |stamp, value| remembered.or_find(stamp, "what", || Ok::<_, ()>(value));
        assert_eq!((found(old, 1), found(old, 2)), (Ok(1), Ok(1)));
        for changed in [
            [i64::MAX, 0],
            [SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64, 0],
        ] {
            let new = Stamp { changed, ..old };
            assert_eq!((found(new, 3), found(new, 4)), (Ok(3), Ok(4)), "{changed:?}");
        }
        assert_eq!(remembered.or_find(Stamp { inode: 9, ..old }, "what", || Err(())), Err(()));
    }
}
