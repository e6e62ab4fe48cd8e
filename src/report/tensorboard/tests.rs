//! Tests of the TensorBoard sink.

use super::super::outage::tests::Shared;
use super::*;
use std::fs;

fn scalar(step: u64) -> Record {
    let event = Event::Scalar { tag: "train/loss".into(), step, value: 0.25 };
    Record { time: 2.0, event }
}

/// The names of the event files in a folder, sorted, with their contents.
fn listed(folder: &Path) -> Vec<(String, Vec<u8>)> {
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
    let mut sink = TensorBoard::open(folder.path());
    sink.start_session(&settings, "group");
    (0..5).for_each(|step| sink.write(&scalar(step)));
    let lengths = sink.commit();
    (5..10).for_each(|step| sink.write(&scalar(step)));
    sink.end_session(Ending::Interrupted);
    drop(sink);
    let first = listed(folder.path());
    assert_eq!(first.len(), 2);

    let mut sink = TensorBoard::open(folder.path());
    sink.rewind(&lengths);
    sink.start_session(&settings, "group");
    (5..10).for_each(|step| sink.write(&scalar(step)));
    sink.commit();
    assert_eq!(listed(folder.path()), first, "as if nothing had happened");
    sink.end_session(Ending::Failed);
    assert_eq!(listed(folder.path()).len(), 3);
    assert!(listed(folder.path())[2].0.ends_with(".2.end"));

    // A job that failed is tried again: it runs, so it has no end.
    let mut sink = TensorBoard::open(folder.path());
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
    let mut sink = TensorBoard::open(folder.path());
    (0..3).for_each(|step| sink.write(&scalar(step)));
    let mut lengths = sink.commit();
    drop(sink);
    let (name, whole) = listed(folder.path()).remove(0);
    fs::write(folder.path().join(&name), [whole.as_slice(), &whole[..30]].concat()).unwrap();
    let mut sink = TensorBoard::open(folder.path());
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
    let names = [first, second].map(|folder| Names::find(folder.path()).main());
    assert_ne!(names[0], names[1]);
}

#[test]
fn a_folder_that_cannot_be_written_is_one_warning() {
    let heard = Shared::default();
    let outage = Outage::with_voice("TensorBoard event file", Box::new(heard.clone()));
    // Read-only even for root.
    let mut sink = TensorBoard::with_outage(Path::new("/proc"), outage);
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
    let name = "events.out.tfevents.1.2.3.1.main";
    std::os::unix::fs::symlink("/dev/full", folder.path().join(name)).unwrap();
    let heard = Shared::default();
    let outage = Outage::with_voice("TensorBoard event file", Box::new(heard.clone()));
    let mut sink = TensorBoard::with_outage(folder.path(), outage);
    (0..5).for_each(|step| sink.write(&scalar(step)));
    assert_eq!(sink.commit()[name], 0);
    (0..5).for_each(|step| sink.write(&scalar(step)));
    sink.end_session(Ending::Done);
    assert_eq!(heard.text().lines().count(), 1, "{}", heard.text());
}

#[test]
fn a_picture_that_is_missing_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let heard = Shared::default();
    let mut sink = TensorBoard::open(folder.path());
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
