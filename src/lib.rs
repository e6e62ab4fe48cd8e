//! `exp` runs deep-learning experiments that are written down as YAML.
//!
//! Modules stand on floors and import only from floors below their own (`tests/architecture.rs`
//! holds them to it):
//!
//! | floor | modules |
//! |---|---|
//! | 6 | `cli` |
//! | 5 | `dispatch` |
//! | 4 | `experiments` |
//! | 3 | `train` |
//! | 2 | `job`, `report` |
//! | 1 | `spec`, `rundir`, `data`, `nn`, `loss`, `metric`, `optim` |
//! | 0 | `event`, `device`, `files`, `lanes`, `seed` |

pub mod cli;
pub mod data;
pub mod device;
pub mod dispatch;
pub mod event;
pub mod experiments;
pub mod files;
pub mod job;
pub mod lanes;
pub mod loss;
pub mod metric;
pub mod nn;
pub mod optim;
pub mod report;
pub mod rundir;
pub mod seed;
pub mod spec;
pub mod train;
