//! What surrounds the built programs and can be odd: a spec.json made by hand, a clock before 1970, a
//! working directory that is gone, a signal while something is waited for.

use crate::programs::{Place, json, text};
use exp::dispatch::key_of;
use exp::files::atomic;
use exp::rundir::{JobFolder, RunStatus, find};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

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

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

/// A place with a run of [`TINY`] whose job was never started, and that job.
fn planned() -> (Place, JobFolder) {
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
        (settings("optimiser/rate"), json!(1e300), "'rate' must be greater than 0 and at most"),
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

#[test]
fn a_signal_to_a_resume_that_waits_for_a_former_process_is_an_interruption() {
    let (place, job) = planned();
    let held = job.lock().unwrap();
    for name in ["-INT", "-TERM"] {
        let mut command = place.command(&["resume", "tiny"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let run = find::run(&place.0.path().join("runs"), "tiny").unwrap();
        let began = Instant::now();
        while run.record().unwrap().status != RunStatus::Running || !run.is_alive() {
            assert!(began.elapsed() < Duration::from_secs(20), "it does not wait");
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(50));
        Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        let mut told = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{told}");
        assert!(told.contains("waiting for its former process"), "{told}");
        assert!(told.contains("interrupted; to go on: exp resume "), "{told}");
        assert_eq!(run.record().unwrap().status, RunStatus::Interrupted);
    }
    drop(held);
    let output = place.exp(&["resume", "tiny", "--quiet"]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_signal_to_a_run_that_waits_for_another_is_an_interruption() {
    let (place, job) = planned();
    let key = job.record().unwrap().key;
    let claims = place.0.path().join("runs/.claims");
    std::fs::create_dir_all(&claims).unwrap();
    let claim = std::fs::File::create(claims.join(key)).unwrap();
    claim.lock().unwrap();
    let mut command = place.command(&["run", "spec.yaml"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("which computes the same") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut told, &mut line).unwrap() > 0, "it does not wait");
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

/// The files below a folder of runs that are runs.
fn runs(place: &Place) -> usize {
    let all = walkdir::WalkDir::new(place.0.path().join("runs")).into_iter().filter_map(Result::ok);
    all.filter(|entry| entry.file_name() == "run.json").count()
}

#[test]
fn what_is_no_folder_of_claims_is_refused_before_a_run_is_made() {
    let place = Place::new(TINY);
    std::fs::create_dir_all(place.0.path().join("runs")).unwrap();
    std::fs::create_dir_all(place.0.path().join("decoy")).unwrap();
    let claims = place.0.path().join("runs/.claims");
    std::os::unix::fs::symlink("../decoy", &claims).unwrap();
    let output = place.exp(&["run", "spec.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("runs/.claims is a"), "{}", said(&output));
    std::fs::remove_file(&claims).unwrap();
    std::fs::write(&claims, "").unwrap();
    assert_eq!(place.exp(&["run", "spec.yaml"]).status.code(), Some(2));
    std::fs::remove_file(&claims).unwrap();
    std::fs::create_dir(&claims).unwrap();
    let key = planned().1.spec().unwrap().key;
    assert!(Command::new("mkfifo").arg(claims.join(&key)).status().unwrap().success());
    let output = place.exp(&["run", "spec.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains(&format!("{key} is a named pipe")), "{}", said(&output));
    assert_eq!(
        (runs(&place), std::fs::read_dir(place.0.path().join("decoy")).unwrap().count()),
        (0, 0)
    );
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_of_writing() {
    let place = Place::new(TINY);
    let exp = place.command(&["run", "spec.yaml"]);
    let words: Vec<_> = exp.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    let program = exp.get_program().to_string_lossy().into_owned();
    // Room for records and logs, not for the model.
    let line = format!("ulimit -f 16; exec '{program}' '{}'", words.join("' '"));
    let mut shell = Command::new("bash");
    let output = shell.args(["-c", &line]).current_dir(place.0.path().join("")).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    for word in ["cannot write", "File too large", "ulimit -f"] {
        assert!(said(&output).contains(word), "{}", said(&output));
    }
}

#[test]
fn a_root_that_is_no_folder_has_no_list_of_runs() {
    let place = Place::new(TINY);
    for root in ["/dev/zero", "spec.yaml"] {
        let output = place.exp(&["ls", "--runs", root]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(&format!("{root} is no folder")), "{}", said(&output));
    }
    assert_eq!(place.exp(&["ls", "--runs", "absent"]).status.code(), Some(0));
}

#[test]
fn a_request_to_stop_ends_the_comparison_of_runs_and_leaves_nothing() {
    let place = Place::new(&TINY.replace("epochs: 1", "epochs: 1000000"));
    let mut command = place.command(&["verify-resume", "spec.yaml"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let kept = || -> Vec<PathBuf> {
        let all = walkdir::WalkDir::new(place.0.path().join("runs")).into_iter();
        all.filter_map(Result::ok).map(walkdir::DirEntry::into_path).collect()
    };
    let deadline = Instant::now() + Duration::from_secs(60);
    while !kept().iter().any(|path| path.ends_with("events.jsonl")) {
        assert!(Instant::now() < deadline, "the job does not start");
        std::thread::sleep(Duration::from_millis(10));
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    assert!(said(&output).contains("interrupted: there is no verdict"), "{}", said(&output));
    assert_eq!(kept(), [place.0.path().join("runs")]);
}

#[test]
fn a_run_that_was_begun_and_not_ended_is_told_of() {
    let spec = TINY.replace("one:", "teachers:").replace("epochs: 1", "epochs: 100000");
    let place = Place::new(&spec);
    let child = place.start("runs");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    let told = said(&place.exp(&["plan", "spec.yaml"]));
    assert!(told.contains("note: 'teachers' was begun and not ended in an earlier run"), "{told}");
    assert!(told.contains("which 'exp resume runs/tiny/"), "{told}");
    for other in ["--fresh", "--set=seed=9"] {
        assert!(!said(&place.exp(&["plan", "spec.yaml", other])).contains("was begun"));
    }
}

#[test]
fn what_is_no_file_among_the_artefacts_costs_a_warning() {
    let (place, job) = planned();
    std::fs::create_dir_all(job.artifacts()).unwrap();
    std::os::unix::fs::symlink("../checkpoints", job.artifacts().join("latest")).unwrap();
    let table = job.artifacts().join("confusion.csv");
    assert!(Command::new("mkfifo").arg(table.to_path_buf()).status().unwrap().success());
    let output = place.exp(&["resume", "tiny"]);
    assert!(output.status.success(), "{}", said(&output));
    for name in ["latest", "confusion.csv"] {
        let words = format!("artifacts/{name}: not a file");
        assert!(said(&output).contains(&words), "{}", said(&output));
    }
    let record = job.record().unwrap();
    assert!(record.made.contains_key("model.safetensors"));
    assert!(!record.made.contains_key("latest") && !record.made.contains_key("confusion.csv"));
    assert!(said(&place.exp(&["plan", "spec.yaml"])).contains("reuse from"));
}

#[test]
fn a_low_limit_on_open_files_is_an_error_and_no_endless_loop() {
    for limit in 3..16 {
        let place = Place::new(TINY);
        let exp = env!("CARGO_BIN_EXE_exp");
        let line = format!("ulimit -n {limit}; exec timeout 60 '{exp}' run spec.yaml --quiet");
        let mut shell = Command::new("bash");
        shell.args(["-c", &line]).current_dir(place.0.path()).env_remove("EXP_RUNS");
        let output = shell.stdin(Stdio::null()).output().unwrap();
        let code = output.status.code();
        assert!(matches!(code, Some(0..=2 | 127)), "{limit}: {code:?} {}", said(&output));
        assert!(!said(&output).contains("in use by another"), "{limit}: {}", said(&output));
    }
}

#[test]
fn the_checkout_that_a_run_is_started_in_is_read_and_not_written() {
    let place = Place::new(TINY);
    let git = |words: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(words);
        assert!(
            command.current_dir(place.0.path()).output().unwrap().status.success(),
            "{words:?}"
        );
    };
    git(&["init", "-q"]);
    git(&["add", "spec.yaml"]);
    git(&["commit", "-q", "-m", "one"]);
    git(&["config", "core.fsmonitor", "touch started; false"]);
    let index = place.0.path().join(".git/index");
    let before = std::fs::read(&index).unwrap();
    // The same bytes at another time: what `git status` would take down.
    std::fs::write(place.0.path().join("spec.yaml"), TINY).unwrap();
    let mut command = place.command(&["run", "spec.yaml", "--quiet"]);
    assert_eq!(command.env("EXP_JOB", "/bin/false").output().unwrap().status.code(), Some(1));
    assert_eq!(std::fs::read(&index).unwrap(), before);
    assert!(!place.0.path().join("started").exists());
}
