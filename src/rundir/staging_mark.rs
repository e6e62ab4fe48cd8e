//! The mark inside a run folder that is being made, by which one that a crash left is known to be this
//! program's own: [`mark`], taken out again by [`unmark`].

use super::paths;
use crate::files::{self, NAME, Place, atomic};
use std::path::Path;

/// The file with the mark.
pub(super) const MARK: &str = ".staged"; // no job can have this name

/// What the mark says in the folder that is to be called `end`.
pub(super) fn mark(end: &Path) -> String {
    format!("exp makes the run {} here, and removes this folder if it fails\n", paths::last(end, 2))
}

/// Takes the mark out of a run's folder once it has its name.
pub(super) fn unmark(run: &Place) {
    let place = run.join(MARK);
    if files::read_text(&place, NAME).is_ok_and(|text| text == mark(run)) {
        // With its name it is no folder that is removed; a mark that stays is only untidy.
        let _ = atomic::remove(&place);
    }
}
