//! What `run` and `resume` have in common: executing a run and closing it with its tables.

use super::failure::{INTERRUPTED, JOB_FAILED};
use super::{Failure, output};
use crate::analysis::summary;
use crate::dispatch::{self, Executor, Local, Signals, Watch};
use crate::files::Lock;
use crate::rundir::{Liveness, Passed, RunDirError, RunFolder, RunStatus, Status, paths};
use crate::sinks::console::{self, Mode};
use crate::sinks::table;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How a run is executed and shown.
#[derive(Debug, Args)]
pub(super) struct ExecutionArguments {
    /// How many jobs may run at the same time; they share the processor's cores
    #[arg(long, short, allow_negative_numbers = true, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: u16,
    /// Stop all jobs when one fails, rather than continuing those that do not need it
    #[arg(long, conflicts_with = "keep_going")]
    fail_fast: bool,
    /// Continue the jobs that do not need one that failed (the default)
    #[arg(long)]
    keep_going: bool,
    /// Start a job that failed again, from its checkpoint, up to N times
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 0)]
    retries: u32,
    /// Kill a job that has reported nothing for this long; 0: never
    #[arg(long, allow_negative_numbers = true, value_name = "MINUTES", default_value_t = 60.0, value_parser = minutes)]
    hang_minutes: f64,
    #[command(flatten)]
    voice: VoiceArguments,
    /// For a run that is part of something else: give no advice at the end
    #[arg(long, hide = true)]
    no_advice: bool,
    /// The program that does the work, if not the `exp-job` beside this one
    #[arg(long, env = "EXP_JOB", value_name = "PROGRAM", hide = true)]
    exp_job: Option<PathBuf>,
}

/// How much is said meanwhile.
#[derive(Debug, Args)]
struct VoiceArguments {
    /// Print only errors
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
    /// Print everything as lines of JSON, on standard output
    #[arg(long)]
    json: bool,
}

impl VoiceArguments {
    fn mode(&self) -> Mode {
        match (self.quiet, self.json) {
            (true, _) => Mode::Quiet,
            (_, true) => Mode::Json,
            _ => Mode::Auto,
        }
    }
}

impl ExecutionArguments {
    /// What starts the jobs.
    pub(super) fn executor(&self) -> Result<Local, Failure> {
        Ok(Local::find(self.exp_job.as_deref())?)
    }

    /// Runs all jobs that are not done.
    pub(super) fn execute(
        &self,
        run: &RunFolder,
        lock: Lock,
        executor: &mut dyn Executor,
        signals: &mut Signals,
        fresh: bool,
        passed: &Passed,
    ) -> Result<ExitCode, Failure> {
        let mut display = console::display(self.voice.mode());
        display.note(&format!("run {}", paths::shown(run.path()).display()));
        say_reused(run, &mut *display).map_err(Failure::Underway)?;
        let watch = Watch {
            run,
            executor,
            display: &mut *display,
            simultaneous: usize::from(self.jobs),
            fail_fast: self.fail_fast,
            retries: self.retries,
            hang: (self.hang_minutes > 0.0)
                .then(|| Duration::from_secs_f64(self.hang_minutes * 60.0)),
            fresh,
            passed,
            asked_to_stop: &mut || signals.came_in(),
        };
        let status = watch.run().map_err(Failure::Underway)?;
        drop(display);
        drop(lock);
        self.close(run, status)
    }

    fn close(&self, run: &RunFolder, status: RunStatus) -> Result<ExitCode, Failure> {
        if self.voice.mode() == Mode::Auto {
            let closing = summary::tables(run).map_err(Failure::Underway)?;
            closing.tables.iter().for_each(|rows| output::say(&table::terminal(rows)));
            closing.told.iter().for_each(|told| output::complain(&format!("warning: {told}")));
        }
        let path = paths::shown(run.path());
        let resume = format!("exp resume {}", path.display());
        if self.no_advice && status != RunStatus::Done {
            return Ok(ExitCode::from(JOB_FAILED));
        }
        Ok(match status {
            RunStatus::Done => ExitCode::SUCCESS,
            RunStatus::Failed => {
                output::complain(&format!("{}; to try again: {resume}", failures(run)));
                ExitCode::from(JOB_FAILED)
            }
            RunStatus::Running | RunStatus::Interrupted => {
                output::complain(&format!("interrupted; resume with: {resume}"));
                ExitCode::from(INTERRUPTED)
            }
        })
    }
}

/// Listens for requests to stop.
pub(super) fn signals() -> Result<Signals, Failure> {
    Signals::listen(INTERRUPTED)
        .map_err(|error| Failure::Input(format!("cannot listen for signals: {error}")))
}

/// What was given is no length of time.
#[derive(Debug, thiserror::Error)]
#[error("expected a number of minutes from 0 to 525600")]
struct NotMinutes;

/// A length of time in minutes, at most a year.
fn minutes(text: &str) -> Result<f64, NotMinutes> {
    let minutes = text.parse::<f64>().ok();
    minutes.filter(|minutes| (0.0..=525_600.0).contains(minutes)).ok_or(NotMinutes)
}

/// Says which jobs need not run.
fn say_reused(run: &RunFolder, display: &mut dyn console::Display) -> Result<(), RunDirError> {
    let names = run.record()?.jobs;
    let mut to_run = 0;
    for name in &names {
        let folder = run.job(name);
        let record = folder.record()?;
        if record.status != Status::Done {
            to_run += 1;
            if let (Status::Pending, Some(why)) = (record.status, record.message) {
                display.note(&format!("{name}: has to be made again: {why}"));
            }
        } else if record.reused_from.is_some() {
            let (target, spec) = (folder.target(), folder.spec()?);
            let mut text = format!("reused from {}", paths::shown(target.path()).display());
            let unlike =
                dispatch::non_semantic_differences(&target, &spec.settings, spec.needs.keys());
            if !unlike.is_empty() {
                text = format!("{text}, though {} (--fresh runs it again)", unlike.join("; "));
            }
            display.note(&format!("{name}: {text}"));
        } else {
            display.note(&format!("{name}: done already"));
        }
    }
    if to_run == 0 {
        display.note(
            "nothing has to run: every job was done before ('exp run --fresh' runs them again)",
        );
    }
    Ok(())
}

/// `1 job failed (teachers), 2 skipped`.
fn failures(run: &RunFolder) -> String {
    let names = run.record().map(|record| record.jobs).unwrap_or_default();
    let with = |status: Status| {
        let these = names.iter().filter(|name| match run.job(name).live_status() {
            Ok(Liveness::As(found)) => found == status,
            Ok(Liveness::Died) => status == Status::Failed, // its record could not be written
            Err(_) => false,
        });
        these.map(String::as_str).collect::<Vec<_>>()
    };
    let (failed, skipped) = (with(Status::Failed), with(Status::Skipped));
    let plural = if failed.len() == 1 { "job" } else { "jobs" };
    let mut text = format!("{} {plural} failed ({})", failed.len(), failed.join(", "));
    if !skipped.is_empty() {
        text = format!("{text}, {} skipped ({})", skipped.len(), skipped.join(", "));
    }
    text
}
