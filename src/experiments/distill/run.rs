//! Training students: [`run`].

use crate::data::{self, DataRoots, Labelled};
use crate::event::Event;
use crate::job::{Context, Finish, RunError};
use crate::loss;
use crate::metric;
use crate::train::model::{self, Model};
use crate::train::supervised::{Batch, Objective, answers, carry_out};
use serde_json::Value;
use tch::{Tensor, no_grad};

use super::spec::{DistillLossSpec, DistillSpec};

/// What the teachers say of each picture.
enum Answers {
    /// Looked up: their softened probabilities for every training picture, `[N, classes]`.
    Kept(Tensor),
    /// Asked at every step, since the pictures change.
    Asked(Model),
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
        no_grad(|| loss::soft_targets(&teachers.network.logits(&pictures, None), temperature));
    soft.view([size[0], size[1], -1])
}

/// Trains the students that `settings` describe.
///
/// # Errors
/// Whatever loading, training or writing meets.
pub fn run(settings: &Value, context: &mut Context) -> Result<Finish, RunError> {
    let spec: DistillSpec = serde_json::from_value(settings.clone())?;
    context.emit(Event::Phase { name: "load data".into(), unit: "set".into(), total: 1 });
    let data = data::load(&spec.data, &DataRoots::discover(&context.data_roots), context.device)?;
    let data = context.confirm("data", data)?;
    let teachers = model::needed(context, &spec.teachers, "teachers")?;
    let test = classes(&teachers, &data);
    let answers = if spec.augment.jitter == 0 {
        let phase = Event::Phase { name: "ask teachers".into(), unit: "set".into(), total: 1 };
        context.emit(phase);
        let logits = answers(teachers.network.as_ref(), &data.train.images);
        Answers::Kept(no_grad(|| loss::soft_targets(&logits, spec.loss.temperature)))
    } else {
        Answers::Asked(teachers)
    };
    let teaching = Teaching { loss: &spec.loss, answers };
    carry_out(context, spec.recipe(), &data, &teaching, &|context, trained, outcome| {
        let agreement = metric::agreement(&trained.test.predictions, &test);
        context.scalar("test/agreement", trained.step, agreement);
        outcome.metrics.insert("test/agreement".into(), agreement);
    })
}

/// The class that the teachers together give each test picture, `[N]`.
fn classes(teachers: &Model, data: &Labelled) -> Tensor {
    let logits = answers(teachers.network.as_ref(), &data.test.images);
    metric::predictions(&metric::ensemble_log_probabilities(&logits)).squeeze_dim(0)
}
