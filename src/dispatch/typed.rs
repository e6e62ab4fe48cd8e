//! A job whose settings have the type that its kind gives them: [`Typed`], read by [`Kinds`].

use super::fields::parts;
use crate::job::{AnySettings, Complaint, Kind};
use crate::spec::{self, JobEntry, Node, Problem, Problems, Span, Value as Written};
use serde_json::Value;
use std::collections::HashMap;

/// A job of a spec, read.
pub(super) struct Typed<'a> {
    pub(super) name: &'a str,
    pub(super) entry: &'a JobEntry,
    pub(super) kind: &'a dyn Kind,
    pub(super) settings: Box<dyn AnySettings>,
}

/// The kinds there are, with their schemas once they were asked for.
pub(super) struct Kinds<'a> {
    kinds: &'a [&'a dyn Kind],
    schemas: HashMap<&'static str, Value>,
}

impl<'a> Kinds<'a> {
    pub(super) fn new(kinds: &'a [&'a dyn Kind]) -> Self {
        Self { kinds, schemas: HashMap::new() }
    }

    pub(super) fn all(&self) -> &'a [&'a dyn Kind] {
        self.kinds
    }

    /// Reads one job; `None` where something is wrong with it, which is reported.
    pub(super) fn read(
        &mut self,
        name: &'a str,
        entry: &'a JobEntry,
        problems: &mut Problems,
    ) -> Option<Typed<'a>> {
        if entry.kind.is_empty() {
            return None; // reported by the envelope
        }
        let Some(kind) = self.kinds.iter().copied().find(|kind| kind.name() == entry.kind) else {
            let message = format!("unknown kind {} of job '{name}'", spec::quoted(&entry.kind));
            let help = spec::hint(&entry.kind, self.kinds.iter().map(|kind| kind.name()));
            problems.push(Problem::at(entry.kind_span, message).help(help));
            return None;
        };
        let before = problems.len();
        let schema = self.schemas.entry(kind.name()).or_insert_with(|| whole_schema(kind));
        spec::check(&entry.settings, schema, &format!("job '{name}'"), entry.span, problems);
        if problems.len() > before {
            return None;
        }
        match kind.read(&entry.settings.to_json()) {
            Ok(settings) => Some(Typed { name, entry, kind, settings }),
            Err(complaint) => {
                problems.push(problem(entry, &complaint));
                None
            }
        }
    }
}

impl Typed<'_> {
    /// A complaint about this job's settings, with its place.
    pub(super) fn problem(&self, complaint: &Complaint) -> Problem {
        problem(self.entry, complaint)
    }

    /// Where a field stands.
    pub(super) fn span(&self, path: &str) -> Span {
        span(self.entry, path)
    }
}

/// The schema of a kind's settings with the definitions it refers to.
pub(super) fn whole_schema(kind: &dyn Kind) -> Value {
    let mut generator = schemars::SchemaGenerator::default();
    let mut schema = kind.schema(&mut generator).to_value();
    if let Value::Object(entries) = &mut schema {
        let definitions = generator.take_definitions(true);
        entries.insert("$defs".to_owned(), Value::Object(definitions));
    }
    schema
}

fn problem(entry: &JobEntry, complaint: &Complaint) -> Problem {
    Problem::at(span(entry, &complaint.path), complaint.message.clone())
        .help(complaint.help.clone())
}

/// Where a field stands, or else the innermost field around it that does, or else the job's name.
pub(super) fn span(entry: &JobEntry, path: &str) -> Span {
    let mut found = entry.span;
    let mut node: &Node = &entry.settings;
    for part in parts(path) {
        let next = match &node.value {
            Written::List(items) => part.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => node.get(part),
        };
        let Some(next) = next else { break };
        (node, found) = (next, next.span);
    }
    found
}
