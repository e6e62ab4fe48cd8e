//! Pictures of what the first member does: [`draw`].
//!
//! What the decoder gives is shown by its mean. The names say what was done to the pictures that were
//! learnt from: `samples/static_binarisation`.

use super::model::Autoencoder;
use super::noise;
use super::source::Split;
use crate::job::{Context, RunError};
use crate::report::picture::{self, Tiles};
use tch::{Device, Kind, Tensor, no_grad};

/// Test pictures that are shown beside their reconstructions.
const PAIRS: i64 = 32;
/// Samples from the prior.
pub(super) const SAMPLES: i64 = 64;
/// Rows and columns of the manifold.
const MANIFOLD: i64 = 20;
/// Pairs of test pictures that are led over into each other, and the steps it takes.
const INTERPOLATIONS: i64 = 8;
const STEPS: i64 = 10;
/// How large a pixel is drawn.
const ZOOM: usize = 2;

/// Draws pairs of test pictures and reconstructions, samples, interpolations, and with two latents
/// the manifold.
///
/// # Errors
/// When a picture cannot be drawn.
pub(super) fn draw(
    context: &mut Context,
    model: &Autoencoder,
    test: &Split,
    step: u64,
) -> Result<(), RunError> {
    let caption = model.design.binarisation.caption();
    let mut show = |what: &str, rows: &Tensor, columns: usize| -> Result<(), RunError> {
        let png = grid(model, rows, columns)?;
        context.image(&format!("{what}/{caption}"), step, &png);
        Ok(())
    };
    no_grad(|| {
        show("reconstructions", &pairs(model, test), 8)?;
        let size = [SAMPLES, model.design.latent];
        let seeds = &model.design.seeds;
        let places = noise::normal(seeds, "pictures/samples", 0, &size, model.options());
        show("samples", &model.picture(&places).get(0), 8)?;
        show("interpolations", &interpolations(model, test), STEPS as usize)?;
        if model.is_variational() && model.design.latent == 2 {
            let places = every(model, &manifold(MANIFOLD).to_device(model.options().1));
            show("manifold", &model.picture(&places).get(0), MANIFOLD as usize)?;
        }
        Ok(())
    })
}

/// Rows seen by every member, `[K, R, …]`.
fn every(model: &Autoencoder, rows: &Tensor) -> Tensor {
    super::evaluation::for_all(model, &rows.to_kind(model.options().0))
}

/// Test pictures, each with its reconstruction to its right.
fn pairs(model: &Autoencoder, test: &Split) -> Tensor {
    let rows = test.range(0, PAIRS.min(test.examples()));
    let again = model.picture(&model.place(&every(model, &rows))).get(0);
    Tensor::stack(&[rows, again], 1).flatten(0, 1)
}

/// From one test picture to the next, along a line in the middle.
fn interpolations(model: &Autoencoder, test: &Split) -> Tensor {
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
    let [channels, height, width] = model.design.input;
    let (rows, channels) = shown(rows, channels, height * width);
    let tiles = Tiles {
        pixels: &bytes(&rows),
        count: rows.size()[0] as usize,
        channels: channels as usize,
        height: height as usize,
        width: width as usize,
    };
    Ok(picture::grid(&tiles, columns, ZOOM)?)
}

/// Pictures of one or three channels as they are; of others the first channel.
fn shown(rows: &Tensor, channels: i64, plane: i64) -> (Tensor, i64) {
    if matches!(channels, 1 | 3) {
        (rows.shallow_clone(), channels)
    } else {
        (rows.narrow(1, 0, plane), 1)
    }
}

/// Numbers from 0 to 1 as bytes; what is no number is black.
fn bytes(rows: &Tensor) -> Vec<u8> {
    let scaled = (rows.nan_to_num(0.0, 1.0, 0.0).clamp(0.0, 1.0) * 255.0).round();
    let whole = scaled.to_kind(Kind::Uint8).to_device(Device::Cpu).contiguous();
    let mut pixels = vec![0; whole.numel()];
    let length = pixels.len();
    whole.copy_data_u8(&mut pixels, length);
    pixels
}
