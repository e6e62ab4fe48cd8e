//! The jobs of a run while it is executed: a [`JobTable`] of [`JobRow`]s, read from the run's folder.

use super::claim::Claim;
use super::executor::Running;
use crate::analysis::Job;
use crate::rundir::{JobFolder, JobSpec, RunDirError, RunFolder, Status, paths};
use crate::sinks::Tail;
use std::time::{Duration, Instant, SystemTime};

/// The jobs of a run, in the order of the run's record.
pub(super) struct JobTable {
    pub(super) rows: Vec<JobRow>,
}

/// One job.
pub(super) struct JobRow {
    pub(super) name: String,
    pub(super) folder: JobFolder,
    pub(super) spec: JobSpec,
    /// The jobs of this run that it needs.
    needs: Vec<usize>,
    /// An earlier job of this run that means the same.
    pub(super) twin: Option<usize>,
    pub(super) state: State,
    /// Whether a person was told that it waits for something outside of this run.
    pub(super) told: bool,
    /// How often it was started again after a failure.
    pub(super) retried: u32,
}

/// Where a job stands.
pub(super) enum State {
    Waiting,
    Active(Active),
    Ended(Status),
}

/// A job that was started.
pub(super) struct Active {
    pub(super) running: Box<dyn Running>,
    pub(super) tail: Tail,
    /// When it was last heard of.
    pub(super) heard: Instant,
    /// Its last sign of life on the lock it holds.
    pub(super) beat: Option<SystemTime>,
    /// Set once it was killed for saying nothing for so long.
    pub(super) hung: Option<Duration>,
    /// The length of its log when it was started.
    pub(super) log_from: u64,
    pub(super) _claim: Option<Claim>,
}

/// Whether a waiting job can start.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// Everything it needs is done.
    Free,
    /// What it needs is still to come.
    Later,
    /// A job that it needs failed or was skipped: this one.
    Never(usize),
}

impl JobTable {
    /// The jobs of `run` as their folders tell. Those that are not done wait, whatever became of
    /// them before.
    pub(super) fn open(run: &RunFolder, names: &[String]) -> Result<Self, RunDirError> {
        let mut rows: Vec<JobRow> = Vec::with_capacity(names.len());
        for name in names {
            let folder = run.job(name);
            let spec = folder.spec()?;
            let done = folder.record()?.status == Status::Done;
            let twin = rows.iter().position(|other| other.spec.key == spec.key);
            let state = if done { State::Ended(Status::Done) } else { State::Waiting };
            let (name, needs) = (name.clone(), Vec::new());
            rows.push(JobRow { name, folder, spec, needs, twin, state, told: false, retried: 0 });
        }
        for row in &mut rows {
            row.needs = needs(run, row, names);
        }
        Ok(Self { rows })
    }

    /// Whether the waiting job `index` can start.
    pub(super) fn readiness(&self, index: usize) -> Readiness {
        let row = &self.rows[index];
        let mut way = Readiness::Free;
        for &other in row.needs.iter().chain(&row.twin) {
            match self.rows[other].state {
                State::Ended(Status::Done) => {}
                State::Ended(Status::Failed | Status::Skipped) => return Readiness::Never(other),
                _ => way = Readiness::Later,
            }
        }
        way
    }

    /// The jobs that are done.
    pub(super) fn done(&self) -> Vec<Job<'_>> {
        let done = self.rows.iter().filter(|row| matches!(row.state, State::Ended(Status::Done)));
        done.map(|row| Job { folder: &row.folder, spec: &row.spec }).collect()
    }

    pub(super) fn active(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.state, State::Active(_))).count()
    }

    /// The jobs that wait, by index.
    pub(super) fn waiting(&self) -> Vec<usize> {
        let waits = |index: &usize| matches!(self.rows[*index].state, State::Waiting);
        (0..self.rows.len()).filter(waits).collect()
    }

    /// The jobs that were started, each with its name.
    pub(super) fn running(&mut self) -> impl Iterator<Item = (&str, &mut Active)> {
        self.rows.iter_mut().filter_map(|row| match &mut row.state {
            State::Active(active) => Some((row.name.as_str(), active)),
            _ => None,
        })
    }

    /// Whether any job ended in this way.
    pub(super) fn any(&self, wanted: Status) -> bool {
        self.rows.iter().any(|row| matches!(row.state, State::Ended(status) if status == wanted))
    }

    /// Whether all jobs are done.
    pub(super) fn all_done(&self) -> bool {
        self.rows.iter().all(|row| matches!(row.state, State::Ended(Status::Done)))
    }
}

/// The jobs of the same run that a job needs, by index.
fn needs(run: &RunFolder, row: &JobRow, names: &[String]) -> Vec<usize> {
    let here = |reference| {
        let folder = paths::follow(row.folder.path(), reference);
        names.iter().position(|name| run.job(name).path() == folder)
    };
    row.spec.needs.values().filter_map(|need| here(&need.folder)).collect()
}
