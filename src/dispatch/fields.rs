//! Paths of fields inside a job's settings (`network.hidden[1]`), and how two settings differ.

use serde_json::Value;
use std::collections::BTreeMap;

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

/// Every value that is no map, by its path.
pub(super) fn leaves(value: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    collect(value, String::new(), &mut found);
    found
}

fn collect<'a>(value: &'a Value, path: String, found: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(value, below, found);
            }
        }
        leaf => {
            found.insert(path, leaf);
        }
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
        let names: Vec<String> = leaves(&value).into_keys().collect();
        assert_eq!(names, ["epochs", "network.hidden"]);
        assert!(is_within("network.hidden", "network") && is_within("epochs", "epochs"));
        assert!(!is_within("networks", "network") && !is_within("network", "network.hidden"));
        let mut value = value;
        for path in ["network.hidden", "network.other", "absent.hidden"] {
            remove(&mut value, path);
        }
        assert_eq!(value, json!({"network": {}, "epochs": 3}));
        remove(&mut value, "network");
        assert_eq!(value, json!({"epochs": 3}));
    }
}
