//! Hostile specs and overrides, to the built program: each is refused in less than a second, within
//! 200 MB, in few words, and with the bound that it breaks.

use super::Place;
use crate::work::{self, SLOWER, Worked};
use std::process::{Command, Output};
use std::time::Duration;

/// The most memory, as address space (which is more than what is resident): kilobytes.
const MEMORY: u32 = 200_000;
/// The most bytes of an argument that Linux hands on.
const ARGUMENT: usize = 128 << 10;

const GOOD: &str = "\
name: tiny
jobs:
  one:
    kind: classifier
    data: { set: glyphs }
    network: { name: mlp, hidden: [5] }
    optimiser: { rule: adam, rate: 1e-3 }
";

/// `exp check` with no more than so much memory.
fn check(place: &Place, more: &[String]) -> (Output, Worked) {
    let mut command = Command::new("sh");
    let line = if cfg!(target_os = "linux") {
        format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"")
    } else {
        "exec \"$0\" \"$@\"".to_owned()
    };
    command.args(["-c", &line, env!("CARGO_BIN_EXE_exp"), "check", "spec.yaml"]).args(more);
    command.current_dir(place.path("")).env_remove("EXP_RUNS").env_remove("EXP_DATA");
    work::output(&mut command)
}

fn refuses(place: &Place, title: &str, overrides: &[String], said: &str) {
    let (output, time) = check(place, overrides);
    let words = String::from_utf8_lossy(&output.stderr);
    let head: String = words.chars().take(1000).collect();
    assert_eq!(output.status.code(), Some(2), "{title}: {head}");
    assert!(words.contains(said), "{title}: '{said}' is not in {head}");
    assert!(words.len() < 40_000, "{title} says {} bytes: {head}", words.len());
    println!("{title}: {time:?}");
    assert!(time.work < Duration::from_secs(1) * SLOWER, "{title} took {time:?}");
}

