//! A display for people that hears nothing a terminal would obey: [`Plain`].
//!
//! What jobs say comes from files that others can write. It is made plain once, before any display adds
//! colours and bars of its own.

use super::display::Display;
use crate::event::{Ending, Event, Record};
use crate::shown;

/// Passes on to another display what is said, in plain text.
pub struct Plain<D>(pub D);

impl<D: Display> Display for Plain<D> {
    fn show(&mut self, job: &str, record: &Record) {
        let line = |text: &String| shown::line(text).into_owned();
        let event = match &record.event {
            Event::Phase { name, unit, total } => {
                Some(Event::Phase { name: line(name), unit: line(unit), total: *total })
            }
            Event::Scalar { tag, step, value } => {
                Some(Event::Scalar { tag: line(tag), step: *step, value: *value })
            }
            Event::Warning { message } => Some(Event::Warning { message: line(message) }),
            _ => None, // nothing of the others is shown
        };
        let job = shown::line(job);
        match event {
            Some(event) => self.0.show(&job, &Record { time: record.time, event }),
            None => self.0.show(&job, record),
        }
    }

    fn job_ended(&mut self, job: &str, ending: Ending, message: Option<&str>) {
        let message = message.map(shown::text);
        self.0.job_ended(&shown::line(job), ending, message.as_deref());
    }

    fn note(&mut self, text: &str) {
        self.0.note(&shown::line(text));
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::super::outage::tests::Shared;
    use super::*;
    use crate::sinks::console::{Lines, Quiet};

    pub(in super::super) const NASTY: &str = "a\u{1b}[2J\u{202e}b";
    pub(in super::super) const SEEN: &str = r"a\u{1b}[2J\u{202e}b";

    pub(in super::super) fn tell(display: &mut dyn Display) {
        let nasty = || NASTY.to_owned();
        for event in [
            Event::Phase { name: nasty(), unit: nasty(), total: 9 },
            Event::Scalar { tag: format!("{NASTY}/loss"), step: 1, value: 0.5 },
            Event::Progress { done: 9, per_second: 1.0 },
            Event::Warning { message: format!("{NASTY}\nfake: done") },
        ] {
            display.show(NASTY, &Record { time: 20.0, event });
        }
        display.note(&format!("{NASTY}\nfake"));
        display.job_ended(NASTY, Ending::Failed, Some(&format!("{NASTY}\n  | {NASTY}\r")));
    }

    #[test]
    fn no_display_passes_on_what_a_terminal_would_obey() {
        let (lines, quiet) = (Shared::default(), Shared::default());
        tell(&mut Plain(Lines::new(Box::new(lines.clone()))));
        tell(&mut Plain(Quiet::new(Box::new(quiet.clone()))));
        for paper in [lines, quiet] {
            let text = paper.text();
            assert!(text.chars().all(|it| it == '\n' || shown::is_plain(it)), "{text:?}");
            assert!(text.contains(SEEN), "{text}");
            assert!(text.contains(r"\nfake: done"), "a warning is one line: {text}");
        }
    }
}
