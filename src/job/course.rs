//! What a job has said of its own course: [`Course`].
//!
//! A job says what it does from its first moment on, and finds the checkpoint it goes on from only
//! after it has loaded its data; its logs are then cut back to that checkpoint. What it said before
//! would be lost with what an earlier attempt said after it, so it is kept here and said again.

use crate::event::{Event, Record};
use std::collections::BTreeSet;

/// The phase a job is in, what it said before its logs were cut back, and its warnings.
#[derive(Debug, Default)]
pub struct Course {
    /// Phases and warnings of this attempt until the logs are cut back.
    early: Vec<Record>,
    begun: bool,
    phase: Option<Event>,
    warned: BTreeSet<String>,
}

impl Course {
    /// Takes in what the job says.
    pub(super) fn hear(&mut self, record: Record) {
        match record.event {
            Event::Phase { .. } => self.phase = Some(record.event.clone()),
            Event::Warning { .. } => {}
            _ => return,
        }
        if !self.begun {
            self.early.push(record);
        }
    }

    /// Gives back what was said so far, and when the first of it was; from now on nothing is kept.
    pub(super) fn begin(&mut self) -> Option<(f64, Vec<Record>)> {
        self.begun = true;
        let said = std::mem::take(&mut self.early);
        said.first().map(|first| first.time).map(|time| (time, said))
    }

    /// Whether this warning was not given yet.
    pub(super) fn is_news(&mut self, warning: &str) -> bool {
        self.warned.insert(warning.to_owned())
    }

    /// The phase that the job is in, as it was said.
    #[must_use]
    pub fn phase(&self) -> Option<&Event> {
        self.phase.as_ref()
    }
}
