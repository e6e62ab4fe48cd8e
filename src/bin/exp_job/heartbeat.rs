//! Signs of life: a job that reports anything also marks the lock it holds ([`Heartbeat`]), so that the
//! runner can tell it from one that hangs even where its record cannot be written.

use exp::event::{Record, Sink};
use exp::files::Lock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two marks: far less than anybody waits before taking a job for hung.
const INTERVAL: Duration = Duration::from_secs(1);

/// A sink that keeps nothing but the time.
pub(crate) struct Heartbeat {
    lock: Arc<Lock>,
    last: Option<Instant>,
}

impl Heartbeat {
    /// Marks `lock`.
    pub(crate) fn new(lock: Arc<Lock>) -> Self {
        Self { lock, last: None }
    }
}

impl Sink for Heartbeat {
    fn write(&mut self, _: &Record) {
        if self.last.is_none_or(|last| last.elapsed() >= INTERVAL) {
            self.lock.beat();
            self.last = Some(Instant::now());
        }
    }

    fn commit(&mut self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }

    fn rewind(&mut self, _: &BTreeMap<String, u64>) {}
}
