//! Grids of images with words: [`captioned_grid`], and [`pairs`] of originals and reconstructions.

use super::canvas::Canvas;
use super::chart::{CAPTION, FAINT, INK, LEADING, lines_of};
use super::grid;
use super::letters::{self, wrapped};
use super::sheet::{Anchor, Sheet};
use super::tiles::{Fitted, fitted};
use super::tiles::{Tiles, check};
use super::{Drawn, PictureError};

/// A caption is not squeezed below this width, however narrow its picture is.
const NARROWEST: usize = 420;
/// The white border around what is drawn, in pixels.
const BORDER: usize = 10;

/// A picture of all tiles as [`grid`](grid::grid) draws them, with a caption below that says what they
/// are, and how much smaller if they had to be.
///
/// # Errors
///
/// When there are not as many bytes as the shape says, or the picture would be empty.
pub fn captioned_grid(
    tiles: &Tiles,
    columns: usize,
    zoom: usize,
    caption: &str,
) -> Result<Drawn, PictureError> {
    check(tiles)?;
    let columns = columns.clamp(1, tiles.count.max(1));
    let fitted = fitted(tiles, columns, tiles.count.div_ceil(columns), zoom);
    let canvas = grid::canvas(&fitted.tiles(), columns, fitted.zoom)?;
    below(&[("", canvas)], caption, fitted)
}

/// Originals and, right below each, its reconstruction; `columns` pairs a row, each pixel drawn `zoom`
/// pixels wide where there is room for that, with a caption.
///
/// # Errors
///
/// When the two are not of one number and size, there are not as many bytes as the shape says, or the
/// picture would be empty.
pub fn pairs(
    originals: &Tiles,
    reconstructions: &Tiles,
    columns: usize,
    zoom: usize,
    caption: &str,
) -> Result<Drawn, PictureError> {
    let [first, second] = [originals, reconstructions];
    let size = |it: &Tiles| [it.count, it.channels, it.height, it.width];
    let (expected, found) = (size(first).iter().product(), second.pixels.len());
    if size(first) != size(second) || first.pixels.len() != expected || found != expected {
        return Err(PictureError::Size { what: "pairs of images", expected, found });
    }
    check(first)?;
    let columns = columns.clamp(1, first.count.max(1));
    let down = 2 * first.count.div_ceil(columns);
    let fitted = [first, second].map(|tiles| fitted(tiles, columns, down, zoom));
    let [first, second] = [0, 1].map(|index: usize| fitted[index].tiles());
    let zoom = fitted[0].zoom;
    let bytes = first.channels * first.height * first.width;
    let mut rows = Vec::new();
    for start in (0..first.count).step_by(columns) {
        let count = columns.min(first.count - start);
        for (name, all) in [("original", first), ("reconstructed", second)] {
            let pixels = &all.pixels[start * bytes..(start + count) * bytes];
            rows.push((name, grid::canvas(&Tiles { pixels, count, ..all }, count, zoom)?));
        }
    }
    let [fitted, _] = fitted;
    below(&rows, caption, fitted)
}

