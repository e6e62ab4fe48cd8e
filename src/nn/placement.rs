//! How members are placed: [`placement`], a policy by what the walk found of the network, and by device.
//!
//! Small products are too little work to share between threads until several are batched; large ones
//! fill the cores alone, but members side by side, a thread each ([`parallel`](crate::parallel)), need not wait behind each.
//! Grouped convolutions lose to plain ones, and plain ones are shared well. On a GPU, where a launch
//! costs as much as a small product, members always go together. `docs/benchmarks.md` has the
//! measurements.

use super::design::Design;
use crate::parallel;
use tch::Device;

/// How members are placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The members of each group; a group is one batched network.
    pub groups: Vec<usize>,
    /// So many groups, from the first, go side by side, a thread each ([`parallel`](crate::parallel)); the others go in
    /// turn and have all threads for their operations.
    pub beside: usize,
}

impl Placement {
    /// All in one.
    #[must_use]
    pub fn together(members: usize) -> Self {
        Self { groups: vec![members], beside: 1 }
    }

    /// All in one where batches pay or the device is no CPU, else one after another with all threads for
    /// their operations.
    #[must_use]
    pub fn in_turn(design: &Design, device: Device, members: usize) -> Self {
        if design.stacks() || device != Device::Cpu {
            return Self::together(members);
        }
        Self { groups: vec![1; members], beside: 0 }
    }

    /// The first member and the number of members of each group.
    pub fn ranges(&self) -> impl Iterator<Item = (usize, usize)> {
        self.groups.iter().scan(0, |next, &members| {
            let first = *next;
            *next += members;
            Some((first, members))
        })
    }
}

/// How the members of such a network are placed.
#[must_use]
pub fn placement(design: &Design, device: Device, members: usize) -> Placement {
    if device == Device::Cpu && !design.is_dense() {
        return Placement { groups: vec![1; members], beside: 0 };
    }
    placement_on(device, design.stacks(), members)
}

/// How members of a network are placed on a device: batched, where that pays on a CPU (`stacks`).
#[must_use]
pub fn placement_on(device: Device, stacks: bool, members: usize) -> Placement {
    if device == Device::Cpu {
        on_cpu(stacks, members, parallel::count())
    } else {
        Placement::together(members)
    }
}

fn on_cpu(stacks: bool, members: usize, lanes: usize) -> Placement {
    let beside = lanes.min(members).max(1);
    if stacks && members.is_multiple_of(beside) {
        return Placement { groups: vec![members / beside; beside], beside };
    }
    if stacks {
        return Placement::together(members);
    }
    // The last round would leave lanes empty.
    let rest = members % lanes;
    let in_turn = if 4 * rest < 3 * lanes { rest } else { 0 };
    Placement { groups: vec![1; members], beside: members - in_turn }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_filled_and_what_would_leave_them_empty_goes_in_turn() {
        for (stacks, members, lanes, groups, beside) in [
            (true, 10, 1, vec![10], 1),
            (true, 10, 2, vec![5, 5], 2),
            (true, 5, 2, vec![5], 1),
            (true, 1, 4, vec![1], 1),
            (false, 3, 1, vec![1; 3], 3),
            (false, 2, 2, vec![1; 2], 2),
            (false, 3, 2, vec![1; 3], 2),
            (false, 7, 4, vec![1; 7], 7),
            (false, 3, 16, vec![1; 3], 0),
        ] {
            let expected = Placement { groups, beside };
            assert_eq!(on_cpu(stacks, members, lanes), expected);
            let end = expected.ranges().last().map(|(first, count)| first + count);
            assert_eq!(end, Some(members));
        }
    }
}
