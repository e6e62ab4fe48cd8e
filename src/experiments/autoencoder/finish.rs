//! From trained auto-encoders to what the job leaves: [`finish`] writes the networks, measures them
//! for the last time and says so in figures, rows and pictures.

use super::evaluation::{Measures, average, measure, numbers};
use super::learner::Autoencoding;
use super::marginal::{self, Estimate};
use super::source::Split;
use super::{artefacts, pictures};
use crate::event::Event;
use crate::job::{Context, Finish, Outcome, Row, RunError};
use indexmap::IndexMap;
use tch::Tensor;

/// Leaves networks, latents, pictures and figures of `learner`, `step` steps behind.
///
/// # Errors
/// Whatever writing or drawing meets.
pub(super) fn finish(
    context: &mut Context,
    learner: &Autoencoding<'_>,
    step: u64,
) -> Result<Finish, RunError> {
    let (model, test) = (&learner.model, &learner.pictures.test);
    artefacts::write(&context.folder.join("artifacts"), model)?;
    let measures = measure(model, test, "test");
    artefacts::write_latents(context, model, test, &measures)?;
    caption(context, learner, step);
    pictures::draw(context, model, test, step)?;
    let mut metrics = figures(&measures, model.is_variational());
    if let Some(examples) = learner.spec.likelihood_estimate.examples() {
        let Some(estimate) = estimate(context, learner) else { return Ok(Finish::Interrupted) };
        let mut found = of_estimate(&estimate);
        // Examples differ by tens of nats: a bound to compare with is one on the same ones.
        let images = test.images.narrow(0, 0, examples.min(test.examples()));
        let same = measure(model, &Split { images, labels: None }, "test");
        found.insert("test/bound_where_estimated".to_owned(), average(&same.bound));
        for (name, value) in &found {
            context.scalar(name, step, *value);
        }
        metrics.extend(found);
    }
    let rows = vec![row(learner, &metrics)];
    Ok(Finish::Done(Outcome { metrics, rows }))
}

/// The estimate of log p(x) that the settings ask for; none where the job is to stop.
fn estimate(context: &mut Context, learner: &Autoencoding<'_>) -> Option<Estimate> {
    let phase = Event::Phase { name: "estimate log p(x)".into(), unit: "set".into(), total: 1 };
    context.emit(phase);
    let stop = || context.interrupted();
    let spec = &learner.spec.likelihood_estimate;
    marginal::estimate(&learner.model, &learner.pictures.test, spec, &stop)
}

/// Says what the pictures and figures are of.
fn caption(context: &mut Context, learner: &Autoencoding<'_>, step: u64) {
    let spec = learner.spec;
    let text = format!(
        "Pictures of set `{}`, {}; likelihood `{}`, {} latents. Reconstructions stand to the right \
         of their originals; samples are means of the decoder at draws from N(0, I){}.",
        spec.data.name(),
        spec.binarisation.caption().replace('_', " "),
        spec.likelihood.name(),
        spec.latent,
        if learner.model.is_variational() {
            ""
        } else {
            ", which is not where the plain form puts pictures: it has no prior"
        },
    );
    context.text("pictures", step, text);
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

/// The mean log-likelihood over examples (and members), and its standard error over examples.
fn of_estimate(estimate: &Estimate) -> IndexMap<String, f64> {
    let each: &Tensor = &estimate.log_probability;
    let members = numbers(&each.mean_dim(1, false, None::<tch::Kind>));
    let over_members = each.mean_dim(0, false, None::<tch::Kind>);
    let examples = each.size()[1];
    let error = over_members.std(true).double_value(&[]) / (examples as f64).sqrt();
    let mut metrics = IndexMap::new();
    metrics.insert("test/log_likelihood".to_owned(), average(&members));
    if members.len() > 1 {
        for (member, &value) in members.iter().enumerate() {
            metrics.insert(format!("test/log_likelihood/member_{member}"), value);
        }
    }
    if error.is_finite() {
        metrics.insert("test/log_likelihood_standard_error".to_owned(), error);
    }
    if let Some(acceptance) = estimate.acceptance {
        metrics.insert("test/hmc_acceptance".to_owned(), acceptance);
    }
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
    ] {
        if let Some(value) = metrics.get(name) {
            values.insert(column.to_owned(), *value);
        }
    }
    values.insert("parameters".to_owned(), (count / members) as f64);
    Row { label, values }
}
