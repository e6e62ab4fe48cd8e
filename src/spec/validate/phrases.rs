//! How messages call the types that a schema allows ([`phrases`]), and what to do about a value of another
//! type ([`advice`]).

use super::schema;
use crate::spec::node::Value as Written;
use crate::spec::words::one_of;
use serde_json::Value;

/// How messages call the types that a schema allows.
pub(super) fn phrases(root: &Value, schema: &Value) -> Vec<String> {
    if let Some(values) = schema::literals(schema) {
        let names: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        if !names.is_empty() {
            return vec![one_of(&names, "or")];
        }
    }
    let types = schema::types(root, schema);
    let whole = |name: &&str| *name != "integer" || !types.contains(&"number");
    let phrases = types.iter().filter(|name| whole(name)).map(|name| phrase(root, schema, name));
    phrases.collect()
}

fn phrase(root: &Value, schema: &Value, name: &str) -> String {
    let items = || {
        let items = schema::resolve(root, schema.get("items")?);
        match schema::types(root, &items).as_slice() {
            ["integer"] => Some("a list of integers"),
            ["number"] => Some("a list of numbers"),
            ["string"] => Some("a list of strings"),
            ["object"] => Some("a list of mappings"),
            _ => None,
        }
    };
    match name {
        "integer" => "an integer",
        "number" => "a number",
        "string" => "a string",
        "boolean" => "true or false",
        "array" => items().unwrap_or("a list"),
        "object" => "a mapping",
        _ => "null",
    }
    .to_owned()
}

/// What to do about a value that is nearly of one of the types.
pub(in crate::spec) fn advice(types: &[&str], value: &Written) -> Option<String> {
    advice_with(types, 1, value)
}

/// The same where a list has at least so many `items`.
pub(super) fn advice_with(types: &[&str], items: usize, value: &Written) -> Option<String> {
    let has = |name| types.contains(&name);
    let list = |number: &dyn std::fmt::Display| {
        let written = vec![number.to_string(); items.clamp(1, 4)];
        Some(format!("write [{}]", written.join(", ")))
    };
    match value {
        Written::Null if !has("null") => {
            Some("give a value (or remove the key, where it has a default)".to_owned())
        }
        Written::String(text) if has("number") || has("integer") => {
            number_meant(text, has("number"))
        }
        Written::String(text) if has("boolean") => match text.to_lowercase().as_str() {
            "yes" | "on" | "true" => Some("write true".to_owned()),
            "no" | "off" | "false" => Some("write false".to_owned()),
            _ => None,
        },
        Written::Float(value) if has("integer") && value.fract() == 0.0 && value.abs() < 1e15 => {
            Some(format!("write {value}"))
        }
        Written::Integer(_) | Written::Float(_) | Written::Bool(_) if has("string") => {
            Some("put it in quotes to make it a string".to_owned())
        }
        Written::Integer(value) if has("array") => list(value),
        Written::Float(value) if has("array") => list(value),
        Written::String(text) if has("array") && text.trim_start().starts_with('[') => {
            Some("remove the quotes".to_owned())
        }
        Written::String(_) if has("array") => Some("write it in brackets, [like, this]".to_owned()),
        _ => None,
    }
}

/// How the number that a string seems to be is written; one with a fraction where that is allowed.
fn number_meant(text: &str, fraction: bool) -> Option<String> {
    let digits = text.contains(|c: char| c.is_ascii_digit());
    let reads = |text: &str| {
        digits
            && if fraction {
                text.parse::<f64>().is_ok_and(f64::is_finite)
            } else {
                text.parse::<i64>().is_ok()
            }
    };
    let plain = text.replace(['_', ','], "");
    match plain.parse::<f64>() {
        Ok(value) if !value.is_finite() && digits => {
            return Some("it is past what a 64-bit float can hold".to_owned());
        }
        Ok(value) if !value.is_finite() => {
            return Some("NaN and infinity are not allowed".to_owned());
        }
        _ => {}
    }
    // A single comma is that before a fraction, unless it stands as one between thousands does.
    let comma = text.split_once(',').filter(|(_, rest)| !rest.contains([',', '.']));
    let point =
        comma.map(|(whole, rest)| (format!("{}.{rest}", whole.replace('_', "")), rest.len() == 3));
    match point {
        Some((point, false)) if fraction && reads(&point) => {
            Some(format!("write {point}, with a point before the fraction"))
        }
        Some((_, false)) => None,
        Some((point, true)) if fraction && reads(&plain) => {
            Some(format!("write {plain} without a separator, or {point} with a point"))
        }
        _ => reads(&plain).then(|| format!("write {plain}, without quotes or separators")),
    }
}

/// Whether a value is of one of these types; a whole number is fine where a number is expected.
pub(super) fn accepts(types: &[&str], value: &Written) -> bool {
    let has = |name| types.contains(&name);
    match value {
        Written::Refused => true,
        Written::Null => has("null"),
        Written::Bool(_) => has("boolean"),
        Written::Integer(_) => has("integer") || has("number"),
        Written::Float(_) => has("number"),
        Written::String(_) => has("string"),
        Written::List(_) => has("array"),
        Written::Map(_) => has("object"),
    }
}
