//! The loop over epochs of data: steps, measurements, checkpoints, stopping and resuming.
//!
//! [`run`] drives a [`Learner`], which knows what a step is; the loop knows when. Every draw of a
//! learner is a function of the seed and the step, so the loop can start at any step.

use crate::event::Event;
use crate::job::{Context, RunError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Instant;

use super::checkpoint::{Committed, Committer};
use super::learner::{Learner, Length};
use super::non_finite::{self, explain};
use super::pace::Pace;

/// How the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every epoch is done.
    Complete,
    /// The job was asked to stop, and a checkpoint holds where.
    Interrupted,
}

/// What a checkpoint says besides its tensors.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    step: u64,
    events: BTreeMap<String, u64>,
}

/// Steps between two looks at whether the loss is finite. Each look waits for the device.
const LOOK_EVERY_STEPS: u64 = 100;

/// Drives `learner` from the newest checkpoint in the job's folder, or from the start, to the end.
///
/// # Errors
/// Whatever the learner meets, a loss that is not finite, a checkpoint that cannot be written.
pub fn run(
    context: &mut Context,
    learner: &mut dyn Learner,
    length: Length,
) -> Result<Ended, RunError> {
    let mut checkpoints = Committer::open(&context.folder.join("checkpoints"), &context.key);
    let mut step = resume(context, &mut checkpoints, learner)?;
    let mut start = (step == 0).then(|| non_finite::copy(&learner.state()));
    let total = length.steps();
    let train = Event::Phase { name: "train".into(), unit: "step".into(), total };
    context.emit(train.clone());
    let mut pace = Pace::new(length.examples_of(step));
    while step < total {
        let (epoch, first) = length.place(step);
        learner.begin_epoch(epoch);
        let end = step + length.steps_per_epoch() - first;
        while step < end {
            let before = step;
            step = advance(learner, step, length)?;
            pace.tick(context, step, length.examples_of(step));
            report(context, &mut checkpoints, false)?;
            let last = step == end;
            let look = last || step / LOOK_EVERY_STEPS > before / LOOK_EVERY_STEPS;
            let asked = !last && context.interrupted();
            if (look && !learner.is_finite()) || (asked && non_finite::is_in(&learner.state())) {
                return Err(explain(context, &mut checkpoints, start, learner, step, length));
            }
            if asked {
                pace.finish(context, step, length.examples_of(step));
                return stop(context, &mut checkpoints, learner, step);
            }
        }
        let score = measure(context, learner, &mut pace, step, length)?;
        let due = (epoch + 1).is_multiple_of(length.checkpoint_every_epochs);
        let asked = context.interrupted();
        if due || step == total || asked {
            if non_finite::is_in(&learner.state()) {
                return Err(explain(context, &mut checkpoints, start, learner, step, length));
            }
            save(context, &mut checkpoints, learner, step, score)?;
            start = None;
        }
        if step < total {
            if asked {
                report(context, &mut checkpoints, true)?;
                return Ok(Ended::Interrupted);
            }
            context.back_to(&train, step);
        }
    }
    report(context, &mut checkpoints, true).map(|()| Ended::Complete)
}

/// Leaves a checkpoint in the middle of an epoch.
fn stop(
    context: &mut Context,
    checkpoints: &mut Committer,
    learner: &dyn Learner,
    step: u64,
) -> Result<Ended, RunError> {
    save(context, checkpoints, learner, step, None)?;
    report(context, checkpoints, true).map(|()| Ended::Interrupted)
}

/// Ends the epoch that `step` steps lead to; what it takes is none of the time of steps.
fn measure(
    context: &mut Context,
    learner: &mut dyn Learner,
    pace: &mut Pace,
    step: u64,
    length: Length,
) -> Result<Option<f64>, RunError> {
    let began = Instant::now();
    if step == length.steps() {
        pace.finish(context, step, length.examples_of(step));
    }
    let score = learner.end_epoch(context, length.place(step - 1).0, step)?;
    pace.pause(began);
    Ok(score)
}

/// Takes the next steps, at most to the end of the epoch; returns how many are then behind.
fn advance(learner: &mut dyn Learner, step: u64, length: Length) -> Result<u64, RunError> {
    let within = length.place(step).1;
    let end = length.steps_per_epoch().min(within + learner.block());
    learner.steps(within..end, step)?;
    Ok(step + end - within)
}

/// Takes the newest whole checkpoint, if there is one, and cuts the events back to it.
fn resume(
    context: &mut Context,
    checkpoints: &mut Committer,
    learner: &mut dyn Learner,
) -> Result<u64, RunError> {
    let (restored, warnings) = checkpoints.newest(context.device);
    let mut step = 0;
    let mut events = BTreeMap::new();
    if let Some(restored) = restored {
        let note: Note = serde_json::from_str(&restored.note)
            .map_err(|error| format!("the note of the checkpoint does not read: {error}"))?;
        learner.restore(restored.tensors)?;
        step = note.step;
        events = note.events;
    }
    context.rewind(&events, step);
    for warning in warnings {
        context.warn(warning);
    }
    Ok(step)
}

/// Begins a checkpoint of the learner as it is.
fn save(
    context: &mut Context,
    checkpoints: &mut Committer,
    learner: &dyn Learner,
    step: u64,
    score: Option<f64>,
) -> Result<(), RunError> {
    report(context, checkpoints, true)?;
    let began = Instant::now();
    let events = context.sink.commit();
    let note = serde_json::to_string(&Note { step, events })?;
    checkpoints.begin(step, &learner.state(), &note, score, began)?;
    Ok(())
}

/// Says that the checkpoint that was begun is committed, once it is, or after waiting for it.
fn report(context: &mut Context, checkpoints: &mut Committer, wait: bool) -> Result<(), RunError> {
    if let Some(committed) = checkpoints.collect(wait) {
        let Committed { step, best, seconds } = committed?;
        context.emit(Event::Checkpoint { step, best, seconds });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_batch_has_no_more_examples_than_it_has() {
        let length =
            Length { epochs: 3, examples: 301, batch: 100, members: 2, checkpoint_every_epochs: 1 };
        assert_eq!((length.steps_per_epoch(), length.steps()), (4, 12));
        let examples = [0, 1, 3, 4, 5, 12].map(|step| length.examples_of(step));
        assert_eq!(examples, [0, 200, 600, 602, 802, 1806]);
        let few = Length { examples: 50, ..length };
        assert_eq!([1, 2].map(|step| few.examples_of(step)), [100, 200]);
    }
}