/// A list of lists of lists, each of which names the one before it eight times.
fn bomb() -> String {
    let lines = ('a'..='y').zip('b'..='z').map(|(last, name)| {
        let eight = format!("*{last}, ").repeat(8);
        format!("{name}: &{name} [{eight}]\n")
    });
    "a: &a [1, 1]\n".to_owned() + &lines.collect::<String>()
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

const SIZE: &str = "larger than a spec may be (1 MiB)";
const DEPTH: &str = "a spec may be nested 64 deep";
const VALUES: &str = "a spec may hold 100000 values";

#[test]
fn hostile_files_are_refused_within_bounds() {
    let place = Place::new();
    let settings = |text: &str| format!("{GOOD}    batch: {text}\n");
    let deep = 10_000;
    for (title, text, said) in [
        ("10 MB of lines", "# nothing\n".repeat(1 << 20), SIZE),
        ("10 MB in one line", settings(&"x".repeat(10 << 20)), SIZE),
        ("nearly 1 MiB in one line", settings(&"x".repeat(1_000_000)), "'batch'"),
        ("deep lists", settings(&("[".repeat(deep) + &"]".repeat(deep))), DEPTH),
        ("deep mappings", settings(&("{a: ".repeat(deep) + "1" + &"}".repeat(deep))), DEPTH),
        ("deep lists in lines", settings(&format!("\n      {}1", "- ".repeat(deep))), DEPTH),
        ("deep mappings in lines", lines(1000, |depth| " ".repeat(depth) + "a:\n"), DEPTH),
        ("deeper mappings in lines", lines(10_000, |depth| " ".repeat(depth) + "a:\n"), SIZE),
        ("unclosed lists", settings(&"[".repeat(deep)), DEPTH),
        ("an alias bomb", bomb(), "YAML anchors (&name) are not supported"),
        ("a million items", settings(&format!("[{}1]", "1,".repeat(1_000_000))), SIZE),
        ("half a million items", settings(&format!("[{}1]", "1,".repeat(500_000))), VALUES),
        (
            "a million items in lines",
            settings(&("\n".to_owned() + &"      - 1\n".repeat(1_000_000))),
            SIZE,
        ),
        (
            "110,000 items in lines",
            settings(&("\n".to_owned() + &"    - 1\n".repeat(110_000))),
            VALUES,
        ),
        (
            "a million keys",
            GOOD.to_owned() + &lines(1_000_000, |key| format!("    k{key}: 1\n")),
            SIZE,
        ),
        (
            "40,000 keys",
            GOOD.to_owned() + &lines(40_000, |key| format!("    k{key}: 1\n")),
            "… and 39950 more",
        ),
        (
            "one key 40,000 times",
            GOOD.to_owned() + &"    batch: 1\n".repeat(40_000),
            "… and 39949 more",
        ),
        ("a million faults", GOOD.replace("[5]", &format!("[{}]", "0,".repeat(1_000_000))), SIZE),
        (
            "90,000 faults",
            GOOD.replace("[5]", &format!("[{}]", "0,".repeat(90_000))),
            "… and 89950 more",
        ),
        (
            "90,000 anchors",
            GOOD.replace("[5]", &format!("[{}]", "&a 1,".repeat(90_000))),
            "… and 89951 more",
        ),
        (
            "10,000 jobs",
            "name: a\njobs:\n".to_owned()
                + &lines(10_000, |job| format!("  j{job}: {{ kind: x }}\n")),
            "a spec may have 1000 jobs",
        ),
        (
            "1,000 jobs in a circle",
            "name: a\njobs:\n".to_owned()
                + &lines(1000, |job| {
                    format!(
                        "  j{job}: {{ kind: distill, teachers: j{}, data: {{ set: glyphs }}, network: {{ name: mlp, hidden: [] }}, optimiser: {{ rule: sgd }} }}\n",
                        (job + 1) % 1000
                    )
                }),
            "circular dependency",
        ),
        (
            "1,000 references to nothing",
            "name: a\njobs:\n".to_owned()
                + &lines(1000, |job| {
                    format!("  j{job}: {{ kind: distill, teachers: run/x{job} }}\n")
                }),
            "more",
        ),
    ] {
        std::fs::write(place.path("spec.yaml"), text).unwrap();
        refuses(&place, title, &[], said);
    }
}

#[test]
fn hostile_overrides_are_refused_within_bounds() {
    let place = Place::new();
    std::fs::write(place.path("spec.yaml"), GOOD).unwrap();
    let set = |values: &[String]| {
        values.iter().flat_map(|value| ["--set".to_owned(), value.clone()]).collect::<Vec<_>>()
    };
    let one = |text: &str| set(&[format!("one.batch={text}")]);
    let full = ARGUMENT - 100;
    let many = |count: usize, text: &str| vec![format!("one.batch={text}"); count];
    for (title, overrides, said) in [
        ("a long value", one(&"x".repeat(full)), "'batch'"),
        ("a long path", set(&[format!("{}=1", "a.".repeat(full / 2) + "a")]), "more than 64 steps"),
        ("a long index", set(&[format!("one{}=1", "[0]".repeat(full / 3))]), "more than 64 steps"),
        ("deep lists", one(&("[".repeat(10_000) + &"]".repeat(10_000))), DEPTH),
        ("deep mappings", one(&("{a: ".repeat(10_000) + "1" + &"}".repeat(10_000))), DEPTH),
        ("deep lists in lines", one(&"- ".repeat(10_000)), DEPTH),
        ("an alias bomb", one(&format!("\n{}", bomb())), "YAML anchors (&name) are not"),
        (
            "65,000 faults",
            set(&[format!("one.network.hidden=[{}]", "0,".repeat(65_000))]),
            "… and 64950 more",
        ),
        (
            "20,000 keys",
            one(&format!("{{{}}}", lines(12_000, |key| format!("k{key}: 1,")))),
            "'batch'",
        ),
        (
            "a million items",
            set(&many(15, &format!("[{}]", "1,".repeat(65_000)))),
            "--set are larger than a spec may be (1 MiB)",
        ),
        ("1,000 bad arguments", set(&vec!["x".to_owned(); 1000]), "… and 950 more"),
        ("20,000 arguments", set(&many(20_000, "x")), "there may be 1000 arguments of --set"),
    ] {
        refuses(&place, title, &overrides, said);
    }
}
