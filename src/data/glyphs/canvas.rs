//! Ink on paper: [`GreyImage`], one grey picture that lines are drawn on.

use super::strokes::Point;
use crate::seed::Draws;

/// Pixels along each side of a picture.
pub(super) const SIDE: usize = 28;

/// A picture of `SIDE` x `SIDE` pixels, 0 without ink to 1 full of it.
pub(super) struct GreyImage([f32; SIDE * SIDE]);

impl GreyImage {
    /// Paper without ink.
    pub(super) fn new() -> Self {
        Self([0.0; SIDE * SIDE])
    }

    /// Draws the piece from `from` to `to` (in pixels) with a round pen whose radius goes from
    /// `radii.0` to `radii.1` and whose edge fades over `edge` pixels. Where ink lies, the stronger
    /// one stays.
    pub(super) fn piece(&mut self, from: Point, to: Point, radii: (f32, f32), edge: f32, ink: f32) {
        let reach = radii.0.max(radii.1) + edge;
        let (columns, rows) = (pixels(from.0, to.0, reach), pixels(from.1, to.1, reach));
        let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
        let length = (along_x * along_x + along_y * along_y).max(1e-9);
        for row in rows {
            let down = row as f32 - from.1;
            for column in columns.clone() {
                let right = column as f32 - from.0;
                let along = ((right * along_x + down * along_y) / length).clamp(0.0, 1.0);
                let (x, y) = (right - along * along_x, down - along * along_y);
                let radius = radii.0 + along * (radii.1 - radii.0);
                let inside = (radius - (x * x + y * y).sqrt()) / edge + 0.5;
                let pixel = &mut self.0[row * SIDE + column];
                *pixel = pixel.max(ink * inside.clamp(0.0, 1.0));
            }
        }
    }

    /// Mixes in `share` of the picture smoothed by the 1-2-1 filter in both directions.
    pub(super) fn blur(&mut self, share: f32) {
        let across = filtered(&self.0, 1);
        let both = filtered(&across, SIDE);
        for (pixel, smooth) in self.0.iter_mut().zip(both) {
            *pixel += share * (smooth - *pixel);
        }
    }

    /// Adds noise of standard deviation `strength` to every pixel.
    pub(super) fn grain(&mut self, draws: &mut Draws, strength: f32) {
        for pixel in &mut self.0 {
            *pixel += strength * draws.normal();
        }
    }

    /// Writes the picture as bytes, rows first, 255 for full ink.
    pub(super) fn write(&self, bytes: &mut [u8]) {
        for (byte, pixel) in bytes.iter_mut().zip(self.0) {
            *byte = (pixel.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        }
    }
}

/// The pixels of one direction within `reach` of the stretch between `from` and `to`.
fn pixels(from: f32, to: f32, reach: f32) -> std::ops::Range<usize> {
    let low = (from.min(to) - reach).max(0.0) as usize;
    let high = ((from.max(to) + reach).max(-1.0) + 1.0) as usize;
    low.min(SIDE)..high.min(SIDE)
}

/// `picture` smoothed by 1-2-1 between pixels that are `step` apart; nothing lies beyond the ends.
fn filtered(picture: &[f32; SIDE * SIDE], step: usize) -> [f32; SIDE * SIDE] {
    let mut smooth = [0.0; SIDE * SIDE];
    for (index, value) in smooth.iter_mut().enumerate() {
        let place = index / step % SIDE;
        let before = if place > 0 { picture[index - step] } else { 0.0 };
        let after = if place + 1 < SIDE { picture[index + step] } else { 0.0 };
        *value = 0.25 * before + 0.5 * picture[index] + 0.25 * after;
    }
    smooth
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(canvas: &GreyImage) -> Vec<u8> {
        let mut bytes = vec![0; SIDE * SIDE];
        canvas.write(&mut bytes);
        bytes
    }

    #[test]
    fn a_line_has_its_width_and_soft_edges() {
        let mut canvas = GreyImage::new();
        canvas.piece((5.0, 10.0), (20.0, 10.0), (1.5, 1.5), 1.0, 1.0);
        let bytes = bytes(&canvas);
        assert_eq!([8, 9, 10, 11, 12].map(|row| bytes[row * SIDE + 12]), [0, 255, 255, 255, 0]);
        assert_eq!(bytes[10 * SIDE + 23], 0);
        canvas.piece((-30.0, -30.0), (-20.0, 80.0), (1.0, 1.0), 1.0, 1.0);
        canvas.piece((50.0, 3.0), (60.0, 80.0), (1.0, 1.0), 1.0, 1.0);
        assert!(canvas.0.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
    }

    #[test]
    fn blur_keeps_the_ink_inside() {
        let mut canvas = GreyImage::new();
        canvas.piece((14.0, 14.0), (14.0, 14.0), (0.5, 0.5), 1.0, 1.0);
        canvas.blur(1.0);
        assert_eq!(bytes(&canvas)[14 * SIDE + 14..][..3], [64, 32, 0]);
    }
}
