//! Words as outlines, in the typeface DejaVu Sans: [`outline`], [`width`], [`wrapped`].

use tiny_skia::{Path, PathBuilder, Transform};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// How wide words are at a size in pixels.
pub(super) fn width(text: &str, size: f32) -> f32 {
    face().map_or(0.0, |face| {
        let scale = size / f32::from(face.units_per_em());
        text.chars().map(|letter| advance(&face, glyph(&face, letter))).sum::<f32>() * scale
    })
}

/// The outlines of words, their baseline beginning at the origin; none for blanks.
pub(super) fn outline(text: &str, size: f32) -> Option<Path> {
    let face = face()?;
    let mut pen = Pen { builder: PathBuilder::new(), x: 0.0 };
    for letter in text.chars() {
        let glyph = glyph(&face, letter);
        let _ = face.outline_glyph(glyph, &mut pen);
        pen.x += advance(&face, glyph);
    }
    let scale = size / f32::from(face.units_per_em());
    // Outlines go up, pictures down.
    pen.builder.finish()?.transform(Transform::from_scale(scale, -scale))
}

/// The words in lines no wider than `limit`; a word that is wider by itself is a line by itself.
pub(super) fn wrapped(text: &str, size: f32, limit: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer.filter(|line| width(line, size) <= limit) {
            Some(line) => *lines.last_mut().unwrap_or(&mut String::new()) = line,
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The words, or as much of their beginning as fits, with an ellipsis.
pub(super) fn shortened(text: &str, size: f32, limit: f32) -> String {
    let mut short = text.to_owned();
    let mut kept = text.chars().count();
    while kept > 1 && width(&short, size) > limit {
        kept -= 1;
        short = text.chars().take(kept).collect::<String>().trim_end().to_owned() + "…";
    }
    short
}

/// The typeface comes with the program; were it damaged, pictures would be without words.
fn face() -> Option<Face<'static>> {
    Face::parse(dejavu::sans::regular(), 0).ok()
}

/// A letter that the typeface lacks is its empty box.
fn glyph(face: &Face, letter: char) -> GlyphId {
    face.glyph_index(letter).unwrap_or_default()
}

fn advance(face: &Face, glyph: GlyphId) -> f32 {
    f32::from(face.glyph_hor_advance(glyph).unwrap_or_default())
}

/// Draws letters one after another.
struct Pen {
    builder: PathBuilder,
    x: f32,
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.builder.move_to(self.x + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.builder.line_to(self.x + x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.builder.quad_to(self.x + x1, y1, self.x + x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.builder.cubic_to(self.x + x1, y1, self.x + x2, y2, self.x + x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_width_and_break_where_they_must() {
        assert!(width("wider words", 14.0) > width("words", 14.0));
        assert!((width("w", 28.0) - 2.0 * width("w", 14.0)).abs() < 1e-4);
        let text = "samples from the prior; test pictures binarised statically";
        let lines = wrapped(text, 14.0, 160.0);
        assert!(lines.len() > 2, "{lines:?}");
        assert!(lines.iter().all(|line| width(line, 14.0) <= 160.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        assert_eq!(wrapped("incomprehensibilities of it", 14.0, 20.0).len(), 3);
        assert!(wrapped("", 14.0, 100.0).is_empty());
    }

    #[test]
    fn names_that_are_too_long_end_in_an_ellipsis() {
        assert_eq!(shortened("short", 14.0, 100.0), "short");
        let short = shortened("a name that goes on and on", 14.0, 100.0);
        assert!(short.ends_with('…') && width(&short, 14.0) <= 100.0, "{short}");
    }

    #[test]
    fn outlines_stand_on_the_baseline() {
        let bounds = outline("H", 100.0).unwrap().bounds();
        assert!(
            bounds.bottom().abs() < 1.0 && (-80.0..-65.0).contains(&bounds.top()),
            "{bounds:?}"
        );
        assert!(outline("  ", 14.0).is_none());
    }
}
