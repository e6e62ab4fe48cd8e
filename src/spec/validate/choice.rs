//! One of several: the variants of an enum, by their tag, their value or their type.

use super::{Checker, accepts, schema};
use crate::spec::node::{Node, Segment, Value as Written};
use crate::spec::suggest::{hint, nearest};
use crate::spec::words::{describe, one_of, quoted};
use serde_json::Value;
use std::borrow::Cow;

impl Checker<'_> {
    /// Checks against the one of these schemas that is meant.
    pub(super) fn choose(&mut self, node: &Node, branches: &[Value]) {
        let root = self.root;
        let mut flat = Vec::new();
        for branch in branches {
            flatten(root, branch, &mut flat, 8);
        }
        let all: Vec<&Value> = flat.iter().map(Cow::as_ref).collect();
        let fitting: Vec<&Value> = all
            .iter()
            .copied()
            .filter(|branch| accepts(&schema::types(self.root, branch), &node.value))
            .collect();
        if fitting.is_empty() {
            let objects: Vec<&Value> =
                all.iter().copied().filter(|branch| branch.get("properties").is_some()).collect();
            return match tag_of(&objects) {
                Some(tag) => self.tagless(node, &objects, &tag),
                None => self.wrong_type(node, &all),
            };
        }
        let values: Vec<Value> =
            fitting.iter().filter_map(|branch| schema::literals(branch)).flatten().collect();
        if fitting.iter().all(|branch| schema::literals(branch).is_some()) {
            return self.literal(node, &values);
        }
        match (fitting.as_slice(), tag_of(&fitting)) {
            (_, Some(tag)) => self.tagged(node, &fitting, &tag),
            ([only], None) => self.check(node, only),
            (several, None) => self.nearest_of(node, several),
        }
    }

    /// Checks against the variant that the tag names.
    fn tagged(&mut self, node: &Node, variants: &[&Value], tag: &str) {
        let names: Vec<&str> = variants.iter().filter_map(|v| constant(v, tag)?.as_str()).collect();
        let Some((key, value)) = node.entry(tag) else {
            let message = format!("missing key {} {}", quoted(tag), self.inside());
            let help = format!("{} is {}", quoted(tag), one_of(&names, "or"));
            return self.report_at(self.holder(), message, Some(help));
        };
        let Some(name) = value.as_str() else {
            let message = format!(
                "expected {} for {}, found {}",
                one_of(&names, "or"),
                quoted(tag),
                describe(&value.value)
            );
            let span = if value.value == Written::Null { key.span } else { value.span };
            return self.report_at(span, message, None);
        };
        let is_meant = |v: &&&Value| constant(v, tag).and_then(Value::as_str) == Some(name);
        if let Some(variant) = variants.iter().find(is_meant) {
            self.check(node, variant);
        } else {
            let message = format!("unknown {} {}", self.noun(tag), quoted(name));
            self.report_at(value.span, message, hint(name, names));
        }
    }

    /// Says how a variant is written where there is no mapping.
    fn tagless(&mut self, node: &Node, variants: &[&Value], tag: &str) {
        let names: Vec<&str> = variants.iter().filter_map(|v| constant(v, tag)?.as_str()).collect();
        let found = describe(&node.value);
        let message =
            format!("expected a mapping with {} for {}, found {found}", quoted(tag), self.field());
        let meant = node.as_str().and_then(|text| nearest(text, names.iter().copied()));
        let help = match meant {
            Some(name) => format!("write {{ {tag}: {name}, … }}"),
            None => format!("{} is {}", quoted(tag), one_of(&names, "or")),
        };
        self.report(node, message, Some(help));
    }

    /// What a tag distinguishes: `network` (by its `name`), `optimiser rule`, `data set`.
    fn noun(&self, tag: &str) -> String {
        let holder = self.path.iter().rev().find_map(|segment| match segment {
            Segment::Key(name) => Some(name.as_str()),
            Segment::Index(_) => None,
        });
        match holder {
            Some(holder) if tag == "name" => holder.to_owned(),
            Some(holder) => format!("{holder} {tag}"),
            None => tag.to_owned(),
        }
    }

    /// Checks against several schemas of like type; where none fits, that with the fewest problems
    /// speaks.
    fn nearest_of(&mut self, node: &Node, schemas: &[&Value]) {
        let mut best = None;
        for schema in schemas {
            let mut problems = self.problems.scratch();
            let mut trial = Checker {
                root: self.root,
                subject: self.subject,
                path: self.path.clone(),
                holders: self.holders.clone(),
                problems: &mut problems,
            };
            trial.check(node, schema);
            if problems.is_empty() {
                return;
            }
            if best.as_ref().is_none_or(|best: &crate::spec::Problems| problems.len() < best.len())
            {
                best = Some(problems);
            }
        }
        if let Some(best) = best {
            self.problems.append(best);
        }
    }

    /// Checks that the value is one of those listed.
    pub(super) fn literal(&mut self, node: &Node, values: &[Value]) {
        let written = node.to_json();
        if values.iter().any(|value| same(value, &written)) {
            return;
        }
        let names: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        if let (Written::String(text), [_, ..]) = (&node.value, names.as_slice()) {
            let message = format!("unknown value {} for {}", quoted(text), self.field());
            return self.report(node, message, hint(text, names));
        }
        let listed: Vec<String> = values.iter().map(Value::to_string).collect();
        let message = format!(
            "expected {} for {}, found {}",
            crate::spec::words::join(&listed, "or"),
            self.field(),
            describe(&node.value)
        );
        self.report(node, message, None);
    }
}

/// The schemas behind choices within choices.
fn flatten<'a>(root: &'a Value, branch: &'a Value, into: &mut Vec<Cow<'a, Value>>, hops: usize) {
    let resolved = schema::resolve(root, branch);
    match &resolved {
        // a choice that leads back to itself
        Cow::Borrowed(_) if hops == 0 => {}
        Cow::Borrowed(schema) => match schema::branches(schema) {
            Some(inner) => inner.iter().for_each(|branch| flatten(root, branch, into, hops - 1)),
            None => into.push(resolved),
        },
        Cow::Owned(_) => into.push(resolved),
    }
}

/// The key whose value is a constant in each of these schemas.
fn tag_of(variants: &[&Value]) -> Option<String> {
    let properties = variants.first()?.get("properties")?.as_object()?;
    let everywhere = |name: &&String| variants.iter().all(|v| constant(v, name).is_some());
    properties.keys().find(everywhere).cloned()
}

fn constant<'a>(variant: &'a Value, name: &str) -> Option<&'a Value> {
    variant.get("properties")?.get(name)?.get("const")
}

fn same(a: &Value, b: &Value) -> bool {
    a == b || (a.as_f64().is_some() && a.as_f64() == b.as_f64())
}
