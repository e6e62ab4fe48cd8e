//! `exp` runs deep-learning experiments that are written down as YAML.
//!
//! Modules stand on floors and import only from floors below their own; modules of one floor do not know
//! each other, and no files import each other in a circle (`tests/architecture.rs` holds them to it):
//!
//! | floor | modules |
//! |---|---|
//! | 7 | `cli` |
//! | 6 | `dispatch` |
//! | 5 | `analysis`, `experiments` |
//! | 4 | `train` |
//! | 3 | `job`, `sinks` |
//! | 2 | `data`, `nn`, `rundir` |
//! | 1 | `loss`, `metric`, `optim`, `plot`, `spec` |
//! | 0 | `caught`, `clock`, `device`, `event`, `files`, `machine`, `number`, `parallel`, `seed`, `shape`, `shown`, `streams` |

pub mod analysis;
pub mod caught;
pub mod cli;
pub mod clock;
pub mod data;
pub mod device;
pub mod dispatch;
pub mod event;
pub mod experiments;
pub mod files;
pub mod job;
pub mod loss;
mod machine;
pub mod metric;
pub mod nn;
mod number;
pub mod optim;
pub mod parallel;
pub mod plot;
pub mod rundir;
pub mod seed;
pub mod shape;
pub mod shown;
pub mod sinks;
pub mod spec;
pub mod streams;
pub mod train;
