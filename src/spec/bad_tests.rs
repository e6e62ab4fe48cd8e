//! Every way to get a spec wrong that we thought of, and what is said: one snapshot, to be read.

use super::sample::Job;
use super::*;
use std::fmt::Write as _;

const GOOD: &str = "# a good spec
name: distill_t4
seed: 17
jobs:
  teachers:
    kind: classifier
    network: { name: mlp, hidden: [400, 400] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 10
  student:
    kind: classifier
    network:
      name: mlp
      hidden: [30]
    optimiser: { rule: sgd, rate: 0.1 }
    epochs: 30
";

/// Edits of the good spec: what is replaced, and by what.
const EDITS: [(&str, &str); 72] = [
    // YAML
    ("seed: 17", "seed 17"),
    ("seed: 17", "seed: 17: 18"),
    ("seed: 17", "seed:17"),
    ("[400, 400]", "[400, 400"),
    ("hidden: [400, 400] }", "hidden: [400, 400]"),
    ("[400, 400] }", "[400, 400] }}"),
    ("distill_t4", "\"distill_t4"),
    ("distill_t4", "'distill_t4"),
    ("distill_t4", "\"distill\\t4\\q\""),
    ("distill_t4", "@distill"),
    ("distill_t4", "%distill"),
    ("    epochs: 10", "\tepochs: 10"),
    ("    epochs: 10", "   epochs: 10"),
    ("    epochs: 10", "      epochs: 10"),
    ("epochs: 10\n", "epochs: 10\n---\na: 1\n"),
    ("seed: 17", "seed: 17\nseed: 18"),
    ("    epochs: 30", "    epochs: 30\n    epochs: 31"),
    ("teachers:", "teachers: &t"),
    ("epochs: 30", "<<: *t"),
    ("adam, rate: 1e-3", "adam, rate: !!float 1e-3"),
    ("epochs: 30", "30: epochs"),
    ("epochs: 30", "[a]: 3"),
    ("epochs: 30", "null: 3"),
    ("seed: 17", "seed: 18446744073709551616"),
    ("1e-3", ".inf"),
    ("1e-3", "1e999"),
    ("distill_t4", "a\u{7}b"),
    // the envelope
    ("name: distill_t4\n", ""),
    ("distill_t4", ""),
    ("distill_t4", "../up"),
    ("distill_t4", ".hidden"),
    ("distill_t4", "2024"),
    ("distill_t4", "[a, b]"),
    ("seed: 17", "seed: -1"),
    ("seed: 17", "seed: x"),
    ("seed: 17", "sede: 17"),
    ("seed: 17", "device: gpu"),
    ("seed: 17", "device: cuda0"),
    ("jobs:", "job:"),
    ("student:", "stu/dent:"),
    ("student:", "Teachers:"),
    ("  student:\n    kind: classifier\n", "  student:\n"),
    ("  student:\n    kind: classifier\n", "  student:\n    kind: 3\n"),
    ("  student:\n    kind: classifier\n", "  student:\n    kind: classifer\n"),
    ("  student:\n", "  other: 3\n  student:\n"),
    ("  student:\n", "  other:\n  student:\n"),
    ("  student:\n    kind: classifier\n", "  student:\n    kind: classifier\n    seed: 1.5\n"),
    // settings
    ("epochs: 30", "epoch: 30"),
    ("epochs: 30", "epochs: ten"),
    ("epochs: 30", "epochs: '30'"),
    ("epochs: 30", "epochs: 1_000"),
    ("epochs: 30", "epochs: 3.0"),
    ("epochs: 30", "epochs: 0"),
    ("epochs: 30", "epochs:"),
    ("    epochs: 30\n", ""),
    ("epochs: 30", "epochs: 30\n    momentum: 0.9"),
    ("epochs: 30", "epochs: 30\n    keep: bset"),
    ("epochs: 30", "epochs: 30\n    nesterov: yes"),
    ("epochs: 30", "epochs: 30\n    device: tpu"),
    ("epochs: 30", "epochs: 30\n    second: { name: loose }"),
    ("hidden: [30]", "hiden: [30]"),
    ("hidden: [30]", "hidden: 30"),
    ("hidden: [30]", "hidden: [30, '40', 2.5, 0]"),
    ("hidden: [30]", "hidden: []"),
    ("name: mlp\n", "name: transformer\n"),
    ("      name: mlp\n", ""),
    ("hidden: [30]", "hidden: [30]\n      dropout: 1"),
    ("rate: 0.1", "rate: -1"),
    ("rate: 0.1", "rate: fast"),
    ("{ rule: sgd, rate: 0.1 }", "sgd"),
    ("{ rule: sgd, rate: 0.1 }", "3"),
    ("distill_t4", "\"a\\L\""),
];

const ARGUMENTS: [&str; 26] = [
    "student.epochs",
    "=3",
    "student..epochs=3",
    "student.epochs.=3",
    "student.network.hidden[x]=3",
    "student.network.hidden[0=3",
    "studnet.epochs=3",
    "jobs.studnet.epochs=3",
    "sede=3",
    "student.network.hidden[5]=3",
    "student.network.hidden.first=3",
    "student.epochs.x=3",
    "student.epochs[0]=3",
    "student.epochs=",
    "student.epochs=#3",
    "student.epochs=[3",
    "student.epochs=a: b: c",
    "student.epochs=*a",
    "student.epochs=ten",
    "student.epoch=3",
    "student.optimiser.rate=-1",
    "student.network={ name: mpl }",
    "student.network.hidden[0]=0",
    "student.loss.temprature=2",
    "name=a/b",
    "student.kind=classifer",
];

fn judge(text: &str, arguments: &[String]) -> Diagnostics {
    let mut problems = Diagnostics::new();
    if let Some(mut root) = load_text("configs/x.yaml", text, &mut problems) {
        apply(&mut root, arguments, &mut problems);
        let envelope = Envelope::read(&root, &mut problems);
        let schema = schemars::schema_for!(Job).to_value();
        for (name, job) in &envelope.jobs {
            if job.kind == "classifier" {
                let subject = format!("job {}", quoted(name));
                check(&job.settings, &schema, &subject, job.span, &mut problems);
            } else if !job.kind.is_empty() {
                let problem =
                    Diagnostic::at(job.kind_span, format!("unknown kind {}", quoted(&job.kind)));
                problems.push(problem.help(hint(&job.kind, ["classifier", "distill"])));
            }
        }
    }
    problems
}

#[test]
fn the_good_spec_is_good() {
    let problems = judge(GOOD, &["student.epochs=3".into(), "student.keep=last".into()]);
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn every_mistake_has_its_message() {
    let mut all = String::new();
    let texts = EDITS.iter().map(|(from, to)| {
        assert!(GOOD.contains(from), "{from}");
        (format!("{from:?} -> {to:?}"), GOOD.replacen(from, to, 1), vec![])
    });
    let whole = [
        "",
        "# only this\n",
        "just words\n",
        "- a\n- b\n",
        "name: a\njobs: {}\n",
        "name: a\njobs: [b]\n",
        "name: a\njobs:\n",
    ];
    let whole = whole.iter().map(|text| (format!("{text:?}"), (*text).to_owned(), vec![]));
    let arguments = ARGUMENTS.iter().map(|argument| {
        (format!("--set {argument:?}"), GOOD.to_owned(), vec![(*argument).to_owned()])
    });
    for (title, text, arguments) in texts.chain(whole).chain(arguments) {
        let problems = judge(&text, &arguments);
        assert!(!problems.is_empty(), "{title}");
        let _ = writeln!(all, "### {title}\n{problems}\n");
    }
    insta::assert_snapshot!("messages", all);
}
