//! Standard output and standard error, on which nothing is lost in silence: [`Stream`].
//!
//! Whoever writes here need not look at errors: one is remembered, and [`lost`] says at the end that the
//! program has not said all that it had to. A reader who went away (`exp ls | head`) is no error.

use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

/// Why something could not be written, and to which of the two.
static LOST: Mutex<Option<String>> = Mutex::new(None);

/// One of the two streams of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Output,
    Error,
}

/// What of all that was to be said so far could not be, and why.
#[must_use]
pub fn lost() -> Option<String> {
    LOST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Stream {
    fn noted<T>(self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result
            && !matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::Interrupted)
        {
            let name = if self == Self::Output { "standard output" } else { "standard error" };
            let text =
                format!("{name} could not be written, and something is missing there: {error}");
            LOST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(text);
        }
        result
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.noted(match self {
            Self::Output => io::stdout().write(bytes),
            Self::Error => io::stderr().write(bytes),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.noted(match self {
            Self::Output => io::stdout().flush(),
            Self::Error => io::stderr().flush(),
        })
    }
}
