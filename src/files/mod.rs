//! Files: their bytes with the digest of those very bytes ([`Hashed`], [`Loaded`]), and the digests of
//! files as planning remembers them ([`Digests`], by [`Stamp`]).

mod digests;
mod hashed;
mod loaded;
mod stamp;

pub use digests::{Digests, digest_of_many};
pub use hashed::{Algorithm, Hashed};
pub use loaded::Loaded;
pub use stamp::{Remembered, Stamp};
