//! What is said after each epoch: [`epoch`].

use crate::data::Split;
use crate::job::{Context, RunError};
use crate::optim::Rates;
use crate::train::{Aside, histogram};

use super::evaluation::{ClassifierMetrics, evaluate_with};
use super::learner::Supervised;

/// Reports the losses, measures and histograms that are due after `epoch` (from 0), and returns the
/// validation score where there are validation examples.
///
/// # Errors
/// When a measurement fails.
pub(super) fn epoch(
    learner: &mut Supervised<'_>,
    context: &mut Context,
    epoch: u64,
    step: u64,
) -> Result<Option<f64>, RunError> {
    losses(learner, context, step)?;
    let logging = learner.recipe.logging;
    let last = epoch + 1 == learner.recipe.epochs;
    let histograms = logging.histograms_every_epochs;
    if histograms > 0 && (last || (epoch + 1).is_multiple_of(histograms)) {
        context.decorate("histograms", |context| {
            spread(learner, context, step);
            Ok(())
        });
    }
    if !last && !(epoch + 1).is_multiple_of(logging.measure_every_epochs) {
        return Ok(None);
    }
    let splits = [("test", &learner.data.test), ("validation", &learner.data.validation)];
    let total = splits.iter().map(|(_, split)| split.labels.numel() as u64).sum();
    let mut aside = if last {
        Aside::phase(context, "evaluate", "example", total)
    } else {
        Aside::perhaps("evaluate", "example", total)
    };
    let [test, validation] = splits.map(|(name, split)| {
        let behind = if name == "test" { 0 } else { learner.data.test.labels.numel() as u64 };
        measure(learner, context, name, split, step, &mut |context, done| {
            aside.tick(context, behind + done);
        })
    });
    if last {
        learner.last = test;
    }
    Ok(validation.map(|measures| measures.ensemble_nll))
}

fn losses(learner: &Supervised<'_>, context: &mut Context, step: u64) -> Result<(), RunError> {
    let losses = Vec::<f64>::try_from(&learner.mean_loss().to_kind(tch::Kind::Double))?;
    context.scalar("train/loss", step, losses.iter().sum::<f64>() / losses.len() as f64);
    if losses.len() > 1 {
        for (member, &loss) in losses.iter().enumerate() {
            context.scalar(&format!("train/loss/member_{member}"), step, loss);
        }
    }
    let per_epoch = learner.steps_per_epoch();
    let recipe = &learner.recipe;
    let factor = recipe.schedule.factor(step - 1, per_epoch, per_epoch * recipe.epochs);
    let rate = match recipe.optimiser.rates() {
        Rates::One(rate) => *rate,
        Rates::Each(rates) => rates.iter().sum::<f64>() / rates.len() as f64,
    };
    context.scalar("train/rate", step, rate * factor);
    Ok(())
}

/// Histograms of every parameter and of its last gradient, over all members.
fn spread(learner: &Supervised<'_>, context: &mut Context, step: u64) {
    let names = learner.network.names();
    for (name, tensor) in names.iter().zip(learner.network.parameters()) {
        if let Some(histogram) = histogram::of(tensor) {
            context.histogram(&format!("weights/{name}"), step, histogram);
        }
    }
    for (name, tensor) in names.iter().zip(&learner.gradients) {
        if let Some(histogram) = histogram::of(tensor) {
            context.histogram(&format!("gradients/{name}"), step, histogram);
        }
    }
}

/// Measures one split, if it has examples, and reports what was measured; `tell` is told how many
/// examples are done.
fn measure(
    learner: &Supervised<'_>,
    context: &mut Context,
    name: &str,
    split: &Split,
    step: u64,
    tell: &mut dyn FnMut(&mut Context, u64),
) -> Option<ClassifierMetrics> {
    if split.labels.numel() == 0 {
        return None;
    }
    let measures = evaluate_with(learner.network(), split, &mut |done| tell(context, done));
    context.scalar(&format!("{name}/errors"), step, measures.ensemble_errors as f64);
    context.scalar(&format!("{name}/error"), step, measures.error());
    context.scalar(&format!("{name}/accuracy"), step, 1.0 - measures.error());
    context.scalar(&format!("{name}/nll"), step, measures.ensemble_nll);
    if measures.errors.len() > 1 {
        for (member, (&errors, &nll)) in measures.errors.iter().zip(&measures.nll).enumerate() {
            context.scalar(&format!("{name}/error/member_{member}"), step, measures.rate(errors));
            context.scalar(&format!("{name}/nll/member_{member}"), step, nll);
        }
    }
    Some(measures)
}
