//! What is said after each epoch: [`epoch`].

use super::encoding::Encoding;
use super::evaluation::{Measured, average, measure, numbers};
use super::learner::Autoencoding;
use super::spec::EstimatorSpec;
use super::{latent_space, pictures, variance};
use crate::job::Context;
use crate::optim::Rates;
use crate::train::{Aside, histogram};

/// Latents whose divergences are reported one by one; of more there is a histogram.
const NAMED_LATENTS: usize = 32;

/// Reports the figures, histograms and pictures that are due after `epoch` (from 0). Returns the
/// score by which checkpoints are chosen where there are validation examples: minus their bound.
pub(super) fn epoch(
    learner: &mut Autoencoding<'_>,
    context: &mut Context,
    epoch: u64,
    step: u64,
) -> Option<f64> {
    running(learner, context, step);
    let logging = &learner.spec.logging;
    let last = epoch + 1 == learner.spec.epochs;
    let due = |every: u64| every > 0 && (epoch + 1).is_multiple_of(every);
    if logging.histograms_every_epochs > 0 && (last || due(logging.histograms_every_epochs)) {
        context.decorate("histograms", |context| {
            spread(learner, context, step);
            Ok(())
        });
    }
    if due(logging.gradient_variance_every_epochs)
        && learner.model.is_variational()
        && !matches!(learner.spec.estimator, EstimatorSpec::WakeSleep(_))
    {
        variance::report(learner, context, step);
    }
    // The last pictures are drawn once training is through.
    if due(logging.pictures_every_epochs) && !last {
        let mut aside = Aside::perhaps("draw pictures", "picture", pictures::COUNT);
        let test = &learner.pictures.test;
        let encoding = Encoding::of(&learner.model, test, latent_space::POINTS);
        aside.tick(context, 0);
        pictures::draw(context, learner, &encoding, step, &mut aside);
    }
    if !last && !due(logging.measure_every_epochs) {
        return None;
    }
    let validation = measured(learner, context, step, last);
    validation.map(|measured| -average(&measured.measures.bound))
}

/// Measures both splits; keeps what was measured of the test pictures if these are the `last`, and
/// returns what was of the validation pictures.
fn measured(
    learner: &mut Autoencoding<'_>,
    context: &mut Context,
    step: u64,
    last: bool,
) -> Option<Measured> {
    let splits = [("test", &learner.pictures.test), ("validation", &learner.pictures.validation)];
    let [tests, validations] = splits.map(|(_, split)| split.examples() as u64);
    let mut aside = if last {
        Aside::phase(context, "evaluate", "example", tests + validations)
    } else {
        Aside::perhaps("evaluate", "example", tests + validations)
    };
    let [test, validation] = splits.map(|(name, pictures)| {
        let (behind, keep) = if name == "test" { (0, last) } else { (tests, false) };
        if pictures.examples() == 0 {
            return None;
        }
        let mut tell = |done| aside.tick(context, behind + done);
        let found = measure(&learner.model, pictures, name, keep, &mut tell);
        context.decorate(&format!("figures of {name} pictures"), |context| {
            say(learner, context, name, &found, step);
            Ok(())
        });
        Some(found)
    });
    if last {
        learner.last = test;
    }
    validation
}

/// Means over the examples of the last epoch, of what the steps themselves found, of each member.
pub(super) struct Running {
    loss: Vec<f64>,
    pub(super) reconstruction: Vec<f64>,
    divergence: Vec<f64>,
    /// The difference of the two.
    pub(super) bound: Vec<f64>,
}

impl Running {
    pub(super) fn of(learner: &Autoencoding<'_>) -> Self {
        let means = numbers(&learner.means());
        let members = learner.seeds.len();
        let [loss, reconstruction, divergence] =
            [0, 1, 2].map(|row| means[row * members..(row + 1) * members].to_vec());
        let pairs = reconstruction.iter().zip(&divergence);
        let bound = pairs.map(|(one, other)| one - other).collect();
        Self { loss, reconstruction, divergence, bound }
    }
}

fn running(learner: &Autoencoding<'_>, context: &mut Context, step: u64) {
    let per_epoch = learner.steps_per_epoch();
    let found = Running::of(learner);
    each(context, "train/loss", step, &found.loss);
    each(context, "train/reconstruction", step, &found.reconstruction);
    if learner.model.is_variational() {
        each(context, "train/bound", step, &found.bound);
        each(context, "train/kl", step, &found.divergence);
        context.scalar("train/beta", step, learner.spec.beta_at(step - 1, per_epoch));
    }
    let spec = learner.spec;
    let factor = spec.schedule.factor(step - 1, per_epoch, per_epoch * spec.epochs);
    let rate = match spec.optimiser.rates() {
        Rates::One(rate) => *rate,
        Rates::Each(rates) => average(rates),
    };
    context.scalar("train/rate", step, rate * factor);
}

/// The members' mean, and each member's own where there are several.
fn each(context: &mut Context, tag: &str, step: u64, values: &[f64]) {
    context.scalar(tag, step, average(values));
    if values.len() > 1 {
        for (member, &value) in values.iter().enumerate() {
            context.scalar(&format!("{tag}/member_{member}"), step, value);
        }
    }
}

/// Reports what was measured on the split of this name.
fn say(
    learner: &Autoencoding<'_>,
    context: &mut Context,
    name: &str,
    Measured { measures, .. }: &Measured,
    step: u64,
) {
    let mut say = |what: &str, values: &[f64]| {
        each(context, &format!("{name}/{what}"), step, values);
    };
    say("reconstruction", &measures.reconstruction);
    say("squared_error", &measures.squared_error);
    say("active_units", &measures.active);
    if learner.model.is_variational() {
        say("bound", &measures.bound);
        say("kl", &measures.divergence);
        let divergences = numbers(&measures.divergences.mean_dim(0, false, None::<tch::Kind>));
        if divergences.len() <= NAMED_LATENTS {
            for (latent, value) in divergences.into_iter().enumerate() {
                context.scalar(&format!("{name}_kl_of_latent/{latent:02}"), step, value);
            }
        }
        if let Some(histogram) = histogram::of(&measures.divergences) {
            context.histogram(&format!("{name}/kl_of_latents"), step, histogram);
        }
    }
}

/// Histograms of every parameter and of its last gradient, over all members.
fn spread(learner: &Autoencoding<'_>, context: &mut Context, step: u64) {
    let model = &learner.model;
    let coders = [("encoder", &model.encoder), ("decoder", &model.decoder)];
    for ((side, coder), gradients) in coders.into_iter().zip(&learner.gradients) {
        for (index, (name, tensor)) in coder.names().iter().zip(coder.parameters()).enumerate() {
            if let Some(histogram) = histogram::of(tensor) {
                context.histogram(&format!("weights/{side}/{name}"), step, histogram);
            }
            if let Some(histogram) = gradients.get(index).and_then(histogram::of) {
                context.histogram(&format!("gradients/{side}/{name}"), step, histogram);
            }
        }
    }
}
