//! The JSON Schema that editors are given: it is up to date, every config names it, an independent
//! validator agrees with `exp` on what is good and what is not, and editors have something to show.

use super::{Place, configs};
use crate::tensorboard::python;
use exp::dispatch::of_spec;
use exp::experiments::KINDS;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn committed() -> Value {
    let text = std::fs::read_to_string(root().join("configs/schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let output = Command::new(env!("CARGO_BIN_EXE_exp")).arg("schema").output().unwrap();
    assert!(output.status.success());
    let committed = std::fs::read(root().join("configs/schema.json")).unwrap();
    assert!(
        output.stdout == committed,
        "configs/schema.json is out of date; renew it with: scripts/exp schema > configs/schema.json"
    );
    assert_eq!(serde_json::from_slice::<Value>(&committed).unwrap(), of_spec(KINDS));
}

#[test]
fn every_config_starts_with_its_schema() {
    let folder = root().join("configs");
    assert!(!configs().is_empty());
    for path in configs() {
        let below = path.parent().unwrap().strip_prefix(&folder).unwrap();
        let up = "../".repeat(below.components().count());
        let wanted = format!("# yaml-language-server: $schema={up}schema.json");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().next(), Some(wanted.as_str()), "{}", path.display());
    }
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let example = readme.split("```yaml\n").nth(1).unwrap();
    assert!(example.starts_with("# yaml-language-server: $schema="), "the example in README.md");
}

/// A Python with `jsonschema`, or a word that there is none.
fn python() -> Option<PathBuf> {
    let python = python::find_with("jsonschema");
    if python.is_none() {
        println!("skipped: no Python with jsonschema (scripts/python makes one)");
    }
    python
}

/// What the validator has against each of the specs.
fn judge(python: &Path, specs: &BTreeMap<String, Value>) -> BTreeMap<String, Vec<String>> {
    let mut child = Command::new(python)
        .arg(root().join("tests/specs/validate.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = json!({ "schema": committed(), "specs": specs }).to_string();
    child.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn value(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// A config whose data are not here is refused for that alone, at the place that names them; with a fault
/// besides, that one is found as well.
#[test]
fn configs_are_checked_where_their_data_are_not_at_hand() {
    let mut lacking = 0;
    for path in configs() {
        let text = std::fs::read_to_string(&path).unwrap();
        let place = Place::new();
        let check = |text: &str| {
            std::fs::write(place.path("spec.yaml"), text).unwrap();
            let mut command = Command::new(env!("CARGO_BIN_EXE_exp"));
            command.args(["check", "spec.yaml"]).current_dir(place.path(""));
            command.env_remove("EXP_DATA").env_remove("EXP_RUNS").env_remove("XDG_DATA_HOME");
            let output = command.env("HOME", place.path("home")).output().unwrap();
            (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
        };
        let (code, said) = check(&text);
        let errors = said.lines().filter(|line| line.starts_with("error"));
        let (missing, others): (Vec<_>, Vec<_>) =
            errors.partition(|line| line.contains("was not found; looked for"));
        assert!(others.is_empty(), "{}: {said}", path.display());
        assert_eq!(
            code,
            Some(if missing.is_empty() { 0 } else { 2 }),
            "{}: {said}",
            path.display()
        );
        lacking += usize::from(!missing.is_empty());
        let wrong = text.replacen("\njobs:", "\nsede: 3\njobs:", 1);
        let (code, said) = check(&wrong);
        assert!(code == Some(2) && said.contains("'sede'"), "{}: {said}", path.display());
    }
    assert!(lacking > 0, "no config needs data that are not at hand");
}

#[test]
fn another_validator_accepts_every_config() {
    let texts = configs()
        .into_iter()
        .map(|path| (path.display().to_string(), value(&std::fs::read_to_string(&path).unwrap())));
    let mut specs: BTreeMap<String, Value> = texts.collect();
    // And what exp itself writes, with every default.
    let place = Place::with_every_set();
    for path in configs() {
        let plan = place.lower(&std::fs::read(&path).unwrap(), &[]);
        let plan = plan.unwrap_or_else(|problems| panic!("{}: {problems}", path.display()));
        specs.insert(format!("{} resolved", path.display()), value(&plan.resolved));
    }
    let Some(python) = python() else { return };
    for (name, faults) in judge(&python, &specs) {
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

const GOOD: &str = "\
name: pair
seed: 17
device: cuda:1
jobs:
  teachers:
    kind: classifier
    seed: 3
    members: 5
    data: { set: glyphs }
    network: { name: mlp, hidden: [40], dropout: 0.3, max_norm: null }
    optimiser: { rule: adam, rate: [1e-3, 1, 1, 1, 1] }
    schedule: { shape: step, every_epochs: 3 }
    epochs: 10
  student:
    kind: distill
    teachers: teachers
    data: { set: glyphs, train: 2000 }
    network: { name: cnn, channels: [8, 16] }
    loss: { temperature: 4.0 }
    optimiser: { rule: sgd, momentum: 0.9, nesterov: true }
    select: last
";

/// What is wrong by the schema alone.
const BAD: &[(&str, &str)] = &[
    // misspelt, missing, misplaced
    ("name: pair", "nam: pair"),
    ("seed: 17", "sede: 17"),
    ("epochs: 10", "epoch: 10"),
    ("train: 2000", "trian: 2000"),
    ("momentum: 0.9", "momentun: 0.9"),
    ("dropout: 0.3", "kernel: 3"),
    ("hidden: [40], ", ""),
    ("    teachers: teachers\n", ""),
    ("    kind: distill\n", ""),
    ("every_epochs: 3", "final_fraction: 0.1"),
    // types
    ("name: pair", "name: 3"),
    ("epochs: 10", "epochs: ten"),
    ("epochs: 10", "epochs: 1.5"),
    ("epochs: 10", "epochs: '10'"),
    ("nesterov: true", "nesterov: 'yes'"),
    ("hidden: [40]", "hidden: 40"),
    ("hidden: [40]", "hidden: [40, '30']"),
    ("data: { set: glyphs }", "data: glyphs"),
    ("loss: { temperature: 4.0 }", "loss: 4.0"),
    ("[1e-3, 1, 1, 1, 1]", "fast"),
    // ranges
    ("name: pair", "name: a/b"),
    ("seed: 17", "seed: -1"),
    ("epochs: 10", "epochs: 0"),
    ("members: 5", "members: 1001"),
    ("dropout: 0.3", "dropout: 1"),
    ("max_norm: null", "max_norm: 0"),
    ("temperature: 4.0", "temperature: 0"),
    ("temperature: 4.0", "soft_weight: 1.1"),
    ("[1e-3, 1, 1, 1, 1]", "[]"),
    ("[1e-3, 1, 1, 1, 1]", "[1e-3, 0, 1, 1, 1]"),
    ("hidden: [40]", "hidden: [0]"),
    ("teachers: teachers", "teachers: ''"),
    // words
    ("kind: distill", "kind: distil"),
    ("set: glyphs }", "set: glyfs }"),
    ("rule: adam", "rule: adem"),
    ("name: cnn", "name: rnn"),
    ("shape: step", "shape: steps"),
    ("select: last", "select: lst"),
    ("device: cuda:1", "device: gpu"),
];

#[test]
fn another_validator_refuses_what_exp_refuses() {
    let place = Place::new();
    let mut specs = BTreeMap::from([("good".to_owned(), value(GOOD))]);
    assert!(place.lower(GOOD.as_bytes(), &[]).is_ok());
    for (from, to) in BAD {
        assert!(GOOD.contains(from), "{from}");
        let text = GOOD.replacen(from, to, 1);
        assert!(place.lower(text.as_bytes(), &[]).is_err(), "exp accepts {from:?} -> {to:?}");
        specs.insert(format!("{from:?} -> {to:?}"), value(&text));
    }
    let Some(python) = python() else { return };
    for (name, faults) in judge(&python, &specs) {
        assert_eq!(faults.is_empty(), name == "good", "{name}: {faults:?}");
    }
}

/// Adds the path of every setting that has no description of its own or of what it refers to.
fn bare(root: &Value, schema: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            let target = property.get("$ref").and_then(Value::as_str);
            let target = target.and_then(|path| root.pointer(&path[1..]));
            let says = |schema: &Value| schema.get("description").is_some_and(Value::is_string);
            if !says(property) && !target.is_some_and(says) {
                found.push(format!("{path}/{name}"));
            }
        }
    }
    match schema {
        Value::Object(entries) => {
            for (name, inner) in entries {
                bare(root, inner, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                bare(root, inner, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn editors_have_something_to_show_for_every_key() {
    let schema = committed();
    let mut found = Vec::new();
    bare(&schema, &schema, "", &mut found);
    assert!(found.is_empty(), "these have no description: {found:#?}");
}
