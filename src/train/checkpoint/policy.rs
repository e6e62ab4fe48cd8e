//! Which checkpoints stay: the newest, one before it to fall back on, and the best.
//!
//! [`outdated`] only says what may go; [`Store`](super::store::Store) does it.

use super::index::Entry;

/// How many of the newest stay: the last, and the one before in case the last is damaged.
const NEWEST: usize = 2;

/// The best of `entries`: the lowest score, the earliest of equals. None where none has a score.
#[must_use]
pub(super) fn best(entries: &[Entry]) -> Option<&Entry> {
    entries
        .iter()
        .filter(|entry| entry.score.is_some_and(|score| !score.is_nan()))
        .min_by(|a, b| a.score.partial_cmp(&b.score).unwrap_or(std::cmp::Ordering::Equal))
}

/// Those of `entries` (oldest first) that no rule keeps.
#[must_use]
pub(super) fn outdated(entries: &[Entry]) -> Vec<Entry> {
    let best = best(entries).map(|entry| entry.step);
    let old = entries.len().saturating_sub(NEWEST);
    entries[..old].iter().filter(|entry| Some(entry.step) != best).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(step: u64, score: Option<f64>) -> Entry {
        Entry { step, file: String::new(), digest: String::new(), bytes: None, score }
    }

    #[test]
    fn the_best_and_the_two_newest_stay() {
        let scores = [(1, 0.5), (2, 0.2), (3, 0.2), (4, 0.4), (5, 0.3)];
        let entries: Vec<_> =
            scores.iter().map(|&(step, score)| entry(step, Some(score))).collect();
        assert_eq!(best(&entries).unwrap().step, 2);
        let gone: Vec<_> = outdated(&entries).iter().map(|entry| entry.step).collect();
        assert_eq!(gone, [1, 3]);
    }

    #[test]
    fn without_scores_the_newest_stay() {
        let entries: Vec<_> = (0..4).map(|step| entry(step, None)).collect();
        assert!(best(&entries).is_none());
        assert_eq!(outdated(&entries).len(), 2);
        assert!(outdated(&entries[..1]).is_empty());
        assert!(best(&[entry(1, Some(f64::NAN))]).is_none());
    }
}
