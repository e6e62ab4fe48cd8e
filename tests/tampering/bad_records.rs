//! Records that are not what they should be, of 50 kinds and more: no command waits for one, each
//! ends soon, and says which it passed over and why.

use super::listing::copy;
use super::{Field, SPEC, text};
use crate::work::SLOWER;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The most that each command may work.
const SOON: Duration = Duration::from_secs(2);

/// A way for a record to be bad, and how it is made.
type Way = (&'static str, fn(&Path));

const WAYS: [Way; 15] = [
    ("a pipe", |path| mkfifo(path)),
    ("a folder", |path| std::fs::create_dir(path).unwrap()),
    ("a socket", |path| drop(UnixListener::bind(path).unwrap())),
    ("a link to itself", |path| symlink(path, path).unwrap()),
    ("a link to nothing", |path| symlink("absent", path).unwrap()),
    ("a link to a decoy", |path| symlink("/etc/hostname", path).unwrap()),
    ("a link to an endless device", |path| symlink("/dev/zero", path).unwrap()),
    ("sparse, of 10 GB", |path| std::fs::File::create(path).unwrap().set_len(10 << 30).unwrap()),
    ("empty", |path| std::fs::write(path, "").unwrap()),
    ("no JSON", |path| std::fs::write(path, "{ \"key\": ").unwrap()),
    ("no text", |path| std::fs::write(path, [0xff; 100]).unwrap()),
    ("of another type", |path| std::fs::write(path, "[1e999, {}]").unwrap()),
    ("nested deeply", |path| std::fs::write(path, "[".repeat(1 << 20)).unwrap()),
    ("long", |path| std::fs::write(path, format!("[{}0]", "0,".repeat(9 << 20))).unwrap()),
    ("a device", |path| device(path)),
];

/// The records, and whether `plan` reads them in this test (the others belong to runs that it need
/// not look into).
const RECORDS: [(&str, bool); 8] = [
    ("run.json", false),
    ("summary.json", true),
    ("one/job.json", true),
    ("one/artifacts/model.safetensors", true),
    ("one/spec.json", true),
    ("one/outcome.json", true),
    ("one/events.jsonl", false),
    ("one/.lock", false),
];

fn mkfifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A device that never ends, or, where none can be made, a file that cannot be read.
fn device(path: &Path) {
    let made = Command::new("mknod").arg(path).args(["c", "1", "5"]).output().unwrap();
    if !made.status.success() {
        std::fs::write(path, "{}").unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o000)).unwrap();
    }
}

/// A root with a sound run and, newer, one for each bad record: its folder, what is bad, and whether
/// `plan` has to read it.
fn bad_runs(field: &Field) -> Vec<(PathBuf, String, bool)> {
    let name = field.run.parent().unwrap();
    let mut made = Vec::new();
    let all = std::env::var_os("EXP_TAMPERED").is_some();
    for (index, (way, make)) in WAYS.iter().enumerate() {
        for (place, (record, planned)) in RECORDS.iter().enumerate() {
            if !all && (index + place) % 2 == 1 {
                continue; // half of them are enough to be quick
            }
            let run = name.join(format!("20990101-{index:06}-{place:04x}"));
            copy(&field.run, &run);
            std::fs::remove_file(run.join(record)).unwrap();
            make(&run.join(record));
            made.push((run, format!("{record} is {way}"), *planned));
        }
    }
    made
}

/// Carries a command out and sees that it ends soon, as it should, and what it says.
fn soon(field: &Field, words: &[&str], codes: &[i32]) -> String {
    let (output, took) = field.exp(words);
    let said = text(&output.stderr);
    let code = output.status.code();
    assert!(code.is_some_and(|code| codes.contains(&code)), "{words:?}: {code:?}\n{said}");
    assert!(took.work < SOON * SLOWER, "{words:?}: {took:?}");
    said
}

#[test]
fn no_command_waits_for_a_bad_record_and_each_names_what_it_passed_over() {
    let field = Field::new();
    let sound = field.run.to_string_lossy().into_owned();
    let bad = bad_runs(&field);
    assert!(bad.len() >= 50);
    let commands: [(&[&str], bool); 5] = [
        (&["ls"], false),
        (&["plan", "spec.yaml"], true),
        (&["show", "spec.yaml"], false),
        (&["run", "spec.yaml", "--quiet"], true),
        (&["resume", &sound, "--quiet"], false),
    ];
    for (words, _) in commands {
        soon(&field, words, &[0]);
    }
    for (run, what, planned) in bad {
        // Alone beside the sound run, so that what is said is about it.
        let runs = field.path("runs").join("alone");
        let (stamp, old) = (run.file_name().unwrap(), field.run.file_name().unwrap());
        std::fs::create_dir_all(runs.join("tiny")).unwrap();
        std::fs::rename(&run, runs.join("tiny").join(stamp)).unwrap();
        copy(&field.run, &runs.join("tiny").join(old));
        let root = ["--runs", "runs/alone"];
        let said = soon(&field, &["ls", root[0], root[1]], &[0]);
        let stamp = stamp.to_str().unwrap();
        assert_eq!(said.contains(stamp), what.starts_with("run.json"), "ls, {what}: {said}");
        for words in [["plan", "spec.yaml"], ["run", "spec.yaml"]] {
            let said = soon(&field, &[words[0], words[1], root[0], root[1]], &[0]);
            let passed = said.lines().filter(|line| line.starts_with("skipped: "));
            let named = passed.filter(|line| line.contains(stamp)).count();
            assert_eq!(named > 0, planned, "{words:?}, {what}: {said}");
        }
        let run = runs.join("tiny").join(stamp);
        let said = soon(&field, &["resume", run.to_str().unwrap(), "--quiet"], &[0, 1, 2]);
        if what.starts_with("run.json") || what.starts_with("one/job.json") {
            assert!(said.contains(stamp), "resume, {what}: {said}");
        }
        std::fs::remove_dir_all(&runs).unwrap();
    }
}

#[test]
fn a_spec_that_is_a_pipe_is_refused_and_one_from_a_shell_is_read() {
    let field = Field::new();
    mkfifo(&field.path("pipe.yaml"));
    let said = soon(&field, &["show", "pipe.yaml"], &[2]);
    assert!(said.contains("named pipe"), "{said}");
    let mut command = field.place.command(&["show", "/dev/stdin"]);
    let mut child = command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), SPEC.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}
