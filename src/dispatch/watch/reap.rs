//! Taking down which jobs have ended, and which are at work no longer though they have not: a job
//! that says nothing for too long is killed, one that failed may be tried again from its checkpoint.

use super::super::ending::{self, Cause, End};
use super::super::job_table::{JobTable, State};
use super::{Progress, Watch};
use crate::event::Ending;
use crate::rundir::{RunDirError, Status};
use std::time::Instant;

impl Watch<'_> {
    /// Shows what came in, and takes down which jobs have ended.
    pub(super) fn reap(
        &mut self,
        table: &mut JobTable,
        progress: &mut Progress,
    ) -> Result<bool, RunDirError> {
        let mut changed = false;
        let mut failed = false;
        for index in 0..table.rows.len() {
            let Some(end) = self.look_at(table, index, progress)? else { continue };
            changed = true;
            let row = &mut table.rows[index];
            self.display.job_ended(&row.name, end.ending, end.told.as_deref());
            row.state = State::Ended(end.status);
            if end.ending == Ending::Failed && !self.again(table, index, progress)? {
                failed = true;
            }
        }
        if failed && self.fail_fast && !progress.stopping {
            progress.stopping = true;
            table.running().for_each(|(_, active)| active.running.stop());
            self.display.note("a job failed: stopping the others (--fail-fast)");
        }
        Ok(changed)
    }

    /// Shows what a job said since the last look; how it ended, if it has.
    fn look_at(
        &mut self,
        table: &mut JobTable,
        index: usize,
        progress: &Progress,
    ) -> Result<Option<End>, RunDirError> {
        let row = &mut table.rows[index];
        let State::Active(active) = &mut row.state else { return Ok(None) };
        // Asked before reading, so that nothing written by a job that has ended is missed.
        let exit = active.running.ended();
        let records = active.tail.poll();
        let beat = row.folder.last_beat();
        if !records.is_empty() || beat != active.beat {
            (active.beat, active.heard) = (beat, Instant::now());
        }
        for record in records {
            self.display.show(&row.name, &record);
        }
        let silent = self.hang.filter(|limit| active.heard.elapsed() > *limit);
        let Some(exit) = exit.transpose() else {
            if let Some(limit) = silent.filter(|_| active.hung.is_none()) {
                active.hung = Some(limit);
                active.running.kill();
            }
            return Ok(None);
        };
        let cause = match active.hung {
            Some(limit) => Cause::Hung(limit),
            None if progress.stopping => Cause::Asked,
            None => Cause::Itself,
        };
        ending::settle(&row.folder, exit, cause, active.log_from).map(Some)
    }

    /// Puts a job that failed back to where it is started from, if it has tries left.
    fn again(
        &mut self,
        table: &mut JobTable,
        index: usize,
        progress: &Progress,
    ) -> Result<bool, RunDirError> {
        let row = &mut table.rows[index];
        if row.retried >= self.retries || progress.stopping {
            return Ok(false);
        }
        row.retried += 1;
        let (name, count) = (&row.name, row.retried);
        let of = self.retries;
        self.display.note(&format!(
            "{name}: retry {count} of {of}, from its newest checkpoint if it has one"
        ));
        let mut record = row.folder.record()?;
        record.status = Status::Pending;
        row.folder.write_record(&record)?;
        row.state = State::Waiting;
        Ok(true)
    }
}
