//! Bad input to the built programs, with the real kinds: one clear message, exit code 2 (1 where a
//! job had started), no panic, and nothing left that a later run trips on.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GOOD: &str = "
name: tiny
jobs:
  one:
    kind: classifier
    data: { set: glyphs, train: 50, validation: 0, test: 20 }
    network: { name: mlp, hidden: [5] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 1
";

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn exp(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exp"));
        command.args(words).current_dir(self.0.path()).env("RUST_BACKTRACE", "0");
        command.env_remove("EXP_RUNS").env_remove("EXP_DATA").env("HOME", self.0.path());
        command.env_remove("XDG_DATA_HOME").env_remove("XDG_CACHE_HOME").env_remove("EXP_CACHE");
        command.output().unwrap()
    }

    /// `exp run` on a text is refused with these words, and leaves nothing behind.
    fn refuses(&self, text: &str, said: &str) {
        std::fs::write(self.path("bad.yaml"), text).unwrap();
        let output = self.exp(&["run", "bad.yaml"]);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}\n{words}");
        assert!(words.contains(said), "'{said}' is not in:\n{words}");
        assert!(!words.contains("panicked"), "{words}");
        assert!(!self.path("runs").exists(), "a run was made of\n{text}");
    }
}

#[test]
fn specs_that_are_wrong_are_refused_before_anything_is_made() {
    let place = Place::new();
    let changed = |from: &str, to: &str| {
        assert!(GOOD.contains(from), "{from}");
        GOOD.replace(from, to)
    };
    for (text, said) in [
        (String::new(), "empty"),
        ("- a\n- b\n".into(), "bad.yaml:1:1"),
        ("name: [x\n".into(), "bad.yaml:"),
        (changed("epochs:", "epoch:"), "did you mean 'epochs'?"),
        (changed("kind: classifier", "kind: clasifier"), "did you mean 'classifier'?"),
        (changed("set: glyphs", "set: glyfs"), "did you mean 'glyphs'?"),
        (changed("name: mlp", "name: mpl"), "did you mean 'mlp'?"),
        (changed("rule: adam", "rule: adem"), "did you mean 'adam'"),
        (changed("epochs: 1", "epochs: ten"), "'epochs'"),
        (changed("rate: 1e-3", "rate: -1"), "greater than 0 and at most 1000000"),
        (changed("rate: 1e-3", "rate: 1e300"), "between 1e-30 and 1000000"),
        (changed("rate: 1e-3", "rate: inf"), "NaN and infinity are not allowed"),
        (changed("rate: 1e-3", "rate: '1,5'"), "write 1.5, with a point"),
        (changed("{ rule: adam, rate: 1e-3 }", "{rule:adam,rate:1e-3}"), "write 'rule: adam'"),
        (changed("epochs: 1", "epochs:\t1"), "error: a tab where a spec has spaces"),
        (changed("name: tiny", "name: tiny\nseed: 18446744073709551615"), "9223372036854775807"),
        (changed("  one:", "  figures:"), "'figures' is that of a folder which every run has"),
        (changed("epochs: 1", "epochs: 1000000000000000000"), "between 1 and 1000000"),
        (changed("hidden: [5]", "hidden: [5], dropout: 1.5"), "dropout"),
        (changed("rate: 1e-3", "rate: [1e-3, 1e-4]"), "2 rates for 1 members"),
        (changed("hidden: [5] }", "hidden: [5] }\n    select: best"), "validation"),
        (changed("epochs: 1", "epochs: 1\n    augment: { jitter: 14 }"), "jitter"),
        (changed("name: mlp, hidden: [5]", "name: cnn, channels: [2, 2, 2, 2, 2, 2]"), "28"),
    ] {
        place.refuses(&text, said);
    }
    assert_eq!(place.exp(&["data", "fetch", "nope"]).status.code(), Some(2));
    let missing = place.exp(&["run", "none.yaml"]);
    assert_eq!(missing.status.code(), Some(2));
    let words = String::from_utf8_lossy(&missing.stderr);
    assert!(words.contains("none.yaml"), "{words}");
}

const STUDENT: &str = "
  student:
    kind: distill
    teachers: one
    data: { set: glyphs, train: 50, validation: 0, test: 20 }
    network: { name: mlp, hidden: [5] }
    optimiser: { rule: adam, rate: 1e-3 }
";

#[test]
fn needs_that_cannot_be_met_are_refused() {
    let place = Place::new();
    let good = format!("{GOOD}{STUDENT}");
    place.refuses(&good.replace("teachers: one", "teachers: onw"), "did you mean 'one'?");
    place.refuses(&good.replace("teachers: one", "teachers: student"), "depends on itself");
    place.refuses(&good.replace("teachers: one", "teachers: runs/none/x/one"), "runs/none/x/one");
}

