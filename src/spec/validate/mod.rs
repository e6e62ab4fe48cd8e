//! Whether a tree fits the JSON Schema of a settings type: [`check`], which reports all that does
//! not, each where it stands and in words, and [`tidy`], for other validators.
//!
//! The schema is one that `schemars` makes of Rust types. General validators know no places, and of
//! a tagged enum they say that none of its variants fits; here the tag chooses the variant.

mod choice;
mod object;
mod scalar;
mod schema;
mod stand_in;
mod tidy;

#[cfg(test)]
mod tests;

pub(in crate::spec) use scalar::advice;
pub use stand_in::stand_in;
pub use tidy::tidy;

use super::node::{Node, Segment, Value as Written, path_text};
use super::problem::{Problem, Problems};
use super::source::Span;
use super::words::{describe, join, quoted};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a check leaves for those who look further.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The value, with the keys of its entries as they are meant where they are misspelt.
    pub node: Node,
    /// The keys of those of its entries that are wrong in some way, or missing.
    pub faulty: BTreeSet<String>,
}

/// Reports everything in `node` that does not fit `schema`.
///
/// `subject` is what messages call the whole, such as `job 'student'`, and `holder` the place that
/// names it: there a key is reported missing.
pub fn check(
    node: &Node,
    schema: &Value,
    subject: &str,
    holder: Span,
    problems: &mut Problems,
) -> Checked {
    let mut checker = Checker {
        root: schema,
        subject,
        path: Vec::new(),
        holders: vec![holder],
        problems,
        faulty: BTreeSet::new(),
        meant: BTreeMap::new(),
    };
    checker.check(node, schema);
    let (faulty, mut meant) = (checker.faulty, checker.meant);
    let mut node = node.clone();
    if let Written::Map(entries) = &mut node.value {
        for (key, _) in entries {
            key.name = meant.remove(&key.name).unwrap_or(std::mem::take(&mut key.name));
        }
    }
    Checked { node, faulty }
}

struct Checker<'a> {
    /// The whole schema, for references.
    root: &'a Value,
    subject: &'a str,
    /// The way from the whole to the value that is being checked.
    path: Vec<Segment>,
    /// The places that name the values along the way: keys, or items of lists.
    holders: Vec<Span>,
    problems: &'a mut Problems,
    /// See [`Checked::faulty`].
    faulty: BTreeSet<String>,
    /// Misspelt keys of the whole, and what is meant.
    meant: BTreeMap<String, String>,
}

impl Checker<'_> {
    fn check(&mut self, node: &Node, schema: &Value) {
        if node.value == Written::Refused {
            return self.blame(None);
        }
        if *schema == Value::Bool(false) {
            let message = format!("{} must not be given", self.field());
            return self.report(node, message, None);
        }
        let schema = schema::resolve(self.root, schema);
        let schema = schema.as_ref();
        if let Some(branches) = schema::branches(schema) {
            return self.choose(node, branches);
        }
        let types = schema::types(self.root, schema);
        if !accepts(&types, &node.value) {
            return self.wrong_type(node, &[schema]);
        }
        if let Some(values) = schema::literals(schema) {
            return self.literal(node, &values);
        }
        match &node.value {
            Written::Map(entries) => self.object(node, entries, schema),
            Written::List(items) => self.list(node, items, schema),
            Written::Integer(value) => self.number(node, *value as f64, schema),
            Written::Float(value) => self.number(node, *value, schema),
            Written::String(text) => self.string(node, text, schema),
            Written::Null | Written::Bool(_) | Written::Refused => {}
        }
    }

    fn descend(&mut self, segment: Segment, holder: Span, node: &Node, schema: &Value) {
        self.path.push(segment);
        self.holders.push(node.span.holder(holder));
        self.check(node, schema);
        self.path.pop();
        self.holders.pop();
    }

    /// Says what was expected where something of another type is.
    fn wrong_type(&mut self, node: &Node, schemas: &[&Value]) {
        let mut wanted: Vec<String> = Vec::new();
        for schema in schemas {
            for phrase in scalar::phrases(self.root, schema) {
                if !wanted.contains(&phrase) {
                    wanted.push(phrase);
                }
            }
        }
        let message = format!(
            "expected {} for {}, found {}",
            join(&wanted, "or"),
            self.field(),
            describe(&node.value)
        );
        let types: Vec<_> =
            schemas.iter().flat_map(|schema| schema::types(self.root, schema)).collect();
        self.report(node, message, scalar::advice(&types, &node.value));
    }

    fn report(&mut self, node: &Node, message: String, help: Option<String>) {
        // something over many lines is better named than underlined
        let nested = matches!(node.value, Written::Map(_) | Written::List(_));
        let span = if nested { node.span.or_on_one_line(self.holder()) } else { node.span };
        self.report_at(span, message, help);
    }

    fn report_at(&mut self, span: Span, message: String, help: Option<String>) {
        self.problems.push(Problem::at(span, message).help(help));
        self.blame(None);
    }

    /// Notes that the entry of the whole on the way to this value is wrong; at the whole itself, the
    /// entry of this name.
    fn blame(&mut self, name: Option<&str>) {
        let first = self.path.first().map(ToString::to_string);
        self.faulty.extend(first.or(name.map(str::to_owned)));
    }

    /// The place that names the value.
    fn holder(&self) -> Span {
        self.holders[self.holders.len() - 1]
    }

    /// The value's own name: `'hidden[1]'`.
    fn field(&self) -> String {
        let keys = |segment: &Segment| matches!(segment, Segment::Key(_));
        match self.path.iter().rposition(keys) {
            Some(last) => quoted(&path_text(&self.path[last..])),
            None => self.subject.to_owned(),
        }
    }

    /// Where a key of the value stands: `in 'loss' of job 'student'`.
    fn inside(&self) -> String {
        match self.path.as_slice() {
            [] => format!("in {}", self.subject),
            path => format!("in {} of {}", quoted(&path_text(path)), self.subject),
        }
    }
}

/// Whether a value is of one of these types; a whole number is fine where a number is expected.
fn accepts(types: &[&str], value: &Written) -> bool {
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
