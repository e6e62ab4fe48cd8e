//! The walk through a tree along its schema: [`check`] and [`Checker`], to which each sort of value adds its
//! own part.

use super::phrases::{self, accepts};
use super::schema;
use crate::spec::diagnostic::{Diagnostic, Diagnostics};
use crate::spec::node::{Node, Segment, Value as Written, describe, path_text};
use crate::spec::source::Span;
use crate::spec::words::{join, quoted};
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
    problems: &mut Diagnostics,
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

pub(super) struct Checker<'a> {
    /// The whole schema, for references.
    pub(super) root: &'a Value,
    pub(super) subject: &'a str,
    /// The way from the whole to the value that is being checked.
    pub(super) path: Vec<Segment>,
    /// The places that name the values along the way: keys, or items of lists.
    pub(super) holders: Vec<Span>,
    pub(super) problems: &'a mut Diagnostics,
    /// See [`Checked::faulty`].
    pub(super) faulty: BTreeSet<String>,
    /// Misspelt keys of the whole, and what is meant.
    pub(super) meant: BTreeMap<String, String>,
}

impl Checker<'_> {
    pub(super) fn check(&mut self, node: &Node, schema: &Value) {
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

    pub(super) fn descend(&mut self, segment: Segment, holder: Span, node: &Node, schema: &Value) {
        self.path.push(segment);
        self.holders.push(node.span.holder(holder));
        self.check(node, schema);
        self.path.pop();
        self.holders.pop();
    }

    /// Says what was expected where something of another type is.
    pub(super) fn wrong_type(&mut self, node: &Node, schemas: &[&Value]) {
        let mut wanted: Vec<String> = Vec::new();
        for schema in schemas {
            for phrase in phrases::phrases(self.root, schema) {
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
        // What is put in quotes is no word of a closed set.
        let open = schemas.iter().filter(|schema| schema::literals(schema).is_none());
        let types: Vec<_> = open.flat_map(|schema| schema::types(self.root, schema)).collect();
        let items = schemas.iter().find_map(|schema| schema.get("minItems")?.as_u64());
        let items = items.unwrap_or(1) as usize;
        self.report(node, message, phrases::advice_with(&types, items, &node.value));
    }

    pub(super) fn report(&mut self, node: &Node, message: String, help: Option<String>) {
        // something over many lines is better named than underlined
        let nested = matches!(node.value, Written::Map(_) | Written::List(_));
        let span = if nested { node.span.or_on_one_line(self.holder()) } else { node.span };
        self.report_at(span, message, help);
    }

    pub(super) fn report_at(&mut self, span: Span, message: String, help: Option<String>) {
        self.problems.push(Diagnostic::at(span, message).help(help));
        self.blame(None);
    }

    /// Notes that the entry of the whole on the way to this value is wrong; at the whole itself, the
    /// entry of this name.
    pub(super) fn blame(&mut self, name: Option<&str>) {
        let first = self.path.first().map(ToString::to_string);
        self.faulty.extend(first.or(name.map(str::to_owned)));
    }

    /// The place that names the value.
    pub(super) fn holder(&self) -> Span {
        self.holders[self.holders.len() - 1]
    }

    /// The value's own name: `'hidden[1]'`.
    pub(super) fn field(&self) -> String {
        let keys = |segment: &Segment| matches!(segment, Segment::Key(_));
        match self.path.iter().rposition(keys) {
            Some(last) => quoted(&path_text(&self.path[last..])),
            None => self.subject.to_owned(),
        }
    }

    /// Where a key of the value stands: `in 'loss' of job 'student'`.
    pub(super) fn inside(&self) -> String {
        match self.path.as_slice() {
            [] => format!("in {}", self.subject),
            path => format!("in {} of {}", quoted(&path_text(path)), self.subject),
        }
    }
}
