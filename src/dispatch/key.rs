//! What a job means, as a hash: [`Meaning::key`].
//!
//! Jobs with one key compute the same thing, so that a finished one need not run again. Names of
//! jobs, comments, the order of fields and spelled-out defaults are no part of it.

use super::fields::{pointer, remove};
use crate::rundir::JobSpec;
use crate::spec::canonical;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everything that decides the result of a job.
#[derive(Debug, Clone)]
pub(super) struct Meaning<'a> {
    /// The kind of job and the version of what it computes.
    pub kind: &'a str,
    pub version: u32,
    /// The kind's settings, every default written out, without those that decide nothing.
    pub settings: &'a Value,
    pub seed: u64,
    /// The digest of the data behind each field that names some.
    pub data: &'a BTreeMap<String, String>,
}

impl Meaning<'_> {
    /// The key, given the key of the job that each field with a reference leads to.
    #[must_use]
    pub(super) fn key(&self, needs: &BTreeMap<String, String>) -> String {
        self.hash(Some(self.seed), needs)
    }

    /// The same without seeds: `needs` has the groups of the needed jobs. Jobs of one group are
    /// repetitions of each other.
    #[must_use]
    pub(super) fn group(&self, needs: &BTreeMap<String, String>) -> String {
        self.hash(None, needs)
    }

    fn hash(&self, seed: Option<u64>, needs: &BTreeMap<String, String>) -> String {
        let mut settings = self.settings.clone();
        for path in needs.keys() {
            // What the job is called is replaced by what it is.
            if let Some(reference) = settings.pointer_mut(&pointer(path)) {
                *reference = Value::Null;
            }
        }
        let whole = json!({
            "kind": self.kind,
            "version": self.version,
            "settings": settings,
            "seed": seed,
            "data": self.data,
            "needs": needs,
        });
        let digest = blake3::hash(canonical(&whole).as_bytes());
        digest.to_hex()[..32].to_owned()
    }
}

/// Settings without those, by path, that decide nothing.
pub(super) fn decisive<'a>(
    settings: &Value,
    non_semantic: impl IntoIterator<Item = &'a str>,
) -> Value {
    let mut settings = settings.clone();
    for path in non_semantic {
        remove(&mut settings, path);
    }
    settings
}

/// The key of what a `spec.json` says is to be done, made anew from all of it but the key that it
/// records: one that was changed since it was planned has another.
#[must_use]
pub fn key_of(spec: &JobSpec) -> String {
    let JobSpec { kind, version, seed, data, .. } = spec;
    let settings = decisive(&spec.settings, spec.non_semantic.iter().map(String::as_str));
    let needs = spec.needs.iter().map(|(field, need)| (field.clone(), need.key.clone()));
    let meaning = Meaning { kind, version: *version, settings: &settings, seed: *seed, data };
    meaning.key(&needs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(settings: &Value, seed: u64, needs: &[(&str, &str)]) -> String {
        let needs = needs.iter().map(|(path, key)| ((*path).into(), (*key).into())).collect();
        let data = BTreeMap::new();
        Meaning { kind: "distill", version: 1, settings, seed, data: &data }.key(&needs)
    }

    #[test]
    fn order_and_names_of_jobs_change_nothing() {
        let one = json!({"teachers": "a", "loss": {"temperature": 4.0, "soft_weight": 0.9}});
        let other = json!({"loss": {"soft_weight": 0.9, "temperature": 4.0}, "teachers": "b"});
        let needs = [("teachers", "k")];
        assert_eq!(key(&one, 1, &needs), key(&other, 1, &needs));
    }

    #[test]
    fn values_seeds_data_and_needs_change_it() {
        let settings = json!({"teachers": ["a"], "rate": 0.1});
        let needs = [("teachers[0]", "k")];
        let base = key(&settings, 1, &needs);
        assert_ne!(base, key(&json!({"teachers": ["a"], "rate": 0.2}), 1, &needs));
        assert_ne!(base, key(&settings, 2, &needs));
        assert_ne!(base, key(&settings, 1, &[("teachers[0]", "l")]));
        let meaning = |version, data: &BTreeMap<String, String>| {
            let settings = &settings;
            let meaning = Meaning { kind: "distill", version, settings, seed: 1, data };
            (meaning.key(&BTreeMap::new()), meaning.group(&BTreeMap::new()))
        };
        let data = BTreeMap::from([("data".to_owned(), "d".to_owned())]);
        assert_ne!(meaning(1, &data), meaning(1, &BTreeMap::new()));
        assert_ne!(meaning(1, &data), meaning(2, &data));
    }

    #[test]
    fn a_group_has_all_seeds() {
        let (settings, data) = (json!({}), BTreeMap::new());
        let meaning = |seed| Meaning {
            kind: "classifier",
            version: 1,
            settings: &settings,
            seed,
            data: &data,
        };
        let none = BTreeMap::new();
        assert_eq!(meaning(1).group(&none), meaning(2).group(&none));
        assert_ne!(meaning(1).key(&none), meaning(1).group(&none));
    }
}
