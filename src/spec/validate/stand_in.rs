//! A value that fits a schema, in place of one that is wrong or missing: [`stand_in`].

use super::schema::{branches, literals, resolve, types};
use serde_json::{Map, Value, json};

/// The deepest nesting of what is made: schemas may lead back to themselves.
const DEPTH: usize = 8;

/// The settings in `given`, an object, with something plain in place of each entry in `faulty` that
/// `schema` asks for, and without the others in it.
///
/// So settings with faults can be read, and what is at odds among the others can be found.
pub fn stand_in<'a>(
    schema: &Value,
    given: Value,
    faulty: impl IntoIterator<Item = &'a str>,
) -> Value {
    let resolved = resolve(schema, schema);
    let Value::Object(mut entries) = given else { return given };
    let known = resolved.get("properties").and_then(Value::as_object);
    entries.retain(|name, _| known.is_none_or(|known| known.contains_key(name)));
    for name in faulty {
        entries.remove(name);
    }
    for name in required(&resolved) {
        if !entries.contains_key(name)
            && let Some(property) = known.and_then(|known| known.get(name))
        {
            entries.insert(name.to_owned(), plain(schema, property, DEPTH));
        }
    }
    Value::Object(entries)
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// A plain value that fits a schema: the first choice, the least number, only what is required.
fn plain(root: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolve(root, schema);
    if let Some(value) = literals(&schema).and_then(|values| values.into_iter().next()) {
        return value;
    }
    if depth == 0 {
        return Value::Null;
    }
    if let Some(first) = branches(&schema).and_then(|branches| branches.first()) {
        return plain(root, first, depth - 1);
    }
    let bound = |key: &str| schema.get(key).and_then(Value::as_u64).unwrap_or(0) as usize;
    match types(root, &schema).first() {
        Some(&"boolean") => false.into(),
        Some(&"integer" | &"number") => number(&schema),
        Some(&"string") => "x".repeat(bound("minLength").max(1)).into(),
        Some(&"array") => {
            let item = schema.get("items").map(|items| plain(root, items, depth - 1));
            vec![item.unwrap_or_default(); bound("minItems")].into()
        }
        Some(&"object") => {
            let properties = schema.get("properties");
            let entry = |name: &str| {
                let property = properties?.get(name)?;
                Some((name.to_owned(), plain(root, property, depth - 1)))
            };
            required(&schema).filter_map(entry).collect::<Map<_, _>>().into()
        }
        _ => Value::Null,
    }
}

fn number(schema: &Value) -> Value {
    let least = schema.get("minimum").or(schema.get("maximum")).cloned();
    let above = schema.get("exclusiveMinimum").and_then(Value::as_i64);
    least.or(above.map(|above| (above + 1).into())).unwrap_or(json!(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::sample::Job;

    #[test]
    fn what_is_wrong_is_replaced_and_the_rest_is_kept() {
        let schema = schemars::schema_for!(Job).to_value();
        let given = json!({ "epochs": 7, "network": 3, "keep": "bset", "nesterov": true, "x": 1 });
        let faulty = ["network", "keep", "optimiser"];
        let value = stand_in(&schema, given, faulty);
        let job: Job = serde_json::from_value(value).expect("settings");
        assert_eq!((job.epochs, job.nesterov), (7, true));
        let everything = ["network", "keep", "optimiser", "epochs", "nesterov"];
        let value = stand_in(&schema, json!({}), everything);
        assert!(serde_json::from_value::<Job>(value).is_ok());
    }
}
