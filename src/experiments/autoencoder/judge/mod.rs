//! How far an auto-encoder's samples are from real pictures, as a classifier sees them: [`Judge`].
//!
//! The classifier is shown test pictures and as many samples, mean pictures of the decoder at draws
//! from N(0, I). It learnt from pixel values, bytes scaled to 0..1 and no further, and is shown both in
//! that form; what a sample has beyond black and white is cut off. Where the auto-encoder's pixels are
//! binarised, its mean picture is the probability of 1, and what corresponds to that is the
//! value the pixel was drawn by: so the test pictures are shown as they were before. A mean picture is
//! smoother than one drawn from p(x | z), for every form alike.
//!
//! The kernel distance is not blind to the size of features: doubled ones, whose next layer halves them,
//! make the same classifier and another distance. The paper's features are those of one network; here
//! each member's are divided by their root mean square over the real pictures.
//!
//! Two more sets tell where a distance comes from. Reconstructions of the test pictures are as far from
//! them as the decoder's strokes are, wherever samples are drawn. And since the plain form has no prior
//! to draw from, it is judged a second time by draws from a normal distribution with the mean and
//! covariance of where its training pictures lie.

pub(super) mod fitted;
pub(super) mod kernel;
pub(super) mod opinion;
mod scores;
mod sets;

use super::encoding::Encoding;
use super::learner::Autoencoding;
use super::marginal::spread;
use super::spec::AutoencoderSpec;
use crate::data::PictureSplit;
use crate::job::{Context, RunError};
use crate::nn::Network;
use crate::train::{Pace, model};
use indexmap::IndexMap;
use kernel::distance;
use opinion::Opinion;
use scores::JudgeScores;
use tch::{Tensor, no_grad};

/// The most test pictures that are shown, evenly spread, and the most samples.
const MOST: i64 = 2000;

/// A classifier, and the real pictures that it is shown.
pub(super) struct Judge {
    network: Network,
    /// Which of the test pictures are shown, `[N]`.
    numbers: Tensor,
    /// These, as bytes `[N, C, H, W]`.
    real: Tensor,
}

impl Judge {
    /// The judge that the settings ask for, with pictures of `test` as they are before binarisation.
    ///
    /// # Errors
    /// When its network cannot be read, or looks at pictures of another size.
    pub(super) fn read(
        context: &mut Context,
        spec: &AutoencoderSpec,
        test: &PictureSplit,
    ) -> Result<Option<Self>, RunError> {
        let Some(reference) = &spec.judge else { return Ok(None) };
        let model = model::needed(context, reference, "judge")?;
        let numbers = spread(test.examples(), MOST).to_device(test.images.device());
        let real = test.images.index_select(0, &numbers);
        if real.size()[1..] != model.note.input {
            return Err(format!(
                "input shape mismatch: the judge '{reference}' takes {:?} (channels, height, width) and \
                 these pictures are {:?}: name a job trained on pictures of this size",
                model.note.input,
                &real.size()[1..]
            )
            .into());
        }
        Ok(Some(Self { network: model.network, numbers, real }))
    }

    /// Figures of samples and of real pictures, `test/judge/…`, which it reports too; none where the
    /// job is to stop.
    pub(super) fn compare(
        &self,
        context: &mut Context,
        learner: &Autoencoding<'_>,
        encoding: &Encoding,
        step: u64,
    ) -> Option<IndexMap<String, f64>> {
        let sets = if learner.model.is_variational() { 2 } else { 3 };
        context.phase("judge samples", "set", sets * learner.seeds.len() as u64);
        let found = no_grad(|| self.figures(context, learner, encoding))?;
        for (name, value) in &found {
            context.scalar(name, step, *value);
        }
        let plain = !learner.model.is_variational();
        context.text("judge", step, about(self.real.size()[0], plain));
        Some(found)
    }

    fn figures(
        &self,
        context: &mut Context,
        learner: &Autoencoding<'_>,
        encoding: &Encoding,
    ) -> Option<IndexMap<String, f64>> {
        let (mut pace, mut done) = (Pace::new(0), 0);
        let real = Opinion::of(&self.network, &self.real);
        let size = opinion::size(&real.features);
        let sized = |opinion: &Opinion| (&opinion.features / &size).flatten(1, 2);
        let features = sized(&real);
        // Two halves whose pictures alternate, since sets may be in some order.
        let half = |first: i64| features.slice(0, first, None, 2);
        let floor = distance(&half(0), &half(1));
        let mut found = scores::named("real", &[JudgeScores::of(&real, floor)]);
        for (set, places) in sets::places(learner, encoding, &self.numbers) {
            let pictures = sets::pictures(&learner.model, &places);
            let mut of_members = Vec::new();
            for member in 0..learner.model.members() {
                if context.interrupted() {
                    return None;
                }
                let opinion = Opinion::of(&self.network, &pictures.get(member));
                let apart = distance(&sized(&opinion), &features);
                of_members.push(JudgeScores::of(&opinion, apart));
                done += 1;
                pace.tick(context, done, done * self.real.size()[0] as u64);
            }
            found.extend(scores::named(set, &of_members));
        }
        Some(found)
    }
}

/// What the figures are of, for whoever reads them.
fn about(count: i64, plain: bool) -> String {
    let fitted = if plain {
        " `fitted_normal`: at draws from a normal distribution with the mean and covariance of where \
         training pictures lie."
    } else {
        ""
    };
    format!(
        "A classifier looks at {count} pictures of each. `real`: test pictures, not binarised; their \
         distance is that between two halves of them, a floor. `samples`: means of the decoder at \
         draws from N(0, I). `reconstructions`: of the test pictures.{fitted} The distance is the squared kernel distance between features \
         (Binkowski et al. 2018), in no unit, and may be below 0 by chance; the entropy is that of the mean \
         prediction, in nats."
    )
}
