//! The registry of kinds: one folder a kind, one line in each slice.

use crate::job::Kind;

/// What both programs know of every kind: names and settings.
pub static KINDS: &[&dyn Kind] = &[];
