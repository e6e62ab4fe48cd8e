//! Paths of fields inside a job's settings (`network.hidden[1]`), and how two settings differ.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The path as a JSON pointer: `/network/hidden/1`.
pub(super) fn pointer(path: &str) -> String {
    parts(path).fold(String::new(), |text, part| text + "/" + part)
}

/// The names and indices of a path, in order.
pub(super) fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '[', ']']).filter(|part| !part.is_empty())
}

/// Takes the field at a path out of JSON.
pub(super) fn remove(value: &mut Value, path: &str) {
    let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
    let fields = value.pointer_mut(&pointer(above)).and_then(Value::as_object_mut);
    fields.map(|fields| fields.remove(name));
}

/// Whether a path leads to a field, or into it.
pub(super) fn is_within(path: &str, field: &str) -> bool {
    path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What two values have at a path: nothing where it leads to a map or to nothing.
pub(super) type Pair<'a> = [Option<&'a Value>; 2];

/// Every path at which one of two values has something other than the other, maps apart, in the order of
/// the paths. What is equal is not gone through: most of the settings of two jobs are.
pub(super) fn differing<'a>(one: &'a Value, other: &'a Value) -> BTreeMap<String, Pair<'a>> {
    let mut found = BTreeMap::new();
    compare([Some(one), Some(other)], "", &mut found);
    found
}

fn compare<'a>(pair: Pair<'a>, path: &str, found: &mut BTreeMap<String, Pair<'a>>) {
    if pair[0] == pair[1] {
        return;
    }
    let maps = pair.map(|value| value.and_then(Value::as_object));
    let names: BTreeSet<&String> = maps.iter().flatten().flat_map(|map| map.keys()).collect();
    for name in names {
        let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        compare(maps.map(|map| map?.get(name)), &below, found);
    }
    let leaves = pair.map(|value| value.filter(|value| !value.is_object()));
    if leaves != [None, None] {
        found.insert(path.to_owned(), leaves);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_into_json() {
        let value = json!({"network": {"hidden": [30, 20]}, "epochs": 3});
        assert_eq!(value.pointer(&pointer("network.hidden[1]")), Some(&json!(20)));
        assert_eq!(value.pointer(&pointer("")), Some(&value));
        assert!(is_within("network.hidden", "network") && is_within("epochs", "epochs"));
        assert!(!is_within("networks", "network") && !is_within("network", "network.hidden"));
        let other = json!({"network": 3, "epochs": 3, "more": {"none": {}, "one": null}});
        let here = [("more.one", [None, Some(&Value::Null)]), ("network", [None, Some(&json!(3))])];
        let there = ("network.hidden", [Some(&json!([30, 20])), None]);
        let differing: Vec<_> = differing(&value, &other).into_iter().collect();
        let expected = here.into_iter().chain([there]).map(|(path, pair)| (path.to_owned(), pair));
        assert_eq!(differing, expected.collect::<Vec<_>>());
        let mut value = value;
        for path in ["network.hidden", "network.other", "absent.hidden"] {
            remove(&mut value, path);
        }
        assert_eq!(value, json!({"network": {}, "epochs": 3}));
        remove(&mut value, "network");
        assert_eq!(value, json!({"epochs": 3}));
    }
}
