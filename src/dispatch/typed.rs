//! A job whose settings have the type that its kind gives them: [`Typed`], read by [`Kinds`].

use super::fields::parts;
use super::key::decisive;
use crate::job::{AnySettings, Kind, Need, Provides};
use crate::spec::FieldError;
use crate::spec::{self, Diagnostic, Diagnostics, JobEntry, Node, Span, Value as Written};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

/// A job of a spec, read.
pub(super) struct Typed<'a> {
    pub(super) name: &'a str,
    pub(super) entry: &'a JobEntry,
    pub(super) kind: &'a dyn Kind,
    /// The settings as they were written, misspelt keys as they are meant.
    pub(super) node: Node,
    /// The settings that are wrong in themselves; with any of them there is no plan.
    faulty: BTreeSet<String>,
    /// The settings, with something plain in place of those that are wrong; `None` where that failed.
    settings: Option<Box<dyn AnySettings>>,
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

    /// Reads one job and reports what is wrong with it; `None` where its kind is not known.
    pub(super) fn read(
        &mut self,
        name: &'a str,
        entry: &'a JobEntry,
        problems: &mut Diagnostics,
    ) -> Option<Typed<'a>> {
        if entry.kind.is_empty() {
            return None; // reported by the envelope
        }
        let kind = self.kind(name, entry, problems)?;
        let schema = self.schemas.entry(kind.name()).or_insert_with(|| with_seed(kind));
        let place = if entry.kind_span.is_in_argument() { entry.kind_span } else { entry.span };
        let subject = format!("job '{name}'");
        let before = problems.len();
        let checked = spec::check(&entry.settings, schema, &subject, place, problems);
        let (node, mut faulty) = (checked.node, checked.faulty);
        let sound = faulty.is_empty() && problems.len() == before;
        let value = if sound {
            node.to_json()
        } else {
            faulty.insert("seed".to_owned());
            spec::stand_in(schema, node.to_json(), faulty.iter().map(String::as_str))
        };
        let settings = match kind.read(&value) {
            Ok(settings) => Some(settings),
            Err(field_error) => {
                if sound {
                    let span = span(entry.span, &node, &field_error.path);
                    problems.push(Diagnostic::at(span, field_error.message).help(field_error.help));
                }
                None
            }
        };
        Some(Typed { name, entry, kind, node, faulty, settings })
    }

    /// The kind of a job, or else the one that is meant.
    fn kind(
        &self,
        job: &str,
        entry: &JobEntry,
        problems: &mut Diagnostics,
    ) -> Option<&'a dyn Kind> {
        let find = |name: &str| self.kinds.iter().copied().find(|kind| kind.name() == name);
        let names = || self.kinds.iter().map(|kind| kind.name());
        find(&entry.kind).or_else(|| {
            let message = format!("unknown kind {} of job '{job}'", spec::quoted(&entry.kind));
            let problem = Diagnostic::at(entry.kind_span, message);
            problems.push(problem.help(spec::hint(&entry.kind, names())));
            find(spec::nearest(&entry.kind, names())?)
        })
    }
}

impl Typed<'_> {
    /// Whether a setting, given by its path, is right in itself.
    fn holds(&self, path: &str) -> bool {
        parts(path).next().is_none_or(|field| !self.faulty.contains(field))
    }

    /// The jobs that this one needs, as far as its references can be read.
    pub(super) fn needs(&self) -> Vec<Need> {
        let mut needs = self.kind.needs(&self.resolved());
        needs.retain(|need| self.holds(&need.path));
        needs
    }

    /// Every setting, the defaults too.
    pub(super) fn resolved(&self) -> Value {
        self.settings.as_ref().map_or_else(|| self.node.to_json(), |settings| settings.resolved())
    }

    /// Every setting that decides what the job comes to.
    pub(super) fn meaning(&self) -> Value {
        decisive(&self.resolved(), self.non_semantic().iter().copied())
    }

    /// The settings that decide nothing, by path.
    pub(super) fn non_semantic(&self) -> &'static [&'static str] {
        self.settings.as_ref().map_or(&[], |settings| settings.non_semantic())
    }

    /// What this job hands on, as far as that can be said.
    pub(super) fn provides(&self, roots: &[PathBuf]) -> Provides {
        let sound = self.kind.provided_by().iter().all(|field| self.holds(field));
        match self.settings.as_ref().filter(|_| sound) {
            Some(settings) => settings.provides(roots),
            None => Provides { kind: self.kind.name().to_owned(), classes: None, input: None },
        }
    }

    /// What the settings can say of themselves; not where they could not be read at all.
    pub(super) fn settings(&self) -> Option<&dyn AnySettings> {
        self.settings.as_deref()
    }

    /// Whether a field error is about settings that are all right in themselves.
    pub(super) fn stands(&self, field_error: &FieldError) -> bool {
        let field = parts(&field_error.path).next().unwrap_or_default();
        match self.kind.looks_at(field) {
            Some(others) => self.holds(field) && others.iter().all(|other| self.holds(other)),
            None => self.faulty.is_empty(),
        }
    }
}

impl Typed<'_> {
    /// Where a field stands.
    pub(super) fn span(&self, path: &str) -> Span {
        span(self.entry.span, &self.node, path)
    }
}

/// Where a field stands, or else the innermost field around it that does, or else the job's name.
fn span(job: Span, settings: &Node, path: &str) -> Span {
    let (mut found, mut node) = (job, settings);
    for part in parts(path) {
        let next = match &node.value {
            Written::List(items) => part
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get(index))
                .map(|item| (item.span, item)),
            _ => node.entry(part).map(|(key, node)| (node.span.or_on_one_line(key.span), node)),
        };
        let Some(next) = next else { break };
        (found, node) = next;
    }
    found
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

/// The same with the key that every job may have besides its kind, so that it can be suggested.
fn with_seed(kind: &dyn Kind) -> Value {
    let mut schema = whole_schema(kind);
    if let Value::Object(entries) = &mut schema {
        let seed = json!({ "seed": { "type": "integer", "minimum": 0 } });
        entries.insert("properties".to_owned(), seed);
    }
    // references are followed once, and not again for every job
    spec::tidy(&schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_the_innermost_field_that_there_is() {
        let text = "network: { hidden: [30, 20] }\nepochs: 3\n";
        let settings = spec::load_text("spec.yaml", text, &mut Diagnostics::new()).unwrap();
        let network = settings.get("network").unwrap();
        let hidden = network.get("hidden").unwrap();
        let Written::List(items) = &hidden.value else { panic!("{hidden:?}") };
        let job = settings.get("epochs").unwrap().span;
        for (path, place) in [
            ("network.hidden[0]", items[0].span),
            ("network.hidden[1]", items[1].span),
            ("network.hidden[2]", hidden.span),
            ("network.hidden.first", hidden.span),
            ("network.channels[0]", network.span),
            ("batch", job),
        ] {
            assert_eq!(span(job, &settings, path), place, "{path}");
        }
    }
}
