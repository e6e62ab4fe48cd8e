//! What a kind of job promises about its settings, without a tensor in sight.
//!
//! A kind implements [`Settings`] for its typed settings; [`TypedKind`] turns that into a [`Kind`]
//! that the registry, the planner and the command line use without knowing the type.

use super::footprint::Footprint;
use crate::spec::FieldError;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::path::PathBuf;

/// A reference to another job: the name of one in the same spec, or a path to one that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Where in the settings the reference stands: `teachers`.
    pub path: String,
    /// What stands there.
    pub reference: String,
}

/// What a job will hand to those that need it, as far as can be said before it has run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provides {
    /// The kind that makes it.
    pub kind: String,
    /// Number of classes its networks tell apart.
    pub classes: Option<i64>,
    /// Channels, height and width of its input.
    pub input: Option<[i64; 3]>,
}

/// What a job reads from disk, named by content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDigest {
    /// The field that names the data: `data`.
    pub path: String,
    /// A digest of what is read.
    pub digest: String,
    /// What a person should know of it, such as that it will be downloaded.
    pub note: Option<String>,
}

/// The typed settings of one kind of job.
pub trait Settings: Serialize + DeserializeOwned + JsonSchema + Debug + 'static {
    /// The word after `kind:`.
    const KIND: &'static str;
    /// One sentence on what such a job does.
    const ABOUT: &'static str;
    /// Raised when the same settings come to mean another computation; part of every key.
    const VERSION: u32;

    /// The fields that refer to other jobs, each with a reference or a list of them: `teachers`.
    const REFERENCES: &'static [&'static str] = &[];
    /// The fields that decide what [`Settings::provides`] says.
    const PROVIDED_BY: &'static [&'static str];
    /// What [`Settings::check`] looks at: a field that it may complain about, and the other fields
    /// behind that field error. A field that is not listed is taken to look at all of them.
    ///
    /// So what is at odds is found even where other fields are wrong in themselves.
    const LOOKS_AT: &'static [(&'static str, &'static [&'static str])] = &[];

    /// The digests of the data this job reads; asked for where [`Settings::check`] finds nothing wrong
    /// with it.
    ///
    /// # Errors
    /// An error about the field whose data cannot be found or read.
    fn digests(&self, roots: &[PathBuf]) -> Result<Vec<DataDigest>, FieldError>;

    /// What this job will hand on.
    fn provides(&self, roots: &[PathBuf]) -> Provides;

    /// Everything wrong with the settings that their schema does not say. `provided` has, by
    /// reference, what the needed jobs hand on (those that are themselves sound).
    fn check(&self, roots: &[PathBuf], provided: &BTreeMap<String, Provides>) -> Vec<FieldError>;

    /// What such a job will take of a machine, as far as the form of its data is known.
    fn footprint(&self, _: &[PathBuf]) -> Option<Footprint> {
        None
    }

    /// The settings, by path, that say how much is written down on the way and change nothing of
    /// what the job comes to: its key does not depend on them. Each has a default.
    fn non_semantic(&self) -> &'static [&'static str] {
        &[]
    }
}

/// [`Settings`] of a kind that is not known at compile time.
pub trait AnySettings: Debug {
    /// Every field, the defaults too.
    fn resolved(&self) -> Value;
    /// See [`Settings::digests`].
    ///
    /// # Errors
    /// As there.
    fn digests(&self, roots: &[PathBuf]) -> Result<Vec<DataDigest>, FieldError>;
    /// See [`Settings::provides`].
    fn provides(&self, roots: &[PathBuf]) -> Provides;
    /// See [`Settings::check`].
    fn check(&self, roots: &[PathBuf], provided: &BTreeMap<String, Provides>) -> Vec<FieldError>;
    /// See [`Settings::footprint`].
    fn footprint(&self, roots: &[PathBuf]) -> Option<Footprint>;
    /// See [`Settings::non_semantic`].
    fn non_semantic(&self) -> &'static [&'static str];
}

