//! What each fuzz target does with its bytes: one function a target, called by `fuzz_targets/` with
//! what the fuzzer makes up, and by the main package's `tests/corpora.rs` with the files of `corpus/`.
//!
//! Each looks for more than a crash: what is accepted must hold what was promised of it, and what is
//! refused must be said in words that a terminal can show.

mod events;
mod idx;
mod plans;
mod safetensors;

pub use events::events;
pub use idx::idx;
pub use plans::{overrides, spec};
pub use safetensors::safetensors;
