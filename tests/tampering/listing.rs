//! What a folder holds, to the byte: a [`Listing`].

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

/// Every file, folder and link below a folder: what it is, its digest, its permissions and when it
/// was last changed.
pub(super) struct Listing(BTreeMap<PathBuf, String>);

impl Listing {
    /// Of `root` with all below it but `apart`, a path relative to it.
    pub(super) fn of(root: &Path, apart: &Path) -> Self {
        let apart = root.join(apart);
        let all = walkdir::WalkDir::new(root).into_iter();
        let all = all.filter_entry(|entry| entry.path() != apart || apart == root);
        let mut found = BTreeMap::new();
        for entry in all.map(Result::unwrap) {
            let file = entry.path().symlink_metadata().unwrap();
            let what = if file.is_file() {
                blake3::hash(&std::fs::read(entry.path()).unwrap()).to_hex().to_string()
            } else if file.is_symlink() {
                format!("to {}", std::fs::read_link(entry.path()).unwrap().display())
            } else {
                "folder".to_owned()
            };
            let (mode, second, part) = (file.mode(), file.mtime(), file.mtime_nsec());
            // The root's own time changes with the folder that is left out.
            let time = if entry.depth() == 0 { (0, 0) } else { (second, part) };
            found.insert(entry.into_path(), format!("{what} {mode:o} {time:?}"));
        }
        Self(found)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// In what another listing of the same folder differs.
    pub(super) fn differences(&self, after: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (path, what) in &self.0 {
            match after.0.get(path) {
                None => found.push(format!("gone {}", path.display())),
                Some(now) if now != what => found.push(format!("changed {}", path.display())),
                Some(_) => {}
            }
        }
        let new = after.0.keys().filter(|path| !self.0.contains_key(*path));
        found.extend(new.map(|path| format!("new {}", path.display())));
        found
    }
}

/// Copies a folder with all that is in it.
pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (kind, target) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_symlink() {
            symlink(std::fs::read_link(entry.path()).unwrap(), target).unwrap();
        } else {
            let time = entry.metadata().unwrap().modified().unwrap();
            std::fs::copy(entry.path(), &target).unwrap();
            std::fs::File::options().write(true).open(target).unwrap().set_modified(time).unwrap();
        }
    }
}

#[test]
fn a_listing_sees_every_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a"), "1").unwrap();
    std::fs::create_dir(path("apart")).unwrap();
    let listing = || Listing::of(folder.path(), Path::new("apart"));
    let before = listing();
    std::fs::write(path("apart/x"), "").unwrap();
    assert!(before.differences(&listing()).is_empty());
    let changes: [&dyn Fn(); 4] = [
        &|| std::fs::write(path("a"), "2").unwrap(),
        &|| std::fs::write(path("b"), "").unwrap(),
        &|| symlink("a", path("c")).unwrap(),
        &|| std::fs::remove_file(path("b")).unwrap(),
    ];
    for (index, change) in changes.iter().enumerate() {
        let before = listing();
        change();
        assert_eq!(before.differences(&listing()).len(), 1, "{index}");
    }
}
