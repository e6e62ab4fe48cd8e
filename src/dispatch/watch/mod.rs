//! Carrying a run out: [`Watch`] starts what is ready, shows what the jobs report, takes down how
//! they end, and stops them when it is asked to.
//!
//! It keeps nothing that the folders do not hold: a runner that was killed is replaced by another
//! that watches the same folder.

mod reap;
mod start;

use super::executor::Executor;
use super::job_table::{JobTable, Readiness, State};
use crate::analysis::{figures, summary};
use crate::rundir::{Passed, RunDirError, RunFolder, RunStatus, Status, now};
use crate::sinks::console::Display;
use std::time::Duration;

/// How often jobs are looked at.
const TICK: Duration = Duration::from_millis(20);

/// What is needed to execute a run.
pub struct Watch<'a> {
    /// The run, which the caller holds the lock of.
    pub run: &'a RunFolder,
    pub executor: &'a mut dyn Executor,
    pub display: &'a mut dyn Display,
    /// How many jobs run at the same time.
    pub simultaneous: usize,
    /// Whether the first failure stops the other jobs.
    pub fail_fast: bool,
    /// How often a job that failed is started again, from its checkpoint.
    pub retries: u32,
    /// A job that says nothing for so long is taken for hung and killed; `None`: never.
    pub hang: Option<Duration>,
    /// Whether jobs run even if others have computed, or are computing, the same.
    pub fresh: bool,
    /// What was passed over; what is added to it is told.
    pub passed: &'a Passed,
    /// Whether a request to stop came in since it was last called.
    pub asked_to_stop: &'a mut dyn FnMut() -> bool,
}

/// How a run is doing.
#[derive(Default)]
struct Progress {
    /// No more jobs are started.
    stopping: bool,
    /// A person, or the system, asked for that.
    interrupted: bool,
}

impl Watch<'_> {
    /// Runs every job that is not done.
    ///
    /// # Errors
    /// When the run's own files cannot be read or written. Jobs that are at work then stop by
    /// themselves, with a checkpoint.
    pub fn run(mut self) -> Result<RunStatus, RunDirError> {
        let mut record = self.run.record()?;
        let mut table = JobTable::open(self.run, &record.jobs)?;
        let mut progress = Progress::default();
        // A run that began so goes on so.
        self.fresh |= record.fresh;
        record.fresh = self.fresh;
        record.status = RunStatus::Running;
        record.ended = None;
        self.run.write_record(&record)?;
        self.await_former(&mut table, &mut progress)?;
        loop {
            self.listen(&mut table, &mut progress);
            let mut changed = self.reap(&mut table, &mut progress)?;
            changed |= self.skip(&mut table)?;
            if !progress.stopping {
                changed |= self.start(&mut table)?;
            }
            if changed {
                summary::write(self.run, &record, None)?;
            }
            let idle = table.active() == 0;
            if idle && (progress.stopping || !to_come(&table)) {
                break;
            }
            if !changed {
                std::thread::sleep(TICK);
            }
        }
        record.status = match () {
            () if table.all_done() => RunStatus::Done,
            () if progress.interrupted => RunStatus::Interrupted,
            () if table.any(Status::Failed) => RunStatus::Failed,
            () => RunStatus::Interrupted,
        };
        record.ended = Some(now());
        let figures = figures::write(self.run, &table.done());
        figures.told.iter().for_each(|told| self.display.note(told));
        // A run that says "done" has its summary.
        summary::write(self.run, &record, Some(&figures))?;
        self.run.write_record(&record)?;
        Ok(record.status)
    }

    /// Puts every job that is not done back to the start of its way, once nothing is left at work
    /// on it from a runner that died.
    fn await_former(
        &mut self,
        table: &mut JobTable,
        progress: &mut Progress,
    ) -> Result<(), RunDirError> {
        for row in table.rows.iter().filter(|row| matches!(row.state, State::Waiting)) {
            let mut told = false;
            while row.folder.is_alive() {
                if !told {
                    told = true;
                    let name = &row.name;
                    self.display.note(&format!("{name}: waiting for its former process to stop"));
                }
                if (self.asked_to_stop)() {
                    // What is at work there is left alone, and so is its record.
                    (progress.stopping, progress.interrupted) = (true, true);
                    return Ok(());
                }
                std::thread::sleep(TICK);
            }
        }
        for row in &mut table.rows {
            let mut record = row.folder.record()?;
            if record.status == Status::Done {
                row.state = State::Ended(Status::Done);
            } else if record.status != Status::Pending {
                record.status = Status::Pending;
                record.message = None;
                row.folder.write_record(&record)?;
            }
        }
        Ok(())
    }

    /// Hears requests to stop: the first one is passed on, the second one kills.
    fn listen(&mut self, table: &mut JobTable, progress: &mut Progress) {
        if !(self.asked_to_stop)() {
            return;
        }
        for (_, active) in table.running() {
            if progress.interrupted { active.running.kill() } else { active.running.stop() }
        }
        if !progress.interrupted && table.active() > 0 {
            self.display.note("stopping: jobs write a checkpoint; once more to kill them");
        }
        progress.stopping = true;
        progress.interrupted = true;
    }
}

/// Whether a job that waits can still start.
fn to_come(table: &JobTable) -> bool {
    table.waiting().into_iter().any(|index| table.readiness(index) == Readiness::Free)
}
