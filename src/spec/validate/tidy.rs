//! A schema in the form that other validators and editors agree with: [`tidy`].

use super::schema::resolve;
use serde_json::Value;

/// Rewrites each variant of a tagged enum that is written as a reference beside its tag into one
/// plain object schema.
///
/// Such a reference leads to a struct that refuses unknown keys, and by the letter of JSON Schema
/// (Draft 2020-12) that would refuse the tag. The result accepts what [`super::check`] accepts.
#[must_use]
pub fn tidy(schema: &Value) -> Value {
    walk(schema, schema)
}

fn walk(root: &Value, schema: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            let composed = object.contains_key("$ref") || object.contains_key("allOf");
            let own = ["properties", "required", "additionalProperties"];
            if composed && own.iter().any(|key| object.contains_key(*key)) {
                return walk(root, &resolve(root, schema));
            }
            object.iter().map(|(key, value)| (key.clone(), walk(root, value))).collect()
        }
        Value::Array(items) => items.iter().map(|item| walk(root, item)).collect(),
        other => other.clone(),
    }
}
