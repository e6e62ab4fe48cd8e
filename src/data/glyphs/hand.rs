//! One digit as one hand writes it once: [`draw`].
//!
//! A way of writing is taken from the table and then bent: its points wander a little, the whole is
//! scaled, slanted, turned and warped, the pen has a width and a pressure, and some pictures have
//! breaks, stray marks, blur or grain. Only sums, products and square roots are used, so a picture
//! is the same to the last bit on every machine.

use super::canvas::{GreyImage, SIDE};
use super::curve::trace;
use super::strokes::{Point, WAYS};
use crate::seed::Draws;

/// Draws `digit` on a new canvas; `distortion` 1 is the ordinary hand, 0 a very steady one.
pub(super) fn draw(digit: usize, distortion: f32, draws: &mut Draws) -> GreyImage {
    let mut canvas = GreyImage::new();
    let ways = WAYS[digit];
    let way = ways[draws.below(ways.len() as u64) as usize];
    let posture = Posture::new(distortion, draws);
    let pen = Pen::new(draws);
    for stroke in way {
        let line = trace(&wander(stroke, 0.065 * distortion, draws));
        pen.draw(
            &line.into_iter().map(|point| posture.place(point)).collect::<Vec<_>>(),
            draws,
            &mut canvas,
        );
    }
    if draws.chance(0.1 * distortion) {
        stray(&pen, draws, &mut canvas);
    }
    if draws.chance(0.5) {
        canvas.blur(draws.between(0.0, 0.9));
    }
    if draws.chance(0.2 * distortion) {
        let strength = draws.between(0.02, 0.12);
        canvas.grain(draws, strength);
    }
    canvas
}

/// The points of a stroke, each a little off its place; a corner moves as one.
fn wander(stroke: &[Point], strength: f32, draws: &mut Draws) -> Vec<Point> {
    let mut moved: Vec<Point> = Vec::with_capacity(stroke.len());
    for (index, point) in stroke.iter().enumerate() {
        let next = match moved.last() {
            Some(&last) if stroke[index - 1] == *point => last,
            _ => (point.0 + strength * draws.normal(), point.1 + strength * draws.normal()),
        };
        moved.push(next);
    }
    moved
}

/// How a digit stands on the paper: a map from its box to pixels.
struct Posture {
    matrix: [f32; 4],
    shift: Point,
    warp: [f32; 6],
}

impl Posture {
    fn new(distortion: f32, draws: &mut Draws) -> Self {
        let angle = 0.11 * distortion * draws.normal();
        let slant = -0.12 + 0.2 * distortion * draws.normal();
        let height = 9.3 * (1.0 + 0.08 * distortion * draws.normal()).clamp(0.6, 1.25);
        let width = height * (1.0 + 0.13 * distortion * draws.normal()).clamp(0.5, 1.5);
        let (sine, cosine) = (angle - angle * angle * angle / 6.0, 1.0 - angle * angle / 2.0);
        let middle = (SIDE as f32 - 1.0) / 2.0;
        let shift = 0.55 * distortion;
        Self {
            matrix: [
                width * cosine,
                height * (slant * cosine - sine),
                width * sine,
                height * (slant * sine + cosine),
            ],
            shift: (middle + shift * draws.normal(), middle + shift * draws.normal()),
            warp: std::array::from_fn(|_| 0.06 * distortion * draws.normal()),
        }
    }

    /// Where a point of the box lies on the paper, in pixels.
    fn place(&self, (x, y): Point) -> Point {
        let bend = [x * x, x * y, y * y];
        let along = |terms: &[f32]| bend.iter().zip(terms).map(|(a, b)| a * b).sum::<f32>();
        let (x, y) = (x + along(&self.warp[..3]), y + along(&self.warp[3..]));
        let matrix = &self.matrix;
        (self.shift.0 + matrix[0] * x + matrix[1] * y, self.shift.1 + matrix[2] * x + matrix[3] * y)
    }
}

/// What the digit is written with.
struct Pen {
    radius: f32,
    edge: f32,
    ink: f32,
    /// How much the radius changes along a stroke.
    pressure: f32,
    /// The probability that a stroke has a break.
    breaks: f32,
}

impl Pen {
    fn new(draws: &mut Draws) -> Self {
        Self {
            radius: draws.between(0.7, 1.7),
            edge: draws.between(0.8, 1.6),
            ink: draws.between(0.75, 1.0),
            pressure: draws.between(0.0, 0.45),
            breaks: 0.08,
        }
    }

    /// Draws a line of pieces, pressing harder or softer from its start to its end.
    fn draw(&self, line: &[Point], draws: &mut Draws, canvas: &mut GreyImage) {
        let tilt = self.pressure * draws.between(-1.0, 1.0);
        let pieces = line.len().saturating_sub(1);
        let gap = draws.chance(self.breaks).then(|| draws.below(pieces.max(1) as u64) as usize);
        let radius = |index: usize| {
            let along = index as f32 / pieces.max(1) as f32;
            self.radius * (1.0 + tilt * (2.0 * along - 1.0))
        };
        for (index, ends) in line.windows(2).enumerate() {
            if gap.is_some_and(|gap| (gap..gap + 4).contains(&index)) {
                continue;
            }
            let radii = (radius(index), radius(index + 1));
            canvas.piece(ends[0], ends[1], radii, self.edge, self.ink);
        }
    }
}

/// A short mark that belongs to no digit.
fn stray(pen: &Pen, draws: &mut Draws, canvas: &mut GreyImage) {
    let start = (draws.between(0.0, 27.0), draws.between(0.0, 27.0));
    let end = (start.0 + 4.0 * draws.normal(), start.1 + 4.0 * draws.normal());
    pen.draw(&[start, end], draws, canvas);
}
