//! Files and folders of ours: written so that they are never half there, locked, appended to and read.

pub mod atomic;
mod error;
pub(crate) mod fault;
mod host;
mod lock;
mod log;
mod reserve;

pub use error::FilesError;
pub use host::host;
pub use lock::Lock;
pub(crate) use lock::{holding_process, is_held, last_beat};
pub(crate) use log::LogFile;
pub use reserve::Reserve;
