//! Which texts can be names of runs and jobs: [`check_run`] and [`check_job`]. Names become those of folders.

use super::words::quoted;

/// The longest name, in bytes: with a time after it a folder's name stays below the 255 of file systems.
const MAX_NAME: usize = 100;

/// Why a text cannot be a name, and what can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}: {help}")]
pub struct NameFault {
    /// What is wrong with it.
    pub message: String,
    /// What a name is.
    pub help: String,
}

/// Checks the name of a run: letters, digits, '.', '_' and '-'.
///
/// # Errors
/// When it cannot be the name of a run.
pub fn check_run(name: &str) -> Result<(), NameFault> {
    check(name, "name", ".")
}

/// Checks the name of a job, which is a part of paths to fields and so has no '.'.
pub(super) fn check_job(name: &str) -> Result<(), NameFault> {
    check(name, "job name", "")
}

/// Letters, digits, '_' and '-', and what else is given.
fn check(name: &str, what: &str, also: &str) -> Result<(), NameFault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || also.contains(c);
    let fault = if name.is_empty() {
        "is empty".to_owned()
    } else if let Some(odd) = name.chars().find(|c| !allowed(*c)) {
        format!("must not contain {}", quoted(&odd.to_string()))
    } else if name.starts_with(['.', '-']) {
        format!("must not start with '{}'", &name[..1])
    } else if name.len() > MAX_NAME {
        format!("is longer than {MAX_NAME} characters")
    } else {
        return Ok(());
    };
    let dot = if also.is_empty() { "" } else { ", '.'" };
    Err(NameFault {
        message: format!("the {what} {} {fault}", quoted(name)),
        help: format!("it becomes the name of a folder: use letters, digits{dot}, '_' and '-'"),
    })
}
