//! What TensorBoard would read from a job: [`entries`].

use protobuf::Message;
use std::path::Path;
use tensorboard_proto::event::Event;

/// The records of the job's one file of measurements, without the times at which they were made.
pub(crate) fn entries(job: &Path) -> Vec<Vec<u8>> {
    let files = super::place::files(job).into_iter();
    let main: Vec<_> = files.filter(|file| file.to_string_lossy().ends_with(".1.main")).collect();
    assert_eq!(main.len(), 1, "{main:?}");
    let bytes = std::fs::read(job.join(&main[0])).unwrap();
    let mut rest = bytes.as_slice();
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let size = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
        let mut entry = Event::new();
        entry.merge_from_bytes(&rest[12..12 + size]).unwrap();
        entry.set_wall_time(0.0);
        entries.push(entry.write_to_bytes().unwrap());
        rest = &rest[16 + size..];
    }
    entries
}
