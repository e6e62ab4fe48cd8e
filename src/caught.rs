//! A panic as an error with words ([`caught`]): for what may fail without taking with it what it serves.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Something panicked; this is what it said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Panicked(String);

/// Does `act`. A panic inside comes back as an error; the panic hook has then told of it, as always.
/// What `act` was changing may be half changed: look at it no more, or start it afresh.
///
/// # Errors
/// When it panics.
pub fn caught<T>(act: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|panic| Panicked(words(panic.as_ref())))
}

/// What a panic said. libtorch's messages carry a C++ backtrace; the first line says what happened.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    text.lines().next().unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panicked_is_told_in_its_first_line() {
        assert_eq!(caught(|| 3), Ok(3));
        let error = caught(|| assert!(1 > 2, "number {}\nbacktrace", 7)).unwrap_err();
        assert_eq!(error.to_string(), "number 7");
        let error = caught(|| std::panic::panic_any(5)).unwrap_err();
        assert_eq!(error.to_string(), "no reason given");
    }
}
