//! Every file of `fuzz/corpus/` through what the fuzz target of its folder does with bytes: what
//! fuzzing looks for stays looked for where there is no fuzzer.

#[allow(unreachable_pub, reason = "a library there, a module here")]
#[path = "../fuzz/src/lib.rs"]
pub(crate) mod harness;

use crate::work;
use std::path::Path;
use std::time::Duration;

/// One of these files takes no longer than this, in a build without optimisation and beside others.
const LIMIT: Duration = Duration::from_secs(5);

/// Gives each file of a corpus to `body`.
fn replay(corpus: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(corpus);
    let mut replayed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let (outcome, time) = work::of(|| std::panic::catch_unwind(|| body(&bytes)));
        assert!(outcome.is_ok(), "{} (the panic is above)", path.display());
        assert!(time < LIMIT, "{} took {time:?}", path.display());
        replayed += 1;
    }
    assert!(replayed >= 12, "{replayed} files in the corpus {corpus}");
}

#[test]
fn specs_are_replayed() {
    replay("spec", harness::spec);
}

#[test]
fn overrides_are_replayed() {
    replay("overrides", harness::overrides);
}

#[test]
fn idx_files_are_replayed() {
    replay("idx", harness::idx);
}

#[test]
fn files_of_tensors_are_replayed() {
    replay("safetensors", harness::safetensors);
}

#[test]
fn event_records_are_replayed() {
    replay("events", harness::events);
}
