//! Training auto-encoders: [`run`].

use super::finish::finish;
use super::judge::Judge;
use super::learner::Autoencoding;
use super::source;
use super::spec::AutoencoderSpec;
use crate::data::{self, DataRoots};
use crate::job::{Context, Finish, RunError};
use crate::train::Length;
use crate::train::epochs::{self, Ended};
use serde_json::Value;

/// Trains the auto-encoders that `settings` describe.
///
/// # Errors
/// Whatever loading, training or writing meets.
pub fn run(settings: &Value, context: &mut Context) -> Result<Finish, RunError> {
    let spec: AutoencoderSpec = serde_json::from_value(settings.clone())?;
    context.phase("load data", "set", 1);
    let roots = DataRoots::discover(&context.data_roots);
    let grey = data::load_pictures(&spec.data, &roots, context.device)?;
    let grey = context.confirm("data", grey)?;
    // A judge that cannot be read should not come to light when all is learnt.
    let judge = Judge::read(context, &spec, &grey.test)?;
    let pictures = source::binarised(grey, spec.binarisation);
    context.phase("build networks", "network", spec.members);
    let mut learner = Autoencoding::new(context, &spec, &pictures)?;
    let length = Length {
        epochs: spec.epochs,
        examples: pictures.train.examples() as u64,
        batch: spec.batch,
        members: spec.members,
        checkpoint_every_epochs: spec.logging.checkpoint_every_epochs,
    };
    if epochs::run(context, &mut learner, length)? == Ended::Interrupted {
        return Ok(Finish::Interrupted);
    }
    finish(context, &mut learner, judge.as_ref(), length.steps())
}
