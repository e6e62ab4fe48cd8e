//! Tests of atomic files and folders.

use super::atomic::*;
use super::{FilesError, Place};
use std::os::unix::fs::symlink;

#[test]
fn replaces_whole_files_and_leaves_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::trusted(folder.path()).join("record.json");
    write_json(&place, &[1, 2]).unwrap();
    write_json(&place, &[3]).unwrap();
    assert_eq!(read_json::<Vec<i32>>(&place).unwrap(), [3]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn folders_are_made_with_what_is_missing_above_or_not_at_all() {
    let root = tempfile::tempdir().unwrap();
    for depth in 0..4 {
        let deep = Place::below(root.path().join(format!("{depth}/b/c")), depth);
        let made = create_folder(&deep).unwrap();
        let names: Vec<_> = made.iter().map(Place::path).collect();
        let top = root.path().join(depth.to_string());
        assert_eq!(names, [&*top, &*top.join("b"), &*deep]);
        assert!(create_folder(&deep).unwrap().is_empty());
        std::fs::write(deep.join("file"), "").unwrap();
        remove_empty(&made);
        assert!(deep.is_dir(), "what holds something stays");
        for wrong in ["file", "file/x", "file/x/y"] {
            let error = create_folder(&deep.join(wrong)).unwrap_err().to_string();
            assert!(error.contains("b/c/file"), "{error}");
        }
    }
    let too_long = Place::trusted(root.path().join("d/e").join("x".repeat(300)));
    create_folder(&too_long).unwrap_err();
    assert!(!root.path().join("d").exists());
}

#[test]
fn errors_name_the_path_and_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::trusted(folder.path());
    let error = write(&place.join("absent/record.json"), b"x").unwrap_err().to_string();
    assert!(error.contains("absent/record.json"), "{error}");
    assert!(error.contains("check the path"), "{error}");
    let damaged = place.join("damaged.json");
    std::fs::write(&damaged, "[1,").unwrap();
    let error = read_json::<Vec<i32>>(&damaged).unwrap_err().to_string();
    assert!(error.contains("damaged.json is damaged"), "{error}");
}

/// A folder with decoys outside of the part that is ours.
fn tampered() -> (tempfile::TempDir, Place) {
    let root = tempfile::tempdir().unwrap();
    let run = root.path().join("runs/run");
    std::fs::create_dir_all(run.join("artifacts")).unwrap();
    std::fs::create_dir(root.path().join("outside")).unwrap();
    std::fs::write(root.path().join("outside/decoy"), "decoy").unwrap();
    (root, Place::below(run, 1))
}

#[test]
fn links_are_neither_followed_nor_replaced() {
    let (root, run) = tampered();
    let outside = root.path().join("outside");
    symlink(outside.join("decoy"), run.join("record.json")).unwrap();
    symlink(&outside, run.join("linked")).unwrap();
    symlink(outside.join("new"), run.join("dangling")).unwrap();
    for name in ["record.json", "linked/decoy", "linked/new", "dangling", "../../outside/decoy"] {
        let place = run.join(name);
        let errors = [
            write(&place, b"x").unwrap_err(),
            read_json::<Vec<i32>>(&place).unwrap_err(),
            FilesError::write(&place)(super::append(&place).unwrap_err()),
            FilesError::write(&place)(super::LogFile::open(&place, 0).err().unwrap()),
        ];
        for error in errors {
            let words = error.to_string();
            let odd = words.contains("is a symbolic link") || words.contains("leads elsewhere");
            assert!(odd && matches!(error, FilesError::Odd(_)), "{name}: {words}");
        }
    }
    for name in ["linked/folder", "linked", "dangling"] {
        create_folder(&run.join(name)).unwrap_err();
    }
    remove(&run.join("linked/decoy")).unwrap_err();
    super::clear(&run.join("linked"));
    remove_folder(&run).unwrap();
    assert!(!run.path().exists());
    assert_eq!(std::fs::read_to_string(outside.join("decoy")).unwrap(), "decoy");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn a_file_with_another_name_is_copied_before_it_is_written_in_place() {
    let (root, run) = tampered();
    let decoy = root.path().join("outside/decoy");
    std::fs::hard_link(&decoy, run.join("events")).unwrap();
    std::fs::hard_link(&decoy, run.join(".lock")).unwrap();
    let mut log = super::LogFile::open(&run.join("events"), 3).unwrap();
    std::io::Write::write_all(&mut log, b"more").unwrap();
    log.commit().unwrap();
    assert_eq!(std::fs::read_to_string(run.join("events")).unwrap(), "decmore");
    let lock = super::Lock::take(&run).unwrap();
    super::Lock::take(&run).unwrap_err();
    lock.beat();
    assert_eq!(std::fs::read_to_string(&decoy).unwrap(), "decoy");
}
