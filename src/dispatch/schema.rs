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
    let seed = json!({ "type": "integer", "minimum": 0, "maximum": i64::MAX });
    let device = generator.subschema_for::<DeviceName>().to_value();
    let jobs: Vec<Value> = kinds.iter().map(|kind| of_job(*kind, &seed, &mut generator)).collect();
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
            "seed": seed,
            "device": device,
            "jobs": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": { "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$" },
                "additionalProperties": { "oneOf": jobs },
            },
        },
        "required": ["name", "jobs"],
        "additionalProperties": false,
        "$defs": definitions,
    });
    spec::tidy(&schema)
}

/// The schema of one job: its settings, and what every job has.
fn of_job(kind: &dyn Kind, seed: &Value, generator: &mut SchemaGenerator) -> Value {
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
