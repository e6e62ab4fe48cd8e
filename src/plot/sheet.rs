//! A sheet that is drawn on with smooth lines, shapes and words: [`Sheet`].

use super::PictureError;
use super::canvas::{Canvas, Colour, LIMIT};
use super::letters;
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash,
    Transform,
};

/// The width of a curve, and how long its dashes and the gaps between them are.
const CURVE: f32 = 2.2;
const DASHES: [f32; 2] = [7.0, 5.0];

/// A place in pixels: right, down.
pub(super) type Place = [f32; 2];

/// Where words stand by their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// They begin there.
    Start,
    /// Their middle is there.
    Middle,
    /// They end there.
    End,
    /// Their middle is there, and they go up.
    Upwards,
}

/// The shape of a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// White paper.
pub(super) struct Sheet(Pixmap);

impl Sheet {
    pub(super) fn new(width: usize, height: usize) -> Result<Self, PictureError> {
        let fits = |side: usize| (1..=LIMIT).contains(&side);
        let fits = fits(width) && fits(height);
        match fits.then(|| Pixmap::new(width as u32, height as u32)).flatten() {
            Some(mut pixmap) => {
                pixmap.fill(Color::WHITE);
                Ok(Self(pixmap))
            }
            None => Err(PictureError::Extent { width, height, limit: LIMIT }),
        }
    }

    /// Draws a line through places.
    pub(super) fn line(&mut self, places: &[Place], width: f32, colour: Colour) {
        self.stroke(places, &Stroke { width, ..Stroke::default() }, colour);
    }

    /// Draws a thick line through places, broken if `dashed`.
    pub(super) fn curve(&mut self, places: &[Place], dashed: bool, colour: Colour) {
        let dash = if dashed { StrokeDash::new(DASHES.to_vec(), 0.0) } else { None };
        self.stroke(places, &Stroke { width: CURVE, dash, ..Stroke::default() }, colour);
    }

    fn stroke(&mut self, places: &[Place], stroke: &Stroke, colour: Colour) {
        let mut builder = PathBuilder::new();
        for (index, [x, y]) in places.iter().enumerate() {
            if index == 0 {
                builder.move_to(*x, *y);
            } else {
                builder.line_to(*x, *y);
            }
        }
        let Some(path) = builder.finish() else { return };
        let (line_cap, line_join) = (LineCap::Butt, LineJoin::Round);
        let stroke = Stroke { line_cap, line_join, ..stroke.clone() };
        let paint = paint(colour, 1.0);
        self.0.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
    }

    /// Draws a dot, of about the same area whatever its shape.
    pub(super) fn dot(
        &mut self,
        marker: Marker,
        at: Place,
        radius: f32,
        colour: Colour,
        opacity: f32,
    ) {
        if let Some(path) = dot(marker, at, radius) {
            self.fill(&path, &paint(colour, opacity), Transform::identity());
        }
    }

    /// Writes words with their baseline at a place.
    pub(super) fn words(
        &mut self,
        text: &str,
        at: Place,
        size: f32,
        anchor: Anchor,
        colour: Colour,
    ) {
        let Some(path) = letters::outline(text, size) else { return };
        let width = letters::width(text, size);
        let back = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle | Anchor::Upwards => width / 2.0,
            Anchor::End => width,
        };
        let turn = if anchor == Anchor::Upwards { -90.0 } else { 0.0 };
        let transform =
            Transform::from_rotate(turn).pre_translate(-back, 0.0).post_translate(at[0], at[1]);
        self.fill(&path, &paint(colour, 1.0), transform);
    }

    /// Lays a picture of pixels on the sheet.
    pub(super) fn lay(&mut self, canvas: &Canvas, [left, top]: [usize; 2]) {
        let (width, height) = (self.0.width() as usize, self.0.height() as usize);
        let pixels = self.0.data_mut();
        for (row, line) in canvas.rows().enumerate().take(height.saturating_sub(top)) {
            let start = ((top + row) * width + left) * 4;
            let room = width.saturating_sub(left);
            for (target, colour) in
                pixels[start..].chunks_exact_mut(4).zip(line.chunks_exact(3)).take(room)
            {
                target[..3].copy_from_slice(colour);
            }
        }
    }

    /// The sheet as PNG.
    pub(super) fn png(&self) -> Result<Vec<u8>, PictureError> {
        // The paper is opaque, so that colours need not be divided by their opacity.
        let colours = self.0.data().chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied();
        Canvas::of_pixels(self.0.width() as usize, self.0.height() as usize, colours.collect())?
            .png()
    }

    fn fill(&mut self, path: &Path, paint: &Paint, transform: Transform) {
        self.0.fill_path(path, paint, FillRule::Winding, transform, None);
    }
}

fn paint([red, green, blue]: Colour, opacity: f32) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(red, green, blue, (opacity.clamp(0.0, 1.0) * 255.0).round() as u8);
    paint
}

fn dot(marker: Marker, [x, y]: Place, radius: f32) -> Option<Path> {
    let corners: &[Place] = match marker {
        Marker::Circle => return PathBuilder::from_circle(x, y, radius),
        Marker::Square => &[[-0.89, -0.89], [0.89, -0.89], [0.89, 0.89], [-0.89, 0.89]],
        Marker::Triangle => &[[0.0, -1.3], [1.2, 0.8], [-1.2, 0.8]],
        Marker::Diamond => &[[0.0, -1.3], [1.2, 0.0], [0.0, 1.3], [-1.2, 0.0]],
    };
    let mut builder = PathBuilder::new();
    for (index, [right, down]) in corners.iter().enumerate() {
        let [x, y] = [x + right * radius, y + down * radius];
        if index == 0 {
            builder.move_to(x, y);
        } else {
            builder.line_to(x, y);
        }
    }
    builder.close();
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::super::canvas::tests::decoded;
    use super::*;

    #[test]
    fn drawing_stays_on_the_sheet() {
        let mut sheet = Sheet::new(20, 10).unwrap();
        sheet.line(&[[-5.0, 0.0], [99.0, 0.0]], 8.0, [255, 0, 0]);
        sheet.line(&[[-9.0, 9.0], [99.0, 9.0], [f32::NAN, 2.0]], 1.0, [0; 3]);
        sheet.words("words that go on", [19.0, 30.0], 20.0, Anchor::Upwards, [0; 3]);
        let canvas = Canvas::of_pixels(2, 1, vec![1, 2, 3, 4, 5, 6]).unwrap();
        for at in [[19, 9], [25, 2], [3, 12]] {
            sheet.lay(&canvas, at);
        }
        let (width, height, channels, pixels) = decoded(&sheet.png().unwrap());
        assert_eq!((width, height, channels), (20, 10, 3));
        assert_eq!(pixels[..3], [255, 0, 0]);
        assert_eq!(pixels[(9 * 20 + 19) * 3..], [1, 2, 3]);
        assert!(Sheet::new(0, 10).is_err());
        assert!(Sheet::new(10, LIMIT + 1).is_err());
    }

    #[test]
    fn dots_of_every_shape_have_about_the_same_area() {
        for marker in [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond] {
            let mut sheet = Sheet::new(41, 41).unwrap();
            sheet.dot(marker, [20.5, 20.5], 10.0, [0; 3], 1.0);
            let (.., pixels) = decoded(&sheet.png().unwrap());
            let ink: f64 = pixels.iter().map(|value| 1.0 - f64::from(*value) / 255.0).sum();
            assert!((240.0..350.0).contains(&ink), "{marker:?}: {ink}");
        }
    }
}
