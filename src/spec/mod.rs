//! The form of a spec, whatever its jobs are: YAML in which every value knows its place ([`Node`]),
//! `--set` overrides, the [`Envelope`] around the jobs, and problems that point ([`Diagnostics`]).
//!
//! It knows no kind of job: a kind's settings are checked against the JSON Schema of its own types
//! ([`check`]).

mod canonical;
mod diagnostic;
mod envelope;
mod excerpt;
mod field_error;
mod load;
mod names;
mod node;
mod overrides;
mod path;
mod resolved;
mod scalar;
mod source;
mod suggest;
mod syntax;
mod tree;
mod validate;
mod words;

pub use canonical::canonical;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use envelope::{Envelope, JobEntry};
pub use field_error::{Cause, FieldError};
pub use load::{MAX_BYTES, load_bytes, load_file, load_text};
pub use names::{NameFault, check_run};
pub use node::{Key, Node, Segment, Value, describe, path_text};
pub use overrides::{apply, check_overrides};
pub use resolved::{ResolvedJob, resolved_yaml};
pub use source::{ARGUMENT, Place, SourceText, Sources, Span};
pub use suggest::{hint, meant, nearest};
pub use tree::{MAX_DEPTH, MAX_NODES};
pub use validate::{Checked, check, stand_in, tidy};
pub use words::quoted;

#[cfg(test)]
mod bad_tests;
#[cfg(test)]
mod load_tests;
#[cfg(test)]
mod sample;
