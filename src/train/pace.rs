//! How fast a loop goes: [`Pace`] turns steps into progress events, a few a second at most.

use crate::event::Event;
use crate::job::Context;
use std::time::{Duration, Instant};

/// Time between two progress events: often enough to watch, rare enough to cost nothing.
pub(super) const INTERVAL: Duration = Duration::from_millis(500);

/// Reports the progress of one loop.
pub struct Pace {
    /// The examples that were behind the loop, and when.
    last: (u64, Instant),
    started: (u64, Instant),
}

impl Pace {
    /// For a loop that has so many examples behind it.
    #[must_use]
    pub fn new(examples: u64) -> Self {
        let now = (examples, Instant::now());
        Self { last: now, started: now }
    }

    /// `done` units are behind the loop, and so many examples.
    pub fn tick(&mut self, context: &mut Context, done: u64, examples: u64) {
        if self.last.1.elapsed() >= INTERVAL {
            let per_second = rate(self.last, examples);
            context.emit(Event::Progress { done, per_second });
            self.last = (examples, Instant::now());
        }
    }

    /// What was done since `began` was none of the loop's work.
    pub fn pause(&mut self, began: Instant) {
        let aside = began.elapsed();
        self.last.1 += aside;
        self.started.1 += aside;
    }

    /// The loop is through: reports the mean over all of it.
    pub fn finish(&mut self, context: &mut Context, done: u64, examples: u64) {
        let per_second = rate(self.started, examples);
        context.emit(Event::Progress { done, per_second });
    }
}

/// Examples a second since there were fewer.
fn rate((from, since): (u64, Instant), examples: u64) -> f64 {
    (examples - from) as f64 / since.elapsed().as_secs_f64().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_that_of_the_examples_since() {
        let since = Instant::now().checked_sub(Duration::from_secs(100)).unwrap();
        let found = rate((10, since), 510);
        assert!(found > 4.0 && found <= 5.0, "{found}");
        assert!(rate((10, since), 10).abs() < 1e-12);
        assert!(rate((10, Instant::now()), 11).is_finite());
    }
}
