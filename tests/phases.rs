//! The phases of a job: named for what they do, adding up to its time, which the console and the
//! record agree on.

use crate::programs::{Place, json, text};
use exp::event::{Event, Record};
use std::path::Path;

const SPEC: &str = "
name: phases
jobs:
  teachers:
    kind: classifier
    members: 2
    data: { set: glyphs, train: 2000, validation: 100, test: 400 }
    network: { name: mlp, hidden: [60] }
    optimiser: { rule: adam }
    epochs: 8
  student:
    kind: distill
    teachers: teachers
    data: { set: glyphs, train: 1501, validation: 0, test: 400 }
    network: { name: mlp, hidden: [20] }
    optimiser: { rule: adam }
    epochs: 8
  coder:
    kind: autoencoder
    data: { set: glyphs, train: 1000, validation: 0, test: 200 }
    latent: 2
    encoder: { name: mlp, hidden: [20] }
    optimiser: { rule: adam }
    epochs: 4
    likelihood_estimate: { method: importance, samples: 20, examples: 30 }
    judge: teachers
";

/// The phases of a job in order, with their seconds; and all seconds between its start and its end.
fn phases(job: &Path) -> (Vec<(String, f64)>, f64) {
    let text = std::fs::read_to_string(job.join("events.jsonl")).unwrap();
    let records: Vec<Record> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut begun: Vec<(String, f64)> = Vec::new();
    for record in &records {
        match &record.event {
            Event::Phase { name, .. } => begun.push((name.clone(), record.time)),
            Event::Finished { .. } => begun.push(("end".to_owned(), record.time)),
            _ => {}
        }
    }
    let pairs = begun.windows(2);
    let phases = pairs.map(|pair| (pair[0].0.clone(), pair[1].1 - pair[0].1)).collect();
    let record = json(&job.join("job.json"));
    let time = |field: &str| {
        let time = chrono::DateTime::parse_from_rfc3339(record[field].as_str().unwrap()).unwrap();
        time.timestamp_millis() as f64 / 1000.0
    };
    (phases, time("ended") - time("started"))
}

#[test]
fn phases_are_named_for_what_they_do_and_add_up_to_the_jobs_time() {
    let place = Place::new(SPEC);
    let output = place.exp(&["run", "spec.yaml"]);
    let said = text(&output.stderr) + &text(&output.stdout);
    assert!(output.status.success(), "{said}");
    let ends = ["evaluate", "write model", "draw pictures"];
    let closing = "write digests";
    for (job, names) in [
        ("teachers", [&["train"][..], &ends, &["time the network", closing]].concat()),
        ("student", [&["ask teachers", "build networks", "train"][..], &ends].concat()),
        ("coder", [&ends[..], &["estimate log p(x)", "judge samples", closing]].concat()),
    ] {
        let (phases, whole) = phases(&place.run("runs").join(job));
        let found: Vec<&str> = phases.iter().map(|(name, _)| name.as_str()).collect();
        assert!(found.starts_with(&["check inputs", "load data"]), "{found:?}");
        let together = found.join(", ");
        assert!(together.contains(&names.join(", ")), "{names:?} are not in {together}");
        let sum: f64 = phases.iter().map(|(_, seconds)| seconds).sum();
        assert!((sum - whole).abs() < 0.05 * whole + 0.05, "{job}: {sum} of {whole} s: {phases:?}");
        assert!(phases.iter().all(|(_, seconds)| *seconds >= 0.0), "{phases:?}");
        // What the console said of it.
        let line = said.lines().find(|line| line.starts_with(&format!("{job}: done in "))).unwrap();
        let seconds = line.split(' ').nth(3).unwrap().parse::<f64>();
        if let Ok(seconds) = seconds {
            assert!((seconds - whole).abs() < 0.05 * whole + 0.15, "{line}: {whole} s");
        }
    }
}
