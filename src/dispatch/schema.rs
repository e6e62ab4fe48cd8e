//! The form of a spec as a JSON Schema, made from the types of the kinds' settings: [`of_spec`] for
//! editors and other validators, [`of_kind`] for one kind.

use super::typed::whole_schema;
use crate::device::DeviceName;
use crate::job::Kind;
use crate::spec;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

/// The schema of the settings of one kind.
#[must_use]
pub fn of_kind(kind: &dyn Kind) -> Value {
    whole_schema(kind)
}

/// The schema of a whole spec.
#[must_use]
pub fn of_spec(kinds: &[&dyn Kind]) -> Value {
    let mut generator = SchemaGenerator::default();
    let seed = |about: &str| json!({ "type": "integer", "minimum": 0, "maximum": i64::MAX, "description": about });
    let of_run = seed("Decides every random draw; 0 where it is not given.");
    let of_job = seed("A seed of the job's own, in place of the spec's.");
    let mut device = generator.subschema_for::<DeviceName>().to_value();
    device["description"] = "Where the jobs run: auto, cpu, cuda, cuda:N or mps.".into();
    let jobs: Vec<Value> = kinds.iter().map(|kind| job(*kind, &of_job, &mut generator)).collect();
    let definitions: Map<String, Value> = generator.take_definitions(true);
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "exp spec",
        "type": "object",
        "properties": {
            "name": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]*$",
                "maxLength": 100,
                "description": "The experiment's name: the folder of its runs.",
            },
            "seed": of_run,
            "device": device,
            "jobs": {
                "type": "object",
                "description": "The jobs by name, in any order: each is a folder of the run.",
                "minProperties": 1,
                "propertyNames": {
                    "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$",
                    "not": { "pattern": "^[Ff][Ii][Gg][Uu][Rr][Ee][Ss]$" },
                },
                "additionalProperties": { "oneOf": jobs },
            },
        },
        "required": ["name", "jobs"],
        "additionalProperties": false,
        "$defs": definitions,
    });
    let mut schema = spec::tidy(&schema);
    describe_tags(&mut schema);
    schema
}

/// Says at the key that tells variants apart (`rule: adam`) what its variant is: editors show that.
fn describe_tags(schema: &mut Value) {
    if let Some(about) = schema.get("description").cloned()
        && let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut)
    {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            if property.contains_key("const") {
                property.entry("description").or_insert_with(|| about.clone());
            }
        }
    }
    match schema {
        Value::Object(entries) => entries.values_mut().for_each(describe_tags),
        Value::Array(items) => items.iter_mut().for_each(describe_tags),
        _ => {}
    }
}

/// The schema of one job: its settings, and what every job has.
fn job(kind: &dyn Kind, seed: &Value, generator: &mut SchemaGenerator) -> Value {
    let mut job = kind.schema(generator).to_value();
    let own = json!({
        "title": kind.name(),
        "description": kind.about(),
        "properties": {
            "kind": { "const": kind.name() },
            "seed": seed,
        },
        "required": ["kind"],
    });
    if let (Value::Object(job), Value::Object(own)) = (&mut job, own) {
        job.extend(own);
    }
    job
}
