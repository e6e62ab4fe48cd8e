//! The limit on the size of files (`ulimit -f`): [`heed_limit`].
//!
//! By default a process that writes beyond it is ended by `SIGXFSZ`, without a word and without its records.

use std::sync::Arc;

/// Lets a write beyond the limit on the size of files fail as other writes fail, with an error that says so.
pub fn heed_limit() {
    // A signal with a handler does not end the process; the write returns EFBIG.
    drop(signal_hook::flag::register(libc::SIGXFSZ, Arc::default()));
}
