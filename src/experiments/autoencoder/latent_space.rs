//! Pictures of latent space: where test pictures of each class lie ([`draw`]), and the same for
//! TensorBoard's projector ([`embed`]). Of the first member.

use super::encoding::Encoding;
use super::evaluation::numbers;
use super::model::Autoencoder;
use super::pixels::Pixels;
use crate::data::PictureSplit;
use crate::job::{Context, RunError};
use crate::plot::{self, Drawn, Scatter};
use crate::sinks::{Embedding, write_embeddings};
use tch::{Kind, Tensor, no_grad};

/// The most test pictures whose places are shown.
pub(super) const POINTS: i64 = 5000;

/// Draws where test pictures lie, by class if they have one: in the plane of the two latents, or in that
/// of the two principal components of more.
///
/// # Errors
/// When it cannot be drawn.
pub(super) fn draw(
    model: &Autoencoder,
    test: &PictureSplit,
    encoding: &Encoding,
    about: &str,
) -> Result<Drawn, RunError> {
    let latent = model.design.latent;
    let places = first(encoding);
    if latent > 2 && places.size()[0] < 2 {
        return Err("principal components need two test pictures".into());
    }
    let (places, [x, y], plane) = if latent == 2 {
        (places, ["z0", "z1"], String::new())
    } else {
        let (places, share) = principal_plane(&places);
        let plane = format!(
            " The plane of the two principal components, which have {:.0} % of the variance.",
            100.0 * share
        );
        (places, ["first component", "second component"], plane)
    };
    let points: Vec<[f64; 2]> =
        numbers(&places).chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    let labels = classes(test, points.len());
    let png = plot::scatter(&Scatter {
        title: "Test pictures in latent space",
        caption: &format!("Test pictures, one dot each: {}.{plane} {about}", points.len()),
        x,
        y,
        points: &points,
        classes: labels.as_deref().unwrap_or_default(),
        names: &[],
    })?;
    Ok(png.into())
}

/// The first places of the first member, `[N, latent]`.
fn first(encoding: &Encoding) -> Tensor {
    encoding.mean.get(0).narrow(0, 0, encoding.examples().min(POINTS))
}

/// The first `count` classes, where there are any.
fn classes(split: &PictureSplit, count: usize) -> Option<Vec<usize>> {
    let labels = split.labels.as_ref()?.to_kind(Kind::Double);
    Some(numbers(&labels).into_iter().take(count).map(|label| label as usize).collect())
}

/// Rows `[N, latent]` in the plane in which they vary most, `[N, 2]`, and its share of their variance.
/// Which way an axis points is settled by its largest number, so that it is the same everywhere.
fn principal_plane(places: &Tensor) -> (Tensor, f64) {
    no_grad(|| {
        let places = places.to_kind(Kind::Double).to_device(tch::Device::Cpu);
        let centred = &places - places.mean_dim(0, true, None::<Kind>);
        let (_, values, axes) = centred.svd(true, true);
        let axes = axes.narrow(1, 0, 2);
        let largest = axes.gather(0, &axes.abs().argmax(0, true), false);
        let share = values.narrow(0, 0, 2).square().sum(Kind::Double)
            / values.square().sum(Kind::Double).clamp_min(f64::MIN_POSITIVE);
        (centred.matmul(&(axes * largest.sign())), share.double_value(&[]))
    })
}

/// Writes where test pictures lie for TensorBoard's projector, each with its class and its picture.
///
/// # Errors
/// When the files cannot be written.
pub(super) fn embed(
    context: &mut Context,
    model: &Autoencoder,
    test: &PictureSplit,
    encoding: &Encoding,
) -> Result<(), RunError> {
    let places = first(encoding);
    let count = places.size()[0];
    let values: Vec<f32> = numbers(&places).into_iter().map(|value| value as f32).collect();
    let pixels = Pixels::on_a_sheet(model, test, count);
    let ([_, height, width], [low, narrow]) = (model.design.input, pixels.size());
    if [low, narrow] != [height, width] {
        context.warn(format!(
            "the pictures in TensorBoard's projector have {narrow} x {low} of {width} x {height} \
             pixels each, since whole ones do not fit on one sheet"
        ));
    }
    let examples: Vec<String> = (0..count).map(|example| example.to_string()).collect();
    let labels: Option<Vec<String>> = classes(test, count as usize)
        .map(|labels| labels.into_iter().map(|label| label.to_string()).collect());
    let mut columns = vec![("example", examples.as_slice())];
    if let Some(labels) = &labels {
        columns.insert(0, ("class", labels));
    }
    let embedding = Embedding {
        name: "latents of test pictures",
        values: &values,
        dimensions: model.design.latent as usize,
        columns: &columns,
        pictures: Some(pixels.tiles()),
    };
    for remark in write_embeddings(&context.folder, &[embedding])? {
        context.warn(remark);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Device;

    #[test]
    fn a_plane_in_space_is_found_and_its_axes_are_in_order() {
        // An ellipse of half axes 3 and 1 along two directions at right angles in space, moved aside.
        let options = (Kind::Double, Device::Cpu);
        let angles = (Tensor::arange(200, options) * (std::f64::consts::TAU / 200.0)).unsqueeze(1);
        let long = Tensor::from_slice(&[0.6, 0.0, 0.8]).unsqueeze(0);
        let short = Tensor::from_slice(&[0.0, 1.0, 0.0]).unsqueeze(0);
        let places = angles.cos() * 3.0 * &long + angles.sin() * &short + 5.0;
        let (plane, share) = principal_plane(&places);
        assert!((share - 1.0).abs() < 1e-12, "{share}");
        let expected = Tensor::cat(&[angles.cos() * 3.0, angles.sin()], 1);
        let apart = (&plane - &expected).abs().max().double_value(&[]);
        assert!(apart < 1e-9, "{apart}");
        let across = Tensor::from_slice(&[0.8, 0.0, -0.6]).unsqueeze(0);
        let wave = (angles * 7.0).sin() * 0.5;
        let (_, share) = principal_plane(&(places + wave * across));
        // Variances 9/2, 1/2 and 1/8.
        assert!((share - 5.0 / 5.125).abs() < 1e-9, "{share}");
    }
}