impl<S: Settings> AnySettings for S {
    fn resolved(&self) -> Value {
        // Settings are plain structs of numbers, strings and lists: JSON has a place for each.
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    fn digests(&self, roots: &[PathBuf]) -> Result<Vec<DataDigest>, FieldError> {
        Settings::digests(self, roots)
    }

    fn provides(&self, roots: &[PathBuf]) -> Provides {
        Settings::provides(self, roots)
    }

    fn check(&self, roots: &[PathBuf], provided: &BTreeMap<String, Provides>) -> Vec<FieldError> {
        Settings::check(self, roots, provided)
    }

    fn footprint(&self, roots: &[PathBuf]) -> Option<Footprint> {
        Settings::footprint(self, roots)
    }

    fn non_semantic(&self) -> &'static [&'static str] {
        Settings::non_semantic(self)
    }
}

/// A kind of job, as the registry lists it.
pub trait Kind: Sync {
    /// The word after `kind:`.
    fn name(&self) -> &'static str;
    /// One sentence on what such a job does.
    fn about(&self) -> &'static str;
    /// See [`Settings::VERSION`].
    fn version(&self) -> u32;
    /// See [`Settings::PROVIDED_BY`].
    fn provided_by(&self) -> &'static [&'static str];
    /// The other fields behind a field error about a field; `None` where they may be any. See
    /// [`Settings::LOOKS_AT`].
    fn looks_at(&self, field: &str) -> Option<&'static [&'static str]>;
    /// The jobs that settings need, as far as these can be read.
    fn needs(&self, settings: &Value) -> Vec<Need>;
    /// The schema of its settings.
    fn schema(&self, generator: &mut SchemaGenerator) -> Schema;
    /// Reads settings that the schema has passed.
    ///
    /// # Errors
    /// The field (as a path) and what is wrong with it.
    fn read(&self, settings: &Value) -> Result<Box<dyn AnySettings>, FieldError>;
}

/// The [`Kind`] of the settings `S`.
pub struct TypedKind<S>(PhantomData<fn() -> S>);

impl<S> TypedKind<S> {
    /// For the registry's slice.
    #[expect(clippy::new_without_default, reason = "a registry entry is not something to default")]
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S: Settings> Kind for TypedKind<S> {
    fn name(&self) -> &'static str {
        S::KIND
    }

    fn about(&self) -> &'static str {
        S::ABOUT
    }

    fn version(&self) -> u32 {
        S::VERSION
    }

    fn provided_by(&self) -> &'static [&'static str] {
        S::PROVIDED_BY
    }

    fn looks_at(&self, field: &str) -> Option<&'static [&'static str]> {
        S::LOOKS_AT.iter().find(|(name, _)| *name == field).map(|(_, others)| *others)
    }

    fn needs(&self, settings: &Value) -> Vec<Need> {
        S::REFERENCES.iter().flat_map(|path| needs_at(path, settings)).collect()
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<S>()
    }

    fn read(&self, settings: &Value) -> Result<Box<dyn AnySettings>, FieldError> {
        serde_path_to_error::deserialize::<_, S>(settings)
            .map(|typed| Box::new(typed) as Box<dyn AnySettings>)
            .map_err(|error| FieldError::new(error.path().to_string(), error.inner().to_string()))
    }
}

/// The references at a path of settings.
fn needs_at(path: &str, settings: &Value) -> Vec<Need> {
    let need = |path: String, reference: &Value| {
        Some(Need { path, reference: reference.as_str()?.to_owned() })
    };
    match path.split('.').try_fold(settings, |value, name| value.get(name)) {
        Some(Value::Array(items)) => {
            let items = items.iter().enumerate();
            items.filter_map(|(index, item)| need(format!("{path}[{index}]"), item)).collect()
        }
        Some(value) => need(path.to_owned(), value).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_are_read_wherever_they_can_be() {
        let settings = json!({ "a": { "b": "one" }, "c": ["two", 3, "three"], "d": null });
        let all = ["a.b", "c", "d", "e", "c.x"].map(|path| needs_at(path, &settings));
        let found: Vec<_> =
            all.iter().flatten().map(|need| format!("{} {}", need.path, need.reference)).collect();
        assert_eq!(found, ["a.b one", "c[0] two", "c[2] three"]);
    }
}
