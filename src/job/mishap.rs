//! What went wrong inside a job, in words: [`of_panic`] and [`of_error`].
//!
//! libtorch's messages come with the place in its source, a trace of C++ calls, and, where they passed
//! through `unwrap`, with quotation marks around all of it. What a person needs of that is one line.

use super::RunError;
use std::any::Any;

/// What stands around libtorch's words where `unwrap` met them.
const UNWRAPPED: &str = "called `Result::unwrap()` on an `Err` value: ";
/// What libtorch says before how many bytes there was no room for: on the CPU, on CUDA.
const TRIED: [&str; 2] = ["you tried to allocate ", "Tried to allocate "];

/// What a panic in a step of a job means.
#[must_use]
pub fn of_panic(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    lack_of_memory(text)
        .unwrap_or_else(|| format!("a step of the job went wrong inside: {}", essence(text)))
}

/// An error of a job: where memory ran out, in words for that.
#[must_use]
pub fn of_error(error: RunError) -> RunError {
    lack_of_memory(&error.to_string()).map_or(error, RunError::from)
}

/// What to say where a message is that memory ran out.
fn lack_of_memory(text: &str) -> Option<String> {
    let size = TRIED.iter().find_map(|words| text.split_once(words)).map(|(_, rest)| rest);
    let size = size.and_then(|rest| rest.split_once([' ', '.', '\\'])).map(|(number, _)| number);
    let bytes = size.and_then(|number| number.parse::<f64>().ok()).filter(|bytes| *bytes > 1e6);
    let ran_out = ["not enough memory", "can't allocate memory", "out of memory", "bad_alloc"];
    if !ran_out.iter().any(|words| text.contains(words)) {
        return None;
    }
    let wanted = bytes.map_or(String::new(), |bytes| {
        format!(": there was no room for {:.1} GB more", bytes / 1e9)
    });
    Some(format!(
        "memory ran out{wanted}; take a smaller batch, network or number of members, or run fewer \
         jobs at a time"
    ))
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
    fn memory_that_ran_out_is_said_as_that() {
        let cpu = "called `Result::unwrap()` on an `Err` value: Torch(\"[enforce fail at \
                   alloc_cpu.cpp:127] data. DefaultCPUAllocator: not enough memory: you tried to \
                   allocate 8000000000000 bytes.\\nException raised from alloc_cpu at …\\nframe #0\")";
        let said = of_panic(&cpu.to_owned());
        assert!(
            said.starts_with("memory ran out: there was no room for 8000.0 GB more; "),
            "{said}"
        );
        let cuda = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity …";
        assert!(of_panic(&cuda).starts_with("memory ran out; take"), "{}", of_panic(&cuda));
        let error = of_error("std::bad_alloc".into()).to_string();
        assert!(error.starts_with("memory ran out; take"), "{error}");
    }

    #[test]
    fn other_messages_lose_what_is_around_them() {
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
            let said = of_panic(&text.to_owned());
            assert_eq!(said, format!("a step of the job went wrong inside: {wanted}"));
        }
        assert_eq!(of_error("no such file".into()).to_string(), "no such file");
    }
}
