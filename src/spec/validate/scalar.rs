//! Numbers and strings: their ranges and patterns, and how types are called.

use super::object::about;
use super::{Checker, schema};
use crate::spec::node::{Node, Value as Written};
use crate::spec::words::{count, one_of, quoted};
use serde_json::Value;

/// The ranges of the integer types that `schemars` gives only as a format.
const FORMATS: [(&str, f64, f64); 6] = [
    ("int8", -128.0, 127.0),
    ("int16", -32_768.0, 32_767.0),
    ("int32", -2_147_483_648.0, 2_147_483_647.0),
    ("uint8", 0.0, 255.0),
    ("uint16", 0.0, 65_535.0),
    ("uint32", 0.0, 4_294_967_295.0),
];

impl Checker<'_> {
    pub(super) fn number(&mut self, node: &Node, value: f64, schema: &Value) {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let (mut least, mut most) = (bound("minimum"), bound("maximum"));
        let (above, below) = (bound("exclusiveMinimum"), bound("exclusiveMaximum"));
        let format = schema.get("format").and_then(Value::as_str);
        if let Some((_, low, high)) = FORMATS.iter().find(|(name, ..)| Some(*name) == format) {
            let outside = !(*low..=*high).contains(&value);
            least = least.or(outside.then_some(*low));
            most = most.or(outside.then_some(*high));
        }
        let fits = least.is_none_or(|least| value >= least)
            && most.is_none_or(|most| value <= most)
            && above.is_none_or(|above| value > above)
            && below.is_none_or(|below| value < below);
        if fits {
            return;
        }
        let wanted = match (least, most, above, below) {
            (Some(least), Some(most), None, None) => format!("between {least} and {most}"),
            _ => [
                least.map(|least| format!("at least {least}")),
                above.map(|above| format!("greater than {above}")),
                most.map(|most| format!("at most {most}")),
                below.map(|below| format!("less than {below}")),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" and "),
        };
        let written = node.to_json();
        self.report(node, format!("{} must be {wanted}, and is {written}", self.field()), None);
    }

    pub(super) fn string(&mut self, node: &Node, text: &str, schema: &Value) {
        let length = text.chars().count() as u64;
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        if let Some(least) = bound("minLength").filter(|least| length < *least) {
            let message = if length == 0 {
                format!("{} must not be empty", self.field())
            } else {
                format!("{} must have at least {}", self.field(), count(least, "character"))
            };
            return self.report(node, message, None);
        }
        if let Some(most) = bound("maxLength").filter(|most| length > *most) {
            let message =
                format!("{} must have at most {}", self.field(), count(most, "character"));
            return self.report(node, message, None);
        }
        let Some(pattern) = schema.get("pattern").and_then(Value::as_str) else { return };
        if regex_lite::Regex::new(pattern).is_ok_and(|regex| !regex.is_match(text)) {
            let message = format!("{} cannot be {}", self.field(), quoted(text));
            let help = about(schema).unwrap_or_else(|| format!("it must match {pattern}"));
            self.report(node, message, Some(help));
        }
    }
}

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
            ["integer"] => Some("a list of whole numbers"),
            ["number"] => Some("a list of numbers"),
            ["string"] => Some("a list of strings"),
            ["object"] => Some("a list of mappings"),
            _ => None,
        }
    };
    match name {
        "integer" => "a whole number",
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
    let has = |name| types.contains(&name);
    match value {
        Written::Null if !has("null") => Some("give a value, or remove the key".to_owned()),
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
        Written::Integer(_) | Written::Float(_) | Written::String(_) if has("array") => {
            Some("write it in brackets, [like, this]".to_owned())
        }
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
            return Some("every number in a spec is finite: write one that is".to_owned());
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
