//! Curves of several series ([`lines`]).

use super::PictureError;
use super::axis::{Axis, Scale};
use super::chart::{Chart, Mark, Plot};
use super::sheet::{Place, Sheet};

/// So many dots are drawn on a curve of many points, to tell it from others.
const DOTS: usize = 9;
/// On a curve of no more points each has its dot.
const FEW: usize = 24;

/// One curve.
#[derive(Debug, Clone, Copy, Default)]
pub struct Series<'a> {
    /// Its name in the legend; without one it does not stand there.
    pub name: &'a str,
    /// Its points from left to right; what is not finite interrupts the curve.
    pub points: &'a [[f64; 2]],
    /// How far an error bar goes up and down from each point; or nothing.
    pub errors: &'a [f64],
    /// Which of the colours it has; that of its place among the series if none is given.
    pub colour: Option<usize>,
    /// Whether its line is broken: for one that is to be told from another of the same colour.
    pub dashed: bool,
}

impl Series<'_> {
    fn mark(&self, index: usize) -> Mark {
        Mark { dashed: self.dashed, ..Mark::number(self.colour.unwrap_or(index)) }
    }
}

/// Curves over one axis, such as the bound against the latent size.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lines<'a> {
    /// What the picture shows.
    pub title: &'a str,
    /// What was measured, and on what.
    pub caption: &'a str,
    /// The name of the horizontal axis, with its unit.
    pub x: &'a str,
    /// The name of the vertical axis, with its unit.
    pub y: &'a str,
    /// How values lie on the horizontal axis.
    pub x_scale: Scale,
    /// How values lie on the vertical axis.
    pub y_scale: Scale,
    /// The curves.
    pub series: &'a [Series<'a>],
}

/// The curves as PNG, with a legend.
///
/// # Errors
///
/// When there is not an error bar for each point of a series that has some, or no point can be drawn.
pub fn lines(lines: &Lines) -> Result<Vec<u8>, PictureError> {
    for Series { points, errors, .. } in lines.series {
        let (expected, found) = (points.len(), errors.len());
        if found != expected && found != 0 {
            return Err(PictureError::Size { what: "the error bars of a curve", expected, found });
        }
    }
    let across = lines.series.iter().flat_map(|series| series.points).map(|point| point[0]);
    let up = lines.series.iter().flat_map(extent);
    let axes = (Axis::of(across, lines.x_scale), Axis::of(up, lines.y_scale));
    let (Some(horizontal), Some(vertical)) = axes else {
        return Err(PictureError::Nothing { what: "curves" });
    };
    let named = |(index, series): (usize, &Series)| (series.name.to_owned(), series.mark(index));
    let named = lines.series.iter().enumerate().map(named).filter(|(name, _)| !name.is_empty());
    let chart = Chart {
        title: lines.title,
        caption: lines.caption,
        x: (horizontal, lines.x),
        y: (vertical, lines.y),
        legend: named.collect(),
        through: true,
    };
    chart.png(|sheet, plot| {
        for (index, series) in lines.series.iter().enumerate() {
            draw(sheet, plot, series, series.mark(index));
        }
    })
}

/// All heights of a series, with the ends of its error bars.
fn extent<'a>(series: &'a Series) -> impl Iterator<Item = f64> + 'a {
    series.points.iter().enumerate().flat_map(|(index, point)| {
        let error = series.errors.get(index).copied().filter(|error| error.is_finite());
        let error = error.unwrap_or(0.0);
        [point[1], point[1] - error, point[1] + error]
    })
}

fn draw(sheet: &mut Sheet, plot: &Plot, series: &Series, mark: Mark) {
    let places: Vec<Option<Place>> = series.points.iter().map(|point| plot.place(*point)).collect();
    for (index, place) in places.iter().enumerate() {
        let error = series.errors.get(index).copied().filter(|error| *error > 0.0);
        if let (Some([x, _]), Some(error)) = (*place, error) {
            let y = series.points[index][1];
            let [low, high] = [plot.height(y - error), plot.height(y + error)];
            sheet.line(&[[x, low], [x, high]], 1.4, mark.colour);
            for y in [low, high] {
                sheet.line(&[[x - 4.5, y], [x + 4.5, y]], 1.4, mark.colour);
            }
        }
    }
    for stretch in places.split(Option::is_none) {
        let stretch: Vec<Place> = stretch.iter().flatten().copied().collect();
        sheet.curve(&stretch, mark.dashed, mark.colour);
    }
    let stride = if places.len() <= FEW { 1 } else { places.len().div_ceil(DOTS) };
    for place in places.iter().skip(stride / 2).step_by(stride).flatten() {
        sheet.dot(mark.marker, *place, 4.4, mark.colour, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::canvas::tests::decoded;
    use super::*;

    const SIZES: [[f64; 2]; 4] = [[2.0, -138.0], [20.0, -99.8], [50.0, f64::NAN], [200.0, -100.9]];

    fn drawn(series: &[Series]) -> Result<Vec<u8>, PictureError> {
        lines(&Lines {
            title: "Bound against latent size",
            caption: "test bound; pictures binarised statically",
            x: "latents",
            y: "bound (nats)",
            x_scale: Scale::Logarithmic,
            y_scale: Scale::Linear,
            series,
        })
    }

    /// How many pixels are of the colour of a series.
    fn ink(png: &[u8], index: usize) -> usize {
        let colour = Mark::number(index).colour;
        decoded(png).3.chunks_exact(3).filter(|pixel| **pixel == colour).count()
    }

    #[test]
    fn curves_have_lines_dots_and_error_bars() {
        let series = |points, errors| Series { name: "AEVB", points, errors, ..Series::default() };
        let [all, start] =
            [&SIZES[..], &SIZES[..1]].map(|points| drawn(&[series(points, &[])]).unwrap());
        assert!(ink(&all, 0) > ink(&start, 0) + 200);
        let bars = drawn(&[series(&SIZES[..], &[9.0, 1.0, 1.0, f64::NAN])]).unwrap();
        if let Some(folder) = std::env::var_os("EXP_TEST_PICTURES") {
            std::fs::write(std::path::Path::new(&folder).join("lines.png"), &bars).unwrap();
        }
        assert_ne!(bars, all);
        let both =
            [series(&SIZES[..], &[]), Series { name: "wake-sleep", ..series(&SIZES[..1], &[]) }];
        assert!(ink(&drawn(&both).unwrap(), 1) > 30);
    }

    #[test]
    fn what_cannot_be_drawn_is_an_error() {
        let series = |points, errors| Series { points, errors, ..Series::default() };
        assert!(matches!(drawn(&[]), Err(PictureError::Nothing { .. })));
        assert!(matches!(drawn(&[series(&SIZES[2..3], &[])]), Err(PictureError::Nothing { .. })));
        let found = drawn(&[series(&SIZES[..], &[1.0])]);
        assert!(matches!(found, Err(PictureError::Size { expected: 4, found: 1, .. })));
    }
}
