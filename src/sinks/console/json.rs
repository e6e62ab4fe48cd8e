//! Every record as one line of JSON ([`Json`]), for programs.

use super::display::Display;
use crate::event::{Ending, Record};
use crate::shown;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;

/// Writes each record with the name of its job; the end of a job is the event `ended`, a note the
/// event `note`.
pub struct Json {
    to: Box<dyn Write + Send>,
}

#[derive(Serialize)]
struct OfJob<'a, T> {
    job: &'a str,
    #[serde(flatten)]
    what: T,
}

/// The lines that are no record.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Extra<'a> {
    Ended { status: Ending, message: Option<&'a str> },
    Note { text: &'a str },
}

impl Json {
    /// Writes to `to`; an error of writing is ignored, since nobody is reading.
    #[must_use]
    pub fn new(to: Box<dyn Write + Send>) -> Self {
        Self { to }
    }

    fn say(&mut self, line: &impl Serialize) {
        if let Ok(line) = serde_json::to_string(line) {
            let line = escaped(&line);
            let _ = writeln!(self.to, "{line}").and_then(|()| self.to.flush());
        }
    }
}

/// JSON of the same meaning that a terminal obeys in nothing: such characters stand in strings alone.
fn escaped(json: &str) -> Cow<'_, str> {
    if json.chars().all(shown::is_plain) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if shown::is_plain(character) {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    Cow::Owned(text)
}

impl Display for Json {
    fn show(&mut self, job: &str, record: &Record) {
        self.say(&OfJob { job, what: record });
    }

    fn job_ended(&mut self, job: &str, status: Ending, message: Option<&str>) {
        self.say(&OfJob { job, what: Extra::Ended { status, message } });
    }

    fn note(&mut self, text: &str) {
        self.say(&Extra::Note { text });
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::outage::tests::Shared;
    use super::*;
    use crate::event::Event;

    #[test]
    fn each_thing_is_a_line() {
        let heard = Shared::default();
        let mut json = Json::new(Box::new(heard.clone()));
        json.note("reused");
        let event = Event::Scalar { tag: "test/loss".into(), step: 3, value: f64::NAN };
        json.show("a\"b", &Record { time: 1.5, event });
        json.job_ended("student", Ending::Failed, Some("no room"));
        let expected = r#"{"event":"note","text":"reused"}
{"job":"a\"b","time":1.5,"event":"scalar","tag":"test/loss","step":3,"value":"NaN"}
{"job":"student","event":"ended","status":"failed","message":"no room"}
"#;
        assert_eq!(heard.text(), expected);
    }
}
