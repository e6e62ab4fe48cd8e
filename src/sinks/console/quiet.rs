//! Nothing but what went wrong ([`Quiet`]).

use super::display::Display;
use crate::event::{Ending, Event, Record};
use std::io::Write;

/// Says warnings, failures and interruptions.
pub struct Quiet {
    to: Box<dyn Write + Send>,
}

impl Quiet {
    /// Writes to `to`; an error of writing is ignored, since nobody is reading.
    #[must_use]
    pub fn new(to: Box<dyn Write + Send>) -> Self {
        Self { to }
    }
}

impl Display for Quiet {
    fn show(&mut self, job: &str, record: &Record) {
        if let Event::Warning { message } = &record.event {
            let _ = writeln!(self.to, "{job}: warning: {message}");
        }
    }

    fn job_ended(&mut self, job: &str, ending: Ending, message: Option<&str>) {
        let word = match ending {
            Ending::Done => return,
            Ending::Failed => "failed",
            Ending::Interrupted => "interrupted",
        };
        let reason = message.map_or(String::new(), |message| format!(": {message}"));
        let _ = writeln!(self.to, "{job}: {word}{reason}");
    }

    fn note(&mut self, _text: &str) {}
}

#[cfg(test)]
mod tests {
    use super::super::super::outage::tests::Shared;
    use super::super::view::tests::{at, training};
    use super::*;

    #[test]
    fn only_what_went_wrong_is_said() {
        let heard = Shared::default();
        let mut quiet = Quiet::new(Box::new(heard.clone()));
        quiet.note("run");
        for record in training(0.0) {
            quiet.show("student", &record);
        }
        quiet.job_ended("student", Ending::Done, None);
        assert_eq!(heard.text(), "");
        quiet.show("a", &at(0.0, Event::Warning { message: "slow".into() }));
        quiet.job_ended("a", Ending::Failed, Some("no room"));
        quiet.job_ended("b", Ending::Interrupted, None);
        assert_eq!(heard.text(), "a: warning: slow\na: failed: no room\nb: interrupted\n");
    }
}
