//! The folders under which data sets are looked for: [`DataRoots`].

use std::env;
use std::path::{Path, PathBuf};

/// Folders that may hold data sets, in the order they are looked through.
///
/// The last one is where downloads go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRoots(pub Vec<PathBuf>);

impl DataRoots {
    /// The folders in `extra` (`--data-root`), those named in `EXP_DATA` (separated by `:`),
    /// `./data`, and the user's data folder (`$XDG_DATA_HOME/exp` or `~/.local/share/exp`).
    #[must_use]
    pub fn discover(extra: &[PathBuf]) -> Self {
        let named = env::var_os("EXP_DATA").unwrap_or_default();
        let here = PathBuf::from("data");
        let mut folders: Vec<PathBuf> = Vec::new();
        let all = extra.iter().cloned().chain(env::split_paths(&named)).chain([here]);
        for folder in all.chain(user_folder()) {
            let folder = std::path::absolute(&folder).unwrap_or(folder);
            if !folder.as_os_str().is_empty() && !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        Self(folders)
    }

    /// Where downloads go: the last folder.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        self.0.last().cloned().unwrap_or_else(|| PathBuf::from("data"))
    }

    /// The places where `folder` may be: itself if absolute, else below each root.
    pub(crate) fn places(&self, folder: &str) -> Vec<PathBuf> {
        if Path::new(folder).is_absolute() {
            return vec![folder.into()];
        }
        self.0.iter().map(|root| root.join(folder)).collect()
    }
}

/// The user's data folder, where there is one.
fn user_folder() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .map(|folder| folder.join("exp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_folders_come_first_and_none_twice() {
        let extra = [PathBuf::from("/somewhere"), "/elsewhere".into(), "/somewhere".into()];
        let roots = DataRoots::discover(&extra).0;
        assert_eq!(roots[..2], extra[..2]);
        assert_eq!(roots.iter().filter(|root| **root == extra[0]).count(), 1);
        assert!(roots.contains(&std::path::absolute("data").unwrap()));
    }

    #[test]
    fn absolute_folders_stand_for_themselves() {
        let roots = DataRoots(vec!["/a".into(), "/b".into()]);
        assert_eq!(roots.places("/x/y"), [PathBuf::from("/x/y")]);
        assert_eq!(roots.places("x/y"), [PathBuf::from("/a/x/y"), "/b/x/y".into()]);
    }
}
