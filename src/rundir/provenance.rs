//! Where a run comes from: build, commit, machine. Nothing about the person.

use super::{RunRecord, RunStatus, Versions};
use crate::files::host;
use std::path::Path;
use std::process::{Command, Stdio};

/// The libtorch that the linked `tch` expects.
const LIBTORCH: &str = "2.11.0";

/// The name of this build: `exp` and `exp-job` work together only if they agree on it.
#[must_use]
pub fn build() -> String {
    format!("{} ({})", env!("CARGO_PKG_VERSION"), env!("EXP_BUILD"))
}

/// A record of a run that starts now, here, by this process.
#[must_use]
pub fn begin(name: &str, jobs: Vec<String>, devices: Vec<String>) -> RunRecord {
    let (commit, dirty) = checkout(Path::new("."));
    RunRecord {
        name: name.to_owned(),
        status: RunStatus::Running,
        command: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        fresh: false,
        jobs,
        commit,
        dirty,
        host: host(),
        devices,
        versions: Versions {
            exp: env!("CARGO_PKG_VERSION").to_owned(),
            build: env!("EXP_BUILD").to_owned(),
            libtorch: LIBTORCH.to_owned(),
        },
        started: super::now(),
        ended: None,
    }
}

/// The commit checked out in a folder, and whether there are changes on top of it.
fn checkout(folder: &Path) -> (Option<String>, Option<bool>) {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        // Nothing is written there, and nothing is run that the repository names.
        command.args(["--no-optional-locks", "-c", "core.fsmonitor=false", "-C"]);
        command.arg(folder).args(arguments);
        output(command)
    };
    let changes = git(&["status", "--porcelain", "--untracked-files=no"]);
    (git(&["rev-parse", "HEAD"]), changes.map(|changes| !changes.is_empty()))
}

/// The trimmed standard output of a command that ends well.
fn output(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_is_dirty_once_a_file_of_its_commit_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(checkout(folder.path()), (None, None));
        let git = |words: &[&str]| {
            let mut command = Command::new("git");
            command.args(["-c", "user.name=a", "-c", "user.email=a@b", "-C"]).arg(folder.path());
            assert!(command.args(words).output().unwrap().status.success(), "{words:?}");
        };
        let file = folder.path().join("file");
        std::fs::write(&file, "one").unwrap();
        git(&["init", "-q"]);
        git(&["add", "file"]);
        git(&["commit", "-q", "-m", "one"]);
        let (commit, dirty) = checkout(folder.path());
        assert_eq!((commit.map(|name| name.len()), dirty), (Some(40), Some(false)));
        std::fs::write(folder.path().join("new"), "").unwrap();
        assert_eq!(checkout(folder.path()).1, Some(false), "a file beside the commit is no change");
        std::fs::write(&file, "two").unwrap();
        assert_eq!(checkout(folder.path()).1, Some(true));
    }
}
