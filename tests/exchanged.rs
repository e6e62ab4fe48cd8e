//! Data that are exchanged without looking so, in the built programs: by archives of one time and size,
//! by copies that keep times, between plan and load, while a job is interrupted. What a job makes is
//! filed under what it read.

use crate::pictures::write_npy;
use crate::programs::{Place, find_run, json, measurements, text};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Longer than a file is too fresh for its digest to be remembered.
const A_WHILE: Duration = Duration::from_millis(2200);

const CLASSIFIER: &str = "
name: own
jobs:
  model:
    kind: classifier
    data: { set: idx, folder: FOLDER }
    network: { name: mlp, hidden: [5] }
    optimiser: { rule: adam }
    epochs: 2
";

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

/// A folder with a cache and data roots of its own.
struct Own(Place);

impl Own {
    fn new(spec: &str) -> Self {
        let place = Place::new("");
        let folder = place.0.path().join("pictures");
        let spec = spec.replace("FOLDER", folder.to_str().unwrap());
        std::fs::write(place.0.path().join("spec.yaml"), spec).unwrap();
        Self(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.0.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.0.command(words);
        command.env("EXP_CACHE", self.path("cache")).env("EXP_DATA", self.path("data"));
        command
    }

    fn exp(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = self.command(words).output().unwrap();
        (output.status.code(), said(&output))
    }

    fn newest(&self) -> PathBuf {
        find_run(&self.path("runs")).unwrap()
    }

    fn shell(&self, script: &str) {
        let status = Command::new("sh").args(["-ec", script]).current_dir(self.path("")).status();
        assert!(status.unwrap().success(), "{script}");
    }

    /// Two archives, of one time and one size, of a folder whose labels differ; the first is unpacked.
    fn archives(&self) {
        for (name, shift) in [("first", 0), ("second", 1)] {
            write_pictures(&self.path(name).join("pictures"), shift);
        }
        self.shell(
            "for it in first second; do
               tar --mtime='2020-01-01 00:00:00' --sort=name -cf $it.tar -C $it pictures
             done
             test $(wc -c < first.tar) = $(wc -c < second.tar)
             tar -xf first.tar",
        );
    }

    /// A program in the place of `exp-job` that exchanges the data and becomes it.
    fn exchanging(&self, script: &str) -> PathBuf {
        let program = self.path("exchanging");
        let (real, here) = (env!("CARGO_BIN_EXE_exp-job"), self.path(""));
        let text = format!(
            "#!/bin/sh -e\ncase \"$1\" in --*) ;; *) (cd '{}'; {script}) ;; esac\nexec '{real}' \"$@\"\n",
            here.display()
        );
        std::fs::write(&program, text).unwrap();
        self.shell("chmod +x exchanging");
        program
    }
}

/// Forty training and twenty test pictures of eight by eight.
fn write_pictures(folder: &Path, shift: u8) {
    std::fs::create_dir_all(folder).unwrap();
    for (name, count) in [("train", 40_u8), ("t10k", 20)] {
        let mut images = vec![0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 8, 0, 0, 0, 8];
        images.extend((0..usize::from(count) * 64).map(|index| (index * 7 % 251) as u8));
        std::fs::write(folder.join(format!("{name}-images-idx3-ubyte")), images).unwrap();
        let mut classes = vec![0, 0, 8, 1, 0, 0, 0, count];
        classes.extend((0..count).map(|index| (index + shift) % 3));
        std::fs::write(folder.join(format!("{name}-labels-idx1-ubyte")), classes).unwrap();
    }
}

/// What a job was planned with, and what its record says it read.
fn digests(job: &Path) -> [String; 2] {
    let of = |file: &str, field: &str| json(&job.join(file))[field]["data"].to_string();
    [of("spec.json", "data"), of("job.json", "read")]
}

fn model(run: &Path) -> Vec<u8> {
    std::fs::read(run.join("model/artifacts/model.safetensors")).unwrap()
}

#[test]
fn an_archive_of_the_same_time_and_size_is_other_data() {
    let own = Own::new(CLASSIFIER);
    own.archives();
    std::thread::sleep(A_WHILE);
    let (code, words) = own.exp(&["plan", "spec.yaml"]);
    assert_eq!(code, Some(0), "{words}");
    assert!(own.path("cache/digests-2.json").exists(), "the digests are remembered");
    assert_eq!(own.exp(&["run", "spec.yaml", "--quiet"]).0, Some(0));
    let first = own.newest();
    let [planned, read] = digests(&first.join("model"));
    assert_eq!(planned, read);

    own.shell("tar -xf second.tar");
    let (_, words) = own.exp(&["plan", "spec.yaml"]);
    assert!(words.contains("run; the closest") && words.contains("contents changed"), "{words}");
    let (code, words) = own.exp(&["run", "spec.yaml"]);
    assert!(code == Some(0) && !words.contains("reused"), "{words}");
    let second = own.newest();
    let [planned_then, read_then] = digests(&second.join("model"));
    assert!(planned_then == read_then && planned_then != planned, "{planned_then}");
    assert!(model(&first) != model(&second), "it learnt from the labels of the first");
    // One epoch more is filed under what it read too.
    assert_eq!(own.exp(&["run", "spec.yaml", "--quiet", "--set", "model.epochs=3"]).0, Some(0));
    assert_eq!(
        digests(&own.newest().join("model")),
        [&planned_then, &planned_then].map(Clone::clone)
    );

    own.shell("tar -xf first.tar");
    let (_, words) = own.exp(&["run", "spec.yaml"]);
    let label = first.file_name().unwrap().to_str().unwrap();
    assert!(words.contains("model: reused from") && words.contains(label), "{words}");
}

#[test]
fn copies_links_and_mounts_that_keep_times_are_other_data() {
    let own = Own::new(CLASSIFIER);
    own.archives();
    own.shell("mkdir kept; tar -xf second.tar -C kept");
    std::thread::sleep(A_WHILE);
    let labels = "train-labels-idx1-ubyte";
    let planned = || {
        let (code, words) = own.exp(&["plan", "spec.yaml"]);
        assert_eq!(code, Some(0), "{words}");
        words.contains("reuse from")
    };
    assert_eq!(own.exp(&["run", "spec.yaml", "--quiet"]).0, Some(0));
    assert!(planned());
    for exchange in [
        "cp -p kept/pictures/LABELS pictures/LABELS",
        "cp -p kept/pictures/LABELS new; mv new pictures/LABELS",
        "cat kept/pictures/LABELS > pictures/LABELS; touch -r kept/pictures/LABELS pictures/LABELS",
        "rm pictures/LABELS; ln kept/pictures/LABELS pictures/LABELS",
        "rm pictures/LABELS; ln -s ../kept/pictures/LABELS pictures/LABELS",
        "mv pictures away; ln -s kept/pictures pictures",
    ] {
        own.shell(&exchange.replace("LABELS", labels));
        assert!(!planned(), "{exchange}");
        own.shell("rm -rf pictures away; tar -xf first.tar");
        assert!(planned(), "back after {exchange}");
    }
}

#[test]
fn a_job_that_was_interrupted_does_not_go_on_with_an_exchanged_archive() {
    let own = Own::new(&CLASSIFIER.replace("epochs: 2", "epochs: 200000"));
    own.archives();
    std::thread::sleep(A_WHILE);
    let mut runner = own.command(&["run", "spec.yaml", "--quiet"]).spawn().unwrap();
    let index = || find_run(&own.path("runs")).map(|run| run.join("model/checkpoints/index.json"));
    let started = Instant::now();
    while !index().is_some_and(|index| index.exists()) {
        assert!(started.elapsed() < Duration::from_secs(60), "no checkpoint");
        std::thread::sleep(Duration::from_millis(5));
    }
    own.shell(&format!("kill -INT {}", runner.id()));
    assert_eq!(runner.wait().unwrap().code(), Some(130));
    let job = own.newest().join("model");
    let [planned, read] = digests(&job);
    assert_eq!(planned, read);
    let before = measurements(&job);

    let remembered = || own.path("cache/digests-2.json").exists();
    assert!(remembered());
    own.shell("tar -xf second.tar");
    let (code, words) = own.exp(&["resume", "own"]);
    assert_eq!(code, Some(1), "{words}");
    assert!(!remembered(), "what planning relied on is forgotten");
    let plain = planned.trim_matches('"');
    for word in ["'data' changed since", plain, "and is now", "put the data back"] {
        assert!(words.contains(word), "'{word}' in\n{words}");
    }
    assert_eq!(measurements(&job), before, "not a step was taken");
    let record = json(&job.join("job.json"));
    assert!(record["message"].as_str().unwrap().contains(plain), "{record}");
    assert_eq!(digests(&job), [&planned, &planned].map(Clone::clone));

    own.shell("tar -xf first.tar");
    let mut runner = own.command(&["resume", "own", "--quiet"]).spawn().unwrap();
    let (started, length) = (Instant::now(), || job.join("events.jsonl").metadata().unwrap().len());
    let stopped = length();
    while length() <= stopped {
        assert!(started.elapsed() < Duration::from_secs(60), "it does not go on");
        std::thread::sleep(Duration::from_millis(20));
    }
    own.shell(&format!("kill -INT {}", runner.id()));
    assert_eq!(runner.wait().unwrap().code(), Some(130));
}

/// A spec of an auto-encoder with this data.
fn coder(data: &str) -> String {
    format!(
        "name: own\njobs:\n  model:\n    kind: autoencoder\n    data: {data}\n    latent: 2\n    \
         encoder: {{ name: mlp, hidden: [4] }}\n    optimiser: {{ rule: adam }}\n    epochs: 1\n"
    )
}

/// Files of every kind of set, for both of two states.
fn write_all(own: &Own) {
    for (state, shift) in [("first", 0_u8), ("second", 1)] {
        let folder = own.path(state);
        write_pictures(&folder.join("pictures"), shift);
        for name in ["data/frey", "birds/a"] {
            std::fs::create_dir_all(folder.join(name)).unwrap();
        }
        let bytes = |count: usize| -> Vec<u8> {
            (0..count).map(|index| ((index * 37) % 256) as u8 ^ shift).collect()
        };
        write_npy(&folder.join("faces.npy"), "|u1", "(40, 6, 5)", &bytes(1200));
        write_npy(&folder.join("test.npy"), "|u1", "(10, 6, 5)", &bytes(300));
        let labels = |count: u8| (0..count).map(|index| (index + shift) % 3).collect::<Vec<u8>>();
        write_npy(&folder.join("labels.npy"), "|u1", "(40,)", &labels(40));
        write_npy(&folder.join("test_labels.npy"), "|u1", "(10,)", &labels(10));
        write_npy(&folder.join("data/frey/f.npy"), "|u1", "(40, 28, 20)", &bytes(40 * 560));
        for bird in 0..12 {
            let picture =
                image::GrayImage::from_raw(4, 4, bytes(16 + bird)[bird..].to_vec()).unwrap();
            picture.save(folder.join(format!("birds/a/{bird:02}.png"))).unwrap();
        }
    }
    own.shell("cp -rp first/. .");
}

#[test]
fn what_is_exchanged_between_plan_and_load_ends_the_job_before_its_first_step() {
    let arrays = "{ set: arrays, file: faces.npy, test_file: test.npy, labels: labels.npy, \
                  test_labels: test_labels.npy }";
    let birds = "{ set: images, folder: birds, test: 2 }";
    let frey = "{ set: frey, train: 30, validation: 0, test: 10 }";
    for (spec, file) in [
        (CLASSIFIER.to_owned(), "pictures/train-labels-idx1-ubyte"),
        (coder("{ set: idx, folder: pictures }"), "pictures/t10k-labels-idx1-ubyte"),
        (coder(arrays), "faces.npy"),
        (coder(arrays), "test_labels.npy"),
        (coder(birds), "birds/a/07.png"),
        (coder(frey), "data/frey/f.npy"),
    ] {
        let own = Own::new(&spec);
        write_all(&own);
        let program = own.exchanging(&format!("cp -p second/{file} {file}"));
        let roots = ["--data-root", "."];
        let words = [&["run", "spec.yaml", "--exp-job", program.to_str().unwrap()], &roots[..]];
        let (code, words) = own.exp(&words.concat());
        assert_eq!(code, Some(1), "{file}: {words}");
        let job = own.newest().join("model");
        let planned = json(&job.join("spec.json"))["data"]["data"].as_str().unwrap().to_owned();
        let found = words.split("and is now ").nth(1).unwrap_or_default().get(..64).unwrap_or("");
        assert!(words.contains(&planned) && !words.contains("train:"), "{file}: {words}");
        assert!(found.len() == 64 && found != planned, "{file}: {words}");
        assert!(measurements(&job).is_empty(), "{file}");
        // The second time they are what they are.
        let words = [&["run", "spec.yaml", "--quiet"], &roots[..]].concat();
        let (code, words) = own.exp(&words);
        assert_eq!(code, Some(0), "{file}: {words}");
        let [planned, read] = digests(&own.newest().join("model"));
        assert_eq!((planned.trim_matches('"'), read.trim_matches('"')), (found, found), "{file}");
    }
}

#[test]
fn what_is_remembered_of_data_cannot_deliver_a_result_of_other_data() {
    let own = Own::new(CLASSIFIER);
    own.archives();
    std::thread::sleep(A_WHILE);
    assert_eq!(own.exp(&["run", "spec.yaml", "--quiet"]).0, Some(0));
    let cache = own.path("cache/digests-2.json");
    let of_first: serde_json::Value = json(&cache);
    own.shell("tar -xf second.tar");
    std::thread::sleep(A_WHILE);
    assert_eq!(own.exp(&["plan", "spec.yaml"]).0, Some(0));
    // The digests of the first, said of the second.
    let mut of_second = json(&cache);
    for (key, entry) in of_second.as_object_mut().unwrap() {
        entry["digest"] = of_first[key]["digest"].clone();
    }
    std::fs::write(&cache, of_second.to_string()).unwrap();
    assert!(own.exp(&["plan", "spec.yaml"]).1.contains("reuse from"), "a plan believes it");
    let (code, words) = own.exp(&["run", "spec.yaml"]);
    assert!(code == Some(0) && !words.contains("reused"), "{words}");
    let [planned, read] = digests(&own.newest().join("model"));
    assert_eq!(planned, read);
}
