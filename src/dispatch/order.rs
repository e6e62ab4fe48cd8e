//! The order of jobs: [`sort`], each after those it needs, and the circles that have none.

/// Jobs in order, and those that cannot have one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sorted {
    /// Each after those it needs; otherwise as they were.
    pub(super) order: Vec<usize>,
    /// Jobs that need each other, each the one before it; the first needs the last.
    pub(super) circles: Vec<Vec<usize>>,
}

/// Sorts jobs, given which ones each needs.
pub(super) fn sort(needs: &[Vec<usize>]) -> Sorted {
    let mut sorted = Sorted::default();
    let mut placed = vec![false; needs.len()];
    let ready = |placed: &[bool]| {
        (0..needs.len()).find(|job| !placed[*job] && needs[*job].iter().all(|need| placed[*need]))
    };
    while let Some(job) = ready(&placed) {
        placed[job] = true;
        sorted.order.push(job);
    }
    // Whatever is left needs something that is left: following that ends in a circle.
    let mut seen = placed.clone();
    for start in 0..needs.len() {
        let mut way = Vec::new();
        let mut job = start;
        while !seen[job] {
            seen[job] = true;
            way.push(job);
            let next = needs[job].iter().copied().find(|need| !placed[*need]);
            job = next.unwrap_or(job);
        }
        if let Some(first) = way.iter().position(|member| *member == job) {
            sorted.circles.push(way.split_off(first));
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_follow_what_they_need_and_otherwise_keep_their_order() {
        let sorted = sort(&[vec![2], vec![], vec![3], vec![]]);
        assert_eq!(sorted.order, [1, 3, 2, 0]);
        assert!(sorted.circles.is_empty());
    }

    #[test]
    fn each_circle_is_found_once() {
        let sorted = sort(&[vec![1], vec![2], vec![1], vec![], vec![4], vec![0]]);
        assert_eq!(sorted.order, [3]);
        assert_eq!(sorted.circles, [vec![1, 2], vec![4]]);
    }
}
