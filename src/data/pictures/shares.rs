//! Which examples are for training, for validation and for testing: [`Shares`].

use super::spec::{ArraysSpec, FreySpec, ImagesSpec, SplitBy};
use crate::data::error::DataError;
use crate::seed::Draws;
use crate::seed::derive;
use std::ops::Range;

/// How many examples a set has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// Those to be divided.
    pub(super) first: usize,
    /// Those that are for testing from the start, where there are such.
    pub(super) test: Option<usize>,
}

/// How many examples are asked for, and how they are chosen.
#[derive(Debug, Clone)]
pub(super) struct Shares {
    pub(super) set: &'static str,
    train: Option<usize>,
    validation: usize,
    test: Option<usize>,
    /// The seed of a shuffle; none for the order they are in.
    shuffle: Option<u64>,
}

impl Shares {
    pub(super) fn of_frey(spec: &FreySpec) -> Self {
        Self {
            set: "frey",
            train: Some(spec.train),
            validation: spec.validation,
            test: Some(spec.test),
            shuffle: (spec.split == SplitBy::Shuffled).then_some(spec.seed),
        }
    }

    pub(super) fn of_arrays(spec: &ArraysSpec) -> Self {
        Self {
            set: "arrays",
            train: spec.train,
            validation: spec.validation,
            test: spec.test,
            shuffle: (spec.split == SplitBy::Shuffled).then_some(spec.seed),
        }
    }

    pub(super) fn of_images(spec: &ImagesSpec) -> Self {
        Self {
            set: "images",
            train: spec.train,
            validation: spec.validation,
            test: spec.test,
            shuffle: Some(spec.seed),
        }
    }

    /// The places of the training, validation and test examples. The test examples are the same
    /// however many are asked for of the others.
    pub(super) fn divide(&self, held: Held) -> Result<[Vec<usize>; 3], DataError> {
        let ranges = self.ranges(held)?;
        let order: Vec<usize> = match self.shuffle {
            Some(seed) => {
                let mut draws = Draws::new(derive(seed, "division", 0));
                let order = draws.permutation(held.first as i64);
                order.into_iter().map(|place| place as usize).collect()
            }
            None => (0..held.first).collect(),
        };
        let [train, validation, test] = ranges;
        Ok([
            order[train].to_vec(),
            order[validation].to_vec(),
            if held.test.is_some() { test.collect() } else { order[test].to_vec() },
        ])
    }

    /// The setting that asks for more than there are.
    pub(super) fn asked_by(&self, held: Held) -> &'static str {
        let test = self.test.filter(|test| held.test.is_some_and(|apart| *test > apart));
        match (self.train, self.validation) {
            _ if test.is_some() => "test",
            (Some(_), _) => "train",
            (None, 0) => "test",
            (None, _) => "validation",
        }
    }

    /// As [`divide`](Self::divide), before any shuffle: whether there are enough examples.
    pub(super) fn ranges(&self, held: Held) -> Result<[Range<usize>; 3], DataError> {
        let Held { first, test: apart } = held;
        let (validation, set) = (self.validation, self.set);
        let test = self.test.unwrap_or(apart.unwrap_or(first.div_ceil(10)));
        if let Some(apart) = apart.filter(|apart| test > *apart) {
            return Err(DataError::Settings(format!(
                "the test file of '{set}' has {apart} examples, but test asks for {test}: lower it"
            )));
        }
        let taken = if apart.is_some() { 0 } else { test };
        // At least one example is left to learn from.
        let train = self.train.unwrap_or(first.saturating_sub(validation).saturating_sub(taken));
        let train = train.max(1);
        let asked = train.checked_add(validation).and_then(|sum| sum.checked_add(taken));
        if asked.is_none_or(|asked| asked > first) {
            return Err(match apart {
                Some(_) => DataError::TooMany { set, held: first, train: self.train, validation },
                None => DataError::TooManyInAll {
                    set,
                    held: first,
                    train: self.train,
                    validation,
                    test,
                },
            });
        }
        let end = first - taken;
        let test = if apart.is_some() { 0..test } else { end..first };
        Ok([0..train, end - validation..end, test])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn shares(train: Option<usize>, validation: usize, test: Option<usize>) -> Shares {
        Shares { set: "images", train, validation, test, shuffle: Some(3) }
    }

    #[test]
    fn a_shuffle_divides_and_the_test_examples_stay() {
        let held = Held { first: 100, test: None };
        let [train, validation, test] = shares(None, 20, None).divide(held).unwrap();
        assert_eq!((train.len(), validation.len(), test.len()), (70, 20, 10));
        let all: BTreeSet<usize> = [&train[..], &validation, &test].concat().into_iter().collect();
        assert_eq!(all.len(), 100, "each once");
        assert!(!test.is_sorted() && !train.is_sorted());
        let few = shares(Some(5), 20, None).divide(held).unwrap();
        assert_eq!(few, [train[..5].to_vec(), validation, test.clone()]);
        let other = Shares { shuffle: Some(4), ..shares(None, 20, None) };
        assert_ne!(other.divide(held).unwrap()[2], test);
    }

    #[test]
    fn in_time_the_first_are_for_training_and_the_last_for_testing() {
        let spec = FreySpec { train: 4, validation: 2, test: 3, split: SplitBy::Time, seed: 1 };
        let held = Held { first: 10, test: None };
        let [train, validation, test] = Shares::of_frey(&spec).divide(held).unwrap();
        assert_eq!((train, validation, test), (vec![0, 1, 2, 3], vec![5, 6], vec![7, 8, 9]));
    }

    #[test]
    fn a_test_file_is_taken_from_its_start() {
        let held = Held { first: 6, test: Some(9) };
        let [train, validation, test] = shares(None, 2, None).divide(held).unwrap();
        assert_eq!((train.len(), validation.len(), test), (4, 2, (0..9).collect()));
        assert_eq!(shares(None, 0, Some(4)).divide(held).unwrap()[2], [0, 1, 2, 3]);
        let error = shares(None, 0, Some(10)).divide(held).unwrap_err().to_string();
        assert!(error.contains("has 9 examples, but test asks for 10"), "{error}");
        let error = shares(Some(5), 2, None).divide(held).unwrap_err();
        assert!(matches!(error, DataError::TooMany { held: 6, .. }), "{error}");
    }

    #[test]
    fn more_than_there_are_is_an_error_and_one_is_left_to_learn_from() {
        let held = Held { first: 10, test: None };
        for (train, validation, test) in [
            (Some(8), 2, Some(1)),
            (None, 9, None),
            (None, 0, Some(10)),
            (Some(usize::MAX), 2, None),
        ] {
            let error = shares(train, validation, test).divide(held).unwrap_err();
            assert!(matches!(error, DataError::TooManyInAll { held: 10, .. }), "{error}");
        }
        assert_eq!(shares(None, 8, None).divide(held).unwrap().map(|it| it.len()), [1, 8, 1]);
    }
}
