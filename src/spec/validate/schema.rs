//! Reading a JSON Schema as `schemars` writes it: references followed and merged ([`resolve`]), and
//! the types it allows ([`types`]).

use serde_json::{Map, Value};
use std::borrow::Cow;

/// How many references in a row are followed: more are a circle.
const HOPS: usize = 32;
/// What says nothing about which values are valid.
const ANNOTATIONS: [&str; 10] = [
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
    "$schema",
    "$defs",
];
const LOWER: [&str; 5] = ["minimum", "exclusiveMinimum", "minItems", "minLength", "minProperties"];
const UPPER: [&str; 5] = ["maximum", "exclusiveMaximum", "maxItems", "maxLength", "maxProperties"];
const ALL: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/// The schema with its `$ref` and `allOf` merged into it: one object that says all.
pub(super) fn resolve<'a>(root: &'a Value, schema: &'a Value) -> Cow<'a, Value> {
    resolve_within(root, schema, HOPS)
}

fn resolve_within<'a>(root: &'a Value, schema: &'a Value, hops: usize) -> Cow<'a, Value> {
    let Value::Object(object) = schema else { return Cow::Borrowed(schema) };
    let target = object.get("$ref").and_then(Value::as_str).and_then(|name| follow(root, name));
    let all = object.get("allOf").and_then(Value::as_array);
    if hops == 0 || (target.is_none() && all.is_none()) {
        return Cow::Borrowed(schema);
    }
    let bare = object.keys().all(|key| key == "$ref" || ANNOTATIONS.contains(&key.as_str()));
    if let (Some(target), true) = (target, bare) {
        return resolve_within(root, target, hops - 1);
    }
    let mut merged = Map::new();
    for part in target.into_iter().chain(all.into_iter().flatten()) {
        if let Value::Object(part) = resolve_within(root, part, hops - 1).as_ref() {
            merge(&mut merged, part);
        }
    }
    let mut own = object.clone();
    own.retain(|key, _| key != "$ref" && key != "allOf");
    merge(&mut merged, &own);
    Cow::Owned(Value::Object(merged))
}

fn follow<'a>(root: &'a Value, name: &str) -> Option<&'a Value> {
    root.pointer(name.strip_prefix('#')?)
}

/// Adds what `other` says to `base`, so that the sum is what both demand.
pub(super) fn merge(base: &mut Map<String, Value>, other: &Map<String, Value>) {
    for (key, theirs) in other {
        let sum = match (base.get(key), theirs) {
            (Some(Value::Object(ours)), Value::Object(theirs)) if key == "properties" => {
                // the tag of a variant stands first
                let mut sum = theirs.clone();
                for (name, schema) in ours {
                    sum.entry(name.clone()).or_insert_with(|| schema.clone());
                }
                Value::Object(sum)
            }
            (Some(Value::Array(ours)), Value::Array(theirs)) if key == "required" => {
                let more = ours.iter().filter(|name| !theirs.contains(name));
                theirs.iter().chain(more).cloned().collect()
            }
            (Some(Value::Bool(false)), _) if key == "additionalProperties" => false.into(),
            (Some(ours), theirs) if LOWER.contains(&key.as_str()) => {
                if ours.as_f64() > theirs.as_f64() { ours.clone() } else { theirs.clone() }
            }
            (Some(ours), theirs) if UPPER.contains(&key.as_str()) => {
                if ours.as_f64() < theirs.as_f64() { ours.clone() } else { theirs.clone() }
            }
            _ => theirs.clone(),
        };
        base.insert(key.clone(), sum);
    }
}

/// The types of values that a schema (resolved) allows.
pub(super) fn types(root: &Value, schema: &Value) -> Vec<&'static str> {
    types_within(root, schema, HOPS)
}

fn types_within(root: &Value, schema: &Value, hops: usize) -> Vec<&'static str> {
    let in_order = |names: &[&str]| ALL.into_iter().filter(|name| names.contains(name)).collect();
    match schema.get("type") {
        Some(Value::String(name)) => return in_order(&[name]),
        Some(Value::Array(names)) => {
            return in_order(&names.iter().filter_map(Value::as_str).collect::<Vec<_>>());
        }
        _ => {}
    }
    if let Some(values) = literals(schema) {
        return in_order(&values.iter().map(type_of).collect::<Vec<_>>());
    }
    match branches(schema) {
        Some(branches) if hops > 0 => {
            let of_branches: Vec<_> = branches
                .iter()
                .flat_map(|branch| types_within(root, &resolve(root, branch), hops - 1))
                .collect();
            in_order(&of_branches)
        }
        _ if schema.get("properties").is_some() => vec!["object"],
        _ => ALL.to_vec(),
    }
}

/// The values that `enum` or `const` lists.
pub(super) fn literals(schema: &Value) -> Option<Vec<Value>> {
    if let Some(value) = schema.get("const") {
        return Some(vec![value.clone()]);
    }
    schema.get("enum").and_then(Value::as_array).cloned()
}

/// The schemas of `oneOf` or `anyOf`.
pub(super) fn branches(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)).and_then(Value::as_array)
}

/// The schemas that a value may fit: those behind choices within choices, or the schema itself.
pub(super) fn variants<'a>(root: &'a Value, schema: &'a Value) -> Vec<Cow<'a, Value>> {
    let mut all = Vec::new();
    flatten(root, schema, &mut all, 8);
    all
}

fn flatten<'a>(root: &'a Value, branch: &'a Value, into: &mut Vec<Cow<'a, Value>>, hops: usize) {
    let resolved = resolve(root, branch);
    match &resolved {
        // a choice that leads back to itself
        Cow::Borrowed(_) if hops == 0 => {}
        Cow::Borrowed(schema) => match branches(schema) {
            Some(inner) => inner.iter().for_each(|branch| flatten(root, branch, into, hops - 1)),
            None => into.push(resolved),
        },
        Cow::Owned(_) => into.push(resolved),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The first sentence of what a schema says of itself.
pub(super) fn about(schema: &Value) -> Option<String> {
    let text = schema.get("description")?.as_str()?;
    let first = text.split("\n\n").next().unwrap_or(text).replace('\n', " ");
    let end = first.find(". ").map_or(first.len(), |end| end + 1);
    Some(first[..end].trim_end_matches('.').to_owned())
}
