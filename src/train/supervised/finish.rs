//! From recipe to trained network: [`carry_out`] trains, keeps the model, measures it for the last
//! time and says so in figures, rows and pictures.

use crate::data::Labelled;
use crate::files::atomic;
use crate::job::{Context, Finish, Outcome, Row, RunError};
use crate::metric;
use crate::nn::Network;
use crate::report::picture::{self, Tiles};
use crate::train::epochs::{self, Ended, Length};
use crate::train::model::{self, ModelNote};
use indexmap::IndexMap;
use tch::{Device, Tensor, no_grad};

use super::evaluation::{Measures, evaluate, microseconds_per_example};
use super::learner::{Objective, Supervised};
use super::recipe::{Recipe, Select};

/// A network at the end of its training, for what a kind wants to measure beyond the usual.
pub struct Trained<'a> {
    /// The network.
    pub network: &'a dyn Network,
    /// Its measures on the test examples.
    pub test: &'a Measures,
    /// The last step.
    pub step: u64,
}

/// Trains by `recipe` towards `objective`, from the newest checkpoint if there is one. `measure`
/// adds what the kind has to say of the trained network to its outcome.
///
/// # Errors
/// Whatever training or writing meets.
pub fn carry_out(
    context: &mut Context,
    recipe: Recipe<'_>,
    data: &Labelled,
    objective: &dyn Objective,
    measure: &dyn Fn(&mut Context, &Trained<'_>, &mut Outcome),
) -> Result<Finish, RunError> {
    let mut learner = Supervised::new(context, recipe, data, objective)?;
    let steps_per_epoch = learner.steps_per_epoch();
    let length = Length {
        epochs: recipe.epochs,
        steps_per_epoch,
        examples_per_step: recipe.batch * recipe.members,
        checkpoint_every_epochs: recipe.logging.checkpoint_every_epochs,
    };
    if epochs::run(context, &mut learner, length)? == Ended::Interrupted {
        return Ok(Finish::Interrupted);
    }
    if recipe.select == Select::Best {
        take_best(context, &learner)?;
    }
    let network = learner.network();
    let note = ModelNote {
        network: recipe.network.clone(),
        input: [data.shape.channels, data.shape.height, data.shape.width],
        classes: data.classes,
        seeds: learner.seeds.clone(),
    };
    model::write(&context.folder.join("artifacts"), network, &note)?;
    let step = recipe.epochs * steps_per_epoch;
    let test = evaluate(network, &data.test);
    pictures(context, data, &test, step)?;
    let mut outcome = Outcome { metrics: figures(&test), rows: rows(network, data, &test) };
    measure(context, &Trained { network, test: &test, step }, &mut outcome);
    Ok(Finish::Done(outcome))
}

/// Puts the parameters of the best checkpoint into the network.
fn take_best(context: &Context, learner: &Supervised<'_>) -> Result<(), RunError> {
    let mut store = crate::train::checkpoint::Store::open(&context.folder.join("checkpoints"));
    let best = store
        .best(context.device)
        .map_err(|error| format!("{error}; exp resume trains up to that step again"))?
        .ok_or("no checkpoint has a validation score")?;
    let network = learner.network();
    for (name, parameter) in network.names().iter().zip(network.parameters()) {
        if let Some(saved) = best.get(&format!("parameter/{name}")) {
            no_grad(|| parameter.shallow_clone().f_copy_(saved))?;
        }
    }
    Ok(())
}

fn figures(test: &Measures) -> IndexMap<String, f64> {
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
fn rows(network: &dyn Network, data: &Labelled, test: &Measures) -> Vec<Row> {
    let members = network.members();
    let parameters = network.parameters();
    let count = parameters.iter().map(|tensor| tensor.numel() as f64).sum::<f64>();
    let bytes = parameters
        .iter()
        .map(|tensor| (tensor.numel() * tensor.kind().elt_size_in_bytes()) as f64)
        .sum::<f64>();
    let microseconds = microseconds_per_example(network, &data.test.images);
    let row = |label: &str, errors: f64, nll: f64, share: f64| Row {
        label: label.to_owned(),
        values: IndexMap::from([
            ("errors".to_owned(), errors),
            ("error_rate".to_owned(), errors / test.examples as f64),
            ("nll".to_owned(), nll),
            ("parameters".to_owned(), count * share),
            ("bytes".to_owned(), bytes * share),
            ("microseconds_per_example".to_owned(), microseconds * share),
        ]),
    };
    if members == 1 {
        return vec![row("", test.ensemble_errors as f64, test.ensemble_nll, 1.0)];
    }
    vec![
        row(&format!("ensemble of {members}"), test.ensemble_errors as f64, test.ensemble_nll, 1.0),
        row("one member (mean)", test.mean_errors(), test.mean_nll(), 1.0 / members as f64),
    ]
}

/// The confusion matrix as a picture and a table, and the pictures that were taken for another.
fn pictures(
    context: &mut Context,
    data: &Labelled,
    test: &Measures,
    step: u64,
) -> Result<(), RunError> {
    let confusion = metric::confusion(&test.predictions, &data.test.labels, data.classes);
    let counts = Vec::<i64>::try_from(&confusion.to_device(Device::Cpu).flatten(0, -1))?;
    let classes = data.classes as usize;
    let names = (0..classes).map(|class| class.to_string()).collect::<Vec<_>>();
    let picture = picture::confusion_matrix(&counts, classes, &names)?;
    context.image("test/confusion", step, &picture);
    let rows = counts.chunks(classes).map(|row| row.iter().map(ToString::to_string).collect());
    let table = rows.map(|row: Vec<String>| row.join(",") + "\n").collect::<String>();
    atomic::write(&context.artefact("confusion.csv"), table.as_bytes())?;
    let wrong = test.predictions.not_equal_tensor(&data.test.labels).nonzero().squeeze_dim(-1);
    let shown = wrong.narrow(0, 0, wrong.size()[0].min(64));
    if shown.numel() > 0 {
        let tiles = data.test.images.index_select(0, &shown).to_device(Device::Cpu);
        context.image("test/misclassified", step, &grid(&tiles)?);
    }
    Ok(())
}

/// Pictures `[N, C, H, W]` of bytes, side by side.
fn grid(tiles: &Tensor) -> Result<Vec<u8>, RunError> {
    let (count, channels, height, width) = tiles.size4()?;
    let mut pixels = vec![0; tiles.numel()];
    let length = pixels.len();
    tiles.contiguous().copy_data_u8(&mut pixels, length);
    let tiles = Tiles {
        pixels: &pixels,
        count: count as usize,
        channels: channels as usize,
        height: height as usize,
        width: width as usize,
    };
    Ok(picture::grid(&tiles, 8, 2)?)
}
