//! From trained auto-encoders to what the job leaves: [`finish`] writes the networks, measures them
//! for the last time and says so in figures, rows and pictures.

use super::evaluation::{Measures, average, measure};
use super::judge::Judge;
use super::learner::Autoencoding;
use super::marginal;
use super::report::Running;
use super::{artefacts, latent_space, pictures};
use crate::job::{Context, Finish, Outcome, Row, RunError};
use indexmap::IndexMap;
use tch::Tensor;

/// Leaves networks, latents, pictures and figures of `learner`, `step` steps behind, and what the
/// judge says of its samples if there is one.
///
/// # Errors
/// Whatever writing or drawing meets.
pub(super) fn finish(
    context: &mut Context,
    learner: &Autoencoding<'_>,
    judge: Option<&Judge>,
    step: u64,
) -> Result<Finish, RunError> {
    let (model, test) = (&learner.model, &learner.pictures.test);
    artefacts::write(&context.folder.join("artifacts"), model)?;
    let measures = measure(model, test, "test");
    artefacts::write_latents(context, model, test, &measures)?;
    let about = pictures::about(learner.spec);
    context.text("pictures", step, about.clone());
    pictures::draw(context, model, test, &about, step)?;
    latent_space::embed(context, model, test)?;
    let mut metrics = figures(&measures, model.is_variational());
    let last = Running::of(learner);
    if model.is_variational() {
        metrics.insert("train/bound".to_owned(), average(&last.bound));
    }
    metrics.insert("train/reconstruction".to_owned(), average(&last.reconstruction));
    let Some(found) = marginal::estimate(context, learner, &measures) else {
        return Ok(Finish::Interrupted);
    };
    for (name, value) in &found {
        context.scalar(name, step, *value);
    }
    metrics.extend(found);
    if let Some(judge) = judge {
        let Some(found) = judge.compare(context, learner, step) else {
            return Ok(Finish::Interrupted);
        };
        metrics.extend(found);
    }
    let rows = vec![row(learner, &metrics)];
    Ok(Finish::Done(Outcome { metrics, rows }))
}

fn figures(measures: &Measures, variational: bool) -> IndexMap<String, f64> {
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
