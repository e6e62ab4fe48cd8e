//! A picture, a table or a log that cannot be made costs a warning, never the job: sizes of 0, 1 and
//! thousands, and files that cannot be written. And the phases of a job.

use crate::pictures::write_npy;
use crate::programs::{Place, json, text};
use exp::event::{Event, Record};
use exp::job::Context;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The events of a job, in order.
fn events(job: &Path) -> Vec<Record> {
    let text = std::fs::read_to_string(job.join("events.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn warnings(records: &[Record]) -> Vec<String> {
    let warning = |record: &Record| match &record.event {
        Event::Warning { message } => Some(message.clone()),
        _ => None,
    };
    records.iter().filter_map(warning).collect()
}

/// A job of auto-encoders with these settings and this data.
fn job(name: &str, data: &str, settings: &str) -> String {
    format!(
        "  {name}:\n    kind: autoencoder\n    data: {data}\n    {}\n    epochs: 1\n    \
         encoder: {{ name: mlp, hidden: [3] }}\n    optimiser: {{ rule: adam }}\n",
        settings.replace("; ", "\n    ")
    )
}

/// Sides of the PNG pictures in a job's artefacts.
fn sides(job: &Path) -> Vec<(String, u32, u32)> {
    let files = std::fs::read_dir(job.join("artifacts")).unwrap().map(|it| it.unwrap().path());
    let pictures = files.filter(|path| path.extension().is_some_and(|it| it == "png"));
    let side = |path: std::path::PathBuf| {
        let (width, height) = image::image_dimensions(&path).unwrap();
        (path.file_name().unwrap().to_string_lossy().into_owned(), width, height)
    };
    pictures.map(side).collect()
}

#[test]
fn what_cannot_be_drawn_of_auto_encoders_is_left_out_with_a_warning() {
    let glyphs = |test| format!("{{ set: glyphs, train: 20, validation: 0, test: {test} }}");
    let arrays = |file, test| format!("{{ set: arrays, file: {file}.npy, test: {test} }}");
    let jobs = [
        job("alone", &glyphs(1), "latent: 3"),
        job("plane", &glyphs(1), "latent: 2; members: 2"),
        job("line", &glyphs(2), "latent: 1"),
        job("many", &glyphs(2), "latent: 200; form: plain"),
        job("rows", &arrays("rows", 3), "latent: 2"),
        job("large", &arrays("large", 2), "latent: 2"),
        job("strip", &arrays("strip", 4), "latent: 2; members: 2"),
        job("dots", &arrays("dots", 4), "latent: 2"),
    ];
    let place = Place::new(&format!("name: sizes\njobs:\n{}", jobs.concat()));
    for (file, shape, size) in [
        ("rows", "(30, 784)", 30 * 784),
        ("large", "(6, 512, 512)", 6 * 512 * 512),
        ("strip", "(20, 3, 1, 3000)", 20 * 9000),
        ("dots", "(20, 1, 1)", 20),
    ] {
        let bytes: Vec<u8> = (0..size).map(|index| (index * 37 % 251) as u8).collect();
        write_npy(&place.0.path().join(format!("{file}.npy")), "|u1", shape, &bytes);
    }
    let output = place.exp(&["run", "spec.yaml", "--data-root", "."]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for (name, said) in [
        ("alone", "interpolations/pixel_values: left out, since an interpolation needs"),
        ("alone", "latents/pixel_values: left out, since principal components need two"),
        ("plane", "interpolations/pixel_values: left out"),
        ("rows", "manifold/pixel_values: Each image has"),
        ("large", "manifold/pixel_values: Each image has 103 x 103 of its 512 x 512 pixels"),
        ("strip", "samples/pixel_values: Each image has"),
    ] {
        let found = warnings(&events(&place.run("runs").join(name)));
        assert!(found.iter().any(|warning| warning.contains(said)), "{name}: {said}\n{found:?}");
    }
    for name in ["line", "many", "dots"] {
        assert_eq!(
            warnings(&events(&place.run("runs").join(name))),
            Vec::<String>::new(),
            "{name}"
        );
    }
    for name in ["alone", "plane", "line", "many", "rows", "large", "strip", "dots"] {
        let job = place.run("runs").join(name);
        assert_eq!(json(&job.join("job.json"))["status"], "done", "{name}");
        assert!(json(&job.join("outcome.json"))["metrics"]["test/reconstruction"].is_f64());
        for (file, width, height) in sides(&job) {
            assert!(width.max(height) <= 2800, "{name}/{file}: {width} x {height}");
        }
    }
}

/// Puts folders where a job is about to write pictures and tables.
fn obstruct(job: &Path, files: &[&str]) {
    for file in files {
        std::fs::create_dir_all(job.join("artifacts").join(file).join("in the way")).unwrap();
    }
}

#[test]
fn files_that_cannot_be_written_cost_their_pictures_and_tables_alone() {
    let spec = "
name: full
jobs:
  classes:
    kind: classifier
    data: { set: glyphs, train: 60, validation: 0, test: 1 }
    network: { name: mlp, hidden: [4] }
    optimiser: { rule: adam }
    epochs: 1
  coder:
    kind: autoencoder
    data: { set: glyphs, train: 60, validation: 0, test: 9 }
    latent: 2
    encoder: { name: mlp, hidden: [4] }
    optimiser: { rule: adam }
    epochs: 1
";
    // The jobs' folders are laid out, interrupted before they start, and obstructed.
    let place = Place::new(spec);
    let output = place.exp(&["run", "spec.yaml", "--quiet"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let run = place.run("runs");
    for (name, files) in [
        ("classes", &["test-confusion-00000001.png", "confusion.csv"][..]),
        ("coder", &["latents.csv", "latents.safetensors", "projector", "latent_dimensions.csv"]),
    ] {
        let job = run.join(name);
        let outcome = json(&job.join("outcome.json"));
        let mut record = json(&job.join("job.json"));
        record["status"] = "interrupted".into();
        std::fs::write(job.join("job.json"), record.to_string()).unwrap();
        std::fs::remove_file(job.join("outcome.json")).unwrap();
        for file in files {
            let path = job.join("artifacts").join(file);
            let _ = std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path));
        }
        match name {
            "coder" => {
                obstruct(&job, &files[..2]);
                obstruct(&job, &files[3..]);
                std::fs::write(job.join("artifacts/projector"), "in the way").unwrap();
            }
            _ => obstruct(&job, files),
        }
        let done =
            std::process::Command::new(env!("CARGO_BIN_EXE_exp-job")).arg(&job).output().unwrap();
        assert!(done.status.success(), "{name}: {}", text(&done.stderr));
        let found = warnings(&events(&job));
        for file in files {
            let word =
                file.split('.').next().unwrap().replace("test-confusion-00000001", "confusion");
            assert!(found.iter().any(|it| it.contains(&word)), "{file} is not in {found:?}");
        }
        let again = json(&job.join("outcome.json"));
        assert_eq!(again["metrics"], outcome["metrics"], "{name}");
        assert_eq!(json(&job.join("job.json"))["status"], "done");
    }
}

/// A sink that remembers.
struct Memory(Arc<Mutex<Vec<Record>>>);

impl exp::event::Sink for Memory {
    fn write(&mut self, record: &Record) {
        self.0.lock().unwrap().push(record.clone());
    }

    fn commit(&mut self) -> std::collections::BTreeMap<String, u64> {
        std::collections::BTreeMap::new()
    }

    fn rewind(&mut self, _: &std::collections::BTreeMap<String, u64>) {}
}

#[test]
fn an_error_and_a_panic_in_a_decoration_are_warnings_said_once() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let mut context = Context::silent(std::env::temp_dir(), 1);
    context.sink = Box::new(Memory(Arc::clone(&heard)));
    for _ in 0..3 {
        context.decorate("the sheet", |_| Err("it is too large".into()));
        context.decorate("the plane", |_| {
            let _ = tch::Tensor::from_slice(&[1.0, f64::NAN]).view([3, 5]);
            Ok(())
        });
        context.decorate("the rest", |context| {
            context.scalar("x", 1, 2.0);
            Ok(())
        });
    }
    let heard = heard.lock().unwrap();
    let found = warnings(&heard);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], "the sheet: left out, since it is too large");
    assert!(found[1].starts_with("the plane: left out, since"), "{}", found[1]);
    assert_eq!(heard.len(), 2 + 3, "what can be done is done");
}
