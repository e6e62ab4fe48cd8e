//! What the built programs say: nothing of it gives orders to a terminal, and none of it is lost in
//! silence.

use crate::programs::{Place, text};
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const TINY: &str = "
name: tiny
jobs:
  one:
    kind: classifier
    data: { set: glyphs, train: 50, validation: 0, test: 20 }
    network: { name: mlp, hidden: [5] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 1
";

/// Moves the cursor, sets the window's title, turns the direction of writing, has no width.
const NASTY: &str = "x\ry\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{200b}\u{9b}1m";
const SEEN: &str = r"x\ry\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}\u{200b}\u{9b}1m";

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

#[track_caller]
fn assert_plain(words: &str) {
    let odd = words.chars().find(|it| *it != '\n' && !exp::shown::is_plain(*it));
    assert_eq!(odd, None, "{words:?}");
}

/// A program in place of `exp-job`.
fn program(place: &Place, script: &str) -> std::path::PathBuf {
    let path = place.0.path().join("job");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn names_of_files_folders_and_arguments_are_shown_and_never_sent() {
    let place = Place::new(TINY);
    let file = format!("{NASTY}.yaml");
    std::fs::write(place.0.path().join(&file), TINY).unwrap();
    let run = place.0.path().join("runs").join(NASTY).join("20260101-000000-abcd");
    std::fs::create_dir_all(&run).unwrap();
    std::fs::write(run.join("run.json"), "{}").unwrap();
    let variable = ("EXP_RUNS", NASTY);
    for words in [
        &["check", file.as_str()][..],
        &["ls"],
        &["ls", "--help"],
        &["resume", NASTY],
        &["resume", "20260101"],
        &["sample", NASTY, "--out", "o"],
        &["data", "fetch", NASTY],
        &["kinds", NASTY],
        &[NASTY],
        &["run", "spec.yaml", "--device", NASTY],
        &["run", "spec.yaml", "--jobs", NASTY],
        &["run", "spec.yaml", "--exp-job", NASTY],
        &["run", NASTY],
        &["check", "spec.yaml", "--set", NASTY],
        &["check", "spec.yaml", "--set", "one.data.set=\"x\u{202e}\u{200b}\""],
    ] {
        assert_plain(&said(&place.exp(words)));
        let output = place.command(words).env(variable.0, variable.1).output().unwrap();
        assert_plain(&said(&output));
        // Colours of its own do not let others in.
        let forced = place.command(words).env("CLICOLOR_FORCE", "1").output().unwrap();
        assert!(!said(&forced).contains("\u{1b}[2J"), "{words:?}");
    }
    let listed = said(&place.exp(&["ls"]));
    assert!(listed.contains(SEEN) && listed.contains("damaged"), "{listed}");
    let resumed = said(&place.exp(&["resume", NASTY]));
    assert!(resumed.contains(SEEN), "{resumed}");
    // A line end in a name makes no line of its own.
    let run = place.0.path().join("runs/a\nfake: done/20260101-000000-abcd");
    std::fs::create_dir_all(&run).unwrap();
    let listed = said(&place.exp(&["ls"]));
    assert!(listed.contains(r"a\nfake: done/"), "{listed}");
}

#[test]
fn what_jobs_and_records_say_is_shown_and_never_sent() {
    let place = Place::new(TINY);
    let script = format!("printf '%s\\n' '{NASTY}' >&2\nexit 3");
    let job = program(&place, &script);
    for more in [&["--retries", "0"][..], &["--quiet"], &["--json"]] {
        let words = [&["run", "spec.yaml"], more].concat();
        let output = place.command(&words).env("EXP_JOB", &job).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert_plain(&said(&output));
        let seen = if more[0] == "--json" { r"x\ry\u001b[2J\u001b]0;t\u0007\u202e" } else { SEEN };
        assert!(said(&output).contains(seen), "{}", said(&output));
        if more[0] == "--json" {
            for line in text(&output.stdout).lines() {
                serde_json::from_str::<serde_json::Value>(line).unwrap();
            }
            let all = text(&output.stdout);
            let ended = all.lines().find(|line| line.contains("\"ended\"")).unwrap();
            let value: serde_json::Value = serde_json::from_str(ended).unwrap();
            assert!(value["message"].as_str().unwrap().contains(NASTY), "as it was: {ended}");
        }
    }
    // A record's own words, when the run is gone on with.
    let run = place.run("runs");
    let record = run.join("one/job.json");
    let edited = std::fs::read_to_string(&record).unwrap().replace("\"failed\"", "\"pending\"");
    let mut value: serde_json::Value = serde_json::from_str(&edited).unwrap();
    value["message"] = NASTY.into();
    std::fs::write(&record, value.to_string()).unwrap();
    let words = ["resume", run.to_str().unwrap()];
    let output = place.command(&words).env("EXP_JOB", &job).output().unwrap();
    assert_plain(&said(&output));
    assert!(said(&output).contains(&format!("has to be made again: {SEEN}")), "{}", said(&output));
}

/// The exit code and what is said on standard error where standard output goes to `path`.
fn into(place: &Place, words: &[&str], path: &str) -> (Option<i32>, String) {
    let full = File::options().write(true).open(path).unwrap();
    let output = place.command(words).stdout(full).stderr(Stdio::piped()).output().unwrap();
    (output.status.code(), text(&output.stderr))
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_is_lost_is_a_failure_and_a_closed_pipe_is_none() {
    let place = Place::new(TINY);
    assert!(place.exp(&["run", "spec.yaml", "--quiet"]).status.success());
    let all: [&[&str]; 12] = [
        &["show", "spec.yaml"],
        &["plan", "spec.yaml"],
        &["check", "spec.yaml"],
        &["ls"],
        &["kinds"],
        &["schema"],
        &["--version"],
        &["--help"],
        &["run", "--help"],
        &["run", "spec.yaml"],
        &["run", "spec.yaml", "--json"],
        &["resume", "tiny"],
    ];
    for words in all {
        let (code, error) = into(&place, words, "/dev/full");
        assert_eq!(code, Some(1), "{words:?}: {error}");
        assert!(error.contains("standard output could not be written"), "{words:?}: {error}");
        let (code, error) = into(&place, words, "/dev/null");
        assert_eq!(code, Some(0), "{words:?}: {error}");
        let closed =
            format!("{} \"$@\" | true; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_exp"));
        let mut command = Command::new("bash");
        command.args(["-c", &closed, "exp"]).args(words).current_dir(place.0.path());
        let output = command.env_remove("EXP_RUNS").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", text(&output.stderr));
        assert!(!text(&output.stderr).contains("error"), "{}", text(&output.stderr));
    }
    // Bad input stays what it is.
    assert_eq!(into(&place, &["show", "none.yaml"], "/dev/full").0, Some(2));
    // What is said on standard error counts too.
    let full = File::options().write(true).open("/dev/full").unwrap();
    let status = place.command(&["run", "spec.yaml"]).stdout(Stdio::null()).stderr(full).status();
    assert_eq!(status.unwrap().code(), Some(1));
    let full = File::options().write(true).open("/dev/full").unwrap();
    let job = Path::new(env!("CARGO_BIN_EXE_exp-job"));
    let output = Command::new(job).arg("--version").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
}
