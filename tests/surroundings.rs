//! What surrounds the built programs and can be odd: a spec.json made by hand, a clock before 1970, a
//! working directory that is gone.

use crate::programs::{Place, json, text};
use exp::dispatch::key_of;
use exp::files::atomic;
use exp::rundir::JobFolder;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) const TINY: &str = "
name: tiny
jobs:
  one:
    kind: classifier
    data: { set: glyphs, train: 50, validation: 0, test: 20 }
    network: { name: mlp, hidden: [5] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 1
";

pub(crate) fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

/// A place with a run of [`TINY`] whose job was never started, and that job.
pub(crate) fn planned() -> (Place, JobFolder) {
    let place = Place::new(TINY);
    let mut command = place.command(&["run", "spec.yaml", "--quiet"]);
    assert_eq!(command.env("EXP_JOB", "/bin/false").output().unwrap().status.code(), Some(1));
    let job = JobFolder::new(place.run("runs").join("one"));
    let mut record = job.record().unwrap();
    record.status = exp::rundir::Status::Pending;
    job.write_record(&record).unwrap();
    (place, job)
}

fn exp_job(folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exp-job"));
    command.arg(folder).env("RUST_BACKTRACE", "0").stdin(Stdio::null()).output().unwrap()
}

#[test]
fn a_spec_made_by_hand_is_held_to_the_bounds_of_every_spec() {
    let (_place, job) = planned();
    let good = std::fs::read(job.spec_file()).unwrap();
    let settings = |field: &str| format!("/settings/{field}");
    for (pointer, value, words) in [
        (settings("batch"), json!(0), "'batch' must be between 1 and 1000000, and is 0"),
        (
            settings("epochs"),
            json!(1_000_000_000_000_000_000_u64),
            "'epochs' must be between 1 and",
        ),
        (settings("epochs"), json!(u64::MAX), "'epochs'"),
        (settings("epochs"), json!(-1), "'epochs' must be between 1 and 1000000, and is -1"),
        (settings("epochs"), json!(1.5), "expected an integer for 'epochs'"),
        (settings("members"), json!(0), "'members' must be between 1 and 1000"),
        (settings("optimiser/rate"), json!(1e300), "'rate' must be between 1e-30 and"),
        (settings("optimiser/rate"), json!([0.1, 0.1]), "2 rates for 1 members"),
        (settings("network/hidden"), json!([0]), "'hidden[0]'"),
        (settings("select"), json!("best"), "select: best needs a validation split"),
        (settings("data/train"), json!(0), "'train'"),
        ("/settings".into(), json!([]), "expected a mapping"),
        ("/settings/epochz".into(), json!(1), "did you mean 'epochs'?"),
        ("/threads".into(), json!(0), "'threads' must be between 1 and 4096, and is 0"),
        (
            "/threads".into(),
            json!(1_000_000_000_000_000_000_u64),
            "'threads' must be between 1 and",
        ),
        ("/threads".into(), json!(-1), "spec.json is damaged"),
        ("/kind".into(), json!("flower"), "this build has no kind 'flower'"),
        ("/version".into(), json!(99), "it is for version 99 of the kind 'classifier'"),
        // Sound, and yet not what was planned.
        (settings("epochs"), json!(2), "what it says is not what its key stands for"),
        ("/seed".into(), json!(1), "what it says is not what its key stands for"),
    ] {
        let mut spec: Value = serde_json::from_slice(&good).unwrap();
        if let Some(name) = pointer.strip_prefix("/settings/epochz").map(|_| "epochz") {
            spec["settings"][name] = value;
        } else {
            *spec.pointer_mut(&pointer).unwrap() = value;
        }
        std::fs::write(job.spec_file(), spec.to_string()).unwrap();
        let output = exp_job(job.path());
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{pointer}: {told}");
        assert!(told.contains(words) && !told.contains("panicked"), "{pointer}: {told}");
        assert_eq!(json(&job.record_file())["attempt"], 0, "it was not started");
    }
    // Made by hand and right: it is carried out.
    std::fs::write(job.spec_file(), good).unwrap();
    let mut spec = job.spec().unwrap();
    spec.settings["epochs"] = json!(2);
    spec.key = key_of(&spec);
    atomic::write_json(&job.spec_file(), &spec).unwrap();
    let output = exp_job(job.path());
    assert!(output.status.success(), "{}", said(&output));
}

/// A library that puts the clock to `seconds` after 1970.
fn clock(folder: &Path, seconds: i64) -> PathBuf {
    let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
    let text = format!(
        "#include <time.h>\n#include <unistd.h>\n#include <sys/syscall.h>\n\
         int clock_gettime(clockid_t id, struct timespec *t) {{\n\
         int r = syscall(SYS_clock_gettime, id, t);\n\
         if (id == CLOCK_REALTIME) {{ t->tv_sec = {seconds}LL; }}\nreturn r; }}\n"
    );
    std::fs::write(&source, text).unwrap();
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let status = Command::new(compiler)
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status()
        .unwrap();
    assert!(status.success());
    library
}

#[test]
#[cfg(target_os = "linux")]
fn any_clock_will_do() {
    for (seconds, stamp) in [(-86_400, "19700101-000000-"), (253_402_300_800, "99991231-235959-")] {
        let place = Place::new(TINY);
        let library = clock(place.0.path(), seconds);
        let exp =
            |words: &[&str]| place.command(words).env("LD_PRELOAD", &library).output().unwrap();
        let output = exp(&["run", "spec.yaml"]);
        assert!(
            output.status.success() && !said(&output).contains("panicked"),
            "{}",
            said(&output)
        );
        let run = place.run("runs");
        let name = run.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.starts_with(stamp), "{name}");
        let listed = said(&exp(&["ls"]));
        assert!(listed.contains(&name) && listed.contains("done    0 s"), "{listed}");
        assert!(said(&exp(&["plan", "spec.yaml"])).contains("reuse from"));
        // By another clock, set right or back since: it is there, and is reused.
        let later = said(&place.exp(&["ls"]));
        assert!(later.contains(&name) && later.contains("done"), "{later}");
        let output = place.exp(&["run", "spec.yaml"]);
        assert!(said(&output).contains("one: reused from"), "{}", said(&output));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_working_directory_that_is_gone_is_said() {
    let (place, job) = planned();
    let gone = |program: &str, words: &[&str]| {
        let folder = place.0.path().join("gone");
        std::fs::create_dir(&folder).unwrap();
        let script = "rmdir \"$PWD\" && exec \"$@\"";
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", program]).args(words).current_dir(&folder);
        let output = command.env_remove("EXP_RUNS").stdin(Stdio::null()).output().unwrap();
        (output.status.code(), said(&output))
    };
    let spec = place.0.path().join("spec.yaml").display().to_string();
    let runs = place.0.path().join("runs").display().to_string();
    for words in [
        &["run", &spec, "--runs", &runs][..],
        &["resume", "tiny", "--runs", &runs],
        &["sample", "tiny/one", "--runs", &runs, "--out", &runs],
        &["verify-resume", &spec, "--runs", &runs],
    ] {
        let (code, told) = gone(env!("CARGO_BIN_EXE_exp"), words);
        assert_eq!(code, Some(2), "{words:?}: {told}");
        assert!(!told.contains("oneMKL") && !told.contains("cannot write"), "{words:?}: {told}");
    }
    for command in ["run", "verify-resume"] {
        let (code, told) = gone(env!("CARGO_BIN_EXE_exp"), &[command, &spec, "--runs", &runs]);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("the folder that this was started in was deleted"), "{told}");
    }
    let (code, told) = gone(env!("CARGO_BIN_EXE_exp"), &["check", "spec.yaml"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("the folder that this was started in was deleted"), "{told}");
    // libtorch itself may end exp-job there, before its first line: exp never starts it so.
    let folder = job.path().display().to_string();
    let (code, told) = gone(env!("CARGO_BIN_EXE_exp-job"), &[&folder]);
    assert!(code.is_some_and(|code| code > 0), "{told}");
    // What needs no folder works.
    assert_eq!(gone(env!("CARGO_BIN_EXE_exp"), &["ls", "--runs", &runs]).0, Some(0));
    assert_eq!(gone(env!("CARGO_BIN_EXE_exp"), &["--version"]).0, Some(0));
}