/// Rows of images with their names at the left, and the caption below them, with what is to be said of
/// how they were fitted. After every second row there is a gap.
fn below(
    rows: &[(&str, Canvas)],
    caption: &str,
    Fitted { remark, .. }: Fitted,
) -> Result<Drawn, PictureError> {
    let caption = remark.as_ref().map_or(caption.to_owned(), |said| format!("{caption} {said}"));
    let named = rows.iter().map(|(name, _)| letters::width(name, CAPTION)).fold(0.0, f32::max);
    let left = BORDER + if named > 0.0 { named.ceil() as usize + BORDER } else { 0 };
    let widest = rows.iter().map(|(_, canvas)| canvas.width()).max().unwrap_or(0);
    let width = (left + widest + BORDER).max(NARROWEST);
    let lines = wrapped(&caption, CAPTION, (width - 2 * BORDER) as f32);
    let words = (CAPTION * LEADING * lines.len() as f32).ceil() as usize;
    let gaps = rows.len().saturating_sub(1) / 2 * BORDER;
    let drawn = rows.iter().map(|(_, canvas)| canvas.height()).sum::<usize>() + gaps;
    let mut sheet = Sheet::new(width, BORDER + drawn + words + BORDER)?;
    let mut top = BORDER;
    for (index, (name, canvas)) in rows.iter().enumerate() {
        sheet.lay(canvas, [left, top]);
        let middle = top as f32 + canvas.height() as f32 / 2.0 + CAPTION * 0.36;
        sheet.words(name, [(left - BORDER) as f32, middle], CAPTION, Anchor::End, INK);
        top += canvas.height() + if index % 2 == 1 { BORDER } else { 0 };
    }
    let start = [BORDER as f32, (BORDER + drawn) as f32 + 6.0];
    lines_of(&mut sheet, &lines, start, CAPTION, FAINT);
    Ok(Drawn { png: sheet.png()?, remark })
}

#[cfg(test)]
mod tests {
    use super::super::canvas::tests::decoded;
    use super::*;

    fn tiles(pixels: &[u8]) -> Tiles<'_> {
        Tiles { pixels, count: 5, channels: 1, height: 8, width: 8 }
    }

    /// The pixels of one place, whatever lies around.
    fn at(png: &[u8], [x, y]: [usize; 2]) -> Vec<u8> {
        let (width, _, channels, pixels) = decoded(png);
        pixels[(y * width as usize + x) * channels..][..channels].to_vec()
    }

    #[test]
    fn a_reconstruction_is_right_below_its_original() {
        let originals: Vec<u8> = (0..5 * 64).map(|index| (index / 64 * 10) as u8).collect();
        let others: Vec<u8> = originals.iter().map(|value| 255 - value).collect();
        let png = pairs(&tiles(&originals), &tiles(&others), 3, 2, "caption").unwrap().png;
        let (_, height, ..) = decoded(&png);
        let left = 2 * BORDER + letters::width("reconstructed", CAPTION).ceil() as usize;
        // Rows of 8 pixels and two gaps of 2, twice as large; between pairs there is a border.
        let row = 24;
        assert!(height as usize > 4 * row + 3 * BORDER);
        for index in 0..5 {
            let x = left + 2 * (2 + 10 * (index % 3)) + 8;
            let y = BORDER + (index / 3) * (2 * row + BORDER) + 12;
            let shade = 10 * index as u8;
            assert_eq!(at(&png, [x, y])[0], shade);
            assert_eq!(at(&png, [x, y + row])[0], 255 - shade);
        }
        let fewer = Tiles { count: 4, pixels: &others[..256], ..tiles(&others) };
        assert!(matches!(
            pairs(&tiles(&originals), &fewer, 3, 2, ""),
            Err(PictureError::Size { .. })
        ));
    }

    #[test]
    fn a_caption_lies_below_its_grid_and_breaks_into_lines() {
        let pixels = [7; 5 * 64];
        let caption = "samples from the prior; test pictures binarised statically";
        let height = |caption: &str| {
            i64::from(decoded(&captioned_grid(&tiles(&pixels), 5, 1, caption).unwrap().png).1)
        };
        let line = (CAPTION * LEADING) as i64;
        let (none, one, two) = (height(""), height(caption), height(&[caption; 2].join(" ")));
        assert!(
            (one - none - line).abs() <= 1 && (two - one - line).abs() <= 1,
            "{none} {one} {two}"
        );
        let png = captioned_grid(&tiles(&pixels), 5, 1, caption).unwrap().png;
        assert_eq!(at(&png, [BORDER + 3, BORDER + 3])[0], 7);
        let none = Tiles { count: 0, pixels: &[], ..tiles(&pixels) };
        assert!(matches!(captioned_grid(&none, 5, 1, ""), Err(PictureError::Extent { .. })));
    }
}
