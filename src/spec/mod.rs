//! The form of a spec, whatever its jobs are: YAML in which every value knows its place ([`Node`]),
//! `--set` overrides, the [`Envelope`] around the jobs, and problems that point ([`Problems`]).
//!
//! It knows no kind of job: a kind's settings are checked against the JSON Schema of its own types
//! ([`check`]).

mod load;
mod node;
mod problem;
mod scalar;
mod source;
mod suggest;
mod syntax;
mod tree;
mod words;

pub use load::{MAX_BYTES, load_file, load_text};
pub use node::{Key, Node, Segment, Value, path_text};
pub use problem::{Problem, Problems};
pub use source::{ARGUMENT, Place, Source, Sources, Span};
pub use suggest::{hint, nearest};
pub use tree::{MAX_DEPTH, MAX_NODES};
pub use words::{describe, quoted};

#[cfg(test)]
mod load_tests;
