//! `exp ls`: the runs there are.

use super::arguments::RootArgument;
use super::{Failure, output};
use crate::clock;
use crate::rundir::{Passed, RunFolder, find, paths};
use crate::spec;
use chrono::DateTime;
use clap::Args;
use std::process::ExitCode;

/// List runs, the newest first
#[derive(Debug, Args)]
pub(super) struct Ls {
    /// Only the runs of this name
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    root: RootArgument,
}

impl Ls {
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        self.root.check()?;
        let head = ["run", "status", "age", "jobs"].map(str::to_owned).to_vec();
        let mut rows = vec![head];
        let passed = Passed::default();
        rows.extend(self.rows(&find::all(&self.root.runs, &passed), &passed));
        if rows.len() > 1 {
            output::say(&output::columns(&rows));
        } else {
            let of_name = self
                .name
                .as_ref()
                .map_or_else(String::new, |name| format!(" named {}", spec::quoted(name)));
            output::complain(&format!(
                "there are no runs{of_name} in {}",
                paths::shown(&self.root.runs).display()
            ));
        }
        passed.news().iter().for_each(|line| output::complain(line));
        Ok(ExitCode::SUCCESS)
    }

    /// A row for each run, read on all cores.
    fn rows(&self, runs: &[RunFolder], passed: &Passed) -> Vec<Vec<String>> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let share = runs.len().div_ceil(workers).max(1);
        let read = |part: &[RunFolder]| -> Vec<Vec<String>> {
            part.iter().filter_map(|run| self.row(run, passed)).collect()
        };
        std::thread::scope(|scope| {
            let parts: Vec<_> = runs.chunks(share).map(|part| scope.spawn(|| read(part))).collect();
            parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
        })
    }

    fn row(&self, run: &RunFolder, passed: &Passed) -> Option<Vec<String>> {
        let label = run.label();
        let wanted =
            |name: &String| label.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        if !self.name.as_ref().is_none_or(wanted) {
            return None;
        }
        Some(match run.live_record() {
            Ok(record) => {
                let count = record.jobs.len().to_string();
                vec![label, record.status.to_string(), age(&record.started), count]
            }
            Err(error) => {
                passed.over(&run.record_file(), &error);
                vec![label, "damaged".to_owned()]
            }
        })
    }
}

/// How long ago a time was, in its largest unit.
fn age(time: &str) -> String {
    let Ok(then) = DateTime::parse_from_rfc3339(time) else { return String::new() };
    let seconds = clock::now().signed_duration_since(then).num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}
