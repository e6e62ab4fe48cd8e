//! One sink that is many ([`FanOut`]): what a job writes to.

use crate::caught::{Panicked, caught};
use crate::event::{Record, Sink};
use crate::streams::Stream;
use std::collections::BTreeMap;
use std::io::Write;

/// Hands every record to each of its sinks, in order. A sink that panics is said and left out from
/// then on: what it wrote is all there will be, and the job goes on.
pub struct FanOut(pub Vec<Box<dyn Sink>>);

impl FanOut {
    /// Does something with every sink; those that panic are gone.
    fn each<T>(&mut self, mut act: impl FnMut(&mut dyn Sink) -> T) -> Vec<T> {
        let mut results = Vec::new();
        self.0.retain_mut(|sink| match caught(|| act(sink.as_mut())) {
            Ok(result) => {
                results.push(result);
                true
            }
            Err(panic) => {
                tell(&panic);
                false
            }
        });
        results
    }
}

/// Says on standard error, which is the job's log, what became of a sink.
fn tell(panic: &Panicked) {
    // Where even this cannot be said there is nobody left to tell.
    let _ = writeln!(
        Stream::Error,
        "warning: a log writer failed ({panic}); the job continues without it"
    );
}

impl Sink for FanOut {
    fn write(&mut self, record: &Record) {
        self.each(|sink| sink.write(record));
    }

    fn commit(&mut self) -> BTreeMap<String, u64> {
        self.each(|sink| sink.commit()).into_iter().flatten().collect()
    }

    fn rewind(&mut self, lengths: &BTreeMap<String, u64>) {
        self.each(|sink| sink.rewind(lengths));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::files::Place;
    use crate::sinks::{EVENTS, JsonLines, TensorBoard};

    #[test]
    fn all_sinks_hear_and_their_lengths_come_back_together() {
        let folder = tempfile::tempdir().unwrap();
        let mut sinks = FanOut(vec![
            Box::new(JsonLines::open(&Place::trusted(folder.path()))),
            Box::new(TensorBoard::open(&Place::trusted(folder.path()))),
        ]);
        let event = Event::Scalar { tag: "train/loss".into(), step: 1, value: 0.5 };
        sinks.write(&Record { time: 1.0, event });
        let lengths = sinks.commit();
        assert_eq!(lengths.len(), 2, "{lengths:?}");
        for (name, length) in &lengths {
            assert_eq!(folder.path().join(name).metadata().unwrap().len(), *length, "{name}");
        }
        sinks.rewind(&BTreeMap::new());
        assert_eq!(folder.path().join(EVENTS).metadata().unwrap().len(), 0);
    }
    /// Breaks at the second record.
    struct Brittle(u32);

    impl Sink for Brittle {
        fn write(&mut self, _: &Record) {
            self.0 += 1;
            assert!(self.0 < 2, "a sink that breaks");
        }

        fn commit(&mut self) -> BTreeMap<String, u64> {
            BTreeMap::from([("brittle".to_owned(), 1)])
        }

        fn rewind(&mut self, _: &BTreeMap<String, u64>) {}
    }

    #[test]
    fn a_sink_that_panics_is_left_out_and_the_others_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut sinks = FanOut(vec![
            Box::new(Brittle(0)),
            Box::new(JsonLines::open(&Place::trusted(folder.path()))),
        ]);
        for step in 0..3 {
            let event = Event::Scalar { tag: "train/loss".into(), step, value: 0.5 };
            sinks.write(&Record { time: 1.0, event });
            assert_eq!(sinks.commit().len(), if step == 0 { 2 } else { 1 });
        }
        let text = std::fs::read_to_string(folder.path().join(EVENTS)).unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
    }
}
