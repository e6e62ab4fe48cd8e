//! Values that stopped being finite numbers: [`explain`] says which tensor was the first, and when.
//!
//! The loop looks at the loss now and then only, since each look waits for the device; by then every
//! parameter is NaN. Since steps are a function of the state and their number, those since the last
//! checkpoint can be taken again, this time with a look at every tensor after each.

use crate::event::Event;
use crate::job::{Context, RunError};
use tch::no_grad;

use super::checkpoint::{Committer, Tensors};
use super::learner::{Learner, Length};

/// Training came to a value that is not a finite number.
#[derive(Debug, thiserror::Error)]
#[error(
    "{what}: training diverged, usually because the learning rate is too high: lower optimiser.rate, \
     or use warm-up (schedule.warmup_epochs); if optimiser.epsilon is 0, raise it; {before}"
)]
pub(super) struct NotFinite {
    what: String,
    before: String,
}

/// A tensor that holds a NaN or an infinity, and where the first of them is.
struct NonFinite {
    name: String,
    place: Vec<i64>,
    value: f64,
}

/// A copy of a state that later steps do not change.
pub(super) fn copy(state: &Tensors) -> Tensors {
    no_grad(|| state.iter().map(|(name, tensor)| (name.clone(), tensor.copy())).collect())
}

/// Whether any tensor of a state holds a value that is not finite. Sums are used, which read each
/// value once: that of finite values may overflow, so a sum that is not finite is looked into.
pub(super) fn is_in(state: &Tensors) -> bool {
    let suspicious = state.values().any(|tensor| {
        tensor.is_floating_point() && !tensor.sum(tensor.kind()).double_value(&[]).is_finite()
    });
    suspicious && first(state).is_some()
}

/// The first tensor, by name, with a value that is not finite.
fn first(state: &Tensors) -> Option<NonFinite> {
    let mut floats = state.iter().filter(|(_, tensor)| tensor.is_floating_point());
    floats.find_map(|(name, tensor)| {
        let places = tensor.isfinite().logical_not().nonzero();
        if places.size()[0] == 0 {
            return None;
        }
        let place = Vec::<i64>::try_from(places.select(0, 0)).ok()?;
        Some(NonFinite { name: name.clone(), value: tensor.double_value(&place), place })
    })
}

/// The error for a loop that has met such a value within `end` steps: takes the steps since the
/// newest checkpoint, or since the `start` where there is none, again.
pub(super) fn explain(
    context: &mut Context,
    checkpoints: &mut Committer,
    start: Option<Tensors>,
    learner: &mut dyn Learner,
    end: u64,
    length: Length,
) -> RunError {
    let (state, from, before) = match checkpoints.newest(context.device).0 {
        Some(restored) => {
            let before = format!("the newest checkpoint before it is of step {}", restored.step);
            (Some(restored.tensors), restored.step, before)
        }
        None => (start, 0, "there is no earlier checkpoint".to_owned()),
    };
    let found = match state.map(|state| learner.restore(state)) {
        Some(Ok(())) => again(context, learner, from, end, length),
        Some(Err(error)) => return error,
        None => Ok(None),
    };
    let what = match found {
        Err(error) => return error,
        Ok(Some((step, NonFinite { name, place, value }))) => {
            let what = learner.describe(&name, &place);
            format!("{what} is {value} after step {step}, the first such value")
        }
        Ok(None) => format!("the loss or a parameter is NaN or infinite at step {end}"),
    };
    NotFinite { what, before }.into()
}

