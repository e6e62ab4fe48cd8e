//! Carrying a run out: [`Watch`] starts what is ready, shows what the jobs report, takes down how
//! they end, and stops them when it is asked to.
//!
//! It keeps nothing that the folders do not hold: a runner that was killed is replaced by another
//! that watches the same folder.

use super::board::{Active, Board, State, Way};
use super::claim::{Claim, Claimed};
use super::ending;
use super::executor::Executor;
use super::{reuse, summary};
use crate::event::Ending;
use crate::report::Tail;
use crate::report::console::Display;
use crate::rundir::{JobFolder, RunDirError, RunFolder, RunStatus, Status, now, paths};
use std::collections::BTreeSet;
use std::time::Duration;

/// How often jobs are looked at.
const TICK: Duration = Duration::from_millis(20);

/// What is needed to carry out a run.
pub struct Watch<'a> {
    /// The run, which the caller holds the lock of.
    pub run: &'a RunFolder,
    pub executor: &'a mut dyn Executor,
    pub display: &'a mut dyn Display,
    /// How many jobs run at the same time.
    pub simultaneous: usize,
    /// Whether the first failure stops the other jobs.
    pub fail_fast: bool,
    /// Whether jobs run even if others have computed, or are computing, the same.
    pub fresh: bool,
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
    pub fn carry(mut self) -> Result<RunStatus, RunDirError> {
        let mut record = self.run.record()?;
        let mut board = Board::open(self.run, &record.jobs)?;
        let mut progress = Progress::default();
        record.status = RunStatus::Running;
        record.ended = None;
        self.run.write_record(&record)?;
        self.await_former(&mut board)?;
        loop {
            self.listen(&mut board, &mut progress);
            let mut changed = self.reap(&mut board, &mut progress)?;
            changed |= self.skip(&mut board)?;
            if !progress.stopping {
                changed |= self.start(&mut board)?;
            }
            if changed {
                summary::write(self.run, &record)?;
            }
            let idle = board.active() == 0;
            if idle && (progress.stopping || !to_come(&board)) {
                break;
            }
            if !changed {
                std::thread::sleep(TICK);
            }
        }
        record.status = match () {
            () if board.all_done() => RunStatus::Done,
            () if progress.interrupted => RunStatus::Interrupted,
            () if board.any(Status::Failed) => RunStatus::Failed,
            () => RunStatus::Interrupted,
        };
        record.ended = Some(now());
        self.run.write_record(&record)?;
        summary::write(self.run, &record)?;
        Ok(record.status)
    }

    /// Puts every job that is not done back to the start of its way, once nothing is left at work
    /// on it from a runner that died.
    fn await_former(&mut self, board: &mut Board) -> Result<(), RunDirError> {
        for slot in board.slots.iter().filter(|slot| matches!(slot.state, State::Waiting)) {
            let mut told = false;
            while slot.folder.is_alive() {
                if !told {
                    told = true;
                    let name = &slot.name;
                    self.display.note(&format!("{name}: waiting for its former process to stop"));
                }
                if (self.asked_to_stop)() {
                    return Err(RunDirError::Busy {
                        path: slot.folder.path().into(),
                        holder: "its former process".to_owned(),
                    });
                }
                std::thread::sleep(TICK);
            }
        }
        for slot in &mut board.slots {
            let mut record = slot.folder.record()?;
            if record.status == Status::Done {
                slot.state = State::Ended(Status::Done);
            } else if record.status != Status::Pending {
                record.status = Status::Pending;
                record.message = None;
                slot.folder.write_record(&record)?;
            }
        }
        Ok(())
    }

    /// Hears requests to stop: the first one is passed on, the second one kills.
    fn listen(&mut self, board: &mut Board, progress: &mut Progress) {
        if !(self.asked_to_stop)() {
            return;
        }
        for (_, active) in board.running() {
            if progress.interrupted { active.running.kill() } else { active.running.stop() }
        }
        if !progress.interrupted && board.active() > 0 {
            self.display.note("stopping: jobs write a checkpoint; once more to kill them");
        }
        progress.stopping = true;
        progress.interrupted = true;
    }

    /// Shows what came in, and takes down which jobs have ended.
    fn reap(&mut self, board: &mut Board, progress: &mut Progress) -> Result<bool, RunDirError> {
        let mut changed = false;
        let mut failed = false;
        for slot in &mut board.slots {
            let State::Active(active) = &mut slot.state else { continue };
            // Asked before reading, so that nothing written by a job that has ended is missed.
            let exit = active.running.ended();
            for record in active.tail.poll() {
                self.display.show(&slot.name, &record);
            }
            let Some(exit) = exit.transpose() else { continue };
            let end = ending::settle(&slot.folder, exit, progress.stopping, active.log_from)?;
            self.display.job_ended(&slot.name, end.ending, end.told.as_deref());
            failed |= end.ending == Ending::Failed;
            slot.state = State::Ended(end.status);
            changed = true;
        }
        if failed && self.fail_fast && !progress.stopping {
            progress.stopping = true;
            board.running().for_each(|(_, active)| active.running.stop());
            self.display.note("a job failed: stopping the others (--fail-fast)");
        }
        Ok(changed)
    }

    /// Marks the jobs that can no longer run.
    fn skip(&mut self, board: &mut Board) -> Result<bool, RunDirError> {
        let mut changed = false;
        loop {
            let blocked = board.waiting().into_iter().find_map(|index| match board.way(index) {
                Way::Never(cause) => Some((index, cause)),
                _ => None,
            });
            let Some((index, cause)) = blocked else { return Ok(changed) };
            let outcome = match board.slots[cause].state {
                State::Ended(Status::Skipped) => "was skipped",
                _ => "failed",
            };
            let message = format!("it needs '{}', which {outcome}", board.slots[cause].name);
            let slot = &mut board.slots[index];
            self.display.note(&format!("{}: skipped: {message}", slot.name));
            let mut record = slot.folder.record()?;
            record.end(Status::Skipped, Some(message));
            slot.folder.write_record(&record)?;
            slot.state = State::Ended(Status::Skipped);
            changed = true;
        }
    }

    /// Starts what is ready, as far as there is room.
    fn start(&mut self, board: &mut Board) -> Result<bool, RunDirError> {
        let mut changed = false;
        for index in board.waiting() {
            if board.active() >= self.simultaneous {
                break;
            }
            if board.way(index) == Way::Free {
                changed |= self.start_one(board, index)?;
            }
        }
        Ok(changed)
    }

    fn start_one(&mut self, board: &mut Board, index: usize) -> Result<bool, RunDirError> {
        if let Some(twin) = board.slots[index].twin {
            let origin = board.slots[twin].folder.target();
            return self.link(board, index, &origin);
        }
        let claim = if self.fresh { None } else { self.claim(board, index)? };
        if !self.fresh && claim.is_none() {
            return Ok(false);
        }
        let slot = &mut board.slots[index];
        if slot.told {
            let keys = BTreeSet::from([slot.spec.key.clone()]);
            if let Some(origin) = reuse::find(self.run.root(), &keys).remove(&slot.spec.key) {
                return self.link(board, index, &origin);
            }
        }
        let log_from = std::fs::metadata(slot.folder.log_file()).map_or(0, |log| log.len());
        let mut tail = Tail::new(slot.folder.path());
        tail.poll(); // what earlier attempts reported was shown then
        match self.executor.start(&slot.folder) {
            Ok(running) => {
                slot.state = State::Active(Active { running, tail, log_from, _claim: claim });
            }
            Err(message) => {
                let mut record = slot.folder.record()?;
                record.end(Status::Failed, Some(message.clone()));
                slot.folder.write_record(&record)?;
                self.display.job_ended(&slot.name, Ending::Failed, Some(&message));
                slot.state = State::Ended(Status::Failed);
            }
        }
        Ok(true)
    }

    /// The right to compute a job; `None` while another process has it.
    fn claim(&mut self, board: &mut Board, index: usize) -> Result<Option<Claim>, RunDirError> {
        let slot = &mut board.slots[index];
        let label = format!("{}/{}", self.run.label(), slot.name);
        match Claim::take(self.run.root(), &slot.spec.key, &label)? {
            Claimed::Ours(claim) => Ok(Some(claim)),
            Claimed::Theirs(holder) => {
                if !slot.told {
                    let name = &slot.name;
                    let text = format!("{name}: waiting for {holder}, which computes the same");
                    self.display.note(&text);
                    slot.told = true;
                }
                Ok(None)
            }
        }
    }

    /// Lets a finished job stand for this one.
    fn link(
        &mut self,
        board: &mut Board,
        index: usize,
        origin: &JobFolder,
    ) -> Result<bool, RunDirError> {
        let slot = &mut board.slots[index];
        let mut record = slot.folder.record()?;
        let path = paths::refer(slot.folder.path(), origin.path(), self.run.root());
        record.end(Status::Done, None);
        record.reused_from = Some(path);
        slot.folder.write_record(&record)?;
        let shown = paths::shown(origin.path());
        self.display.note(&format!("{}: reused from {}", slot.name, shown.display()));
        slot.state = State::Ended(Status::Done);
        Ok(true)
    }
}

/// Whether a job that waits can still start.
fn to_come(board: &Board) -> bool {
    board.waiting().into_iter().any(|index| board.way(index) == Way::Free)
}
