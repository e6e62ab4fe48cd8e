//! Being asked to stop: [`listen`] turns signals, and the death of the runner, into a flag.

use rustix::event::{PollFd, PollFlags, Timespec};
use signal_hook::consts;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set for a job whose runner holds the other end of its standard input.
const RUNNER: &str = "EXP_RUNNER";

/// The flag that is set when the job should leave a checkpoint and stop: at SIGTERM, at Ctrl-C, when its terminal is gone, and
/// when the runner that started it is gone. A second signal ends the process at once.
///
/// # Errors
/// When the signal handlers cannot be set up.
pub(crate) fn listen() -> std::io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [consts::SIGTERM, consts::SIGINT, consts::SIGHUP] {
        // The order matters: the first signal finds the flag unset and only sets it.
        signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&stop))?;
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    if std::env::var_os(RUNNER).is_some() {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || {
            // Nothing is ever written there: reading returns when the other end closes.
            let _ = std::io::stdin().read(&mut [0]);
            stop.store(true, Ordering::Relaxed);
        });
    }
    Ok(stop)
}

/// Whether the runner that started this process died before the job began. Another runner may then
/// be about to start the job anew, so that this process had better leave it alone. To be asked with
/// the job's folder held: a runner that comes later finds it held, and waits.
pub(crate) fn runner_is_gone() -> bool {
    if std::env::var_os(RUNNER).is_none() {
        return false;
    }
    let input = std::io::stdin();
    let mut looked_at = [PollFd::new(&input, PollFlags::IN)];
    let found = rustix::event::poll(&mut looked_at, Some(&Timespec::default())); // does not wait
    found == Ok(1) && looked_at[0].revents().contains(PollFlags::HUP)
}
