//! Several steps of parts that never meet: [`chains`], shared between the lanes so that none waits.
//!
//! Three parts on two lanes leave one lane idle for half of the time, step by step. Over two steps
//! they come out even, by the wrap-around rule of `McNaughton` (Management Science 6, 1959): all
//! steps of all parts stand in one row, part by part, and each lane takes an equal piece of it. Of a
//! part that is cut, the lane that begins with it takes the earlier steps and the lane that ends with
//! it the later ones, so that they never fall together. Several steps of a part in a row also find
//! its parameters still close to the processor.

use super::{count, each, lock};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, PoisonError};

/// Steps that a part takes in a row, at least, while others wait.
const IN_A_ROW: usize = 4;

/// How many steps of so many parts are best taken at once: lanes come out even, and a part takes some
/// steps in a row.
#[must_use]
pub fn block(parts: usize) -> usize {
    let lanes = count().min(parts);
    if lanes == parts {
        return 1;
    }
    let even = (1..=lanes).find(|steps| (parts * steps).is_multiple_of(lanes)).unwrap_or(1);
    even * IN_A_ROW.div_ceil(even)
}

/// Some steps of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Share {
    part: usize,
    steps: Range<usize>,
}

/// A part and how far it is.
struct Slot<'a, P, R> {
    part: &'a mut P,
    results: Vec<R>,
    /// A step panicked, so the later ones are not to be taken.
    is_broken: bool,
}

/// Takes steps `0..steps` of each part, one after another, in as many lanes as there are; each step
/// on one thread, unless there is one lane. Returns what came of the steps of each part.
///
/// Whether gradients are recorded is a thread's own setting: `work` sets what it needs.
///
/// # Panics
/// If `work` does, once all lanes are done.
pub fn chains<P: Send, R: Send>(
    parts: &mut [P],
    steps: usize,
    work: impl Fn(&mut P, usize) -> R + Sync,
) -> Vec<Vec<R>> {
    let slot = |part| Slot { part, results: Vec::with_capacity(steps), is_broken: false };
    let slots: Vec<_> =
        parts.iter_mut().map(|part| (Mutex::new(slot(part)), Condvar::new())).collect();
    let take = |share: Share| {
        let (slot, turn) = &slots[share.part];
        let not_yet =
            |slot: &mut Slot<P, R>| slot.results.len() < share.steps.start && !slot.is_broken;
        let mut slot = turn.wait_while(lock(slot), not_yet).unwrap_or_else(PoisonError::into_inner);
        if slot.is_broken {
            return;
        }
        let result = catch_unwind(AssertUnwindSafe(|| {
            for step in share.steps {
                let result = work(slot.part, step);
                slot.results.push(result);
            }
        }));
        slot.is_broken = result.is_err();
        drop(slot);
        turn.notify_all();
        result.unwrap_or_else(|panic| resume_unwind(panic));
    };
    // A lane waits only for the one behind it, which is therefore begun before it.
    let lanes = shares(slots.len(), steps, count()).into_iter().rev().collect();
    each(lanes, |shares: Vec<Share>| shares.into_iter().for_each(take));
    let results =
        |slot: Mutex<Slot<P, R>>| slot.into_inner().unwrap_or_else(PoisonError::into_inner).results;
    slots.into_iter().map(|(slot, _)| results(slot)).collect()
}

/// What each lane does, in its order.
fn shares(parts: usize, steps: usize, lanes: usize) -> Vec<Vec<Share>> {
    let lanes = lanes.min(parts).max(1);
    let all = parts * steps;
    let piece = |lane: usize| {
        let (from, to) = (lane * all / lanes, (lane + 1) * all / lanes);
        let mut shares = Vec::new();
        for part in from / steps.max(1)..to.div_ceil(steps.max(1)) {
            let (first, end) = (part * steps, (part + 1) * steps);
            // What stands last in the row is taken first.
            let steps = end - to.min(end)..end - from.max(first);
            shares.push(Share { part, steps });
        }
        shares
    };
    (0..lanes).map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn lanes_come_out_even_and_no_part_is_in_two_lanes_at_once() {
        for (parts, steps, lanes) in [
            (3, 2, 2),
            (3, 4, 2),
            (5, 4, 4),
            (7, 12, 3),
            (17, 16, 16),
            (2, 5, 2),
            (3, 1, 2),
            (4, 0, 2),
        ] {
            let shares = shares(parts, steps, lanes);
            let mut times: BTreeMap<(usize, usize), usize> = BTreeMap::new();
            for lane in &shares {
                let units = lane.iter().flat_map(|it| it.steps.clone().map(|step| (it.part, step)));
                for (time, unit) in units.enumerate() {
                    assert!(times.insert(unit, time).is_none(), "{unit:?} twice");
                }
            }
            assert_eq!(times.len(), parts * steps);
            for (&(part, step), &time) in &times {
                let before = step.checked_sub(1).map(|step| times[&(part, step)]);
                assert!(before.is_none_or(|before| before < time), "{parts} {steps} {lanes}");
            }
            let lengths: Vec<usize> =
                shares.iter().map(|lane| lane.iter().map(|it| it.steps.len()).sum()).collect();
            let (least, most) = (lengths.iter().min(), lengths.iter().max());
            assert!(most.unwrap() - least.unwrap() <= 1, "{lengths:?}");
        }
    }

    #[test]
    fn steps_of_a_part_follow_one_another() {
        tch::set_num_threads(2);
        let mut parts = vec![Vec::new(); 3];
        let results = chains(&mut parts, 50, |part, step| {
            part.push(step);
            part.len()
        });
        for (part, results) in parts.iter().zip(&results) {
            assert!(part.iter().copied().eq(0..50));
            assert!(results.iter().copied().eq(1..51));
        }
        assert_eq!((block(3), block(2), block(4), block(1)), (4, 1, 4, 1));
    }

    #[test]
    fn a_panic_ends_its_part_and_comes_through() {
        tch::set_num_threads(2);
        let mut parts = vec![0; 3];
        let broken = catch_unwind(AssertUnwindSafe(|| {
            chains(&mut parts, 4, |part, step| {
                *part += 1;
                assert!(step != 1, "the second step");
            })
        }));
        assert!(broken.is_err());
        assert_eq!(parts[..2], [2, 2]);
    }
}
