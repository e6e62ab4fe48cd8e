//! Whether a tree fits the JSON Schema of a settings type: [`check`], which reports all that does
//! not, each where it stands and in words, and [`tidy`], for other validators.
//!
//! The schema is one that `schemars` makes of Rust types. General validators know no places, and of
//! a tagged enum they say that none of its variants fits; here the tag chooses the variant.

mod checker;
mod choice;
mod object;
mod phrases;
mod scalar;
mod schema;
mod stand_in;
mod tidy;

#[cfg(test)]
mod tests;

pub use checker::{Checked, check};
pub(in crate::spec) use phrases::advice;
pub use stand_in::stand_in;
pub use tidy::tidy;
