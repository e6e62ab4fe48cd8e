//! Paths between folders, written so that a tree of runs can be moved or shared as a whole.

use super::RunDirError;
use crate::shown;
use std::path::{Component, Path, PathBuf};

/// How `folder` refers to `target`: relative where both lie under `root`, absolute otherwise.
#[must_use]
pub fn refer(folder: &Path, target: &Path, root: &Path) -> PathBuf {
    let (folder, target, root) = (absolute(folder), absolute(target), absolute(root));
    if !folder.starts_with(&root) || !target.starts_with(&root) {
        return target;
    }
    let shared =
        folder.components().zip(target.components()).take_while(|(one, other)| one == other);
    let shared = shared.count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(target.components().skip(shared)).collect()
}

/// Where `folder` is led by a path that [`refer`] made.
#[must_use]
pub fn follow(folder: &Path, reference: &Path) -> PathBuf {
    tidy(&folder.join(reference))
}

/// The absolute form of `path`, with links resolved as far as it exists and `..` taken out.
#[must_use]
pub fn absolute(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    match (whole.parent(), whole.file_name()) {
        (Some(parent), Some(name)) => absolute(parent).join(name),
        _ => tidy(&whole),
    }
}

/// A path for people: what a terminal would obey is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown(PathBuf);

impl Shown {
    /// As text of one line.
    #[must_use]
    pub fn display(&self) -> String {
        printed(&self.0)
    }
}

/// `path` as it is, as text of one line in which what a terminal would obey is shown.
#[must_use]
pub fn printed(path: &Path) -> String {
    shown::line(&path.to_string_lossy()).into_owned()
}

/// `path` as a person would write it: relative to the current folder where it lies below it.
#[must_use]
pub fn shown(path: &Path) -> Shown {
    let here = std::env::current_dir().ok().map(|folder| absolute(&folder));
    let whole = absolute(path);
    Shown(match here.and_then(|here| whole.strip_prefix(here).ok().map(Path::to_path_buf)) {
        Some(below) if !below.as_os_str().is_empty() => below,
        _ => whole,
    })
}

/// The folder that this process works in, which its jobs work in too: libtorch and relative paths in
/// specs need it.
///
/// # Errors
/// [`RunDirError::Gone`] when it was deleted.
pub fn here() -> Result<PathBuf, RunDirError> {
    std::env::current_dir().map_err(RunDirError::Gone)
}

/// The absolute form of `path` with `..` taken out, and links as they are.
pub(super) fn whole(path: &Path) -> PathBuf {
    tidy(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()))
}

/// The last `count` parts of `path`.
pub(super) fn last(path: &Path, count: usize) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    shown::line(&parts[parts.len().saturating_sub(count)..].join("/")).into_owned()
}

/// `path` without `.` and `name/..`.
fn tidy(path: &Path) -> PathBuf {
    let mut parts: Vec<Component> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_back_and_survive_a_move_of_the_root() {
        let root = tempfile::tempdir().unwrap();
        let from = root.path().join("runs/a/1/student");
        let to = root.path().join("runs/b/2/teachers");
        std::fs::create_dir_all(&from).unwrap();
        std::fs::create_dir_all(&to).unwrap();
        let reference = refer(&from, &to, &root.path().join("runs"));
        assert_eq!(reference, Path::new("../../../b/2/teachers"));
        assert_eq!(follow(&from, &reference), to);
        assert_eq!(refer(&from, &to, &root.path().join("runs/a")), absolute(&to));
        assert_eq!(tidy(Path::new("./a/./b/../../../c")), Path::new("../c"));
    }
}
