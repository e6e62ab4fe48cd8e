//! Starting jobs: each once what it needs is done, there is room, and nobody else computes the same;
//! a job that can no longer start is marked as skipped.

use super::super::board::{Active, Board, State, Way};
use super::super::claim::{Claim, Claimed};
use super::super::reuse;
use super::Watch;
use crate::event::Ending;
use crate::files;
use crate::rundir::{JobFolder, Look, RunDirError, Status, paths};
use crate::sinks::Tail;
use std::collections::BTreeSet;
use std::time::Instant;

impl Watch<'_> {
    /// Marks the jobs that can no longer run.
    pub(super) fn skip(&mut self, board: &mut Board) -> Result<bool, RunDirError> {
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
    pub(super) fn start(&mut self, board: &mut Board) -> Result<bool, RunDirError> {
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
        if !self.fresh {
            // Since this was planned somebody else may have computed it.
            let keys = BTreeSet::from([slot.spec.key.clone()]);
            let mut found = reuse::find(self.run.root(), &keys, Look::Close, self.passed).sound;
            self.passed.news().iter().for_each(|line| self.display.note(line));
            if let Some(origin) = found.remove(&slot.spec.key) {
                return self.link(board, index, &origin);
            }
        }
        let log_from = files::open_file(&slot.folder.log_file()).map_or(0, |(_, log)| log.len());
        let mut tail = Tail::new(slot.folder.place());
        tail.poll(); // what earlier attempts reported was shown then
        match self.executor.start(&slot.folder) {
            Ok(running) => {
                slot.state = State::Active(Active {
                    running,
                    tail,
                    heard: Instant::now(),
                    beat: slot.folder.last_beat(),
                    hung: None,
                    log_from,
                    _claim: claim,
                });
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
