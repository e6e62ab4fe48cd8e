//! Finding runs and jobs again: by path, by name, by stamp.

use super::paths::printed;
use super::stamp::is_stamp;
use super::{JobFolder, Passed, RunDirError, RunFolder, paths};
use crate::files::{self, FilesError, Kind, Place};
use crate::shown;
use std::cmp::Reverse;
use std::io;
use std::path::{Component, Path, PathBuf};

/// All runs under `root`, the newest first. A root that does not exist has none.
#[must_use]
pub fn runs(root: &Path) -> Vec<RunFolder> {
    all(root, &Passed::default())
}

/// [`runs`], and what of them cannot be looked into.
#[must_use]
pub fn all(root: &Path, passed: &Passed) -> Vec<RunFolder> {
    // Held open, so that each run is reached from there and not from the top.
    let place = Place::trusted(root);
    let root = match files::hold(&place) {
        Ok(root) => root,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                passed.over(&place, &FilesError::read(&place)(error));
            }
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for (name, kind) in listed(&root, passed) {
        if kind == Kind::Folder && !name.as_encoded_bytes().starts_with(b".") {
            stamped(&root.join(&name), passed, &mut found);
        }
    }
    // A name is taken from its path once, and not for each comparison.
    found.sort_by_cached_key(|run| Reverse(run.path().file_name().map(ToOwned::to_owned)));
    found
}

/// The names in a folder; one that is there and cannot be listed has none, and is passed over.
fn listed(folder: &Place, passed: &Passed) -> Vec<(std::ffi::OsString, Kind)> {
    files::list(folder).unwrap_or_else(|error| {
        if error.kind() != io::ErrorKind::NotFound {
            passed.over(folder, &FilesError::read(folder)(error));
        }
        Vec::new()
    })
}

/// Adds the runs in the folder of an experiment.
fn stamped(folder: &Place, passed: &Passed, found: &mut Vec<RunFolder>) {
    for (name, kind) in listed(folder, passed) {
        if name.to_str().is_some_and(is_stamp) {
            let place = folder.join(&name);
            if kind == Kind::Folder {
                found.push(RunFolder::at(place));
            } else if let Err(error) = files::list(&place) {
                passed.over(&place, &FilesError::read(&place)(error));
            }
        }
    }
}

/// The folders of the jobs in `run`, in the order of their names.
#[must_use]
pub fn jobs(run: &RunFolder) -> Vec<JobFolder> {
    jobs_in(run, &Passed::default())
}

/// [`jobs`], and what of them cannot be looked into.
#[must_use]
pub fn jobs_in(run: &RunFolder, passed: &Passed) -> Vec<JobFolder> {
    let mut found = Vec::new();
    for (name, kind) in listed(run.place(), passed) {
        let place = run.place().join(&name);
        if kind == Kind::Folder {
            let folder = JobFolder::at(place);
            // The folder of figures holds no job.
            if files::kind(&folder.record_file()).is_some() {
                found.push(folder);
            }
        } else if kind == Kind::Link
            && let Err(error) = files::list(&place)
        {
            passed.over(&place, &FilesError::read(&place)(error));
        }
    }
    found.sort_by(|one, other| one.path().cmp(other.path()));
    found
}

/// The newest run of the experiment `name`.
#[must_use]
pub fn latest(root: &Path, name: &str) -> Option<RunFolder> {
    runs_of(root, name).into_iter().next()
}

/// The run that `text` means: a path to it, `name/stamp` under `root`, the name of an experiment
/// (its newest run), or a stamp or the beginning of one that fits a single run.
///
/// # Errors
/// [`RunDirError::NotFound`], with what was looked for, where, and what is close.
pub fn run(root: &Path, text: &str) -> Result<RunFolder, RunDirError> {
    for path in [named(text, 2), root.join(text)] {
        let folder = RunFolder::new(path);
        if !text.is_empty() && has(&folder.record_file()) {
            return Ok(folder);
        }
    }
    if let Some(folder) = latest(root, text) {
        return Ok(folder);
    }
    let (name, beginning) = match text.rsplit_once('/') {
        Some((name, beginning)) => (Some(name), beginning),
        None => (None, text),
    };
    let all = match name {
        Some(name) => runs_of(root, name),
        None => runs(root),
    };
    let mut fitting = all.into_iter().filter(|run| {
        let stamp = run.path().file_name().map(|stamp| stamp.to_string_lossy());
        stamp.is_some_and(|stamp| !beginning.is_empty() && stamp.starts_with(beginning))
    });
    match (fitting.next(), fitting.next()) {
        (Some(folder), None) => Ok(folder),
        (Some(one), Some(other)) => Err(RunDirError::NotFound(format!(
            "'{text}' fits more than one run, among them {} and {}; give more of the name",
            one.label(),
            other.label()
        ))),
        _ => Err(not_found(root, text)),
    }
}

/// The error that there is no such run; it names a link, or what else has the name.
fn not_found(root: &Path, text: &str) -> RunDirError {
    let place = Place::trusted(root).join(text);
    match files::list(&place) {
        Err(error) if is_plain(text) && error.kind() == io::ErrorKind::InvalidInput => {
            FilesError::read(&place)(error).into()
        }
        _ => RunDirError::NotFound(missing(root, text)),
    }
}

/// Whether a text can be the name of an experiment.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(['/', '\\']) && !text.starts_with('.')
}

