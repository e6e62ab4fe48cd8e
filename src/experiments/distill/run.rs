//! Training students: [`run`].

use crate::data::{self, DataRoots, Labelled};
use crate::job::{Context, Finish, RunError};
use crate::loss;
use crate::metric;
use crate::train::Aside;
use crate::train::model::{self, Model};
use crate::train::supervised::{Batch, Objective, answers_with, train_and_keep};
use serde_json::Value;
use tch::{Tensor, no_grad};

use super::spec::{DistillLossSpec, DistillSpec};

/// What the teachers say of each picture.
enum Answers {
    /// Looked up: their softened probabilities for every training picture, `[N, classes]`.
    Kept(Tensor),
    /// Asked at every step, since the pictures change.
    Asked(Box<Model>),
}

/// The teachers' softened answers and the labels.
struct Teaching<'a> {
    loss: &'a DistillLossSpec,
    answers: Answers,
}

impl Objective for Teaching<'_> {
    fn evaluate(&self, batch: &Batch<'_>, logits: &Tensor) -> (Tensor, Tensor) {
        let temperature = self.loss.temperature;
        let soft = match &self.answers {
            Answers::Kept(soft) => {
                let chosen = soft.index_select(0, &batch.indices.reshape([-1]));
                chosen.view_as(logits)
            }
            Answers::Asked(teachers) => ask(teachers, batch.images, temperature),
        };
        loss::distillation(logits, batch.labels, &soft, temperature, self.loss.soft_weight)
    }
}

/// The teachers' softened probabilities for pictures `[K, B, C, H, W]`: `[K, B, classes]`.
fn ask(teachers: &Model, images: &Tensor, temperature: f64) -> Tensor {
    let size = images.size();
    let pictures = images.flatten(0, 1);
    let soft =
        no_grad(|| loss::soft_targets(&teachers.network.forward(&pictures, None), temperature));
    soft.view([size[0], size[1], -1])
}

/// Trains the students that `settings` describe.
///
/// # Errors
/// Whatever loading, training or writing meets.
pub fn run(settings: &Value, context: &mut Context) -> Result<Finish, RunError> {
    let spec: DistillSpec = serde_json::from_value(settings.clone())?;
    context.phase("load data", "set", 1);
    let data = data::load(&spec.data, &DataRoots::discover(&context.data_roots), context.device)?;
    let data = context.confirm("data", data)?;
    let teachers = model::needed(context, &spec.teachers, "teachers")?;
    let kept = spec.augment.jitter == 0;
    let (test, soft) = asked(context, &teachers, &data, kept);
    let answers = answers(teachers, soft, spec.loss.temperature);
    let teaching = Teaching { loss: &spec.loss, answers };
    train_and_keep(context, spec.recipe(), &data, &teaching, &|context, trained, outcome| {
        let agreement = metric::agreement(&trained.test.predictions, &test);
        context.scalar("test/agreement", trained.step, agreement);
        outcome.metrics.insert("test/agreement".into(), agreement);
    })
}

/// What is learnt from: softened logits `[K, N, classes]` of every training picture, or the teachers.
fn answers(teachers: Model, kept: Option<Tensor>, temperature: f64) -> Answers {
    match kept {
        Some(logits) => Answers::Kept(no_grad(|| loss::soft_targets(&logits, temperature))),
        None => Answers::Asked(Box::new(teachers)),
    }
}

