//! The validator on settings like those of the design, with `schemars`' schema of them.

use super::*;
use crate::spec::diagnostic::Diagnostics;
use crate::spec::load_text;
use crate::spec::node::Node;
use crate::spec::sample::Job;
use crate::spec::source::Span;
use schemars::schema_for;
use serde_json::Value;

const GOOD: &str = "network: { name: mlp, hidden: [30, 30] }
optimiser: { rule: adam, rate: 1e-3 }
epochs: 10
";

fn schema() -> Value {
    schema_for!(Job).to_value()
}

fn load(text: &str) -> (Node, Diagnostics) {
    let mut problems = Diagnostics::new();
    let node = load_text("x.yaml", text, &mut problems).expect("a tree");
    (node, problems)
}

fn judge(text: &str) -> Diagnostics {
    let (node, mut problems) = load(text);
    let holder = Span::within(0, 1, 1, 1);
    check(&node, &schema(), "job 'student'", holder, &mut problems);
    let plain = serde_json::from_value::<Job>(node.to_json());
    assert!(plain.is_ok() || !problems.is_empty(), "what is accepted must be readable: {plain:?}");
    let mut tidied = Diagnostics::new();
    check(&node, &tidy(&schema()), "job 'student'", holder, &mut tidied);
    assert_eq!(tidied.list(), problems.list());
    problems
}

fn messages(text: &str) -> Vec<String> {
    judge(text).list().iter().map(|problem| problem.message.clone()).collect()
}

#[test]
fn what_fits_is_accepted() {
    for text in [
        GOOD,
        &(GOOD.to_owned() + "keep: last\nsecond: null\nnesterov: true\ndevice: cuda:1\n"),
        &(GOOD.to_owned() + "second: { name: loose, channels: 3 }\n"),
        &GOOD.replace("1e-3", "[1, 2e-3]"),
        &GOOD.replace("[30, 30]", "[30], max_norm: 15"),
    ] {
        assert!(messages(text).is_empty(), "{}", judge(text));
    }
}

#[test]
fn all_problems_are_found_in_one_pass() {
    let text = "network: { name: mlp, hiden: [30], dropout: 1.5 }
optimiser: { rule: adem, rate: 1 }
epochs: ten
keep: newest
second: { name: loose, channels: 300 }
device: gpu
";
    assert_eq!(
        messages(text),
        [
            "unknown key 'hiden' in 'network' of job 'student'",
            "'dropout' must be at least 0 and less than 1, and is 1.5",
            "unknown optimiser rule 'adem'",
            "expected an integer for 'epochs', found the string 'ten'",
            "unknown value 'newest' for 'keep'",
            "'channels' must be between 0 and 255, and is 300",
            "'device' cannot be 'gpu'",
        ]
    );
}

#[test]
fn tags_choose_variants_and_point() {
    let problems = judge(&GOOD.replace("mlp", "mpl"));
    assert_eq!(
        problems.to_string(),
        "error: unknown network 'mpl'\n  --> x.yaml:1:18\n   |\n 1 | network: { name: mpl, hidden: [30, 30] }\n   |                  ^^^\n  help: did you mean 'mlp'? expected 'mlp' or 'loose'"
    );
    assert_eq!(
        messages(&GOOD.replace("name: mlp, ", "")),
        ["missing key 'name' in 'network' of job 'student'"]
    );
    assert_eq!(
        messages(&GOOD.replace("{ name: mlp, hidden: [30, 30] }", "mlp")),
        ["expected a mapping with 'name' for 'network', found the string 'mlp'"]
    );
}

#[test]
fn lists_and_numbers_are_told_apart() {
    assert_eq!(
        messages(&GOOD.replace("1e-3", "fast")),
        ["expected a number or a list of numbers for 'rate', found the string 'fast'"]
    );
    let expected = ["expected an integer for 'hidden[1]', found the number 2.5"];
    assert_eq!(messages(&GOOD.replace("[30, 30]", "[30, 2.5]")), expected);
    let expected = ["'hidden' must have at least 1 item, and is empty"];
    assert_eq!(messages(&GOOD.replace("[30, 30]", "[]")), expected);
}

#[test]
fn a_tidy_schema_stands_alone() {
    let text = serde_json::to_string_pretty(&tidy(&schema())).expect("JSON");
    insta::assert_snapshot!("tidy", text);
}

#[test]
fn deep_and_circular_schemas_end() {
    let schema =
        serde_json::json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/a" } } });
    let (node, mut problems) = load(GOOD);
    check(&node, &schema, "x", node.span, &mut problems);
    let schema = serde_json::json!({ "anyOf": [{ "$ref": "#" }, { "type": "null" }] });
    check(&node, &schema, "x", node.span, &mut problems);
}
