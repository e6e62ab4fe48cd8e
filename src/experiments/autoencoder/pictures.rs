//! Pictures of what the first member does: [`draw`].
//!
//! What the decoder gives is shown by its mean. The names say what was done to the pictures that were
//! learnt from: `samples/static_binarisation`; so does the caption of each.

use super::encoding::Encoding;
use super::latent_space;
use super::learner::Autoencoding;
use super::model::Autoencoder;
use super::noise;
use super::pixels::Pixels;
use super::spec::AutoencoderSpec;
use crate::data::PictureSplit;
use crate::job::{Context, RunError};
use crate::plot::{self, Drawn, PictureError};
use crate::train::{Aside, show};
use tch::{Device, Kind, Tensor, no_grad};

/// How many pictures there are at most.
pub(super) const COUNT: u64 = 5;
/// Test pictures that are shown beside their reconstructions.
const PAIRS: i64 = 32;
/// Samples from the prior.
const SAMPLES: i64 = 64;
/// Rows and columns of the manifold.
const MANIFOLD: i64 = 20;
/// Pairs of test pictures that are led over into each other, and the steps it takes.
const INTERPOLATIONS: i64 = 8;
const STEPS: i64 = 10;
/// How large a pixel is drawn.
const ZOOM: usize = 2;

/// What every caption ends with: which pictures, what was done to them, which model.
pub(super) fn about(spec: &AutoencoderSpec) -> String {
    let weighed = (spec.beta - 1.0).abs() > 0.0;
    let beta = if weighed { format!(", beta {}", spec.beta) } else { String::new() };
    format!(
        "Set {}, {}; {} auto-encoder, likelihood {}, {} latent{}{beta}.",
        spec.data.name(),
        spec.binarisation.words(),
        spec.form.name(),
        spec.likelihood.name(),
        spec.latent,
        if spec.latent == 1 { "" } else { "s" },
    )
}

/// What is shown, and of what.
struct Shown<'a> {
    model: &'a Autoencoder,
    test: &'a PictureSplit,
    encoding: &'a Encoding,
    about: String,
}

/// Draws pairs of test pictures and reconstructions, samples, interpolations, where test pictures lie
/// in latent space, and with two latents the decoded plane. `encoding` is of the test pictures, or of the first
/// of them. What cannot be drawn is left out with a warning.
pub(super) fn draw(
    context: &mut Context,
    learner: &Autoencoding<'_>,
    encoding: &Encoding,
    step: u64,
    aside: &mut Aside,
) {
    let (model, test) = (&learner.model, &learner.pictures.test);
    let shown = Shown { model, test, encoding, about: about(learner.spec) };
    let mut done = 0;
    let mut next =
        |context: &mut Context, what: &str, draw: &dyn Fn() -> Result<Drawn, RunError>| {
            show(context, &tag(model, what), step, || no_grad(draw));
            done += 1;
            aside.tick(context, done);
        };
    next(context, "reconstructions", &|| shown.reconstructions());
    next(context, "samples", &|| shown.samples());
    next(context, "interpolations", &|| shown.interpolations());
    if model.is_variational() && model.design.latent == 2 {
        next(context, "manifold", &|| shown.manifold());
    }
    // One latent makes no plane.
    if model.design.latent > 1 {
        next(context, "latents", &|| latent_space::draw(model, test, encoding, &shown.about));
    }
}

/// The name of a picture among the events.
pub(super) fn tag(model: &Autoencoder, what: &str) -> String {
    format!("{what}/{}", model.design.binarisation.caption())
}

fn said_of_samples(model: &Autoencoder) -> &'static str {
    if model.is_variational() {
        "Means of the decoder at draws from the prior N(0, I)."
    } else {
        "Means of the decoder at draws from N(0, I), which is not where this form puts pictures: it \
         has no prior."
    }
}

