//! The form of a spec, whatever its jobs are: YAML in which every value knows its place ([`Node`]),
//! `--set` overrides, the [`Envelope`] around the jobs, and problems that point ([`Problems`]).
//!
//! It knows no kind of job: a kind's settings are checked against the JSON Schema of its own types
//! ([`check`]).

mod canonical;
mod envelope;
mod excerpt;
mod load;
mod node;
mod overrides;
mod path;
mod problem;
mod resolved;
mod scalar;
mod source;
mod suggest;
mod syntax;
mod tree;
mod validate;
mod words;

pub use canonical::canonical;
pub use envelope::{Envelope, JobEntry};
pub use load::{MAX_BYTES, load_bytes, load_file, load_text};
pub use node::{Key, Node, Segment, Value, describe, path_text};
pub use overrides::{apply, check_overrides};
pub use problem::{Problem, Problems};
pub use resolved::{ResolvedJob, resolved_yaml};
pub use source::{ARGUMENT, Place, Source, Sources, Span};
pub use suggest::{hint, nearest};
pub use tree::{MAX_DEPTH, MAX_NODES};
pub use validate::{Checked, check, stand_in, tidy};
pub use words::quoted;

#[cfg(test)]
mod bad_tests;
#[cfg(test)]
mod load_tests;
#[cfg(test)]
mod sample;
