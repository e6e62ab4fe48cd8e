//! What the file system refuses or holds that does not belong there: limits on files, folders that are none,
//! folders that may only be read.

use crate::programs::Place;
use crate::surroundings::{TINY, planned, said};
use std::process::{Command, Stdio};

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
        assert!(said(&output).contains(&format!("{root} is not a folder")), "{}", said(&output));
    }
    assert_eq!(place.exp(&["ls", "--runs", "absent"]).status.code(), Some(0));
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
