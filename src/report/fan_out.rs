//! One sink that is many ([`FanOut`]): what a job writes to.

use crate::event::{Record, Sink};
use std::collections::BTreeMap;

/// Hands every record to each of its sinks, in order.
pub struct FanOut(pub Vec<Box<dyn Sink>>);

impl Sink for FanOut {
    fn write(&mut self, record: &Record) {
        for sink in &mut self.0 {
            sink.write(record);
        }
    }

    fn commit(&mut self) -> BTreeMap<String, u64> {
        self.0.iter_mut().flat_map(|sink| sink.commit()).collect()
    }

    fn rewind(&mut self, lengths: &BTreeMap<String, u64>) {
        for sink in &mut self.0 {
            sink.rewind(lengths);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::files::Place;
    use crate::report::{EVENTS, JsonLines, TensorBoard};

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
}
