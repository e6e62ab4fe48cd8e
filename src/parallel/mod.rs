//! Work that goes side by side, a thread each: [`each`] part of one step, or [`chains`] of steps.
//!
//! libtorch shares every operation between its threads, and they wait for one another behind each.
//! Parts of a step that need nothing of one another until its end, such as the members of an
//! ensemble, do better with a thread each: an operation inside a lane is not shared, so nothing waits.
//! The threads are libtorch's own, those of its OpenMP runtime. Others would have to compete for the
//! cores with these, which spin for a while after every operation.

mod chains;
mod runtime;

pub use chains::{block, chains};

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many lanes there are: libtorch's threads; 1 where its runtime does not lend them.
#[must_use]
pub fn count() -> usize {
    if runtime::is_there() { tch::get_num_threads().max(1) as usize } else { 1 }
}

/// Does `work` on each part, in as many lanes as there are, and returns what came of the parts, in
/// their order. A part that has no other beside it has all threads for its operations.
///
/// Whether gradients are recorded is a thread's own setting: `work` sets what it needs.
///
/// # Panics
/// If `work` does, once all lanes are done.
pub fn each<P: Send, R: Send>(parts: Vec<P>, work: impl Fn(P) -> R + Sync) -> Vec<R> {
    let lanes = count().min(parts.len());
    if lanes < 2 {
        return parts.into_iter().map(work).collect();
    }
    let queue = Mutex::new(parts.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    let lane = || {
        let take = || lock(&queue).next();
        while let Some((index, part)) = take() {
            let result = catch_unwind(AssertUnwindSafe(|| work(part)));
            lock(&done).push((index, result));
        }
    };
    runtime::section(&lane, lanes);
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter()
        .map(|(_, result)| result.unwrap_or_else(|panic| resume_unwind(panic)))
        .collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn parts_go_side_by_side_and_results_keep_their_order() {
        tch::set_num_threads(2);
        assert_eq!(count(), 2);
        assert_eq!(each((0..7).collect(), |part| part * part), [0, 1, 4, 9, 16, 25, 36]);
        // Two parts that wait for each other end only if both are under way at once.
        let meet = Barrier::new(2);
        let leads = each(vec![1, 2], |_| meet.wait().is_leader());
        assert_ne!(leads[0], leads[1]);
    }

    #[test]
    fn operations_in_a_lane_are_not_shared_and_give_the_same() {
        tch::set_num_threads(2);
        let tensors = |seed: i64| {
            let size = [300, 300];
            let one = tch::Tensor::arange(90_000, (tch::Kind::Float, tch::Device::Cpu)) * 1e-3;
            (one.sin() + seed).view(size)
        };
        let product = |tensor: tch::Tensor| tensor.mm(&tensor.tr());
        let beside = each((0..4).map(tensors).collect(), product);
        for (seed, own) in beside.iter().enumerate() {
            assert!(own.allclose(&product(tensors(seed as i64)), 1e-5, 1e-4, false));
        }
    }

    #[test]
    fn a_panic_comes_through_when_the_others_are_done() {
        tch::set_num_threads(2);
        let done = Mutex::new(0);
        let broken = catch_unwind(AssertUnwindSafe(|| {
            each((0..4).collect(), |part: i32| {
                assert_ne!(part, 1, "the second part");
                *lock(&done) += 1;
            })
        }));
        assert!(broken.is_err());
        assert_eq!(*lock(&done), 3);
    }
}
