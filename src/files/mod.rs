//! Files and folders of ours: reached without following links out of a run's folder ([`Place`]),
//! written so that they are never half there ([`atomic`]), locked ([`Lock`]), appended to, and read
//! only where they are regular files of bounded size ([`read`]).

pub mod atomic;
mod error;
pub(crate) mod fault;
mod host;
mod list;
mod lock;
mod log;
mod odd;
mod open;
mod place;
mod read;
mod reserve;
mod temporary;

#[cfg(test)]
mod atomic_tests;

pub use error::FilesError;
pub use host::host;
pub use list::{Kind, changed, kind, list};
pub use lock::Lock;
pub(crate) use lock::{Attempt, attempt, holding_process, is_held, is_locked, last_beat};
pub use log::LogFile;
pub use odd::Odd;
pub use open::{append, create, hold};
pub use place::Place;
pub use read::{NAME, PICTURE, RECORD, SUMMARY, open_file, read, read_text, record};
pub use reserve::Reserve;
pub(crate) use temporary::clear;