/// The job that `text` means: a path to its folder, or a run (as for [`run`]), a slash and the
/// job's name.
///
/// # Errors
/// As [`run`].
pub fn job(root: &Path, text: &str) -> Result<JobFolder, RunDirError> {
    for path in [named(text, 3), root.join(text)] {
        let folder = JobFolder::new(path);
        if !text.is_empty() && has(&folder.record_file()) {
            return Ok(folder);
        }
    }
    let nothing = || RunDirError::NotFound(format!("there is no job at '{text}'"));
    let names =
        |run: &str| Path::new(run).components().any(|it| matches!(it, Component::Normal(_)));
    // `../x` leads to no run by its name.
    let parts = text.rsplit_once('/').filter(|(run, _)| names(run));
    let (run_text, name) = parts.ok_or_else(nothing)?;
    let folder = run(root, run_text)?.job(name);
    if has(&folder.record_file()) { Ok(folder) } else { Err(nothing()) }
}

/// Whether a record, or something in its place, is there: then the folder is what was meant, and who
/// reads the record says what is wrong with it.
fn has(record: &Place) -> bool {
    record.symlink_metadata().is_ok()
}

/// A path as it was given, or, where it does not say the names of its last `depth` folders, whole.
fn named(text: &str, depth: usize) -> PathBuf {
    let path = Path::new(text);
    let last = path.components().rev().take(depth);
    let names = last.filter(|part| matches!(part, Component::Normal(_))).count();
    if names == depth { path.to_path_buf() } else { paths::whole(path) }
}

fn runs_of(root: &Path, name: &str) -> Vec<RunFolder> {
    let mut found = Vec::new();
    if is_plain(name) {
        stamped(&Place::trusted(root).join(name), &Passed::default(), &mut found);
    }
    found.sort_by(|one, other| other.path().cmp(one.path()));
    found
}

fn missing(root: &Path, text: &str) -> String {
    let names = std::fs::read_dir(root).into_iter().flatten().filter_map(Result::ok);
    let close = names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        // Three edits change the length by 12 bytes at most; of long texts they take long to count.
        .filter(|name| name.len().abs_diff(text.len()) <= 12)
        .map(|name| (strsim::damerau_levenshtein(&name, text), name))
        .filter(|(distance, _)| *distance <= 3)
        .min();
    let place = paths::shown(root);
    let path = Path::new(text);
    let help = match close {
        Some((0, name)) => format!("the folder {} has no run in it", printed(&root.join(name))),
        Some((_, name)) => format!("did you mean '{}'?", shown::line(&name)),
        None if path.is_file() => {
            format!("it is a file: 'exp run {}' starts a run of a spec", printed(path))
        }
        None => match path.parent().map(RunFolder::new) {
            Some(run) if !text.is_empty() && has(&run.record_file()) => {
                let run = paths::shown(run.path());
                format!("it lies in the run {}", run.display())
            }
            _ => "'exp ls' lists the runs there are".to_owned(),
        },
    };
    format!(
        "there is no run '{}' (looked for it as a path and under {}); {help}",
        shown::line(text),
        place.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(runs: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for run in runs {
            let job = root.path().join(run).join("teachers");
            std::fs::create_dir_all(&job).unwrap();
            std::fs::write(root.path().join(run).join("run.json"), "{}").unwrap();
            std::fs::write(job.join("job.json"), "{}").unwrap();
        }
        root
    }

    #[test]
    fn runs_answer_to_paths_names_and_stamps() {
        let root = tree(&[
            "distill/20260101-000000-aaaa",
            "distill/20260201-000000-bbbb",
            "other/20260102-000000-cccc",
            "other/.20260103-000000-dddd",
        ]);
        let label = |text: &str| run(root.path(), text).map(|run| run.label());
        assert_eq!(runs(root.path()).len(), 3);
        assert_eq!(label("distill").unwrap(), "distill/20260201-000000-bbbb");
        assert_eq!(label("distill/202601").unwrap(), "distill/20260101-000000-aaaa");
        assert_eq!(label("20260102").unwrap(), "other/20260102-000000-cccc");
        let path = root.path().join("other/20260102-000000-cccc");
        assert_eq!(label(&path.to_string_lossy()).unwrap(), "other/20260102-000000-cccc");
        let error = label("202601").unwrap_err().to_string();
        assert!(error.contains("more than one run"), "{error}");
        let error = label("distil").unwrap_err().to_string();
        assert!(error.contains("did you mean 'distill'?"), "{error}");
        std::fs::create_dir(root.path().join("ff")).unwrap();
        let error = job(root.path(), "ff/t").unwrap_err().to_string();
        assert!(error.contains("/ff has no run in it") && !error.contains("mean"), "{error}");
        assert!(label("").is_err());
        let error = label(&path.join("teachers").to_string_lossy()).unwrap_err().to_string();
        assert!(error.contains("it lies in the run") && error.ends_with("-cccc"), "{error}");
        let error = label(&path.join("run.json").to_string_lossy()).unwrap_err().to_string();
        assert!(error.contains("it is a file: 'exp run "), "{error}");
    }

    #[test]
    fn jobs_answer_to_their_run_and_name() {
        let root = tree(&["distill/20260101-000000-aaaa"]);
        let folder = job(root.path(), "distill/teachers").unwrap();
        assert!(folder.path().ends_with("distill/20260101-000000-aaaa/teachers"));
        assert_eq!(job(root.path(), "distill/20260101-000000-aaaa/teachers").unwrap(), folder);
        assert!(job(root.path(), "distill/student").is_err());
        let run = run(root.path(), "distill").unwrap();
        std::fs::create_dir(run.figures()).unwrap();
        assert_eq!(jobs(&run), [folder]);
        assert!(job(root.path(), "teachers").is_err());
    }

    #[test]
    fn a_root_that_is_not_there_has_no_runs() {
        assert!(runs(Path::new("/nonexistent/runs")).is_empty());
    }
}
