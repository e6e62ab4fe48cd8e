//! The whole way from a spec to finished jobs, with kinds and an executor made for the purpose.

mod bench;
pub(super) mod fakes;
mod figures;
mod local;
mod mending;
mod planning;
mod reusing;
mod stopping;
mod trusting;
mod watching;
