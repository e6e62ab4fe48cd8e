//! What crashes, power cuts, damaged files and full disks leave of a run, and that `exp resume` makes
//! of it what an uninterrupted run would have come to. `docs/robustness.md` says what is promised.
//!
//! The programs are built with the feature `faults`, by which they can be killed at any step of a
//! commit: `cargo test --release --features faults --test faults`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
#![allow(clippy::print_stdout, reason = "the tests count what they tried")]

mod board;
mod crashes;
mod damage;
mod disks;
mod look;
mod mounts;
mod order;
mod place;
mod power;
