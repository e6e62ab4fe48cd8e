//! Files and folders of ours: reached without following links out of a run's folder ([`Place`]),
//! written so that they are never half there ([`atomic`]), locked ([`Lock`]), appended to, and read
//! only where they are regular files of bounded size ([`read`]). And files of people: their bytes with the
//! digest of those very bytes ([`Hashed`], [`Loaded`]), and digests as planning remembers them
//! ([`Digests`], by [`Stamp`]).

pub mod atomic;
mod digests;
mod error;
pub(crate) mod fault;
mod hashed;
mod host;
mod in_place;
mod limit;
mod list;
mod loaded;
mod lock;
mod log;
mod odd;
mod open;
mod place;
mod read;
mod reserve;
mod stamp;
mod temporary;

#[cfg(test)]
mod atomic_tests;

pub use digests::{Digests, digest_of_many};
pub use error::FilesError;
pub use hashed::{Algorithm, Hashed};
pub use host::host;
pub use in_place::append;
pub use limit::heed_limit;
pub use list::{Kind, changed, kind, list, may_write};
pub use loaded::Loaded;
pub use lock::Lock;
pub(crate) use lock::{Attempt, attempt, holding_process, is_held, is_locked, last_beat};
pub use log::LogFile;
pub use odd::Odd;
pub use open::{create, hold};
pub use place::Place;
pub use read::{NAME, PICTURE, RECORD, SUMMARY, open_file, read, read_text, record};
pub use reserve::Reserve;
pub use stamp::{Remembered, Stamp};
pub(crate) use temporary::clear;
