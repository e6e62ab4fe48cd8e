//! Where a run comes from: build, commit, machine. Nothing about the person.

use super::{RunRecord, RunStatus, Versions};
use crate::files::host;
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
    RunRecord {
        name: name.to_owned(),
        status: RunStatus::Running,
        command: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        fresh: false,
        jobs,
        commit: git(&["rev-parse", "HEAD"]),
        dirty: git(&["status", "--porcelain", "--untracked-files=no"])
            .map(|changes| !changes.is_empty()),
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

fn git(arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.args(arguments);
    output(command)
}

/// The trimmed standard output of a command that ends well.
fn output(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