impl Shown<'_> {
    /// What the first member makes of places `[K, R, latent]`, side by side, with these words.
    fn decoded(&self, places: &Tensor, columns: i64, said: &str) -> Result<Drawn, RunError> {
        let pixels = Pixels::decoded(self.model, &places.narrow(0, 0, 1));
        let caption = format!("{said} {}", self.about);
        Ok(plot::captioned_grid(&pixels.tiles(), columns as usize, ZOOM, &caption)?)
    }

    /// Test pictures, each above its reconstruction.
    fn reconstructions(&self) -> Result<Drawn, RunError> {
        let count = affordable(self.model, PAIRS).min(self.encoding.examples());
        let places = self.encoding.mean.narrow(0, 0, 1).narrow(1, 0, count);
        let again = Pixels::decoded(self.model, &places);
        let rows = Pixels::of(self.model, &self.test.range(0, count));
        let caption = format!("Test pictures and their reconstructions. {}", self.about);
        Ok(plot::pairs(&rows.tiles(), &again.tiles(), 16, ZOOM, &caption)?)
    }

    fn samples(&self) -> Result<Drawn, RunError> {
        let model = self.model;
        let (size, seeds) = ([SAMPLES, model.design.latent], &model.design.seeds);
        let places = noise::normal(seeds, "pictures/samples", 0, &size, model.options());
        let places = places.narrow(1, 0, affordable(model, SAMPLES));
        self.decoded(&places, 8, said_of_samples(model))
    }

    /// From one test picture to the next, along a line in latent space.
    fn interpolations(&self) -> Result<Drawn, RunError> {
        let lines = affordable(self.model, INTERPOLATIONS * STEPS) / STEPS;
        let pairs = INTERPOLATIONS.min(self.encoding.examples() / 2).min(lines.max(1));
        if pairs == 0 {
            return Err("an interpolation needs at least two test pictures".into());
        }
        let places = self.encoding.mean.narrow(1, 0, 2 * pairs);
        let size = places.size();
        let ends = places.contiguous().view([size[0], pairs, 2, 1, size[2]]);
        let (from, to) = (ends.select(2, 0), ends.select(2, 1));
        let share = Tensor::linspace(0.0, 1.0, STEPS, self.model.options()).view([1, 1, STEPS, 1]);
        let line = &from + (&to - &from) * share;
        let said =
            "What is decoded on the line between two test pictures, from the one to the other.";
        self.decoded(&line.flatten(1, 2), STEPS, said)
    }

    /// The plane of two latents.
    fn manifold(&self) -> Result<Drawn, RunError> {
        let side = affordable(self.model, MANIFOLD * MANIFOLD).isqrt();
        let (kind, device) = self.model.options();
        let places = manifold(side).to_kind(kind).to_device(device).unsqueeze(0);
        let fewer = if side < MANIFOLD {
            format!(" {side} x {side} places, since pictures of this size are too large for more.")
        } else {
            String::new()
        };
        let said = format!("The plane of the two latents, at equal shares of the prior.{fewer}");
        self.decoded(&places, side, &said)
    }
}

/// At most so many pictures as fit 256 MB of bytes, and one at least.
fn affordable(model: &Autoencoder, most: i64) -> i64 {
    let numbers: i64 = model.design.input.iter().product();
    most.min((1 << 28) / numbers.max(1)).max(1)
}

/// Places in a plane whose coordinates stand at equal shares of the normal distribution (the paper's
/// figure 4): `[side * side, 2]`, the first coordinate rising to the right, the second upwards.
pub(super) fn manifold(side: i64) -> Tensor {
    let options = (Kind::Double, Device::Cpu);
    let shares = (Tensor::arange(side, options) + 0.5) / side as f64;
    let places = (shares * 2.0 - 1.0).erfinv() * std::f64::consts::SQRT_2;
    let right = places.unsqueeze(0).expand([side, side], false);
    let up = places.flip([0]).unsqueeze(1).expand([side, side], false);
    Tensor::stack(&[right, up], -1).flatten(0, 1)
}

/// Rows of numbers (0 black, 1 white; beyond them cut off) as pictures side by side.
///
/// # Errors
/// When there are none.
pub(super) fn grid(
    model: &Autoencoder,
    rows: &Tensor,
    columns: usize,
) -> Result<Drawn, PictureError> {
    plot::grid(&Pixels::of(model, rows).tiles(), columns, ZOOM)
}
