//! How fast a loop goes: [`Pace`] turns steps into progress events, a few a second at most.

use crate::event::Event;
use crate::job::Context;
use std::time::{Duration, Instant};

/// Time between two progress events: often enough to watch, rare enough to cost nothing.
const INTERVAL: Duration = Duration::from_millis(500);

/// Reports the progress of one loop.
pub struct Pace {
    examples_per_step: u64,
    last_step: u64,
    last_time: Instant,
    started: (u64, Instant),
}

impl Pace {
    /// For a loop that goes on from `step`.
    #[must_use]
    pub fn new(step: u64, examples_per_step: u64) -> Self {
        let now = Instant::now();
        Self { examples_per_step, last_step: step, last_time: now, started: (step, now) }
    }

    /// `step` steps are behind the loop.
    pub fn tick(&mut self, context: &mut Context, step: u64) {
        if self.last_time.elapsed() >= INTERVAL {
            let per_second = self.rate(self.last_step, self.last_time, step);
            context.emit(Event::Progress { done: step, per_second });
            self.last_step = step;
            self.last_time = Instant::now();
        }
    }

    /// The loop is through: reports the mean over all of it.
    pub fn finish(&mut self, context: &mut Context, step: u64) {
        let per_second = self.rate(self.started.0, self.started.1, step);
        context.emit(Event::Progress { done: step, per_second });
    }

    /// Examples a second since `step` was `from`.
    fn rate(&self, from: u64, since: Instant, step: u64) -> f64 {
        let examples = (step - from) * self.examples_per_step;
        examples as f64 / since.elapsed().as_secs_f64().max(1e-9)
    }
}
