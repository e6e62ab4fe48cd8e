//! From a spec to finished jobs: planning, reuse, devices, starting, watching, resuming.

mod board;
mod check;
mod claim;
mod devices;
mod ending;
mod executor;
mod fields;
mod key;
mod local;
mod lower;
mod needs;
mod order;
mod place;
mod plan;
mod prepare;
mod resume;
mod reuse;
mod schema;
mod signals;
mod summary;
mod typed;
mod verify;
mod watch;

pub use devices::Inventory;
pub use executor::{Executor, Exit, Running};
pub use local::Local;
pub use lower::{Request, lower};
pub use plan::{Decision, Needed, Origin, Plan, Planned};
pub use prepare::{Resources, create};
pub use resume::{ResumeError, reopen};
pub use reuse::{Near, nearest};
pub use schema::{of_kind, of_spec};
pub use signals::Signals;
pub use summary::rows;
pub use verify::{Difference, Verdict, Verify, VerifyError};
pub use watch::Watch;
