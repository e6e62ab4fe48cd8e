//! Checkpoints committed beside the training that goes on: [`Committer`].
//!
//! Waiting for a disk costs no processor, so a thread does it: training stands still only while the
//! state is copied, and where the checkpoint before is not committed yet.

use crate::files::Place;
use std::thread::JoinHandle;
use std::time::Instant;
use tch::Device;

use super::file::{self, FileError, Tensors};
use super::store::{Restored, Store};

/// A checkpoint that is on the disk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Committed {
    /// Steps behind it.
    pub step: u64,
    /// Whether it is the best so far.
    pub best: bool,
    /// For how long training stood still, in seconds.
    pub seconds: f64,
}

/// Commits the checkpoints of one job, one at a time. Dropping it waits for the one at work.
pub struct Committer(State);

enum State {
    Idle(Store),
    AtWork {
        thread: JoinHandle<(Store, Result<bool, FileError>)>,
        step: u64,
        seconds: f64,
    },
    /// For the moment between the two.
    Moving,
}

impl Committer {
    /// The checkpoints in `folder`, which need not exist yet, of the job with this key.
    #[must_use]
    pub fn open(folder: &Place, key: &str) -> Self {
        Self(State::Idle(Store::open(folder, key)))
    }

    /// Starts to commit a checkpoint of the state as it is now; training has stood still since
    /// `began`. The one before must have been
    /// [collected](Self::collect), or its end goes unheard.
    ///
    /// # Errors
    /// When the state has no place in a file.
    pub fn begin(
        &mut self,
        step: u64,
        tensors: &Tensors,
        note: &str,
        score: Option<f64>,
        began: Instant,
    ) -> Result<(), FileError> {
        let bytes = file::encode(tensors, note)?;
        let mut kept = self.idle();
        let work = move || {
            let best = kept.commit(step, &bytes, score);
            (kept, best)
        };
        let thread = std::thread::spawn(work);
        self.0 = State::AtWork { thread, step, seconds: began.elapsed().as_secs_f64() };
        Ok(())
    }

    /// What became of the checkpoint that was begun, once: `None` where there is none, or where it
    /// is still at work and `wait` does not say to wait for it.
    pub fn collect(&mut self, wait: bool) -> Option<Result<Committed, FileError>> {
        match &self.0 {
            State::AtWork { thread, .. } if wait || thread.is_finished() => {}
            _ => return None,
        }
        let state = std::mem::replace(&mut self.0, State::Moving);
        let State::AtWork { thread, step, seconds } = state else { return None };
        let waits = Instant::now();
        let (store, best) = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let seconds = seconds + waits.elapsed().as_secs_f64();
        self.0 = State::Idle(store);
        Some(best.map(|best| Committed { step, best, seconds }))
    }

    /// See [`Store::newest`]; a checkpoint at work is waited for.
    pub fn newest(&mut self, device: Device) -> (Option<Restored>, Vec<String>) {
        let mut store = self.idle();
        let newest = store.newest(device);
        self.0 = State::Idle(store);
        newest
    }

    /// The store, once nothing is at work on it.
    fn idle(&mut self) -> Store {
        // Whoever cares how the last checkpoint ended has collected it.
        let _ = self.collect(true);
        match std::mem::replace(&mut self.0, State::Moving) {
            State::Idle(store) => store,
            _ => unreachable!("collecting leaves it idle"),
        }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        if let State::AtWork { thread, .. } = std::mem::replace(&mut self.0, State::Moving) {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Tensor;

    #[test]
    fn a_checkpoint_is_of_the_state_at_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let mut commits = Committer::open(&Place::trusted(folder.path()), "");
        assert!(commits.collect(true).is_none());
        let mut weight = Tensor::from_slice(&[1f32; 1000]);
        for step in 1..=3u64 {
            let state = Tensors::from([("a".into(), weight.shallow_clone())]);
            commits.begin(step, &state, "", Some(1.0 / step as f64), Instant::now()).unwrap();
            weight += 1.0;
            let committed = commits.collect(true).unwrap().unwrap();
            assert_eq!((committed.step, committed.best), (step, true));
            assert!(commits.collect(true).is_none());
        }
        let (restored, warnings) = commits.newest(Device::Cpu);
        let restored = restored.unwrap();
        assert_eq!((restored.step, warnings.len()), (3, 0));
        assert!(restored.tensors["a"].equal(&Tensor::from_slice(&[3f32; 1000])));
    }

    #[test]
    fn one_that_cannot_be_written_is_an_error_when_it_is_collected() {
        let folder = tempfile::tempdir().unwrap();
        let mut commits = Committer::open(&Place::trusted(folder.path().join("absent")), "");
        commits.begin(1, &Tensors::new(), "", None, Instant::now()).unwrap();
        let error = commits.collect(true).unwrap().unwrap_err().to_string();
        assert!(error.contains("absent"), "{error}");
    }
}
