//! From a spec to finished jobs: planning, reuse, devices, starting, watching, resuming.

mod board;
mod claim;
mod devices;
mod ending;
mod executor;
mod fields;
mod key;
mod local;
mod plan;
mod prepare;
mod resume;
mod reuse;
mod signals;
mod summary;
mod watch;

pub use devices::Inventory;
pub use executor::{Executor, Exit, Running};
pub use local::Local;
pub use plan::{Decision, Needed, Origin, Plan, Planned};
pub use prepare::{Resources, create};
pub use resume::{ResumeError, reopen};
pub use reuse::{Near, nearest};
pub use signals::Signals;
pub use summary::rows;
pub use watch::Watch;
