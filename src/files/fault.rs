//! Dying at a chosen instant, for the tests of what a crash leaves behind: [`point`].
//!
//! Each step of a commit passes a point before and after. Points do nothing unless the crate is
//! built with the feature `faults`; then the environment chooses one:
//!
//! - `EXP_FAULT=<N>`: the process kills itself at the N-th point that it passes, from 1;
//! - `EXP_FAULT_PROGRAM=<name>`: only the program of this name does;
//! - `EXP_FAULT_TRACE=<file>`: the program adds a line to that file at each point it passes.

use std::path::Path;

/// The instant `step` in the commit of `path`.
#[cfg(not(feature = "faults"))]
#[inline]
pub(crate) const fn point(_step: &str, _path: &Path) {}

/// The instant `step` in the commit of `path`: the process ends here if it was chosen.
#[cfg(feature = "faults")]
pub(crate) fn point(step: &str, path: &Path) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static CHOSEN: OnceLock<Option<u64>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let Some(chosen) = *CHOSEN.get_or_init(chosen) else { return };
    let passed = PASSED.fetch_add(1, Ordering::SeqCst) + 1;
    if let Some(trace) = std::env::var_os("EXP_FAULT_TRACE") {
        let line = format!("{passed}\t{step}\t{}\n", path.display());
        let file = std::fs::OpenOptions::new().create(true).append(true).open(trace);
        let _ = file.and_then(|mut file| std::io::Write::write_all(&mut file, line.as_bytes()));
    }
    if passed == chosen {
        // Nothing is flushed and nothing dropped: as if the power had gone, but for the page cache.
        let _ = signal_hook::low_level::raise(signal_hook::consts::SIGKILL);
        std::process::abort();
    }
}

/// The number of the point at which this process dies, 0 for none of them; `None` where points are
/// not even counted.
#[cfg(feature = "faults")]
fn chosen() -> Option<u64> {
    let number = std::env::var("EXP_FAULT").ok()?.parse().ok()?;
    let program = std::env::current_exe().ok()?;
    let named = std::env::var_os("EXP_FAULT_PROGRAM");
    (named.is_none() || named.as_deref() == program.file_name()).then_some(number)
}
