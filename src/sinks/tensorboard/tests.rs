//! Tests of the TensorBoard sink.

use super::super::outage::tests::Shared;
use super::files::Names;
use super::*;
use crate::event::{Ending, Event, Record, Sink};
use crate::files::{LogFile, Place};
use crate::sinks::outage::Outage;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;

fn scalar(step: u64) -> Record {
    let event = Event::Scalar { tag: "train/loss".into(), step, value: 0.25 };
    Record { time: 2.0, event }
}

fn place(folder: &tempfile::TempDir) -> Place {
    Place::trusted(folder.path())
}

/// The names of the event files in a folder, sorted, with their contents.
fn listed(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn an_interrupted_job_goes_on_in_one_file_with_one_start_and_one_end() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Map::from_iter([("rate".to_owned(), Value::from(0.1))]);
    let mut sink = TensorBoard::open(&place(&folder));
    sink.start_session(&settings, "group");
    (0..5).for_each(|step| sink.write(&scalar(step)));
    let lengths = sink.commit();
    (5..10).for_each(|step| sink.write(&scalar(step)));
    sink.end_session(Ending::Interrupted);
    drop(sink);
    let first = listed(folder.path());
    assert_eq!(first.len(), 2);

    let mut sink = TensorBoard::open(&place(&folder));
    sink.rewind(&lengths);
    sink.start_session(&settings, "group");
    (5..10).for_each(|step| sink.write(&scalar(step)));
    sink.commit();
    assert_eq!(listed(folder.path()), first, "as if nothing had happened");
    sink.end_session(Ending::Failed);
    assert_eq!(listed(folder.path()).len(), 3);
    assert!(listed(folder.path())[2].0.ends_with(".2.end"));

    // A job that failed is tried again: it runs, so it has no end.
    let mut sink = TensorBoard::open(&place(&folder));
    sink.rewind(&BTreeMap::new());
    sink.start_session(&settings, "group");
    sink.commit();
    let files = listed(folder.path());
    assert_eq!(files.len(), 2);
    assert_eq!(files[0], first[0]);
    assert_eq!(files[1].1.len() as u64, files::HEAD);
}

#[test]
fn a_torn_end_is_cut_off_and_a_length_within_a_record_goes_back_to_its_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = TensorBoard::open(&place(&folder));
    (0..3).for_each(|step| sink.write(&scalar(step)));
    let mut lengths = sink.commit();
    drop(sink);
    let (name, whole) = listed(folder.path()).remove(0);
    fs::write(folder.path().join(&name), [whole.as_slice(), &whole[..30]].concat()).unwrap();
    let mut sink = TensorBoard::open(&place(&folder));
    assert_eq!(listed(folder.path())[0].1, whole);
    *lengths.get_mut(&name).unwrap() -= 1;
    sink.rewind(&lengths);
    sink.write(&scalar(2));
    drop(sink);
    assert_eq!(listed(folder.path())[0].1, whole);
}

#[test]
fn two_writers_of_one_second_have_files_of_their_own() {
    let [first, second] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let names = [first, second].map(|folder| Names::find(&Place::trusted(folder.path())).main());
    assert_ne!(names[0], names[1]);
}

#[test]
fn a_folder_that_cannot_be_written_is_one_warning() {
    let heard = Shared::default();
    let outage = Outage::with_voice("TensorBoard event file", Box::new(heard.clone()));
    // Read-only even for root.
    let mut sink = TensorBoard::with_outage(&Place::trusted("/proc"), outage);
    sink.start_session(&Map::new(), "");
    (0..5).for_each(|step| sink.write(&scalar(step)));
    sink.commit();
    sink.rewind(&BTreeMap::new());
    sink.end_session(Ending::Done);
    assert_eq!(heard.text().lines().count(), 1, "{}", heard.text());
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_one_warning() {
    let folder = tempfile::tempdir().unwrap();
    let heard = Shared::default();
    let outage = Outage::with_voice("TensorBoard event file", Box::new(heard.clone()));
    let mut sink = TensorBoard::with_outage(&place(&folder), outage);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    (sink.main, sink.committed) = (Some(LogFile::over(full)), 0);
    let name = sink.names.main();
    (0..5).for_each(|step| sink.write(&scalar(step)));
    assert_eq!(sink.commit()[&name], 0);
    (0..5).for_each(|step| sink.write(&scalar(step)));
    sink.end_session(Ending::Done);
    assert_eq!(heard.text().lines().count(), 1, "{}", heard.text());
}

#[test]
fn a_picture_that_is_missing_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let heard = Shared::default();
    let mut sink = TensorBoard::open(&place(&folder));
    sink.pictures = Outage::with_voice("a picture", Box::new(heard.clone()));
    for file in ["absent.png", "none.png"] {
        let event = Event::Image { tag: "picture".into(), step: 0, file: file.into() };
        sink.write(&Record { time: 0.0, event });
    }
    assert!(heard.text().contains("absent.png"), "{}", heard.text());
    assert_eq!(heard.text().lines().count(), 1, "{}", heard.text());
    sink.commit();
    assert_eq!(listed(folder.path())[0].1.len() as u64, files::HEAD);
}

#[test]
fn links_are_not_written_through_and_what_is_no_event_file_stays() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("job");
    fs::create_dir(&folder).unwrap();
    fs::write(root.path().join("decoy"), "decoy").unwrap();
    for name in ["0.start", "1.main", "2.end"] {
        let name = format!("events.out.tfevents.1.2.3.{name}");
        std::os::unix::fs::symlink("../decoy", folder.join(name)).unwrap();
    }
    fs::write(folder.join("events.out.tfevents.0000000000.figures"), "mine").unwrap();
    let place = Place::below(&folder, 1);
    let heard = Shared::default();
    let outage = Outage::with_voice("TensorBoard event file", Box::new(heard.clone()));
    let mut sink = TensorBoard::with_outage(&place, outage);
    sink.start_session(&Map::new(), "");
    sink.write(&scalar(1));
    sink.commit();
    sink.end_session(Ending::Done);
    let error = write_pictures(&place, &[], 0.0).unwrap_err().to_string();
    assert!(error.contains("is no event file"), "{error}");
    assert!(heard.text().contains("is a symbolic link"), "{}", heard.text());
    assert_eq!(fs::read(root.path().join("decoy")).unwrap(), b"decoy");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
}