/// Takes the steps `from..end` again, up to the first after which a tensor is not finite.
fn again(
    context: &mut Context,
    learner: &mut dyn Learner,
    from: u64,
    end: u64,
    length: Length,
) -> Result<Option<(u64, NonFinite)>, RunError> {
    let name = "locate the first NaN or inf".to_owned();
    context.emit(Event::Phase { name, unit: "step".into(), total: end - from });
    for step in from..end {
        let (epoch, within) = length.place(step);
        if within == 0 || step == from {
            learner.begin_epoch(epoch);
        }
        learner.step(within, step)?;
        if let Some(non_finite) = first(&learner.state()) {
            return Ok(Some((step + 1, non_finite)));
        }
        if context.interrupted() {
            break;
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Place;
    use crate::train::epochs;
    use tch::Tensor;

    /// Two numbers of which one doubles at each step and overflows; the loss follows later.
    struct Doubling {
        weight: Tensor,
        loss: Tensor,
    }

    impl Learner for Doubling {
        fn state(&self) -> Tensors {
            let (weight, loss) = (self.weight.shallow_clone(), self.loss.shallow_clone());
            [("parameter/weight".to_owned(), weight), ("loss".to_owned(), loss)].into()
        }

        fn restore(&mut self, state: Tensors) -> Result<(), RunError> {
            self.weight = state["parameter/weight"].copy();
            self.loss = state["loss"].copy();
            Ok(())
        }

        fn begin_epoch(&mut self, _: u64) {}

        fn step(&mut self, _: u64, _: u64) -> Result<(), RunError> {
            let (loss, double) = (&self.weight * 0.0, &self.weight * 2.0);
            (self.loss, self.weight) = (loss.sum(tch::Kind::Float), double);
            Ok(())
        }

        fn is_finite(&self) -> bool {
            self.loss.double_value(&[]).is_finite()
        }

        fn end_epoch(&mut self, _: &mut Context, _: u64, _: u64) -> Result<Option<f64>, RunError> {
            Ok(None)
        }
    }

    /// What the loop says of numbers that begin at 1 and 0 and double, and its last checkpoint.
    fn overflow(steps_per_epoch: u64, checkpoint_every_epochs: u64) -> (String, Option<u64>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("checkpoints")).unwrap();
        let mut context = Context::silent(folder.path().to_owned(), 1);
        let mut learner =
            Doubling { weight: Tensor::from_slice(&[0f32, 1.0]), loss: Tensor::from(0f32) };
        let epochs = 1000 / steps_per_epoch;
        let (examples, batch, members) = (steps_per_epoch, 1, 1);
        let length = Length { epochs, examples, batch, members, checkpoint_every_epochs };
        let error = epochs::run(&mut context, &mut learner, length).unwrap_err().to_string();
        let mut commits = Committer::open(&Place::trusted(folder.path()).join("checkpoints"), "");
        let newest = commits.newest(tch::Device::Cpu).0;
        (error, newest.map(|restored| restored.step))
    }

    #[test]
    fn the_step_and_the_tensor_are_found_and_no_checkpoint_holds_the_value() {
        // 2^128 is the first power of two that a float cannot hold.
        let what = "'parameter/weight' at index [1] is inf after step 128, the first such value";
        let (error, newest) = overflow(50, 1);
        assert!(error.starts_with(what), "{error}");
        assert!(error.contains("the newest checkpoint before it is of step 100"), "{error}");
        assert_eq!(newest, Some(100));
        // The epoch ends between the overflow and the loss: the state is looked at, too.
        let (error, newest) = overflow(128, 1);
        assert!(error.starts_with(what), "{error}");
        assert_eq!(newest, None);
        assert!(error.contains("there is no earlier checkpoint"), "{error}");
        // Checkpoints far apart: several epochs are taken again.
        let (error, newest) = overflow(10, 7);
        assert!(error.starts_with(what), "{error}");
        assert_eq!(newest, Some(70));
    }

    #[test]
    fn large_values_that_are_finite_are_sound() {
        let large = Tensor::from_slice(&[f32::MAX, f32::MAX, -1.0]);
        assert!(!is_in(&[("a".to_owned(), large)].into()));
        let bad = Tensor::from_slice(&[1.0, f64::NAN]);
        assert!(is_in(&[("a".to_owned(), bad)].into()));
        assert!(!is_in(&[("a".to_owned(), Tensor::from_slice(&[1i64, 2]))].into()));
    }
}