/// The class that the teachers together give each test picture, `[N]`; and, if they are to be `kept`,
/// their logits of every training picture, `[K, N, classes]`.
fn asked(
    context: &mut Context,
    teachers: &Model,
    data: &Labelled,
    kept: bool,
) -> (Tensor, Option<Tensor>) {
    let network = &teachers.network;
    let (tests, trains) = (data.test.labels.numel(), data.train.labels.numel());
    let total = (tests + if kept { trains } else { 0 }) as u64;
    let mut aside = Aside::phase(context, "ask teachers", "example", total);
    let logits = answers_with(network, &data.test.images, &mut |done| aside.tick(context, done));
    let test = metric::predictions(&metric::ensemble_log_probabilities(&logits)).squeeze_dim(0);
    let soft = kept.then(|| {
        let mut tell = |done| aside.tick(context, tests as u64 + done);
        answers_with(network, &data.train.images, &mut tell)
    });
    (test, soft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Place;
    use crate::job::Context;
    use crate::train::model::ModelNote;
    use crate::train::supervised::replay::Replay;
    use std::path::Path;

    fn teaching<'a>(replay: &Replay, loss: &'a DistillLossSpec, kept: bool) -> Teaching<'a> {
        let network = replay.teachers();
        let shape = replay.data.shape;
        let note = ModelNote {
            network: replay.setting("network"),
            input: [shape.channels, shape.height, shape.width],
            classes: replay.data.classes,
            seeds: Vec::new(),
        };
        let teachers = Model { note, network };
        let mut context = Context::silent(std::env::temp_dir(), 1);
        let soft = asked(&mut context, &teachers, &replay.data, kept).1;
        Teaching { loss, answers: answers(teachers, soft, loss.temperature) }
    }

    /// A network of one layer, as the model of a job in `folder`.
    fn model(folder: &Path, seed: u64) {
        std::fs::create_dir_all(folder.join("artifacts")).unwrap();
        let network = serde_json::from_str(r#"{"name": "mlp", "hidden": []}"#).unwrap();
        let note = ModelNote { network, input: [1, 28, 28], classes: 10, seeds: vec![seed] };
        let shape = crate::shape::Shape { channels: 1, height: 28, width: 28 };
        let built = crate::nn::build(&note.network, shape, 10, &note.seeds, tch::Device::Cpu);
        model::write(&Place::trusted(folder.join("artifacts")), &built.unwrap(), &note).unwrap();
    }

    #[test]
    fn agreement_is_with_the_teachers_and_not_with_the_labels() {
        let folder = tempfile::tempdir().unwrap();
        let (teacher, student) = (folder.path().join("teacher"), folder.path().join("student"));
        model(&teacher, 3); // its first values: it has learnt nothing
        for name in ["artifacts", "checkpoints"] {
            std::fs::create_dir_all(student.join(name)).unwrap();
        }
        let mut context = Context::silent(student, 1);
        context.needs.insert("teacher".to_owned(), Place::trusted(&teacher));
        let settings = serde_json::json!({
            "teachers": "teacher",
            "data": {"set": "glyphs", "train": 600, "validation": 0, "test": 300},
            "network": {"name": "mlp", "hidden": []},
            "optimiser": {"rule": "adam", "rate": 0.01},
            "loss": {"temperature": 1.0, "soft_weight": 1.0},
            "epochs": 20,
        });
        let ended = run(&settings, &mut context).unwrap();
        let Finish::Done(outcome) = ended else { panic!("it was interrupted") };
        let spec: DistillSpec = serde_json::from_value(settings).unwrap();
        let test = data::load(&spec.data, &DataRoots(Vec::new()), tch::Device::Cpu).unwrap();
        let images = data::scale(&test.unconfirmed().test.images);
        let classes = |folder: &Path| {
            let path = folder.join("artifacts").join(model::FILE);
            let bytes = std::fs::read(&path).unwrap();
            let model = model::decode(&path, &bytes, tch::Device::Cpu).unwrap();
            model.network.forward(&images, None).squeeze_dim(0).argmax(-1, false)
        };
        let same = classes(&teacher).eq_tensor(&classes(&context.folder));
        let share = same.to_kind(tch::Kind::Double).mean(tch::Kind::Double).double_value(&[]);
        let (agreement, accuracy) =
            (outcome.metrics["test/agreement"], outcome.metrics["test/accuracy"]);
        assert!((agreement - share).abs() < 1e-9, "{agreement} is said, and it is {share}");
        assert!(agreement > accuracy + 0.2, "{agreement} beside {accuracy}");
    }

    #[test]
    fn a_step_by_answers_that_were_kept_is_that_of_pytorch() {
        let replay = Replay::of("kept");
        replay.holds(&teaching(&replay, &replay.setting("loss"), true));
    }

    #[test]
    fn a_step_by_answers_for_shifted_pictures_is_that_of_pytorch() {
        let replay = Replay::of("asked");
        replay.holds(&teaching(&replay, &replay.setting("loss"), false));
    }
}
