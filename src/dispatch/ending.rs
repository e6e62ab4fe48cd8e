//! How a job ended, from what its process and its folder say: [`settle`].

use super::executor::Exit;
use crate::event::Ending;
use crate::files;
use crate::rundir::{JobFolder, RunDirError, Status};
use std::io::{self, Read, Seek, SeekFrom};
use std::time::Duration;

/// How much of a log is read for its last lines, and how many of these are shown.
const LOG_BYTES: u64 = 16 << 10;
const LOG_LINES: usize = 12;

/// How a job ended.
pub(super) struct End {
    pub(super) status: Status,
    pub(super) ending: Ending,
    /// What to tell a person.
    pub(super) told: Option<String>,
}

/// Why a job's process ended, as far as the runner knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The runner did nothing.
    Itself,
    /// The runner asked it to stop.
    Asked,
    /// The runner killed it, since it had said nothing for so long.
    Hung(Duration),
}

/// Takes down the end of a job whose process has ended with `exit`. A job that did not say itself
/// how it ended has failed, or was interrupted if that was asked for.
pub(super) fn settle(
    folder: &JobFolder,
    exit: io::Result<Exit>,
    cause: Cause,
    log_from: u64,
) -> Result<End, RunDirError> {
    let mut record = folder.record()?;
    let mut unkept = None;
    if matches!(record.status, Status::Pending | Status::Running) {
        match cause {
            Cause::Asked => record.end(Status::Interrupted, None),
            Cause::Hung(limit) => record.end(Status::Failed, Some(hung(limit))),
            Cause::Itself => {
                let how = match exit {
                    Ok(exit) => exit.to_string(),
                    Err(error) => format!("cannot be watched any more: {error}"),
                };
                record.end(Status::Failed, Some(format!("the job's process {how}")));
            }
        }
        // Where that cannot be written the record still says "running" and nobody holds the folder:
        // a job that died, which is true and can be resumed. The rest of the run goes on.
        unkept = folder.write_record(&record).err();
    }
    let message = record.message.clone();
    Ok(match record.status {
        Status::Done => End { status: Status::Done, ending: Ending::Done, told: None },
        Status::Interrupted => {
            End { status: Status::Interrupted, ending: Ending::Interrupted, told: message }
        }
        _ => {
            let message = message.unwrap_or_else(|| "it did not say why".to_owned());
            let mut told = with_log(folder, &message, log_from);
            if let Some(error) = unkept {
                told = format!("{told}\n  nor could that be taken down: {error}");
            }
            End { status: Status::Failed, ending: Ending::Failed, told: Some(told) }
        }
    })
}

fn hung(limit: Duration) -> String {
    let limit = match limit.as_secs() {
        0..120 => format!("{} s", limit.as_secs_f64()),
        seconds => format!("{} minutes", seconds / 60),
    };
    format!("it said nothing for {limit} and was killed (--hang-minutes allows more)")
}

/// The message, and below it the last lines of the log that do not say the same.
fn with_log(folder: &JobFolder, message: &str, from: u64) -> String {
    let text = last_bytes(folder, from).unwrap_or_default();
    let said = |line: &&str| {
        let words = line.trim().strip_prefix("exp-job: ").unwrap_or(line.trim());
        let again = words.contains(message) || message.lines().any(|it| it.trim() == words);
        !words.is_empty() && !again
    };
    let lines: Vec<&str> = text.lines().filter(said).collect();
    let mut told = message.to_owned();
    if !lines.is_empty() {
        let path = crate::rundir::paths::shown(&folder.log_file());
        told = format!("{told}\n  the end of {}:", path.display());
    }
    for line in &lines[lines.len().saturating_sub(LOG_LINES)..] {
        told = format!("{told}\n  | {line}");
    }
    told
}

fn last_bytes(folder: &JobFolder, from: u64) -> io::Result<String> {
    let (mut log, metadata) = files::open_file(&folder.log_file())?;
    let length = metadata.len();
    log.seek(SeekFrom::Start(from.max(length.saturating_sub(LOG_BYTES)).min(length)))?;
    let mut bytes = Vec::new();
    log.take(LOG_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
