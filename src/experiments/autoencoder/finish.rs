//! From trained auto-encoders to what the job leaves: [`finish`] writes the networks, measures them
//! for the last time and says so in figures, rows and pictures.

use super::encoding::Encoding;
use super::evaluation::{AutoencoderMetrics, Measured, average, measure};
use super::judge::Judge;
use super::learner::Autoencoding;
use super::marginal;
use super::report::Running;
use super::{artefacts, latent_space, pictures};
use crate::job::{Context, Finish, Outcome, Row, RunError};
use crate::train::Aside;
use indexmap::IndexMap;
use tch::Tensor;

/// Leaves networks, latents, pictures and figures of `learner`, `step` steps behind, and what the
/// judge says of its samples if there is one.
///
/// # Errors
/// Whatever writing the networks meets. A picture or a table that cannot be made costs a warning.
pub(super) fn finish(
    context: &mut Context,
    learner: &mut Autoencoding<'_>,
    judge: Option<&Judge>,
    step: u64,
) -> Result<Finish, RunError> {
    context.phase("write model", "network", 2);
    artefacts::write(&context.folder.join("artifacts"), &learner.model)?;
    let evaluated = learner.last.take().unwrap_or_else(|| again(context, learner));
    let (learner, measures) = (&*learner, &evaluated.measures);
    if let Some(encoding) = &evaluated.encoding {
        draw(context, learner, &evaluated, encoding, step);
    }
    let mut metrics = figures(measures, learner.model.is_variational());
    let last = Running::of(learner);
    if learner.model.is_variational() {
        metrics.insert("train/bound".to_owned(), average(&last.bound));
    }
    metrics.insert("train/reconstruction".to_owned(), average(&last.reconstruction));
    let Some(found) = marginal::estimate(context, learner, measures) else {
        return Ok(Finish::Interrupted);
    };
    for (name, value) in &found {
        context.scalar(name, step, *value);
    }
    metrics.extend(found);
    if let (Some(judge), Some(encoding)) = (judge, &evaluated.encoding) {
        let Some(found) = judge.compare(context, learner, encoding, step) else {
            return Ok(Finish::Interrupted);
        };
        metrics.extend(found);
    }
    let rows = vec![row(learner, &metrics)];
    Ok(Finish::Done(Outcome { metrics, rows }))
}

/// The measures of the test pictures, where training ended in an attempt before this one.
fn again(context: &mut Context, learner: &Autoencoding<'_>) -> Measured {
    let test = &learner.pictures.test;
    let mut aside = Aside::phase(context, "evaluate", "example", test.examples() as u64);
    measure(&learner.model, test, "test", true, &mut |done| aside.tick(context, done))
}

/// Everything to be looked at.
fn draw(
    context: &mut Context,
    learner: &Autoencoding<'_>,
    measured: &Measured,
    encoding: &Encoding,
    step: u64,
) {
    let mut aside = Aside::phase(context, "draw pictures", "picture", pictures::COUNT);
    let (model, test) = (&learner.model, &learner.pictures.test);
    artefacts::write_latents(context, model, test, measured, encoding);
    context.text("pictures", step, pictures::about(learner.spec));
    pictures::draw(context, learner, encoding, step, &mut aside);
    context.decorate("the latents in TensorBoard's projector", |context| {
        latent_space::embed(context, model, test, encoding)
    });
}

fn figures(measures: &AutoencoderMetrics, variational: bool) -> IndexMap<String, f64> {
    let mut metrics = IndexMap::new();
    let mut add = |name: &str, values: &[f64]| {
        metrics.insert(format!("test/{name}"), average(values));
        if values.len() > 1 {
            for (member, &value) in values.iter().enumerate() {
                metrics.insert(format!("test/{name}/member_{member}"), value);
            }
        }
    };
    if variational {
        add("bound", &measures.bound);
        add("kl", &measures.divergence);
    }
    add("reconstruction", &measures.reconstruction);
    add("squared_error", &measures.squared_error);
    add("active_units", &measures.active);
    metrics
}

fn row(learner: &Autoencoding<'_>, metrics: &IndexMap<String, f64>) -> Row {
    let model = &learner.model;
    let parameters = model.encoder.parameters().iter().chain(model.decoder.parameters());
    let count: usize = parameters.map(Tensor::numel).sum();
    let members = learner.seeds.len();
    let label = if members == 1 { String::new() } else { format!("mean of {members}") };
    let mut values = IndexMap::new();
    for (column, name) in [
        ("bound", "test/bound"),
        ("log_likelihood", "test/log_likelihood"),
        ("reconstruction", "test/reconstruction"),
        ("kl", "test/kl"),
        ("squared_error", "test/squared_error"),
        ("active_units", "test/active_units"),
        ("sample_distance", "test/judge/samples/distance"),
        ("fitted_normal_distance", "test/judge/fitted_normal/distance"),
        ("real_distance", "test/judge/real/distance"),
    ] {
        if let Some(value) = metrics.get(name) {
            values.insert(column.to_owned(), *value);
        }
    }
    values.insert("parameters".to_owned(), (count / members) as f64);
    Row { label, values }
}