/// An IDX file of images or labels: its magic, its sizes, and `bytes` bytes.
pub(crate) fn idx(magic: u32, sizes: &[u32], bytes: usize) -> Vec<u8> {
    let head = std::iter::once(&magic).chain(sizes).flat_map(|number| number.to_be_bytes());
    head.chain(std::iter::repeat_n(1, bytes)).collect()
}

pub(crate) fn write_set(folder: &Path, train_images: &[u8]) {
    std::fs::create_dir_all(folder).unwrap();
    let labels = idx(2049, &[4], 4);
    let images = idx(2051, &[4, 8, 8], 256);
    for (name, bytes) in [
        ("train-images-idx3-ubyte", train_images),
        ("train-labels-idx1-ubyte", &labels),
        ("t10k-images-idx3-ubyte", &images),
        ("t10k-labels-idx1-ubyte", &labels),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

#[test]
fn data_that_is_damaged_or_missing_is_named() {
    let place = Place::new();
    let set = place.path("digits");
    let spec = GOOD.replace(
        "set: glyphs, train: 50, validation: 0, test: 20",
        &format!("set: idx, folder: {}", set.display()),
    );
    place.refuses(&spec, "digits");
    let good = idx(2051, &[4, 8, 8], 256);
    for (images, said) in [
        (good[..100].to_vec(), "truncated"),
        (good[..10].to_vec(), "truncated"),
        (idx(2052, &[4, 8, 8], 256), "train-images"),
        (idx(2051, &[5, 8, 8], 320), "labels"),
        (Vec::new(), "train-images"),
    ] {
        write_set(&set, &images);
        std::fs::write(place.path("bad.yaml"), &spec).unwrap();
        let output = place.exp(&["run", "bad.yaml", "--quiet"]);
        let words = String::from_utf8_lossy(&output.stderr);
        // 1 where the head of the file was sound and a job has found what follows it.
        assert!(matches!(output.status.code(), Some(1 | 2)), "{words}");
        assert!(words.contains(said) && !words.contains("panicked"), "'{said}' in\n{words}");
    }
    write_set(&set, &good);
    std::fs::write(place.path("good.yaml"), &spec).unwrap();
    let output = place.exp(&["run", "good.yaml", "--quiet"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_set_that_is_nowhere_fails_its_job_and_says_where_it_was_looked_for() {
    let place = Place::new();
    let spec = GOOD.replace("set: glyphs, train: 50, validation: 0, test: 20", "set: mnist");
    std::fs::write(place.path("spec.yaml"), spec).unwrap();
    std::fs::create_dir(place.path("empty")).unwrap();
    // No proxy answers there, so that nothing is fetched even where there is a network.
    let mut command = Command::new(env!("CARGO_BIN_EXE_exp"));
    command.args(["run", "spec.yaml", "--data-root", "empty", "--quiet"]);
    command.current_dir(place.0.path()).env("HOME", place.0.path()).env_remove("EXP_DATA");
    command.env_remove("XDG_DATA_HOME").env_remove("EXP_RUNS");
    command.env("http_proxy", "http://127.0.0.1:9").env("https_proxy", "http://127.0.0.1:9");
    let output = command.env("ALL_PROXY", "http://127.0.0.1:9").output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("empty/mnist"), "{words}");
    assert!(!words.contains("panicked"), "{words}");
}

#[test]
fn memory_that_runs_out_is_said_once_in_one_line() {
    let place = Place::new();
    // Weights of 324 MB, as many gradients, twice as many numbers of the optimiser: the machine has room for
    // them, and the process is not granted it.
    let spec = GOOD.replace("hidden: [5]", "hidden: [1, 9000, 9000]");
    std::fs::write(place.path("spec.yaml"), spec).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 1400000 && exec \"$0\" run spec.yaml --quiet"]);
    command.arg(env!("CARGO_BIN_EXE_exp")).current_dir(place.0.path());
    let output = command.env("RUST_BACKTRACE", "1").env_remove("EXP_RUNS").output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    let said = "out of memory: could not allocate 0.3 GB; lower the batch size";
    assert_eq!(words.matches(said).count(), 1, "{words}");
    for not in ["unwrap", "backtrace", "frame #", "panicked", "the end of"] {
        assert!(!words.contains(not), "{not} in {words}");
    }
}

#[test]
fn the_readme_shows_what_check_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let good = std::fs::read_to_string(root.join("configs/distill_t4.yaml")).unwrap();
    let (above, student) = good.split_once("  student:").unwrap();
    let student = student.replacen("rule: adam", "rule: adem", 1).replacen("epochs:", "epochz:", 1);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.yaml"), format!("{above}  student:{student}")).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_exp"));
    let output = command.args(["check", "mine.yaml"]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    assert!(output.status.code() == Some(2) && readme.contains(said.trim()), "{said}");
}
