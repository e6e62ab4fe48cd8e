//! Requests to stop that come as signals: [`Signals`].

use std::io;

/// Hears Ctrl-C, SIGTERM and the closing of the terminal from now on.
pub struct Signals(signal_hook::iterator::Signals);

impl Signals {
    /// Starts to listen.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> io::Result<Self> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP]).map(Self)
    }

    /// Whether one came in since the last call.
    pub fn came_in(&mut self) -> bool {
        self.0.pending().count() > 0
    }
}
