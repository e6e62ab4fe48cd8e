//! One of several: the variants of an enum, by their tag, their value or their type.

use super::checker::Checker;
use super::phrases::accepts;
use super::schema;
use crate::spec::node::{Key, Node, Segment, Value as Written, describe};
use crate::spec::source::Span;
use crate::spec::suggest::{choices, nearest, question};
use crate::spec::words::{one_of, quoted};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Checker<'_> {
    /// Checks against the one of these schemas that is meant.
    pub(super) fn choose(&mut self, node: &Node, branches: &[Value]) {
        let root = self.root;
        let flat: Vec<_> =
            branches.iter().flat_map(|branch| schema::variants(root, branch)).collect();
        let all: Vec<&Value> = flat.iter().map(AsRef::as_ref).collect();
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
            return self.without_tag(node, variants, tag, &names);
        };
        let Some(name) = value.as_str() else {
            let message = format!(
                "expected {} for {}, found {}",
                one_of(&names, "or"),
                quoted(tag),
                describe(&value.value)
            );
            let null = value.value == Written::Null;
            let span = if null { value.span.holder(key.span) } else { value.span };
            return self.report_at(span, message, None);
        };
        let find = |name: &str| {
            variants.iter().find(|v| constant(v, tag).and_then(Value::as_str) == Some(name))
        };
        if let Some(variant) = find(name) {
            return self.variant(node, variant, value.span);
        }
        let message = format!("unknown {} {}", self.noun(tag), quoted(name));
        let meant = nearest(name, names.iter().copied()).and_then(find);
        self.report_at(value.span, message, Some(choices(name, &names)));
        if let Some(meant) = meant {
            self.untagged(node, meant, tag, value.span);
        }
    }

    /// Reports that the tag is not there, or that its key is misspelt.
    fn without_tag(&mut self, node: &Node, variants: &[&Value], tag: &str, names: &[&str]) {
        let known = |name: &str| variants.iter().any(|v| v["properties"].get(name).is_some());
        let misspelt = node.entries().iter().find(|(key, value)| {
            let names_one = value.as_str().is_some_and(|name| names.contains(&name));
            !known(&key.name) && (names_one || nearest(&key.name, [tag]).is_some())
        });
        let Some((key, value)) = misspelt else {
            let message = format!("missing key {} {}", quoted(tag), self.inside());
            let help = format!("{} is {}", quoted(tag), one_of(names, "or"));
            return self.report_at(self.holder(), message, Some(help));
        };
        let message = format!("unknown key {} {}", quoted(&key.name), self.inside());
        self.report_at(key.span, message, Some(question(tag)));
        let mut meant = node.clone();
        if let Written::Map(entries) = &mut meant.value {
            entries.retain(|(other, _)| other != key);
            let key = Key { name: tag.to_owned(), span: key.span };
            entries.push((key, value.clone()));
        }
        self.tagged(&meant, variants, tag);
    }

    /// Checks against a variant, which asks for what is missing where `tag` stands if that is from
    /// elsewhere (an override).
    fn variant(&mut self, node: &Node, variant: &Value, tag: Span) {
        let holder = self.holder();
        if let Some(last) = self.holders.last_mut().filter(|last| !last.is_beside(tag)) {
            *last = tag;
        }
        self.check(node, variant);
        if let Some(last) = self.holders.last_mut() {
            *last = holder;
        }
    }

    /// Checks against the variant that is meant by a misspelt tag, but for the tag.
    fn untagged(&mut self, node: &Node, variant: &Value, tag: &str, place: Span) {
        let (mut node, mut variant) = (node.clone(), variant.clone());
        if let Written::Map(entries) = &mut node.value {
            entries.retain(|(key, _)| key.name != tag);
        }
        if let Some(required) = variant.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| name != tag);
        }
        self.variant(&node, &variant, place);
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

    /// What a tag distinguishes: `network` (by its `name`), `optimiser rule`, `data set`, `layer` in a
    /// list of them.
    fn noun(&self, tag: &str) -> String {
        if matches!(self.path.last(), Some(Segment::Index(_))) {
            return tag.to_owned();
        }
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
                faulty: BTreeSet::new(),
                meant: BTreeMap::new(),
            };
            trial.check(node, schema);
            if problems.is_empty() {
                return;
            }
            if best
                .as_ref()
                .is_none_or(|best: &crate::spec::Diagnostics| problems.len() < best.len())
            {
                best = Some(problems);
            }
        }
        if let Some(best) = best {
            self.problems.append(best);
            self.blame(None);
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
            return self.report(node, message, Some(choices(text, &names)));
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
