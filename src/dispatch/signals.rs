//! Requests to stop that come as signals: [`Signals`].

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{self, Handle};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A request that nobody has looked at for so long is not looked at: the next one ends the process.
const PATIENCE: Duration = Duration::from_secs(1);

/// Hears Ctrl-C, SIGTERM and the closing of the terminal from now on. Before [`heed`](Self::heed) a
/// request ends the process, which has nothing to close yet; then requests are kept for
/// [`came_in`](Self::came_in). Whatever the process is at, a second request a second later ends it.
pub struct Signals {
    shared: Arc<Shared>,
    handle: Handle,
}

#[derive(Default)]
struct Shared {
    heeded: AtomicBool,
    /// When the first of the requests came that nobody has looked at.
    first: Mutex<Option<Instant>>,
}

impl Shared {
    /// Takes a request down; whether the process is to end by it.
    fn take(&self) -> bool {
        if !self.heeded.load(Ordering::SeqCst) {
            return true;
        }
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(Instant::now).elapsed() > PATIENCE
    }
}

impl Signals {
    /// Starts to listen. A request that ends the process ends it with the exit code `code`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen(code: u8) -> io::Result<Self> {
        let mut signals = iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let (shared, handle) = (Arc::<Shared>::default(), signals.handle());
        let heard = Arc::clone(&shared);
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for _ in signals.forever() {
                if heard.take() {
                    std::process::exit(code.into());
                }
            }
        })?;
        Ok(Self { shared, handle })
    }

    /// From now on a request is looked at.
    pub fn heed(&self) {
        self.shared.heeded.store(true, Ordering::SeqCst);
    }

    /// Whether one came in since the last call.
    pub fn came_in(&mut self) -> bool {
        let first = self.shared.first.lock();
        first.unwrap_or_else(PoisonError::into_inner).take().is_some()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.handle.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_the_process_only_where_nobody_looks() {
        let shared = Shared::default();
        assert!(shared.take(), "before anything has begun");
        shared.heeded.store(true, Ordering::SeqCst);
        assert!(!shared.take() && !shared.take());
        *shared.first.lock().unwrap() = Instant::now().checked_sub(2 * PATIENCE);
        assert!(shared.take(), "nobody has looked at the first");
        *shared.first.lock().unwrap() = None;
        assert!(!shared.take());
    }
}
