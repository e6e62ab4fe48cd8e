//! What a sink does when it cannot write: it says so once and goes quiet ([`Outage`]). A training
//! run of ten hours must outlive its log.

use crate::streams::Stream;
use std::io::{self, Write};

/// Turns the first error into one warning, and remembers it.
pub(super) struct Outage {
    what: &'static str,
    lost: bool,
    voice: Box<dyn Write + Send>,
}

impl Outage {
    /// `what` names the log in the warning.
    pub(super) fn new(what: &'static str) -> Self {
        Self::with_voice(what, Box::new(Stream::Error))
    }

    pub(super) fn with_voice(what: &'static str, voice: Box<dyn Write + Send>) -> Self {
        Self { what, lost: false, voice }
    }

    /// The value, or, on an error, nothing and (the first time) a warning.
    pub(super) fn check<T>(&mut self, result: io::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                if !self.lost {
                    self.lost = true;
                    let what = self.what;
                    // Where even this cannot be said there is nobody left to tell.
                    let _ = writeln!(
                        self.voice,
                        "warning: {what}: {error}; the job continues without it (check the space \
                         and the permissions of the job's folder)"
                    );
                }
                None
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// A writer that tests can read back.
    #[derive(Clone, Default)]
    pub(in crate::sinks) struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Shared {
        pub(in crate::sinks) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_first_error_is_said_and_the_rest_are_not() {
        let heard = Shared::default();
        let mut outage = Outage::with_voice("events.jsonl", Box::new(heard.clone()));
        assert_eq!(outage.check(Ok(3)), Some(3));
        assert_eq!(heard.text(), "");
        for _ in 0..3 {
            assert_eq!(outage.check::<u8>(Err(io::ErrorKind::StorageFull.into())), None);
        }
        assert_eq!(heard.text().lines().count(), 1, "{}", heard.text());
    }
}
