//! Training auto-encoders: [`run`].

use super::finish::finish;
use super::judge::Judge;
use super::learner::Autoencoding;
use super::source;
use super::spec::AutoencoderSpec;
use crate::data::{self, DataRoots};
use crate::event::Event;
use crate::job::{Context, Finish, RunError};
use crate::train::epochs::{self, Ended, Length};
use serde_json::Value;

/// Trains the auto-encoders that `settings` describe.
///
/// # Errors
/// Whatever loading, training or writing meets.
pub fn run(settings: &Value, context: &mut Context) -> Result<Finish, RunError> {
    let spec: AutoencoderSpec = serde_json::from_value(settings.clone())?;
    context.emit(Event::Phase { name: "load data".into(), unit: "set".into(), total: 1 });
    let roots = DataRoots::discover(&context.data_roots);
    let grey = data::load_pictures(&spec.data, &roots, context.device)?;
    let grey = context.confirm("data", grey)?;
    // A judge that cannot be read should not come to light when all is learnt.
    let judge = Judge::read(context, &spec, &grey.test)?;
    let pictures = source::binarised(grey, spec.binarisation);
    let mut learner = Autoencoding::new(context, &spec, &pictures)?;
    let length = Length {
        epochs: spec.epochs,
        steps_per_epoch: learner.steps_per_epoch(),
        examples_per_step: spec.batch * spec.members,
        checkpoint_every_epochs: spec.logging.checkpoint_every_epochs,
    };
    if epochs::run(context, &mut learner, length)? == Ended::Interrupted {
        return Ok(Finish::Interrupted);
    }
    let step = length.epochs * length.steps_per_epoch;
    finish(context, &learner, judge.as_ref(), step)
}
