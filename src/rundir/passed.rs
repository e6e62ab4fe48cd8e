//! What was passed over while looking for something else: [`Passed`], to be told to a person.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many are named.
const NAMED: usize = 10;

/// Records and folders that could not be used, each with the reason. It is filled from several
/// threads.
#[derive(Debug, Default)]
pub struct Passed(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    new: BTreeMap<PathBuf, String>,
    told: BTreeMap<PathBuf, String>,
}

impl Passed {
    /// Takes down that what is at `path` was not used; `why` names it.
    pub fn over(&self, path: &Path, why: &impl Display) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !found.told.contains_key(path) {
            found.new.insert(path.to_path_buf(), why.to_string());
        }
    }

    /// What is new since the last time, a line each; of many the first, and how many more there are.
    #[must_use]
    pub fn news(&self) -> Vec<String> {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = std::mem::take(&mut found.new);
        let mut lines: Vec<String> =
            new.values().take(NAMED).map(|why| format!("skipped: {why}")).collect();
        if new.len() > NAMED {
            lines.push(format!("skipped: and {} more", new.len() - NAMED));
        }
        found.told.extend(new);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_and_many_are_counted() {
        let passed = Passed::default();
        assert!(passed.news().is_empty());
        passed.over(Path::new("a"), &"a is a folder");
        passed.over(Path::new("a"), &"a is a folder");
        assert_eq!(passed.news(), ["skipped: a is a folder"]);
        passed.over(Path::new("a"), &"a is a folder");
        assert!(passed.news().is_empty());
        (0..13).for_each(|index| passed.over(Path::new(&format!("b{index}")), &index));
        assert_eq!(passed.news().len(), 11);
    }
}
