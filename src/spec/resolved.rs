//! A spec with every default written out, as text: [`resolved_yaml`], which our own loader reads
//! back as it was.

use crate::device::DeviceName;
use serde_yaml::{Mapping, Value as Yaml};

/// A job of a resolved spec.
#[derive(Debug, Clone, Copy)]
pub struct ResolvedJob<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    /// The seed of the job's own, where it has one.
    pub seed: Option<u64>,
    /// The settings, a JSON object, with their defaults.
    pub settings: &'a serde_json::Value,
}

/// The text of a spec: the keys in their order, the jobs in theirs.
#[must_use]
pub fn resolved_yaml(name: &str, seed: u64, device: DeviceName, jobs: &[ResolvedJob]) -> String {
    let mut all = Mapping::new();
    for job in jobs {
        let mut entry = Mapping::new();
        entry.insert("kind".into(), job.kind.into());
        if let Some(seed) = job.seed {
            entry.insert("seed".into(), seed.into());
        }
        for (key, value) in job.settings.as_object().into_iter().flatten() {
            entry.insert(key.as_str().into(), yaml(value));
        }
        all.insert(job.name.into(), Yaml::Mapping(entry));
    }
    let mut spec = Mapping::new();
    spec.insert("name".into(), name.into());
    spec.insert("seed".into(), seed.into());
    spec.insert("device".into(), device.to_string().into());
    spec.insert("jobs".into(), Yaml::Mapping(all));
    serde_yaml::to_string(&spec).unwrap_or_default()
}

fn yaml(value: &serde_json::Value) -> Yaml {
    match value {
        serde_json::Value::Null => Yaml::Null,
        serde_json::Value::Bool(value) => (*value).into(),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(value), _) => value.into(),
            (None, Some(value)) => value.into(),
            (None, None) => number.as_f64().unwrap_or(f64::NAN).into(),
        },
        serde_json::Value::String(text) => text.as_str().into(),
        serde_json::Value::Array(items) => items.iter().map(yaml).collect::<Vec<_>>().into(),
        serde_json::Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.as_str().into(), yaml(value)));
            Yaml::Mapping(entries.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Diagnostics, Envelope, load_text};
    use serde_json::json;

    fn read_back(settings: &serde_json::Value) -> serde_json::Value {
        let job = ResolvedJob { name: "a", kind: "classifier", seed: Some(3), settings };
        let text = resolved_yaml("x", 17, DeviceName::Cpu, &[job]);
        let mut problems = Diagnostics::new();
        let root = load_text("spec.yaml", &text, &mut problems)
            .unwrap_or_else(|| panic!("{problems}\n{text}"));
        let envelope = Envelope::read(&root, &mut problems);
        assert!(problems.is_empty(), "{problems}\n{text}");
        assert_eq!((envelope.seed, envelope.device), (17, DeviceName::Cpu));
        envelope.jobs["a"].settings.to_json()
    }

    /// What a careless writer or reader of YAML takes for something else.
    #[rustfmt::skip]
    const AWKWARD: &[&str] = &[
        "1e-3", "yes", "no", "on", "y", "null", "Null", "~", "", "true", "True", "FALSE", "0x1F",
        "0o17", "0b1", "007", "1_000", "+1", "-1", "1.", ".5", "-", "- a", "a: b", "a:", ":",
        "#x", "a #b", " x", "x ", "\t", "a\tb", "two\nlines", "two\n", "\n", "\n x",
        "a\n\n  b\n \n", "'", "\"", "é", "界", ".inf", "-.INF", ".nan", "=", "<<", "!x", "&x",
        "*x", "%x", "@x", "`x", "?", "? x", "|", ">", "{", "}", "[a", ",", "12:30:45",
        "2024-01-01", "---", "1e999", "...", "99999999999999999999", "\\", "\\n", "\u{a0}",
        "a\rb", "\r\n", "1e3", "e3",
    ];

    #[test]
    fn awkward_strings_survive() {
        for text in AWKWARD {
            let settings = json!({ "value": text, "list": [text, { "deep": text }] });
            assert_eq!(read_back(&settings), settings, "{text:?}");
        }
        let long = json!({ "value": "word ".repeat(100), "other": "x".repeat(5000) });
        assert_eq!(read_back(&long), long);
    }

    #[test]
    fn numbers_and_shapes_survive() {
        let settings = json!({
            "floats": [1e-3, 4.0, 1e20, 1e-300, 0.1, -0.0, 1.0, 123_456_789.125, f64::MAX],
            "integers": [0, -1, i64::MAX, i64::MIN],
            "rest": [null, true, [], {}, [[1], []], { "b": 1, "a": { "z": null } }],
        });
        let back = read_back(&settings);
        assert_eq!(back.to_string(), settings.to_string());
    }
}
