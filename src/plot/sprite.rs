//! Many small images on one sheet without gaps, as TensorBoard's projector wants them: [`sprite`].

use super::PictureError;
use super::canvas::Canvas;
use super::tiles::Tiles;
use super::tiles::{shrunk, smaller};

/// The longest side of the sheet: what graphics cards take.
const SIDE: usize = 8192;

/// A sheet of images, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sprite {
    pub(crate) png: Vec<u8>,
    /// The size of one image on it.
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// Whether it is smaller than it was.
    pub(crate) is_smaller: bool,
}

/// All images on a sheet about as many high as wide. Where it would be too large, each image is
/// made smaller, its pixels the means of those they stand for.
///
/// # Errors
///
/// When there are not as many bytes as the shape says, there are none, or too many for one sheet.
pub(crate) fn sprite(tiles: &Tiles) -> Result<Sprite, PictureError> {
    let Tiles { pixels, count, channels, height, width } = *tiles;
    let expected = count * channels * height * width;
    if pixels.len() != expected || ![1, 3].contains(&channels) {
        return Err(PictureError::Size {
            what: "a sheet of images",
            expected,
            found: pixels.len(),
        });
    }
    let columns = (1..=count).find(|columns| columns * columns >= count).unwrap_or(0);
    let rows = count.div_ceil(columns.max(1));
    let room = [SIDE / rows.max(1), SIDE / columns.max(1)];
    if count * height * width == 0 || room.contains(&0) {
        let (width, height) = (columns * width, rows * height);
        return Err(PictureError::Extent { width, height, limit: SIDE });
    }
    let [small_height, small_width] = smaller([height, width], room);
    let is_smaller = [small_height, small_width] != [height, width];
    let pixels = shrunk(tiles, small_height, small_width);
    let (across, down) = (columns * small_width, rows * small_height);
    let mut sheet = vec![0; across * down * 3];
    for tile in 0..count {
        let corner = tile / columns * small_height * across + tile % columns * small_width;
        for (row, column) in
            (0..small_height).flat_map(|row| (0..small_width).map(move |it| (row, it)))
        {
            let place = (corner + row * across + column) * 3;
            for channel in 0..3 {
                let layer = tile * channels + channel.min(channels - 1);
                sheet[place + channel] =
                    pixels[(layer * small_height + row) * small_width + column];
            }
        }
    }
    let png = Canvas::of_pixels(across, down, sheet)?.png()?;
    Ok(Sprite { png, height: small_height, width: small_width, is_smaller })
}

#[cfg(test)]
mod tests {
    use super::super::canvas::tests::decoded;
    use super::*;

    #[test]
    fn images_lie_row_by_row_without_gaps() {
        let pixels: Vec<u8> = (1..=6).collect();
        let tiles = Tiles { pixels: &pixels, count: 3, channels: 1, height: 1, width: 2 };
        let found = sprite(&tiles).unwrap();
        assert_eq!((found.height, found.width), (1, 2));
        assert_eq!(decoded(&found.png), (4, 2, 1, vec![1, 2, 3, 4, 5, 6, 0, 0]));
        let colour = Tiles { count: 1, channels: 3, ..tiles };
        assert_eq!(decoded(&sprite(&colour).unwrap().png).3, [1, 3, 5, 2, 4, 6]);
    }

    #[test]
    fn a_sheet_that_would_be_too_large_has_smaller_images() {
        let pixels: Vec<u8> = (0..900 * 300 * 300).map(|index| (index % 300) as u8).collect();
        let tiles = Tiles { pixels: &pixels, count: 900, channels: 1, height: 300, width: 300 };
        let found = sprite(&tiles).unwrap();
        assert_eq!((found.height, found.width), (150, 150));
        let (width, height, _, drawn) = decoded(&found.png);
        assert_eq!((width, height), (4500, 4500));
        assert!(found.is_smaller);
        assert_eq!(drawn[..3], [1, 3, 5], "the means of 0 and 1, 2 and 3, 4 and 5, rounded up");
    }

    #[test]
    fn rows_of_numbers_are_shortened() {
        let pixels: Vec<u8> = vec![7; 5000 * 784];
        let tiles = Tiles { pixels: &pixels, count: 5000, channels: 1, height: 1, width: 784 };
        let found = sprite(&tiles).unwrap();
        assert_eq!((found.height, found.width, found.is_smaller), (1, 112, true));
        assert_eq!(decoded(&found.png).0, 71 * 112);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let tiles = Tiles { pixels: &[1, 2], count: 1, channels: 1, height: 1, width: 1 };
        assert!(matches!(sprite(&tiles), Err(PictureError::Size { .. })));
        let none = Tiles { pixels: &[], count: 0, ..tiles };
        assert!(matches!(sprite(&none), Err(PictureError::Extent { .. })));
    }
}
