//! Many small images side by side ([`grid`]).

use super::canvas::Canvas;
use super::tiles::{GAP, Tiles, check, fitted};
use super::{Drawn, PictureError};

const GROUND: [u8; 3] = [128; 3];

/// A picture of all tiles, `columns` a row, each pixel drawn `zoom` pixels wide (or fewer, and images
/// made smaller, where there is no room for them); the gaps are grey, so that black and white images
/// both stand out.
///
/// # Errors
///
/// When there are not as many bytes as the shape says, or the picture would be empty.
pub fn grid(tiles: &Tiles, columns: usize, zoom: usize) -> Result<Drawn, PictureError> {
    check(tiles)?;
    let columns = columns.clamp(1, tiles.count.max(1));
    let fitted = fitted(tiles, columns, tiles.count.div_ceil(columns), zoom);
    let png = canvas(&fitted.tiles(), columns, fitted.zoom)?.png()?;
    Ok(Drawn { png, remark: fitted.remark })
}

/// As [`grid`], to be drawn into another picture, and as large as it comes. Where there are fewer tiles
/// than columns, their places stay free.
pub(super) fn canvas(tiles: &Tiles, columns: usize, zoom: usize) -> Result<Canvas, PictureError> {
    check(tiles)?;
    let Tiles { pixels, count, channels, height, width } = *tiles;
    let rows = count.div_ceil(columns);
    let side = |tiles: usize, size: usize| match tiles * size {
        0 => 0,
        pixels => (pixels + (tiles + 1) * GAP) * zoom,
    };
    let mut canvas = Canvas::new(side(columns, width), side(rows, height), GROUND)?;
    for tile in 0..count {
        let left = GAP + tile % columns * (width + GAP);
        let top = GAP + tile / columns * (height + GAP);
        for (row, column) in (0..height).flat_map(|row| (0..width).map(move |it| (row, it))) {
            let colour = std::array::from_fn(|channel| {
                let plane = tile * channels + channel.min(channels - 1);
                pixels[(plane * height + row) * width + column]
            });
            let place = [(left + column) * zoom, (top + row) * zoom];
            canvas.fill(place, [zoom, zoom], colour);
        }
    }
    Ok(canvas)
}

#[cfg(test)]
mod tests {
    use super::super::canvas::tests::decoded;
    use super::*;

    #[test]
    fn tiles_lie_row_by_row() {
        let pixels: Vec<u8> = (1..=6).collect();
        let tiles = Tiles { pixels: &pixels, count: 3, channels: 1, height: 1, width: 2 };
        let (width, height, channels, drawn) = decoded(&grid(&tiles, 2, 1).unwrap().png);
        assert_eq!((width, height, channels), (2 + 2 + 2 + 2 + 2, 2 + 1 + 2 + 1 + 2, 1));
        let found: Vec<u8> = drawn.into_iter().filter(|value| *value != 128).collect();
        assert_eq!(found, pixels);
        let (width, height, ..) = decoded(&grid(&tiles, 9, 3).unwrap().png);
        assert_eq!((width, height), (3 * (3 * 2 + 8), 3 * (1 + 4)));
    }

    #[test]
    fn planes_become_colours() {
        let tiles = Tiles { pixels: &[1, 2, 3], count: 1, channels: 3, height: 1, width: 1 };
        let (width, _, channels, drawn) = decoded(&grid(&tiles, 1, 1).unwrap().png);
        assert_eq!((width, channels), (5, 3));
        assert_eq!(drawn[(2 * 5 + 2) * 3..][..3], [1, 2, 3]);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let tiles = Tiles { pixels: &[1, 2, 3], count: 1, channels: 1, height: 1, width: 1 };
        assert!(matches!(grid(&tiles, 1, 1), Err(PictureError::Size { expected: 1, .. })));
        let two = Tiles { pixels: &[1, 2], channels: 2, ..tiles };
        assert!(grid(&two, 1, 1).is_err());
        let none = Tiles { pixels: &[], count: 0, ..tiles };
        assert!(matches!(grid(&none, 1, 1), Err(PictureError::Extent { .. })));
    }
}
