//! Plain lines, for a log file or a pipe ([`Lines`]).

use super::display::Display;
use super::view::View;
use crate::event::{Ending, Event, Record};
use indexmap::IndexMap;
use std::collections::HashSet;
use std::io::Write;

/// Seconds after which a job says how far it is.
const EVERY: f64 = 10.0;
/// Or after this share of its phase, though not more often than once a second.
const SHARE: f64 = 0.1;

/// Says when a phase begins, how far it is every ten seconds or ten per cent, and how a job ended.
pub struct Lines {
    jobs: IndexMap<String, Job>,
    to: Box<dyn Write + Send>,
}

#[derive(Default)]
struct Job {
    view: View,
    /// The phases that were announced in this attempt: one that is gone back to, or is told again as
    /// the logs are cut back, is no news.
    announced: HashSet<String>,
    attempt: u32,
    /// When the last line was written, and the share done then.
    last: (f64, f64),
}

impl Lines {
    /// Writes to `to`; an error of writing is ignored, since nobody is reading.
    #[must_use]
    pub fn new(to: Box<dyn Write + Send>) -> Self {
        Self { jobs: IndexMap::new(), to }
    }

    fn say(&mut self, text: &str) {
        let _ = writeln!(self.to, "{text}").and_then(|()| self.to.flush());
    }
}

impl Display for Lines {
    fn show(&mut self, name: &str, record: &Record) {
        let job = self.jobs.entry(name.to_owned()).or_default();
        job.view.take(record);
        let share = job.view.phase.as_ref().map_or(0.0, super::view::Phase::share);
        let text = match &record.event {
            Event::Started { attempt, .. } => {
                if *attempt != job.attempt {
                    job.announced.remove("train");
                }
                job.attempt = *attempt;
                return;
            }
            Event::Phase { name, total, .. } => {
                job.last = (record.time, 0.0);
                if *total == 0 || !job.announced.insert(name.clone()) {
                    return;
                }
                job.view.beginning()
            }
            Event::Progress { .. } => {
                // Clocks are also set back; that is no reason to fall silent.
                let waited = (record.time - job.last.0).abs();
                // A hair less than the share, since it is a sum of fractions.
                if waited < EVERY && (waited < 1.0 || share - job.last.1 < SHARE - 1e-9) {
                    return;
                }
                job.last = (record.time, share);
                job.view.progress()
            }
            Event::Warning { message } => format!("warning: {message}"),
            _ => return,
        };
        self.say(&format!("{name}: {text}"));
    }

    fn job_ended(&mut self, name: &str, ending: Ending, message: Option<&str>) {
        let job = self.jobs.shift_remove(name).unwrap_or_default();
        self.say(&format!("{name}: {}", job.view.ended(ending, message)));
    }

    fn note(&mut self, text: &str) {
        self.say(text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::outage::tests::Shared;
    use super::super::view::tests::{at, training};
    use super::*;

    #[test]
    fn a_job_says_ten_per_cent_at_a_time() {
        let heard = Shared::default();
        let mut lines = Lines::new(Box::new(heard.clone()));
        lines.note("run distill/20250101-000000-abcd");
        for record in training(50.0) {
            lines.show("student", &record);
        }
        lines.job_ended("student", Ending::Done, None);
        let text = heard.text();
        assert_eq!(text.lines().count(), 1 + 1 + 10 + 1, "{text}");
        assert!(text.contains("\nstudent: train: 1,000 steps\n"), "{text}");
        assert!(
            text.contains("student: train 300/1,000 steps, 5,012 examples/s, 14 s left"),
            "{text}"
        );
        assert!(text.ends_with("student: done in 21 s, train loss 0.1000, test errors 78\n"));
    }

    #[test]
    fn a_clock_that_is_set_back_silences_nobody() {
        let heard = Shared::default();
        let mut lines = Lines::new(Box::new(heard.clone()));
        let phase = Event::Phase { name: "train".into(), unit: "steps".into(), total: 100 };
        lines.show("job", &at(10_000.0, phase));
        for done in 1..=100_u32 {
            let event = Event::Progress { done: done.into(), per_second: 1.0 };
            lines.show("job", &at(f64::from(done), event));
        }
        assert!(heard.text().lines().count() > 10, "{}", heard.text());
    }

    #[test]
    fn a_phase_is_announced_once_an_attempt() {
        let heard = Shared::default();
        let mut lines = Lines::new(Box::new(heard.clone()));
        let phase =
            |name: &str, total| Event::Phase { name: name.into(), unit: "set".into(), total };
        let started = |attempt| Event::Started {
            attempt,
            device: "cpu".into(),
            threads: 2,
            resumed_from: None,
        };
        // Told before the logs are cut back, and again after; gone back to; nothing to be seen.
        for event in [
            phase("load", 1),
            started(1),
            phase("load", 1),
            phase("train", 9),
            phase("evaluate", 5),
            phase("train", 9),
            phase("check", 0),
            started(2),
            phase("train", 9),
        ] {
            lines.show("job", &at(1.0, event));
        }
        let expected = "job: load: 1 set\njob: train: 9 sets\njob: evaluate: 5 sets\n\
                        job: train: 9 sets (attempt 2)\n";
        assert_eq!(heard.text(), expected);
    }

    #[test]
    fn a_fast_job_is_not_chatty_and_a_slow_one_not_silent() {
        for (pause, expected) in [(0.01, 1), (0.5, 10), (30.0, 100)] {
            let heard = Shared::default();
            let mut lines = Lines::new(Box::new(heard.clone()));
            let phase = Event::Phase { name: "train".into(), unit: "steps".into(), total: 100 };
            lines.show("job", &at(0.0, phase));
            for done in 1..=100_u32 {
                let event = Event::Progress { done: done.into(), per_second: 1.0 };
                lines.show("job", &at(f64::from(done) * pause, event));
            }
            assert_eq!(heard.text().lines().count(), 1 + expected, "pause {pause}");
        }
    }
}
