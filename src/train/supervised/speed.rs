//! How fast a network answers: [`microseconds_per_example`].
//!
//! A machine that does other work at the same time must not show in the figure. So on a CPU one thread
//! does all of it, what counts is the processor time of that thread (which stands still while others
//! have the processor), and of many short windows the shortest is taken: caches and the second thread
//! of a core are shared with others all the same, and that only ever adds.

use crate::clock::thread_time;
use crate::data;
use crate::nn::Network;
use std::time::{Duration, Instant};
use tch::{Device, Kind, Tensor, no_grad};

/// Pictures in a batch, as the column's name says.
pub(super) const BATCH: i64 = 100;
/// The column's name in the closing table.
pub(super) const COLUMN: &str = "microseconds_per_example_in_batches_of_100";

/// Batches before the first that is measured.
const WARM_UP: usize = 3;
/// At least so many are measured, and then more for so long.
const LEAST: usize = 7;
const TIME: Duration = Duration::from_millis(200);

/// Microseconds of one thread (on a GPU: of the clock on the wall) that `network`, all its members, takes
/// for one picture in a batch of [`BATCH`]: the first of `images`, over and over where they are fewer.
/// Nothing where there are none.
pub(super) fn microseconds_per_example(network: &Network, images: &Tensor) -> Option<f64> {
    let count = images.size()[0];
    if count == 0 {
        return None;
    }
    let places = Tensor::arange(BATCH, (Kind::Int64, images.device())).remainder(count);
    let batch = data::scale(&images.index_select(0, &places));
    let _single = Single::thread();
    let pass = || {
        let (thread, wall) = (thread_time(), Instant::now());
        // Reading one number waits for the device.
        let _ = no_grad(|| network.forward(&batch, None)).sum(Kind::Float).double_value(&[]);
        let of_thread = thread_time().saturating_sub(thread);
        if images.device() == Device::Cpu { of_thread } else { wall.elapsed() }
    };
    for _ in 0..WARM_UP {
        pass();
    }
    let (mut shortest, mut total, mut passes) = (Duration::MAX, Duration::ZERO, 0);
    while passes < LEAST || total < TIME {
        let took = pass();
        shortest = shortest.min(took);
        total += took.max(Duration::from_micros(1));
        passes += 1;
    }
    Some(shortest.as_secs_f64() * 1e6 / BATCH as f64)
}

/// libtorch with one thread, until this is dropped.
struct Single(i32);

impl Single {
    fn thread() -> Self {
        let before = tch::get_num_threads();
        tch::set_num_threads(1);
        Self(before)
    }
}

impl Drop for Single {
    fn drop(&mut self) {
        tch::set_num_threads(self.0);
    }
}
