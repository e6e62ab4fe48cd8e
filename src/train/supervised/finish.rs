//! From recipe to trained network: [`train_and_keep`] trains, keeps the model, and says what it came to in
//! figures, rows and pictures.

use crate::data::Labelled;
use crate::job::{Context, Finish, Outcome, Row, RunError};
use crate::nn::Network;
use crate::train::Aside;
use crate::train::Length;
use crate::train::epochs::{self, Ended};
use crate::train::model::{self, ModelNote};
use indexmap::IndexMap;
use tch::no_grad;

use super::evaluation::{ClassifierMetrics, evaluate_with};
use super::learner::{Objective, Supervised};
use super::pictures;
use super::recipe::{Recipe, Select};
use super::speed::{self, microseconds_per_example};

/// A network at the end of its training, for what a kind wants to measure beyond the usual.
pub struct Trained<'a> {
    /// The network.
    pub network: &'a Network,
    /// Its measures on the test examples.
    pub test: &'a ClassifierMetrics,
    /// The last step.
    pub step: u64,
}

/// Trains by `recipe` towards `objective`, from the newest checkpoint if there is one. `measure`
/// adds what the kind has to say of the trained network to its outcome.
///
/// # Errors
/// Whatever training or writing the model meets. A picture or a table that cannot be made costs a
/// warning.
pub fn train_and_keep(
    context: &mut Context,
    recipe: Recipe<'_>,
    data: &Labelled,
    objective: &dyn Objective,
    measure: &dyn Fn(&mut Context, &Trained<'_>, &mut Outcome),
) -> Result<Finish, RunError> {
    context.phase("build networks", "network", recipe.members);
    let mut learner = Supervised::new(context, recipe, data, objective)?;
    let length = Length {
        epochs: recipe.epochs,
        examples: learner.examples() as u64,
        batch: recipe.batch,
        members: recipe.members,
        checkpoint_every_epochs: recipe.logging.checkpoint_every_epochs,
    };
    if epochs::run(context, &mut learner, length)? == Ended::Interrupted {
        return Ok(Finish::Interrupted);
    }
    context.phase("write model", "network", recipe.members);
    if recipe.select == Select::Best {
        take_best(context, &mut learner)?;
    }
    let note = ModelNote {
        network: recipe.network.clone(),
        input: [data.shape.channels, data.shape.height, data.shape.width],
        classes: data.classes,
        seeds: learner.seeds.clone(),
    };
    model::write(&context.folder.join("artifacts"), learner.network(), &note)?;
    let last = learner.last.take();
    let network = learner.network();
    let test = last.unwrap_or_else(|| measured(context, network, data));
    let step = length.steps();
    context.phase("draw pictures", "picture", 2);
    pictures::draw(context, data, &test, step);
    context.phase("time the network", "network", recipe.members);
    let mut outcome = Outcome { metrics: figures(&test), rows: rows(network, data, &test) };
    measure(context, &Trained { network, test: &test, step }, &mut outcome);
    Ok(Finish::Done(outcome))
}

/// What the network comes to on the test examples, where the last epoch has not measured this very one.
fn measured(context: &mut Context, network: &Network, data: &Labelled) -> ClassifierMetrics {
    let total = data.test.labels.numel() as u64;
    let mut aside = Aside::phase(context, "evaluate", "example", total);
    evaluate_with(network, &data.test, &mut |done| aside.tick(context, done))
}

/// Puts the parameters of the best checkpoint into the network; of another than was measured last.
fn take_best(context: &Context, learner: &mut Supervised<'_>) -> Result<(), RunError> {
    learner.last = None;
    let mut store =
        crate::train::checkpoint::Store::open(&context.folder.join("checkpoints"), &context.key);
    let best = store
        .best(context.device)
        .map_err(|error| format!("{error}; exp resume trains up to that step again"))?
        .ok_or("no checkpoint has a validation score")?;
    let network = learner.network();
    let parameters = network.names().iter().map(String::as_str).zip(network.parameters());
    let parameters = parameters.map(|(name, tensor)| (format!("parameter/{name}"), tensor));
    let buffers = network.buffers().map(|(name, tensor)| (format!("buffer/{name}"), tensor));
    for (name, tensor) in parameters.chain(buffers) {
        if let Some(saved) = best.get(&name) {
            no_grad(|| tensor.shallow_clone().f_copy_(saved))?;
        }
    }
    Ok(())
}

fn figures(test: &ClassifierMetrics) -> IndexMap<String, f64> {
    let mut metrics = IndexMap::from([
        ("test/errors".to_owned(), test.ensemble_errors as f64),
        ("test/error".to_owned(), test.error()),
        ("test/accuracy".to_owned(), 1.0 - test.error()),
        ("test/nll".to_owned(), test.ensemble_nll),
    ]);
    if test.errors.len() > 1 {
        metrics.insert("test/errors/mean_of_members".into(), test.mean_errors());
        metrics.insert("test/nll/mean_of_members".into(), test.mean_nll());
        for (member, &errors) in test.errors.iter().enumerate() {
            metrics.insert(format!("test/errors/member_{member}"), errors as f64);
        }
    }
    metrics
}

/// The closing table's rows: the ensemble and one of its members, or the one network.
fn rows(network: &Network, data: &Labelled, test: &ClassifierMetrics) -> Vec<Row> {
    let members = network.members();
    let parameters = network.parameters();
    let count = parameters.iter().map(|tensor| tensor.numel() as f64).sum::<f64>();
    let bytes = parameters
        .iter()
        .map(|tensor| (tensor.numel() * tensor.kind().elt_size_in_bytes()) as f64)
        .sum::<f64>();
    let microseconds = microseconds_per_example(network, &data.test.images);
    let row = |label: &str, errors: f64, nll: f64, share: f64| {
        let mut values = IndexMap::from([
            ("errors".to_owned(), errors),
            ("error_rate".to_owned(), errors / test.examples as f64),
            ("nll".to_owned(), nll),
            ("parameters".to_owned(), count * share),
            ("bytes".to_owned(), bytes * share),
        ]);
        if let Some(microseconds) = microseconds {
            values.insert(speed::COLUMN.to_owned(), microseconds * share);
        }
        Row { label: label.to_owned(), values }
    };
    if members == 1 {
        return vec![row("", test.ensemble_errors as f64, test.ensemble_nll, 1.0)];
    }
    vec![
        row(&format!("ensemble of {members}"), test.ensemble_errors as f64, test.ensemble_nll, 1.0),
        row("one member (mean)", test.mean_errors(), test.mean_nll(), 1.0 / members as f64),
    ]
}
