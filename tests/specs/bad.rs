//! Every way to get a spec of the real kinds wrong that we thought of, and what is said: one snapshot,
//! to be read.

use super::Place;
use super::mistakes::{EDITS, GOOD, OVERRIDES, texts};
use exp::device::DeviceName;
use exp::dispatch::{Inventory, Resources, create};
use exp::job::Outcome;
use exp::rundir::{Check, JobFolder, Passed, RunFolder, Status};
use std::fmt::Write as _;

/// Runs of an earlier spec: `old`, with finished `teachers` and a `student` that never ran.
fn earlier(place: &Place) {
    let text = GOOD.replace("name: pair", "name: old");
    let plan = place.lower(text.as_bytes(), &[]).unwrap();
    let decisions = plan.decide(&place.runs(), true, Check::Metadata, &Passed::default());
    let resources = Resources { devices: Inventory::default(), simultaneous: 1 };
    let cpu = |_| DeviceName::Cpu;
    let (run, _lock) = create(&plan, &decisions, &cpu, &resources, &place.runs()).unwrap();
    let teachers: JobFolder = run.job("teachers");
    let mut record = teachers.record().unwrap();
    record.end(Status::Done, None);
    record.outcome = Some(teachers.write_outcome(&Outcome::default()).unwrap());
    teachers.write_record(&record).unwrap();
    let renamed = RunFolder::new(place.runs().join("old/20260101-000000-aaaa"));
    std::fs::rename(run.path(), renamed.path()).unwrap();
}

fn place() -> Place {
    let place = Place::new();
    crate::bad_input::write_set(
        &place.path("data/two"),
        &crate::bad_input::idx(2051, &[4, 8, 8], 256),
    );
    earlier(&place);
    place
}

#[test]
fn the_good_spec_is_good() {
    let place = place();
    let overrides = ["student.epochs=3", "student.teachers=old/teachers"].map(str::to_owned);
    for text in [GOOD.to_owned(), GOOD.replace('\n', "\r\n"), format!("\u{feff}{GOOD}")] {
        let plan = place.lower(text.as_bytes(), &overrides);
        assert!(plan.is_ok(), "{}", plan.unwrap_err());
    }
}

#[test]
fn every_mistake_has_its_message() {
    let place = place();
    let edited = EDITS.iter().map(|(from, to)| {
        assert!(GOOD.contains(from), "{from}");
        (format!("{from:?} -> {to:?}"), GOOD.replacen(from, to, 1).into_bytes(), vec![])
    });
    let whole = texts().into_iter().map(|(title, text)| (title.to_owned(), text, vec![]));
    let given = OVERRIDES.iter().map(|overrides| {
        let title = overrides.iter().map(|text| format!("--set {text:?}")).collect::<Vec<_>>();
        let overrides = overrides.iter().map(ToString::to_string).collect();
        (title.join(" "), GOOD.as_bytes().to_vec(), overrides)
    });
    let (mut all, mut accepted) = (String::new(), Vec::new());
    for (title, text, overrides) in edited.chain(whole).chain(given) {
        match place.lower(&text, &overrides) {
            Err(problems) => {
                let _ = writeln!(all, "### {title}\n{}\n", place.plain(&problems));
            }
            Ok(_) => accepted.push(title),
        }
    }
    assert!(accepted.is_empty(), "{accepted:#?}");
    insta::assert_snapshot!("messages", all);
}

#[test]
fn overrides_of_a_broken_file_are_read_all_the_same() {
    let overrides = ["student.epochs", "student.epochs=3"].map(str::to_owned);
    let problems = place().lower(b"name: [pair", &overrides).unwrap_err();
    let messages: Vec<&str> = problems.list().iter().map(|it| it.message.as_str()).collect();
    let expected =
        ["not valid YAML: this bracket is not closed", "expected '=' and a value after the path"];
    assert_eq!(messages, expected);
}
