//! The real TensorBoard reads what [`TensorBoard`] writes: every kind of event, a job that was
//! interrupted and resumed, and the points for its projector.

mod projector;
pub(crate) mod python;

use exp::event::{Ending, Event, Histogram, Record, Sink};
use exp::files::Place;
use exp::plot;
use exp::sinks::{TensorBoard, write_pictures};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// What a job that measures something every step writes.
fn write(sink: &mut TensorBoard, steps: Range<u64>) {
    for step in steps {
        let histogram = Histogram {
            min: -1.0,
            max: 2.0,
            count: 10 + step,
            sum: 4.0,
            sum_squares: 9.0,
            upper: vec![-0.5, 0.5, 2.0],
            counts: vec![3, 5, 2 + step],
        };
        for event in [
            Event::Progress { done: step, per_second: 100.0 },
            Event::Scalar { tag: "train/loss".into(), step, value: 1.0 / (1.0 + step as f64) },
            Event::Scalar { tag: "test/errors".into(), step, value: 100.0 - step as f64 },
            Event::Histogram { tag: "weights/0".into(), step, histogram },
            Event::Image { tag: "digits".into(), step, file: "artifacts/digits.png".into() },
            Event::Text { tag: "spec".into(), step, text: format!("# step {step}\n\n| a | b |") },
        ] {
            sink.write(&Record { time: 1000.0 + step as f64, event });
        }
    }
}

/// A job's folder with a picture of 58 by 30 pixels in it.
fn job(runs: &Path, name: &str) -> Place {
    let folder = Place::trusted(runs.join(name));
    std::fs::create_dir_all(folder.join("artifacts")).unwrap();
    let pixels: Vec<u8> = (0..2 * 26 * 26).map(|index| (index % 251) as u8).collect();
    let tiles = plot::Tiles { pixels: &pixels, count: 2, channels: 1, height: 26, width: 26 };
    let bytes = plot::grid(&tiles, 2, 1).unwrap().png;
    std::fs::write(folder.join("artifacts/digits.png"), bytes).unwrap();
    folder
}

fn settings(rate: f64) -> Map<String, Value> {
    let settings = json!({
        "optimiser.rate": rate,
        "network.name": "mlp",
        "network.hidden": [400, 30],
        "network.max_norm": null,
        "augment": true,
    });
    settings.as_object().unwrap().clone()
}

/// Runs through without a break.
fn whole(runs: &Path) {
    let mut sink = TensorBoard::open(&job(runs, "whole"));
    sink.start_session(&settings(0.1), "one");
    write(&mut sink, 0..13);
    sink.end_session(Ending::Done);
}

/// Is killed after step 9 with a checkpoint at step 4, in the middle of a record; then resumed,
/// interrupted, and resumed again.
fn resumed(runs: &Path) {
    let folder = job(runs, "resumed");
    let mut sink = TensorBoard::open(&folder);
    sink.start_session(&settings(0.2), "two");
    write(&mut sink, 0..5);
    let lengths = sink.commit();
    write(&mut sink, 5..10);
    drop(sink);
    for (name, length) in &lengths {
        let file = std::fs::File::options().write(true).open(folder.join(name)).unwrap();
        assert!(file.metadata().unwrap().len() > length + 7);
        file.set_len(file.metadata().unwrap().len() - 7).unwrap();
    }
    let again = |lengths: &BTreeMap<String, u64>, steps| {
        let mut sink = TensorBoard::open(&folder);
        sink.rewind(lengths);
        sink.start_session(&settings(0.2), "two");
        write(&mut sink, steps);
        sink
    };
    let mut sink = again(&lengths, 5..8);
    let lengths = sink.commit();
    sink.end_session(Ending::Interrupted);
    drop(sink);
    again(&lengths, 8..13).end_session(Ending::Failed);
}

#[test]
fn tensorboard_reads_every_kind_of_event_and_each_step_once() {
    let Some(python) = python::find() else {
        println!("skipped: no Python with the package tensorboard (set EXP_PYTHON)");
        return;
    };
    let runs = tempfile::tempdir().unwrap();
    whole(runs.path());
    resumed(runs.path());
    let mut sink = TensorBoard::open(&job(runs.path(), "running"));
    sink.start_session(&settings(0.3), "three");
    write(&mut sink, 0..2);
    sink.end_session(Ending::Interrupted);
    drop(sink);
    let drawn = job(runs.path(), "drawn");
    let png = std::fs::read(drawn.join("artifacts/digits.png")).unwrap();
    let pictures = ["one", "other"].map(|name| (format!("figures/{name}"), png.clone()));
    write_pictures(&drawn, &pictures, 1000.0).unwrap();

    let found = python::read(&python, "read.py", runs.path());
    for run in ["whole", "resumed"] {
        check_run(&found["runs"][run], 13);
    }
    check_run(&found["runs"]["running"], 2);
    assert_eq!(found["runs"]["whole"], found["runs"]["resumed"]);
    check_sessions(&found["sessions"]);
    let drawn = &found["runs"]["drawn"];
    for name in ["figures/one", "figures/other"] {
        assert_eq!(drawn["images"][name], json!([[0, 58, 30, png.len()]]), "{drawn:#}");
    }
}

/// Every tag has each step once, with the values that were written.
fn check_run(found: &Value, steps: u64) {
    let list = |kind: &str, tag: &str| found[kind][tag].as_array().unwrap().clone();
    for (kind, tag) in [
        ("scalars", "train/loss"),
        ("scalars", "test/errors"),
        ("images", "digits"),
        ("histograms", "weights/0"),
        ("text", "spec"),
    ] {
        let seen: Vec<u64> = list(kind, tag).iter().map(|it| it[0].as_u64().unwrap()).collect();
        assert_eq!(seen, (0..steps).collect::<Vec<_>>(), "{kind} {tag}");
    }
    for (step, entry) in list("scalars", "train/loss").iter().enumerate() {
        assert!((entry[1].as_f64().unwrap() - 1.0 / (1.0 + step as f64)).abs() < 1e-6);
    }
    let image = &list("images", "digits")[1];
    assert_eq!((&image[1], &image[2]), (&json!(58), &json!(30)));
    let histogram = &list("histograms", "weights/0")[1];
    let expected = json!([1, -1.0, 2.0, 11.0, [-0.5, 0.5, 2.0], [3.0, 5.0, 3.0]]);
    assert_eq!(*histogram, expected);
    assert_eq!(list("text", "spec")[1], json!([1, "# step 1\n\n| a | b |"]));
}

fn check_sessions(found: &Value) {
    for (run, group, rate, status) in [
        ("whole", "one", 0.1, "STATUS_SUCCESS"),
        ("resumed", "two", 0.2, "STATUS_FAILURE"),
        ("running", "three", 0.3, "STATUS_UNKNOWN"),
    ] {
        let session = &found[run];
        assert_eq!(session["group"], group, "{found:#}");
        assert_eq!(session["status"], status, "{found:#}");
        let expected = json!({
            "optimiser.rate": rate,
            "network.name": "mlp",
            "network.hidden": "[400,30]",
            "augment": true,
        });
        assert_eq!(session["settings"], expected, "{found:#}");
        let started = session["started"].as_f64().unwrap();
        assert!(started > 1.7e9);
        assert_eq!(session["ended"].as_f64().unwrap() >= started, status != "STATUS_UNKNOWN");
    }
    assert_eq!(found["whole"]["metrics"]["test/errors"], json!(88.0), "{found:#}");
}
