//! Numbers and strings: their ranges and patterns.

use super::checker::Checker;
use super::schema::about;
use crate::number;
use crate::spec::node::Node;
use crate::spec::words::{count, quoted};
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
        // Of two lower bounds the one that is not kept.
        let above = above.filter(|above| value <= *above || least.is_none());
        let least = least.filter(|_| above.is_none());
        let wanted = match (least, most, above, below) {
            (Some(least), Some(most), None, None) => {
                format!("between {} and {}", number::bound(least), number::bound(most))
            }
            _ => [
                least.map(|least| format!("at least {}", number::bound(least))),
                above.map(|above| format!("greater than {}", number::bound(above))),
                most.map(|most| format!("at most {}", number::bound(most))),
                below.map(|below| format!("less than {}", number::bound(below))),
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
