//! What finished jobs have made is relied on as long as it is there and what it was, in the built
//! programs.

use crate::programs::{Place, assert_same, find_run, json, text};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::SystemTime;

/// A job, and one that needs it.
const SPEC: &str = "
name: pair
seed: 2
jobs:
  teachers:
    kind: classifier
    data: { set: glyphs, train: 200, validation: 0, test: 100 }
    network: { name: mlp, hidden: [30], dropout: 0.2 }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 2
  student:
    kind: distill
    teachers: teachers
    data: { set: glyphs, train: 100, validation: 0, test: 100 }
    network: { name: mlp, hidden: [8] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 2
";
const HOTTER: &str = "student.loss.temperature=2";

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

/// Runs the spec in a new place.
fn finished() -> (Place, PathBuf) {
    let place = Place::new(SPEC);
    let output = place.exp(&["run", "spec.yaml", "--quiet"]);
    assert!(output.status.success(), "{}", said(&output));
    let run = place.run("runs");
    (place, run)
}

fn model(run: &Path) -> PathBuf {
    run.join("teachers/artifacts/model.safetensors")
}

/// Turns one bit of a file over; the file looks as if nobody had written it where `silently`.
fn flip(path: &Path, silently: bool) {
    let written = path.metadata().unwrap().modified().unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    std::fs::write(path, bytes).unwrap();
    let time = if silently { written } else { SystemTime::now() };
    std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn a_model_that_is_damaged_or_gone_is_not_reused_and_the_plan_says_why() {
    let (place, first) = finished();
    let good = std::fs::read(model(&first)).unwrap();
    flip(&model(&first), false);
    let plan = said(&place.exp(&["plan", "spec.yaml"]));
    let lines: Vec<&str> = plan.lines().collect();
    assert!(
        lines[1].contains("run; the closest finished job is pair/")
            && lines[1].contains("is damaged"),
        "{plan}"
    );
    assert!(lines[2].contains("reuse from"), "{plan}");
    std::fs::remove_file(model(&first)).unwrap();
    let plan = said(&place.exp(&["plan", "spec.yaml"]));
    assert!(plan.contains("model.safetensors is gone"), "{plan}");
    let output = place.exp(&["run", "spec.yaml", "--set", HOTTER]);
    assert!(output.status.success(), "{}", said(&output));
    let second = find_run(&place.0.path().join("runs")).unwrap();
    assert_ne!(first, second);
    assert!(std::fs::read(model(&second)).unwrap() == good, "the same model, computed again");
    let plan = said(&place.exp(&["plan", "spec.yaml"]));
    assert_eq!(plan.matches("reuse from").count(), 2, "{plan}");
}

#[test]
fn a_damaged_model_is_not_learnt_from_and_resume_makes_it_again() {
    let (place, first) = finished();
    let good = std::fs::read(model(&first)).unwrap();
    flip(&model(&first), true);
    // Nothing shows from outside: a run looks closely, and a job that reads it by its path finds out.
    let output = place.exp(&["run", "spec.yaml", "--set", HOTTER, "--runs", "others"]);
    assert!(output.status.success(), "{}", said(&output));
    let reference = format!("{}/teachers", first.display());
    let by_path = SPEC.split("  student:").collect::<Vec<_>>();
    let by_path = format!("name: pair\njobs:\n  student:{}", by_path[1]);
    let by_path = by_path.replace("teachers: teachers", &format!("teachers: {reference}"));
    std::fs::write(place.0.path().join("student.yaml"), by_path).unwrap();
    let output = place.exp(&["run", "student.yaml", "--set", HOTTER, "--runs", "others"]);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    let told = format!("the output of job '{reference}' is missing or damaged: ");
    assert!(words.contains(&told) && words.contains("model.safetensors is damaged"), "{words}");
    assert!(words.contains("exp resume runs/pair/"), "{words}");
    let output = place.exp(&["run", "spec.yaml", "--set", HOTTER]);
    let words = said(&output);
    assert!(output.status.success() && words.contains("is damaged"), "{words}");
    assert!(!words.contains("teachers: reused"), "{words}");
    std::fs::remove_dir_all(find_run(&place.0.path().join("runs")).unwrap()).unwrap();
    // In its own run the model is made from the last checkpoint, and need not be learnt again.
    let label = first.file_name().unwrap().to_str().unwrap();
    let output = place.exp(&["resume", label]);
    let words = said(&output);
    assert!(output.status.success(), "{words}");
    assert!(words.contains("teachers: has to be made again: "), "{words}");
    assert!(!words.contains("student: has to"), "{words}");
    assert!(std::fs::read(model(&first)).unwrap() == good);
    let steps = crate::programs::measurements(&first.join("teachers"));
    assert_eq!(steps.iter().filter(|it| it.contains("\"train/loss\"")).count(), 2);
    let second = find_run(&place.0.path().join("others")).unwrap();
    let output = place.exp(&["resume", second.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_run_whose_jobs_were_reused_from_one_that_is_gone_can_be_resumed() {
    let (place, first) = finished();
    assert!(place.exp(&["run", "spec.yaml", "--quiet"]).status.success());
    let kept = place.0.path().join("kept");
    std::fs::rename(&first, &kept).unwrap();
    let second = place.run("runs");
    let output = place.exp(&["run", "spec.yaml", "--set", "student.teachers=pair/teachers"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("is missing or damaged"), "{}", said(&output));
    let output = place.exp(&["resume", "pair"]);
    let words = said(&output);
    assert!(output.status.success(), "{words}");
    assert!(words.contains("teachers: has to be made again: ") && words.contains("is gone"));
    assert_same(&kept, &second, &["teachers", "student"]);
}

#[test]
fn a_run_that_begins_fresh_goes_on_fresh_and_others_take_what_was_finished_meanwhile() {
    let (place, _) = finished();
    let begun = |more: &[&str]| {
        let words = ["run", "spec.yaml", "--quiet", "--hang-minutes", "0"];
        let mut command = place.command(&[&words, more].concat());
        // Whatever is started there fails.
        let status = command.env("EXP_JOB", "/bin/false").status().unwrap();
        assert_eq!(status.code(), Some(1));
        find_run(&place.0.path().join("runs")).unwrap()
    };
    let fresh = begun(&["--fresh"]);
    assert!(place.exp(&["resume", fresh.to_str().unwrap(), "--quiet"]).status.success());
    assert!(json(&fresh.join("teachers/job.json"))["reused_from"].is_null());
    // This one has a job of its own to do; then somebody else does it.
    let change = ["--set", "teachers.epochs=1"];
    let begun = begun(&change);
    assert!(place.exp(&[&["run", "spec.yaml", "--quiet"], &change[..]].concat()).status.success());
    let output = place.exp(&["resume", begun.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("teachers: reused from"), "{}", said(&output));
}

#[test]
fn how_much_is_written_down_is_no_part_of_what_a_job_means() {
    let (place, first) = finished();
    let logging =
        ["--set", "teachers.logging={measure_every_epochs: 2, histograms_every_epochs: 0}"];
    let plan = said(&place.exp(&[&["plan", "spec.yaml"], &logging[..]].concat()));
    assert_eq!(plan.matches("reuse from").count(), 2, "{plan}");
    assert!(plan.contains("logging.histograms_every_epochs: 1 there, 0 here"), "{plan}");
    let words = said(&place.exp(&[&["run", "spec.yaml"], &logging[..]].concat()));
    assert!(words.contains("teachers: reused from"), "{words}");
    assert!(words.contains("measure_every_epochs: 1 there, 2 here (--fresh"), "{words}");
    // It is true: computed again with the other settings it comes to the same.
    let runs = place.0.path().join("other");
    let fresh = [&["run", "spec.yaml", "--quiet", "--runs", "other"], &logging[..]].concat();
    assert!(place.exp(&fresh).status.success());
    let second = find_run(&runs).unwrap();
    let bytes = |run: &Path| std::fs::read(model(run)).unwrap();
    assert!(bytes(&first) == bytes(&second), "other parameters");
    let figures = |run: &Path| json(&run.join("teachers/outcome.json"))["metrics"].clone();
    assert_eq!(figures(&first), figures(&second));
    // Which epoch is the best depends on which were measured.
    let best =
        ["--set", "teachers.select=best", "--set", "teachers.data.validation=50", "--runs", "best"];
    let output = place.exp(&[&["run", "spec.yaml", "--quiet"], &best[..]].concat());
    assert!(output.status.success(), "{}", said(&output));
    let plan = said(&place.exp(&[&["plan", "spec.yaml"], &best[..], &logging[..]].concat()));
    assert!(plan.contains("(logging.measure_every_epochs: 1 there, 2 here)"), "{plan}");
}

#[test]
fn what_an_auto_encoder_writes_down_changes_nothing_of_what_it_learns() {
    let place = Place::new(
        "
name: coder
seed: 4
jobs:
  coder:
    kind: autoencoder
    data: { set: glyphs, train: 200, validation: 50, test: 50 }
    latent: 3
    encoder: { name: mlp, hidden: [20] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 3
",
    );
    let come_to = |runs: &str, logging: &str| {
        let logging = format!("coder.logging={logging}");
        let output = place.exp(&["run", "spec.yaml", "--quiet", "--runs", runs, "--set", &logging]);
        assert!(output.status.success(), "{}", said(&output));
        let job = place.run(runs).join("coder");
        let files = walkdir::WalkDir::new(job.join("artifacts")).into_iter().map(Result::unwrap);
        let models: Vec<_> = files
            .filter(|file| file.path().extension().is_some_and(|end| end == "safetensors"))
            .map(|file| (file.file_name().to_owned(), std::fs::read(file.path()).unwrap()))
            .collect();
        assert!(!models.is_empty());
        (models, json(&job.join("outcome.json"))["metrics"].clone())
    };
    let little = "{measure_every_epochs: 3, histograms_every_epochs: 0, \
                  gradient_variance_every_epochs: 0, checkpoint_every_epochs: 3}";
    let much = "{measure_every_epochs: 1, histograms_every_epochs: 1, \
                gradient_variance_every_epochs: 1, pictures_every_epochs: 1}";
    assert!(come_to("little", little) == come_to("much", much));
}

#[test]
fn the_plan_names_who_is_computing_the_same() {
    let place = Place::new(&SPEC.replace("epochs: 2", "epochs: 500"));
    let mut runner = place.start("runs");
    let plan = said(&place.exp(&["plan", "spec.yaml"]));
    runner.kill().unwrap(); // its job finds out and stops
    runner.wait().unwrap();
    let job = exp::rundir::JobFolder::new(place.run("runs").join("teachers"));
    let _stopped = job.lock_within(std::time::Duration::from_secs(60)).unwrap();
    assert!(plan.contains("wait for pair/") && plan.contains("which computes the same"), "{plan}");
}

/// A folder of tiny pictures, all of the class that `labels` gives them.
fn write_pictures(folder: &Path, labels: u8) {
    std::fs::create_dir_all(folder).unwrap();
    for (name, count) in [("train", 40_u8), ("t10k", 20)] {
        let mut images = vec![0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 8, 0, 0, 0, 8];
        images.extend((0..usize::from(count) * 64).map(|index| (index * 7 % 251) as u8));
        std::fs::write(folder.join(format!("{name}-images-idx3-ubyte")), images).unwrap();
        let mut classes = vec![0, 0, 8, 1, 0, 0, 0, count];
        classes.extend((0..count).map(|index| (index + labels) % 3));
        std::fs::write(folder.join(format!("{name}-labels-idx1-ubyte")), classes).unwrap();
    }
}

#[test]
fn a_job_does_not_go_on_with_other_data_than_it_began_with() {
    let spec = "
name: own
jobs:
  model:
    kind: classifier
    data: { set: idx, folder: FOLDER }
    network: { name: mlp, hidden: [5] }
    optimiser: { rule: adam }
    epochs: 1
";
    let place = Place::new("");
    let folder = place.0.path().join("pictures");
    write_pictures(&folder, 0);
    let spec = spec.replace("FOLDER", folder.to_str().unwrap());
    std::fs::write(place.0.path().join("spec.yaml"), spec).unwrap();
    let begin = place.command(&["run", "spec.yaml"]).env("EXP_JOB", "/bin/false").output().unwrap();
    assert_eq!(begin.status.code(), Some(1), "{}", said(&begin));
    write_pictures(&folder, 1);
    let output = place.exp(&["resume", "own"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).contains("'data' changed since the job was planned"),
        "{}",
        said(&output)
    );
    write_pictures(&folder, 0);
    let output = place.exp(&["resume", "own"]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn what_came_from_a_run_that_was_deleted_is_not_promised_again() {
    let (place, first) = finished();
    let spec = "
name: later
jobs:
  student:
    kind: distill
    teachers: pair/teachers
    data: { set: glyphs, train: 100, validation: 0, test: 100 }
    network: { name: mlp, hidden: [8] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 1
";
    std::fs::write(place.0.path().join("later.yaml"), spec).unwrap();
    let begin =
        place.command(&["run", "later.yaml"]).env("EXP_JOB", "/bin/false").output().unwrap();
    assert_eq!(begin.status.code(), Some(1), "{}", said(&begin));
    let kept = place.0.path().join("kept");
    std::fs::rename(&first, &kept).unwrap();
    let output = place.exp(&["resume", "later"]);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("was deleted: put it back, or make one like it"), "{words}");
    assert!(!words.contains("makes it again"), "{words}");
    // The failure is said once, and not again as the end of its log.
    assert_eq!(words.matches("is missing or damaged").count(), 1, "{words}");
    // Another job in its place is none that this one was planned with.
    std::fs::rename(&kept, &first).unwrap();
    let change = ["--set", "teachers.epochs=1", "--quiet"];
    assert!(place.exp(&[&["run", "spec.yaml"], &change[..]].concat()).status.success());
    let other = newest(&place, "pair");
    assert_ne!(other, first);
    std::fs::rename(&first, &kept).unwrap();
    std::fs::rename(&other, &first).unwrap();
    let output = place.exp(&["resume", "later"]);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("is not the job that this one was planned with"), "{words}");
}

/// The newest run of a name.
fn newest(place: &Place, name: &str) -> PathBuf {
    exp::rundir::find::latest(&place.0.path().join("runs"), name).unwrap().path().to_owned()
}
