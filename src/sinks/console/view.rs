//! What is known of one running job ([`View`]), and how it is said.

use crate::event::{Ending, Event, Record};
use crate::number::{duration, grouped, significant};

/// The state of a job as its records tell it.
#[derive(Default)]
pub(super) struct View {
    started: Option<f64>,
    now: f64,
    attempt: String,
    pub(super) phase: Option<Phase>,
    per_second: f64,
    loss: Option<(String, f64)>,
    error: Option<(String, f64)>,
}

/// A stretch of work.
pub(super) struct Phase {
    name: String,
    unit: String,
    pub(super) total: u64,
    pub(super) done: u64,
    /// The first progress: when, and how much was done (a resumed job does not begin at nothing).
    first: Option<(f64, u64)>,
}

impl View {
    /// Takes in one record.
    pub(super) fn take(&mut self, record: &Record) {
        self.now = record.time;
        self.started.get_or_insert(record.time);
        match &record.event {
            Event::Started { attempt, resumed_from, .. } => {
                *self = Self { started: Some(record.time), now: record.time, ..Self::default() };
                self.attempt = match resumed_from {
                    Some(step) => format!(" (attempt {attempt}, from step {})", group(*step)),
                    None if *attempt > 1 => format!(" (attempt {attempt})"),
                    None => String::new(),
                };
            }
            Event::Phase { name, unit, total } => {
                let (name, unit) = (name.clone(), counted(unit, *total));
                self.phase = Some(Phase { name, unit, total: *total, done: 0, first: None });
                self.per_second = 0.0;
            }
            Event::Progress { done, per_second } => {
                self.per_second = *per_second;
                if let Some(phase) = &mut self.phase {
                    phase.done = *done;
                    phase.first.get_or_insert((record.time, *done));
                }
            }
            Event::Scalar { tag, value, .. } if !tag.contains("member") => {
                match tag.rsplit('/').next() {
                    Some("loss") => self.loss = Some((tag.replace('/', " "), *value)),
                    Some("error" | "errors" | "error_rate") => {
                        self.error = Some((tag.replace(['/', '_'], " "), *value));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The phase that began: `train: 1,200 steps (attempt 2, from step 600)`.
    pub(super) fn beginning(&self) -> String {
        let Some(phase) = &self.phase else { return format!("starting{}", self.attempt) };
        format!("{}: {} {}{}", phase.name, group(phase.total), phase.unit, self.attempt)
    }

    /// How far the phase is: `train 600/1,200 steps, 52,100 examples/s, 41 s left, train loss 0.03`.
    pub(super) fn progress(&self) -> String {
        let Some(phase) = &self.phase else { return self.beginning() };
        let Phase { name, unit, total, done, .. } = phase;
        let mut parts = vec![format!("{name} {}/{} {unit}", group(*done), group(*total))];
        if self.per_second.is_finite() && self.per_second > 0.0 {
            // A step is of many examples, and what is told of it is those.
            let what = if unit.starts_with("step") { "example" } else { unit.as_str() };
            let rate = significant(self.per_second, 3);
            parts.push(format!("{rate} {}s/s", what.trim_end_matches('s')));
        }
        parts.extend(phase.time_left(self.now).map(|left| format!("{} left", duration(left))));
        parts.extend(self.measured());
        parts.join(", ")
    }

    /// How it ended: `done in 41 s, test errors 78`.
    pub(super) fn ended(&self, ending: Ending, message: Option<&str>) -> String {
        let spent = |word: &str| match self.started {
            Some(started) => format!("{word} {}", duration(self.now - started)),
            None => String::new(),
        };
        let mut text = match (ending, &self.phase) {
            (Ending::Done, _) => {
                let done = [vec![format!("done{}", spent(" in"))], self.measured()].concat();
                done.join(", ")
            }
            (Ending::Failed, _) => format!("failed{}", spent(" after")),
            (Ending::Interrupted, Some(Phase { name, unit, total, done, .. })) => {
                format!("interrupted at {name} {}/{} {unit}", group(*done), group(*total))
            }
            (Ending::Interrupted, None) => format!("interrupted{}", spent(" after")),
        };
        if let Some(message) = message {
            text = format!("{text}: {message}");
        }
        text
    }

    fn measured(&self) -> Vec<String> {
        let numbers = [&self.loss, &self.error].into_iter().flatten();
        numbers.map(|(name, value)| format!("{name} {}", number(*value))).collect()
    }
}

impl Phase {
    /// The share that is done, 0 to 1.
    pub(super) fn share(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.done as f64 / self.total as f64 }
    }

    /// Seconds to the end of the phase at its mean speed so far.
    fn time_left(&self, now: f64) -> Option<f64> {
        let (time, done) = self.first?;
        let gone = self.done.checked_sub(done).filter(|gone| *gone > 0)? as f64;
        Some(self.total.saturating_sub(self.done) as f64 * (now - time).max(0.0) / gone)
    }
}

/// A measurement: a count as it is, anything else with four digits.
fn number(value: f64) -> String {
    let count = value.fract() == 0.0 && value.abs() < 1e9;
    if count { grouped(value as i64) } else { significant(value, 4) }
}

fn group(count: u64) -> String {
    grouped(count as i64)
}

/// The name of a unit as it stands behind a number: `1 step`, `2 steps`.
fn counted(unit: &str, number: u64) -> String {
    let plural = if number == 1 || unit.ends_with('s') { "" } else { "s" };
    format!("{unit}{plural}")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn at(time: f64, event: Event) -> Record {
        Record { time, event }
    }

    /// A job that trains 1,000 steps from `start` seconds on, a hundred steps every 2 seconds.
    pub(in super::super) fn training(start: f64) -> Vec<Record> {
        let mut records = vec![
            at(
                start,
                Event::Started { attempt: 1, device: "cpu".into(), threads: 2, resumed_from: None },
            ),
            at(start, Event::Phase { name: "train".into(), unit: "steps".into(), total: 1000 }),
        ];
        for index in 1..=10_u32 {
            let (time, step) = (start + 2.0 * f64::from(index), u64::from(index) * 100);
            let tag = "train/loss".to_owned();
            let value = 1.0 / f64::from(index);
            records.push(at(time, Event::Scalar { tag, step, value }));
            records.push(at(time, Event::Progress { done: step, per_second: 5012.3 }));
        }
        let scalar = Event::Scalar { tag: "test/errors".into(), step: 1000, value: 78.0 };
        records.push(at(start + 21.0, scalar));
        let scalar = Event::Scalar { tag: "test/member_0/errors".into(), step: 1000, value: 9.0 };
        records.push(at(start + 21.0, scalar));
        records
    }

    #[test]
    fn a_job_is_told_by_its_records() {
        let mut view = View::default();
        let records = training(100.0);
        records[..2].iter().for_each(|record| view.take(record));
        assert_eq!(view.beginning(), "train: 1,000 steps");
        records[2..8].iter().for_each(|record| view.take(record));
        assert_eq!(
            view.progress(),
            "train 300/1,000 steps, 5,012 examples/s, 14 s left, train loss 0.3333"
        );
        let interrupted = view.ended(Ending::Interrupted, None);
        assert_eq!(interrupted, "interrupted at train 300/1,000 steps");
        records[8..].iter().for_each(|record| view.take(record));
        assert_eq!(
            view.ended(Ending::Done, None),
            "done in 21 s, train loss 0.1000, test errors 78"
        );
        assert_eq!(view.ended(Ending::Failed, Some("no room")), "failed after 21 s: no room");
    }

    #[test]
    fn a_resumed_job_counts_from_where_it_went_on() {
        let mut view = View::default();
        let started = Event::Started {
            attempt: 2,
            device: "cpu".into(),
            threads: 2,
            resumed_from: Some(5000),
        };
        let phase = Event::Phase { name: "train".into(), unit: "steps".into(), total: 10_000 };
        let progress = |done| Event::Progress { done, per_second: f64::NAN };
        for (time, event) in
            [(0.0, started), (0.0, phase), (1.0, progress(5000)), (2.0, progress(6000))]
        {
            view.take(&at(time, event));
        }
        assert_eq!(view.beginning(), "train: 10,000 steps (attempt 2, from step 5,000)");
        assert_eq!(view.progress(), "train 6,000/10,000 steps, 4.0 s left");
    }
}
