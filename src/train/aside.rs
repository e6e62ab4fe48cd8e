//! Work beside the steps, such as a measurement: [`Aside`] makes it a phase of the job.
//!
//! After every epoch of a second a phase of a millisecond would be noise. So one that began as a part
//! of another becomes a phase once it takes longer than it takes to notice, as of when it began.

use crate::event::Event;
use crate::job::Context;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::pace::INTERVAL;

/// Work that is a phase, or becomes one.
pub struct Aside {
    phase: Event,
    /// In seconds since 1970.
    began: f64,
    said: bool,
    last: Instant,
}

impl Aside {
    /// A phase from now on.
    pub fn phase(context: &mut Context, name: &str, unit: &str, total: u64) -> Self {
        let mut aside = Self::perhaps(name, unit, total);
        aside.say(context);
        aside
    }

    /// A phase once it has taken half a second.
    #[must_use]
    pub fn perhaps(name: &str, unit: &str, total: u64) -> Self {
        let phase = Event::Phase { name: name.to_owned(), unit: unit.to_owned(), total };
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { phase, began: began.as_secs_f64(), said: false, last: Instant::now() }
    }

    /// `done` units are behind it.
    pub fn tick(&mut self, context: &mut Context, done: u64) {
        self.tick_after(INTERVAL, context, done);
    }

    fn tick_after(&mut self, interval: Duration, context: &mut Context, done: u64) {
        if self.last.elapsed() >= interval {
            self.say(context);
            context.emit(Event::Progress { done, per_second: 0.0 });
            self.last = Instant::now();
        }
    }

    fn say(&mut self, context: &mut Context) {
        if !self.said {
            self.said = true;
            context.emit_as_of(self.began, self.phase.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn what_is_short_is_no_phase_and_what_is_long_began_when_it_began() {
        let (mut context, heard) = Context::heard(PathBuf::new(), 1);
        context.phase("train", "step", 9);
        let train = context.course.phase().cloned().unwrap();
        let mut aside = Aside::perhaps("evaluate", "example", 70);
        let began = aside.began;
        aside.tick(&mut context, 10);
        context.back_to(&train, 3);
        assert_eq!(heard.lock().unwrap().len(), 1, "nothing came between");
        aside.tick_after(Duration::ZERO, &mut context, 20);
        aside.tick_after(Duration::ZERO, &mut context, 30);
        context.back_to(&train, 3);
        let heard = heard.lock().unwrap();
        let events: Vec<&Event> = heard.iter().map(|record| &record.event).collect();
        let progress = |done| Event::Progress { done, per_second: 0.0 };
        let expected = [&train, &aside.phase, &progress(20), &progress(30), &train, &progress(3)];
        assert_eq!(events, expected);
        assert!((heard[1].time - began).abs() < 1e-9);
    }
}
