//! Run folders that came from elsewhere and were tampered with: whatever is in them, nothing outside
//! of the folder of runs changes, nothing hangs, and what could not be used is named.
//!
//! `EXP_TAMPERED` says how many folders are made, `EXP_TAMPERED_SEED` which, and with
//! `EXP_TAMPERED_READ_ONLY` everything but the folder of runs is mounted read-only for the programs
//! (`scripts/tampered`).

mod bad_records;
mod listing;
mod mutations;

use crate::programs::{Place, find_run, text};
use crate::work::{self, Worked};
use listing::{Listing, copy};
use mutations::{Draw, mutate};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// Quick, and with everything that a job writes.
const SPEC: &str = "
name: tiny
jobs:
  one:
    kind: classifier
    data: { set: glyphs, train: 40, validation: 0, test: 20 }
    network: { name: mlp, hidden: [4] }
    optimiser: { rule: sgd, rate: 0.1 }
    epochs: 2
    batch: 20
";

/// No command takes nearly so long.
const LIMIT: Duration = Duration::from_secs(60);

/// A folder of runs with one run, and decoys beside it.
struct Field {
    place: Place,
    run: PathBuf,
}

impl Field {
    /// Really runs the spec once, and puts decoys beside the folder of runs: a copy of the run, and
    /// files and folders of a person.
    fn new() -> Self {
        let place = Place::new(SPEC);
        let output = place.exp(&["run", "spec.yaml", "--quiet"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let run = find_run(&place.0.path().join("runs")).unwrap();
        let outside = place.0.path().join("outside");
        copy(&run, &outside.join("name").join(run.file_name().unwrap()));
        for folder in ["empty", "full"] {
            std::fs::create_dir(outside.join(folder)).unwrap();
        }
        for file in ["decoy", "full/step-00000001.safetensors", "full/.new-0123456789abcdef"] {
            std::fs::write(outside.join(file), "a person's").unwrap();
        }
        Self { place, run }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.0.path().join(name)
    }

    /// Everything but the folder of runs.
    fn outside(&self) -> Listing {
        Listing::of(self.place.0.path(), Path::new("runs"))
    }

    /// What a command comes to, and how long it worked; it must come to an end.
    fn exp(&self, words: &[&str]) -> (Output, Worked) {
        let mut command = self.place.command(words);
        if std::env::var_os("EXP_TAMPERED_READ_ONLY").is_some() {
            command = read_only(&command, &self.path("runs"));
        }
        let (out, error) = (self.path("runs/.out"), self.path("runs/.error"));
        let file = |path: &Path| std::fs::File::create(path).unwrap();
        command.stdin(Stdio::null()).stdout(file(&out)).stderr(file(&error));
        let Some((status, took)) = work::within(command.spawn().unwrap(), LIMIT) else {
            panic!("{words:?} hangs");
        };
        let said = [out, error].map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            std::fs::remove_file(path).unwrap();
            bytes
        });
        let [stdout, stderr] = said;
        (Output { status, stdout, stderr }, took)
    }
}

/// The command with all that is mounted read-only, but for the folder of runs.
fn read_only(command: &Command, runs: &Path) -> Command {
    const SCRIPT: &str =
        "set -e; runs=$1; shift; mount --make-rprivate /; mount --bind \"$runs\" \"$runs\"
        awk '{ print $2 }' /proc/self/mounts | while read -r at; do
            [ \"$at\" = \"$runs\" ] || mount -o remount,bind,ro \"$at\" 2>/dev/null || true
        done
        if touch \"$runs/../outside/probe\" 2>/dev/null; then echo 'not read-only' >&2; exit 99; fi
        cd \"$PWD\"; exec \"$@\"";
    let mut wrapped = Command::new("unshare");
    wrapped.args(["-m", "sh", "-c", SCRIPT, "sh"]).arg(runs.canonicalize().unwrap());
    wrapped.arg(command.get_program()).args(command.get_args());
    wrapped.current_dir(command.get_current_dir().unwrap()).env_remove("EXP_RUNS");
    wrapped.env("RUST_BACKTRACE", "0");
    wrapped
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Runs every command on a tampered folder; says whether each ended as a command may.
fn carry_out(field: &Field, run: &Path, trial: &str) {
    let run = run.to_string_lossy().into_owned();
    let job = format!("{run}/one");
    let spec = field.path("runs/spec.yaml");
    let needs = SPEC.replace("classifier", "distill\n    teachers: tiny/one");
    std::fs::write(&spec, needs).unwrap();
    let commands: [&[&str]; 8] = [
        &["ls"],
        &["plan", "spec.yaml"],
        &["show", "runs/spec.yaml"],
        &["resume", &run, "--quiet"],
        &["resume", "tiny", "--quiet"],
        &["run", "spec.yaml", "--quiet"],
        &["plan", "spec.yaml", "--set", "one.epochs=3"],
        &["sample", &job, "--out", "runs/pictures"],
    ];
    for words in commands {
        let (output, _) = field.exp(words);
        let said = text(&output.stderr);
        let code = output.status.code();
        assert!(matches!(code, Some(0..=2)), "{trial}: {words:?}: {code:?}\n{said}");
        assert!(!said.contains("panicked"), "{trial}: {words:?}: {said}");
    }
}

#[test]
fn nothing_outside_changes_whatever_a_run_folder_says() {
    let field = Field::new();
    let (pristine, stamp) = (field.path("pristine"), field.run.file_name().unwrap().to_owned());
    copy(&field.run, &pristine);
    let before = field.outside();
    let (count, seed) = (number("EXP_TAMPERED", 5), number("EXP_TAMPERED_SEED", 1));
    for trial in 0..count {
        let runs = field.path("runs");
        std::fs::remove_dir_all(&runs).unwrap();
        let run = runs.join("tiny").join(&stamp);
        copy(&pristine, &run);
        let mut draw = Draw::new(seed, trial);
        let done = mutate(&run, &field.path("outside"), &mut draw);
        let what = format!("seed {seed}, trial {trial}: {done:?}");
        carry_out(&field, &run, &what);
        let changes = before.differences(&field.outside());
        assert!(changes.is_empty(), "{what}: {changes:?}");
    }
    println!("{count} tampered run folders, {} decoys as they were", before.len());
}

#[test]
fn folders_that_are_not_of_this_program_stay() {
    let field = Field::new();
    let old = std::time::SystemTime::now() - Duration::from_secs(7200);
    let names = [".git", ".20260101-000000-abcd", ".staged", "20260101-000000-abcde", "notes"];
    for name in names {
        let folder = field.path("runs/here/tiny").join(name);
        std::fs::create_dir_all(folder.join("objects")).unwrap();
        std::fs::write(folder.join("HEAD"), "ref").unwrap();
        std::fs::File::open(&folder).unwrap().set_modified(old).unwrap();
    }
    let before = Listing::of(&field.path("runs/here"), Path::new(""));
    let (output, _) = field.exp(&["run", "spec.yaml", "--quiet", "--runs", "runs/here"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let changes = before.differences(&Listing::of(&field.path("runs/here"), Path::new("")));
    let lost: Vec<_> = changes.iter().filter(|change| !change.starts_with("new ")).collect();
    assert!(
        lost.iter().all(|change| change.ends_with("here") || change.ends_with("tiny")),
        "{lost:?}"
    );
    for name in names {
        assert!(field.path("runs/here/tiny").join(name).join("objects").is_dir(), "{name}");
    }
}
