//! libtorch's generator, lent to one draw at a time: [`seeded`].

use std::sync::{Mutex, PoisonError};

/// Seeds libtorch's generator, which is one for the whole process, and draws from it before another
/// thread can.
pub fn seeded<T>(seed: i64, draw: impl FnOnce() -> T) -> T {
    static GENERATOR: Mutex<()> = Mutex::new(());
    let _lent = GENERATOR.lock().unwrap_or_else(PoisonError::into_inner);
    tch::manual_seed(seed);
    draw()
}
