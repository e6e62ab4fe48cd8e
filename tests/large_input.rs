//! Large and hostile inputs to the readers of bytes from outside: each is read or refused
//! within a second, whatever its megabyte is made of.

use super::corpora::harness;
use crate::work;
use std::time::Duration;

/// The size of the inputs, in bytes.
const LARGE: usize = 1 << 20;

/// One second as people run it; a build without optimisation is about ten times as slow.
fn at_once(what: &str, body: fn(&[u8]), bytes: &[u8]) {
    assert!(bytes.len() <= LARGE, "{what} has {} bytes", bytes.len());
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 15 } else { 1 });
    let ((), time) = work::of(|| body(bytes));
    assert!(time < limit, "{what:.40} takes {time:?}");
}

/// `count` pieces, each told its number, with commas between them.
fn listed(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().join(",")
}

/// A spec of `count` jobs, each told its number.
fn jobs(count: usize, job: impl Fn(usize) -> String) -> String {
    (0..count).map(job).fold("name: a\njobs:\n".to_owned(), |text, job| text + &job + "\n")
}

/// The settings that every job needs.
const REST: &str =
    "data: { set: glyphs }, network: { name: mlp, hidden: [9] }, optimiser: { rule: adam }";

#[test]
fn specs_are_judged_at_once() {
    let classifier = |more: &str| jobs(1, |_| format!("  a: {{ kind: classifier, {more} }}"));
    let distill = |name: &str, teachers: &str| {
        format!("  {name}: {{ kind: distill, teachers: \"{teachers}\", {REST} }}")
    };
    let (wide, long) = ("j".repeat(56), "x/".repeat(LARGE / 2 - 200));
    for (what, text) in [
        (
            "unknown keys",
            classifier(&(listed(40_000, |key| format!("epoch{key}: 1")) + ", " + REST)),
        ),
        ("widths", classifier(&REST.replace('9', &listed(90_000, |_| "0".into())))),
        (
            "rates",
            classifier(
                &REST
                    .replace("adam", &format!("adam, rate: [{}]", listed(90_000, |_| "-1".into()))),
            ),
        ),
        ("jobs", jobs(1000, |job| format!("  j{job}: {{ kind: classifier, {REST} }}"))),
        ("too many jobs", jobs(60_000, |job| format!("  j{job}:"))),
        (
            "names that are near",
            jobs(1000, |job| distill(&format!("{wide}{job}"), &"k".repeat(60))),
        ),
        ("a chain", jobs(999, |job| distill(&format!("j{job}"), &format!("j{}", job + 1)))),
        (
            "a circle",
            jobs(1000, |job| {
                distill(&format!("{wide}{job}"), &format!("{wide}{}", (job + 1) % 1000))
            }),
        ),
        ("a long path", jobs(1, |_| distill("a", &long))),
        (
            "paths",
            jobs(1000, |job| distill(&format!("j{job}"), &format!("{job}/{}", "x".repeat(600)))),
        ),
        ("a long folder", classifier(&REST.replace("glyphs", &format!("idx, folder: \"{long}\"")))),
    ] {
        at_once(what, harness::spec, text.as_bytes());
    }
}

#[test]
fn overrides_are_judged_at_once() {
    let many = |count: usize, argument: &str| {
        let piece = |number: usize| argument.replace('N', &number.to_string()) + "\n\n";
        (0..count).map(piece).collect::<String>()
    };
    let wide = "student.network.hidden=[".to_owned() + &"1,".repeat(450) + "N]";
    for argument in ["student.xN=1", "N.x=1", "=N", "student.a.b.c.xN={}", &wide] {
        at_once(argument, harness::overrides, many(999, argument).as_bytes());
    }
    at_once("too many", harness::overrides, many(50_000, "student.xN=1").as_bytes());
    for (start, piece) in [("student", ".x"), ("student", "[0]"), ("student", "["), ("seed=", "x")]
    {
        let text = start.to_owned() + &piece.repeat((LARGE - 10) / piece.len()) + "=1";
        at_once(piece, harness::overrides, text.as_bytes());
    }
}

/// The same bytes over and over, packed member by member.
fn packed(bytes: &[u8], times: usize) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().repeat(times)
}

#[test]
fn files_are_read_at_once() {
    let labels = [0, 0, 8, 1, 3, 0, 0, 0]; // 48 million of them
    let blank = [packed(&labels, 1), packed(&vec![0; 1 << 20], 48)].concat();
    at_once("blank labels", harness::idx, &blank);
    at_once("empty members", harness::idx, &packed(&[], LARGE / 20));
    at_once("small members", harness::idx, &[packed(&labels, 1), packed(&[7], 45_000)].concat());
    let tensors = |header: &str| {
        let length = (header.len() as u64).to_le_bytes();
        [&length, header.as_bytes(), &vec![0; 14_000]].concat()
    };
    let tensor = |name: usize, shape: &str, from: usize, to: usize| {
        format!(
            "\"{name}\":{{\"dtype\":\"U8\",\"shape\":[{shape}],\"data_offsets\":[{from},{to}]}}"
        )
    };
    let many = listed(14_000, |index| tensor(index, "1", index, index + 1));
    at_once("many tensors", harness::safetensors, &tensors(&format!("{{{many}}}")));
    let deep = tensor(0, &(listed(400_000, |_| "1".into()) + ",14000"), 0, 14_000);
    at_once("many dimensions", harness::safetensors, &tensors(&format!("{{{deep}}}")));
    let progress = "{\"time\":1,\"event\":\"progress\",\"done\":1,\"per_second\":1}\n";
    for line in ["\n", "1\n", "\0", "[", "{\"a\":", progress] {
        let record =
            b"\x80".iter().copied().chain(line.repeat(LARGE / line.len() - 1).into_bytes());
        at_once(line, harness::events, &record.collect::<Vec<_>>());
    }
}
