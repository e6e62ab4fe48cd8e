//! Points of several classes ([`scatter`]).

use super::PictureError;
use super::axis::{Axis, Scale};
use super::chart::{Chart, Mark};

/// Points in the plane, such as latent means.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scatter<'a> {
    /// What the picture shows.
    pub title: &'a str,
    /// What was measured, and on what.
    pub caption: &'a str,
    /// The name of the first coordinate.
    pub x: &'a str,
    /// The name of the second.
    pub y: &'a str,
    /// The points; what is not finite is left out.
    pub points: &'a [[f64; 2]],
    /// The class of each point, or nothing.
    pub classes: &'a [usize],
    /// The names of the classes; where there are fewer, their numbers do.
    pub names: &'a [String],
}

/// The points as PNG, later ones over earlier ones, with a legend of the classes that occur.
///
/// # Errors
///
/// When there is not a class for each point, or no point can be drawn.
pub fn scatter(scatter: &Scatter) -> Result<Vec<u8>, PictureError> {
    let Scatter { title, caption, x, y, points, classes, names } = *scatter;
    let (expected, found) = (points.len(), classes.len());
    if found != expected && found != 0 {
        return Err(PictureError::Size { what: "a scatter of points", expected, found });
    }
    let drawn = |axis: usize| points.iter().filter(|it| whole(**it)).map(move |point| point[axis]);
    let axes = [0, 1].map(|axis| Axis::of(drawn(axis), Scale::Linear));
    let [Some(horizontal), Some(vertical)] = axes else {
        return Err(PictureError::Nothing { what: "a scatter of points" });
    };
    let mut occurring: Vec<usize> = classes.to_vec();
    occurring.sort_unstable();
    occurring.dedup();
    let name = |class: usize| names.get(class).cloned().unwrap_or_else(|| class.to_string());
    let legend = occurring.iter().map(|class| (name(*class), Mark::number(*class))).collect();
    let chart =
        Chart { title, caption, x: (horizontal, x), y: (vertical, y), legend, through: false };
    let (radius, opacity) = match points.len() {
        ..=400 => (4.0, 0.9),
        401..=2500 => (3.2, 0.8),
        _ => (2.5, 0.7),
    };
    chart.png(|sheet, plot| {
        for (index, point) in points.iter().enumerate().filter(|(_, point)| whole(**point)) {
            let mark = Mark::number(classes.get(index).copied().unwrap_or(0));
            if let Some(place) = plot.place(*point) {
                sheet.dot(mark.marker, place, radius, mark.colour, opacity);
            }
        }
    })
}

/// Whether both numbers of a point are numbers.
fn whole(point: [f64; 2]) -> bool {
    point.iter().all(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::super::canvas::tests::decoded;
    use super::*;

    /// How many pixels are of a colour.
    fn count(png: &[u8], colour: [u8; 3]) -> usize {
        decoded(png).3.chunks_exact(3).filter(|pixel| **pixel == colour).count()
    }

    #[test]
    fn each_class_has_its_colour_and_later_points_lie_on_top() {
        let points = [[0.0, 0.0], [0.0, 1.0], [1.0, f64::NAN]];
        let names = ["zero".to_owned()];
        let of = |points, classes| {
            let spec = Scatter {
                title: "t",
                x: "x",
                y: "y",
                points,
                classes,
                names: &names,
                ..Scatter::default()
            };
            scatter(&spec)
        };
        let png = of(&points[..2], &[0, 5]).unwrap();
        let [first, second] = [0, 5].map(|class| count(&png, Mark::number(class).colour));
        // One whole dot of each is in the legend; those in the plot are see-through.
        assert!(first > 20 && second > 20, "{first} {second}");
        assert_eq!(count(&png, Mark::number(1).colour), 0);
        assert_eq!(png, of(&points[..2], &[0, 5]).unwrap());
        assert_ne!(png, of(&points[..2], &[5, 0]).unwrap());
        assert_eq!(of(&points, &[0, 5, 5]).unwrap(), png, "what is not finite is left out");
        assert!(matches!(of(&points, &[0]), Err(PictureError::Size { expected: 3, found: 1, .. })));
        assert!(matches!(of(&points[2..], &[]), Err(PictureError::Nothing { .. })));
        assert!(matches!(of(&[], &[]), Err(PictureError::Nothing { .. })));
    }

    #[test]
    fn a_latent_space_is_drawn() {
        let turn = |index: usize| (index % 10) as f64 * 0.628;
        let points: Vec<[f64; 2]> = (0..3_000)
            .map(|index| {
                let (angle, far) = (turn(index), 1.5 + ((index * 37) % 101) as f64 / 80.0);
                let aside = ((index * 53) % 97) as f64 / 120.0;
                [far * angle.cos() + aside, far * angle.sin() - aside]
            })
            .collect();
        let classes: Vec<usize> = (0..3_000).map(|index| index % 10).collect();
        let spec = Scatter {
            title: "Latent means of the test pictures",
            caption: "variational, 2 latents; test pictures binarised statically",
            x: "z₁",
            y: "z₂",
            points: &points,
            classes: &classes,
            names: &[],
        };
        let png = scatter(&spec).unwrap();
        // To be looked at: a test cannot say whether a picture is clear.
        if let Some(folder) = std::env::var_os("EXP_TEST_PICTURES") {
            std::fs::write(std::path::Path::new(&folder).join("scatter.png"), &png).unwrap();
        }
        for class in 0..10 {
            assert!(count(&png, Mark::number(class).colour) > 20, "{class}");
        }
    }
}
