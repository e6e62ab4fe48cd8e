//! What went wrong inside a job, in words: [`of_panic`] and [`of_error`].

use super::RunError;
use crate::caught::Panicked;

/// What libtorch says before how much there was no room for: on the CPU, on CUDA.
const TRIED: [&str; 2] = ["you tried to allocate ", "Tried to allocate "];
/// What it says on CUDA before how much the device has.
const CAPACITY: &str = "has a total capacity of ";

/// How what is said of it here begins, and how it ends.
const SAID: &str = "out of memory";
const ADVICE: &str = "lower the batch size, the network's size or the number of members, or run fewer \
                      jobs at a time";

/// What a panic in a step of a job means.
#[must_use]
pub fn of_panic(panic: &Panicked) -> String {
    lack_of_memory(panic.text()).unwrap_or_else(|| format!("internal error: {panic}"))
}

/// An error of a job: where memory ran out, in words for that.
#[must_use]
pub fn of_error(error: RunError) -> RunError {
    lack_of_memory(&error.to_string()).map_or(error, RunError::from)
}

/// What to say where a message is that memory ran out.
fn lack_of_memory(text: &str) -> Option<String> {
    if text.starts_with(SAID) && text.ends_with(ADVICE) {
        return Some(text.to_owned()); // a panic's message is put into words before it is caught
    }
    let ran_out = ["not enough memory", "can't allocate memory", "out of memory", "bad_alloc"];
    if !ran_out.iter().any(|words| text.contains(words)) {
        return None;
    }
    let wanted = TRIED.iter().find_map(|words| bytes_after(text, words));
    let wanted =
        wanted.map_or(String::new(), |bytes| format!(": could not allocate {:.1} GB", bytes / 1e9));
    let capacity = bytes_after(text, CAPACITY)
        .map_or(String::new(), |bytes| format!(" (device total {:.1} GB)", bytes / 1e9));
    Some(format!("{SAID}{wanted}{capacity}; {ADVICE}"))
}

/// The size that stands behind `words`, in bytes: `8000000 bytes`, `2.00 GiB`.
fn bytes_after(text: &str, words: &str) -> Option<f64> {
    let mut rest = text.split_once(words)?.1.split_whitespace();
    let (number, unit) = (rest.next()?.parse::<f64>().ok()?, rest.next()?);
    let units = [("bytes", 0), ("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
    let power = units.iter().find(|(name, _)| unit.starts_with(name))?.1;
    Some(number * 2_f64.powi(power))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caught::caught;

    fn said(text: &'static str) -> String {
        of_panic(&caught(|| std::panic::panic_any(text)).unwrap_err())
    }

    #[test]
    fn memory_that_ran_out_is_said_as_that() {
        let cpu = "called `Result::unwrap()` on an `Err` value: Torch(\"[enforce fail at \
                   alloc_cpu.cpp:127] data. DefaultCPUAllocator: not enough memory: you tried to \
                   allocate 8000000000000 bytes.\\nException raised from alloc_cpu at …\\nframe #0\")";
        let words = said(cpu);
        assert!(words.starts_with("out of memory: could not allocate 8000.0 GB; "), "{words}");
        let cuda = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of \
                    139.80 GiB of which 1.65 GiB is free. Including …";
        let wanted = "out of memory: could not allocate 2.1 GB (device total 150.1 GB); lower";
        assert!(said(cuda).starts_with(wanted), "{}", said(cuda));
        assert_eq!(
            of_error(said(cuda).into()).to_string(),
            said(cuda),
            "said twice it is the same"
        );
        let error = of_error("std::bad_alloc".into()).to_string();
        assert!(error.starts_with("out of memory; lower"), "{error}");
    }

    #[test]
    fn other_errors_stay_as_they_are() {
        assert_eq!(said("expected float"), "internal error: expected float");
        assert_eq!(of_error("no such file".into()).to_string(), "no such file");
    }
}
