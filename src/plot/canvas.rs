//! A picture in memory that is drawn on with rectangles, letters and pixels ([`Canvas`]).

use super::{PictureError, font};

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// The longest side of a picture.
pub(super) const LIMIT: usize = 16_384;

/// Pixels in rows, top first.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    /// A canvas of one colour.
    pub(super) fn new(width: usize, height: usize, colour: Colour) -> Result<Self, PictureError> {
        if !(1..=LIMIT).contains(&width) || !(1..=LIMIT).contains(&height) {
            return Err(PictureError::Extent { width, height, limit: LIMIT });
        }
        Ok(Self { width, height, pixels: colour.repeat(width * height) })
    }

    /// Pixels that are there already, red, green and blue.
    pub(super) fn of_pixels(
        width: usize,
        height: usize,
        pixels: Vec<u8>,
    ) -> Result<Self, PictureError> {
        let (expected, found) = (width * height * 3, pixels.len());
        if found != expected {
            return Err(PictureError::Size { what: "a picture", expected, found });
        }
        Ok(Self { width, height, pixels })
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// The pixels of each row.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.width * 3)
    }

    /// Fills a rectangle; what lies outside is left out.
    pub(super) fn fill(&mut self, [x, y]: [usize; 2], [width, height]: [usize; 2], colour: Colour) {
        for row in y.min(self.height)..(y + height).min(self.height) {
            let line = &mut self.pixels[row * self.width * 3..(row + 1) * self.width * 3];
            let (from, to) = (x.min(self.width), (x + width).min(self.width));
            line[from * 3..to * 3].copy_from_slice(&colour.repeat(to - from));
        }
    }

    /// Writes words with their middle at a point, each pixel of a letter `zoom` pixels wide.
    pub(super) fn centred(&mut self, text: &str, [x, y]: [usize; 2], zoom: usize, colour: Colour) {
        let (width, height) = (text_width(text, zoom), font::HEIGHT * zoom);
        let at = [x.saturating_sub(width / 2), y.saturating_sub(height / 2)];
        for (index, letter) in text.chars().enumerate() {
            let left = at[0] + index * (font::WIDTH + 1) * zoom;
            for (row, bits) in font::glyph(letter).into_iter().enumerate() {
                for column in 0..font::WIDTH {
                    if bits >> (font::WIDTH - 1 - column) & 1 == 1 {
                        let place = [left + column * zoom, at[1] + row * zoom];
                        self.fill(place, [zoom, zoom], colour);
                    }
                }
            }
        }
    }

    /// The picture as PNG; in grey where it has no colours.
    pub(super) fn png(&self) -> Result<Vec<u8>, PictureError> {
        let grey = self.pixels.chunks_exact(3).all(|it| it[0] == it[1] && it[1] == it[2]);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_depth(png::BitDepth::Eight);
        if grey {
            encoder.set_color(png::ColorType::Grayscale);
            let pixels: Vec<u8> = self.pixels.iter().copied().step_by(3).collect();
            encoder.write_header()?.write_image_data(&pixels)?;
        } else {
            encoder.set_color(png::ColorType::Rgb);
            encoder.write_header()?.write_image_data(&self.pixels)?;
        }
        Ok(bytes)
    }
}

/// How wide words are, without the gap after the last letter.
pub(super) fn text_width(text: &str, zoom: usize) -> usize {
    (text.chars().count() * (font::WIDTH + 1)).saturating_sub(1) * zoom
}

/// What lies a share of the way from one colour to another.
pub(super) fn between(from: Colour, to: Colour, share: f64) -> Colour {
    let share = share.clamp(0.0, 1.0);
    std::array::from_fn(|channel| {
        let (from, to) = (f64::from(from[channel]), f64::from(to[channel]));
        (from + (to - from) * share).round() as u8
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The size, the channels and the pixels of a PNG.
    pub(in super::super) fn decoded(bytes: &[u8]) -> (u32, u32, usize, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info.width, info.height, info.color_type.samples(), pixels)
    }

    #[test]
    fn drawing_stays_on_the_canvas() {
        let mut canvas = Canvas::new(4, 3, [0; 3]).unwrap();
        canvas.fill([2, 1], [9, 9], [255; 3]);
        canvas.fill([9, 9], [1, 1], [255; 3]);
        let expected = [0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 255, 255];
        assert_eq!(decoded(&canvas.png().unwrap()), (4, 3, 1, expected.to_vec()));
        canvas.centred("wide words", [2, 1], 1, [9, 0, 0]);
        assert_eq!(decoded(&canvas.png().unwrap()).2, 3);
        assert!(Canvas::new(0, 3, [0; 3]).is_err());
        assert!(Canvas::new(3, LIMIT + 1, [0; 3]).is_err());
    }

    #[test]
    fn colours_mix() {
        assert_eq!(between([0, 100, 200], [100, 100, 0], 0.5), [50, 100, 100]);
        assert_eq!(between([0; 3], [9; 3], 7.0), [9; 3]);
    }
}
