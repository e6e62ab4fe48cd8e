//! Starting jobs: each once what it needs is done, there is room, and nobody else computes the same;
//! a job that can no longer start is marked as skipped.

use super::super::claim::{Claim, Claimed};
use super::super::job_table::{Active, JobTable, Readiness, State};
use super::super::reuse;
use super::Watch;
use crate::event::Ending;
use crate::files;
use crate::rundir::{Check, JobFolder, RunDirError, Status, paths};
use crate::sinks::Tail;
use std::collections::BTreeSet;
use std::time::Instant;

impl Watch<'_> {
    /// Marks the jobs that can no longer run.
    pub(super) fn skip(&mut self, table: &mut JobTable) -> Result<bool, RunDirError> {
        let mut changed = false;
        loop {
            let blocked =
                table.waiting().into_iter().find_map(|index| match table.readiness(index) {
                    Readiness::Never(cause) => Some((index, cause)),
                    _ => None,
                });
            let Some((index, cause)) = blocked else { return Ok(changed) };
            let outcome = match table.rows[cause].state {
                State::Ended(Status::Skipped) => "was skipped",
                _ => "failed",
            };
            let message = format!("it needs '{}', which {outcome}", table.rows[cause].name);
            let row = &mut table.rows[index];
            self.display.note(&format!("{}: skipped: {message}", row.name));
            let mut record = row.folder.record()?;
            record.end(Status::Skipped, Some(message));
            row.folder.write_record(&record)?;
            row.state = State::Ended(Status::Skipped);
            changed = true;
        }
    }

    /// Starts what is ready, as far as there is room.
    pub(super) fn start(&mut self, table: &mut JobTable) -> Result<bool, RunDirError> {
        let mut changed = false;
        for index in table.waiting() {
            if table.active() >= self.simultaneous {
                break;
            }
            if table.readiness(index) == Readiness::Free {
                changed |= self.start_one(table, index)?;
            }
        }
        Ok(changed)
    }

    fn start_one(&mut self, table: &mut JobTable, index: usize) -> Result<bool, RunDirError> {
        if let Some(twin) = table.rows[index].twin {
            let origin = table.rows[twin].folder.target();
            return self.link(table, index, &origin);
        }
        let claim = if self.fresh { None } else { self.claim(table, index)? };
        if !self.fresh && claim.is_none() {
            return Ok(false);
        }
        let row = &mut table.rows[index];
        if !self.fresh {
            // Since this was planned somebody else may have computed it.
            let keys = BTreeSet::from([row.spec.key.clone()]);
            let mut found = reuse::find(self.run.root(), &keys, Check::Contents, self.passed).sound;
            self.passed.news().iter().for_each(|line| self.display.note(line));
            if let Some(origin) = found.remove(&row.spec.key) {
                return self.link(table, index, &origin);
            }
        }
        let log_from = files::open_file(&row.folder.log_file()).map_or(0, |(_, log)| log.len());
        let mut tail = Tail::new(row.folder.place());
        tail.poll(); // what earlier attempts reported was shown then
        match self.executor.start(&row.folder) {
            Ok(running) => {
                row.state = State::Active(Active {
                    running,
                    tail,
                    heard: Instant::now(),
                    beat: row.folder.last_beat(),
                    hung: None,
                    log_from,
                    _claim: claim,
                });
            }
            Err(error) => {
                let message = error.to_string();
                let mut record = row.folder.record()?;
                record.end(Status::Failed, Some(message.clone()));
                row.folder.write_record(&record)?;
                self.display.job_ended(&row.name, Ending::Failed, Some(&message));
                row.state = State::Ended(Status::Failed);
            }
        }
        Ok(true)
    }

    /// The right to compute a job; `None` while another process has it.
    fn claim(&mut self, table: &mut JobTable, index: usize) -> Result<Option<Claim>, RunDirError> {
        let row = &mut table.rows[index];
        let label = format!("{}/{}", self.run.label(), row.name);
        match Claim::take(self.run.root(), &row.spec.key, &label)? {
            Claimed::Ours(claim) => Ok(Some(claim)),
            Claimed::Theirs(holder) => {
                if !row.told {
                    let name = &row.name;
                    let text = format!("{name}: waiting for {holder}, which computes the same");
                    self.display.note(&text);
                    row.told = true;
                }
                Ok(None)
            }
        }
    }

    /// Lets a finished job stand for this one.
    fn link(
        &mut self,
        table: &mut JobTable,
        index: usize,
        origin: &JobFolder,
    ) -> Result<bool, RunDirError> {
        let row = &mut table.rows[index];
        let mut record = row.folder.record()?;
        let path = paths::refer(row.folder.path(), origin.path(), self.run.root());
        record.end(Status::Done, None);
        record.reused_from = Some(path);
        row.folder.write_record(&record)?;
        let shown = paths::shown(origin.path());
        self.display.note(&format!("{}: reused from {}", row.name, shown.display()));
        row.state = State::Ended(Status::Done);
        Ok(true)
    }
}
