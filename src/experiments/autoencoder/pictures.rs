//! Pictures of what the first member does: [`draw`].
//!
//! What the decoder gives is shown by its mean. The names say what was done to the pictures that were
//! learnt from: `samples/static_binarisation`; so does the caption of each.

use super::latent_space;
use super::model::Autoencoder;
use super::noise;
use super::spec::AutoencoderSpec;
use crate::data::PictureSplit;
use crate::job::{Context, RunError};
use crate::report::picture::{self, Tiles};
use tch::{Device, Kind, Tensor, no_grad};

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

/// Draws pairs of test pictures and reconstructions, samples, interpolations, where test pictures lie
/// in the middle, and with two latents the manifold.
///
/// # Errors
/// When a picture cannot be drawn.
pub(super) fn draw(
    context: &mut Context,
    model: &Autoencoder,
    test: &PictureSplit,
    about: &str,
    step: u64,
) -> Result<(), RunError> {
    no_grad(|| {
        reconstructions(context, model, test, about, step)?;
        let mut show = |what: &str, rows: &Tensor, columns: i64, said: &str| {
            let pixels = Pixels::of(model, rows);
            let caption = format!("{said} {about}");
            let png = picture::captioned_grid(&pixels.tiles(), columns as usize, ZOOM, &caption)?;
            context.image(&tag(model, what), step, &png);
            Ok::<(), RunError>(())
        };
        let size = [SAMPLES, model.design.latent];
        let seeds = &model.design.seeds;
        let places = noise::normal(seeds, "pictures/samples", 0, &size, model.options());
        show("samples", &model.picture(&places).get(0), 8, said_of_samples(model))?;
        let said = "From a test picture at the left to another at the right, along a line.";
        show("interpolations", &interpolations(model, test), STEPS, said)?;
        if model.is_variational() && model.design.latent == 2 {
            let places = every(model, &manifold(MANIFOLD).to_device(model.options().1));
            let said = "The plane of the two latents, at equal shares of the prior.";
            show("manifold", &model.picture(&places).get(0), MANIFOLD, said)?;
        }
        latent_space::draw(context, model, test, about, step)
    })
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

/// Test pictures, each above its reconstruction.
fn reconstructions(
    context: &mut Context,
    model: &Autoencoder,
    test: &PictureSplit,
    about: &str,
    step: u64,
) -> Result<(), RunError> {
    let rows = test.range(0, PAIRS.min(test.examples()));
    let again = model.picture(&model.place(&every(model, &rows))).get(0);
    let (rows, again) = (Pixels::of(model, &rows), Pixels::of(model, &again));
    let caption = format!("Test pictures and their reconstructions. {about}");
    let png = picture::pairs(&rows.tiles(), &again.tiles(), 16, ZOOM, &caption)?;
    context.image(&tag(model, "reconstructions"), step, &png);
    Ok(())
}

/// Rows seen by every member, `[K, R, …]`.
fn every(model: &Autoencoder, rows: &Tensor) -> Tensor {
    super::evaluation::for_all(model, &rows.to_kind(model.options().0))
}

/// From one test picture to the next, along a line in the middle.
fn interpolations(model: &Autoencoder, test: &PictureSplit) -> Tensor {
    let pairs = INTERPOLATIONS.min(test.examples() / 2);
    let places = model.place(&every(model, &test.range(0, 2 * pairs)));
    let size = places.size();
    let ends = places.view([size[0], pairs, 2, 1, size[2]]);
    let (from, to) = (ends.select(2, 0), ends.select(2, 1));
    let share = Tensor::linspace(0.0, 1.0, STEPS, model.options()).view([1, 1, STEPS, 1]);
    let line = &from + (&to - &from) * share;
    model.picture(&line.flatten(1, 2)).get(0)
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
/// When there are none, or too many.
pub(super) fn grid(
    model: &Autoencoder,
    rows: &Tensor,
    columns: usize,
) -> Result<Vec<u8>, RunError> {
    Ok(picture::grid(&Pixels::of(model, rows).tiles(), columns, ZOOM)?)
}

/// Pictures as bytes.
pub(super) struct Pixels {
    bytes: Vec<u8>,
    count: usize,
    channels: usize,
    height: usize,
    width: usize,
}

impl Pixels {
    /// Of rows of numbers (0 black, 1 white; what is no number is black), `[N, pixels]`. Pictures of
    /// one or three channels are as they are; of others the first channel is shown.
    pub(super) fn of(model: &Autoencoder, rows: &Tensor) -> Self {
        let [channels, height, width] = model.design.input;
        let (rows, channels) = if matches!(channels, 1 | 3) {
            (rows.shallow_clone(), channels)
        } else {
            (rows.narrow(1, 0, height * width), 1)
        };
        let scaled = (rows.nan_to_num(0.0, 1.0, 0.0).clamp(0.0, 1.0) * 255.0).round();
        let whole = scaled.to_kind(Kind::Uint8).to_device(Device::Cpu).contiguous();
        let mut bytes = vec![0; whole.numel()];
        let length = bytes.len();
        whole.copy_data_u8(&mut bytes, length);
        Self {
            bytes,
            count: rows.size()[0] as usize,
            channels: channels as usize,
            height: height as usize,
            width: width as usize,
        }
    }

    pub(super) fn tiles(&self) -> Tiles<'_> {
        Tiles {
            pixels: &self.bytes,
            count: self.count,
            channels: self.channels,
            height: self.height,
            width: self.width,
        }
    }
}
