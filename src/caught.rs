//! A panic as an error with words ([`caught`]): for what may fail without taking with it what it serves.

//!
//! libtorch's messages come with the place in its source, a trace of C++ calls, and, where they passed
//! through `unwrap`, with quotation marks around all of it. What a person needs of that is one line.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What stands around libtorch's words where `unwrap` met them.
const UNWRAPPED: &str = "called `Result::unwrap()` on an `Err` value: ";

/// Something panicked. It is shown as the line that says what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panicked(String);

impl Panicked {
    /// All that it said.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What the panic with this payload said.
    #[must_use]
    pub fn of(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Self(text.unwrap_or("no reason given").to_owned())
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(essence(&self.0))
    }
}

impl std::error::Error for Panicked {}

/// Does `act`. A panic inside comes back as an error; the panic hook has then told of it, as always.
/// What `act` was changing may be half changed: look at it no more, or start it afresh.
///
/// # Errors
/// When it panics.
pub fn caught<T>(act: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|panic| Panicked::of(panic.as_ref()))
}

/// The first line of a message, without what `unwrap` and libtorch put around it.
fn essence(text: &str) -> &str {
    let inner = text.strip_prefix(UNWRAPPED).unwrap_or(text);
    let inner = inner.strip_prefix("Torch(\"").unwrap_or(inner);
    // Quoted, its line ends are written out.
    let line = inner.split("\\n").next().unwrap_or(inner).lines().next().unwrap_or(inner);
    line.strip_suffix("\")").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panicked_is_told_in_its_first_line() {
        assert_eq!(caught(|| 3), Ok(3));
        let error = caught::<()>(|| panic!("number {}\nbacktrace", 7)).unwrap_err();
        assert_eq!(error.to_string(), "number 7");
        let error = caught(|| std::panic::panic_any(5)).unwrap_err();
        assert_eq!(error.to_string(), "no reason given");
    }

    #[test]
    fn messages_lose_what_is_around_them() {
        for (text, wanted) in [
            (
                "called `Result::unwrap()` on an `Err` value: Torch(\"The size of tensor a (3) must \
                 match b (4)\\nException raised from infer\\nframe #0: c10::Error\")",
                "The size of tensor a (3) must match b (4)",
            ),
            (
                "called `Result::unwrap()` on an `Err` value: Torch(\"expected float\")",
                "expected float",
            ),
            ("index out of bounds: the len is 3 but the index is 7", ""),
        ] {
            let wanted = if wanted.is_empty() { text } else { wanted };
            assert_eq!(Panicked(text.to_owned()).to_string(), wanted);
        }
    }
}
