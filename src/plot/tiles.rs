//! Images that are drawn together, [`Tiles`]. They are made smaller where the picture of all would be
//! larger than anybody can look at: [`fitted`].

use super::PictureError;
use super::canvas::LIMIT;
use std::borrow::Cow;

/// The longest side of a picture of several images.
const SIDE: usize = 2560;

/// Images of one size: bytes in the order image, channel, row, column.
#[derive(Debug, Clone, Copy)]
pub struct Tiles<'a> {
    pub pixels: &'a [u8],
    pub count: usize,
    /// 1 (grey) or 3 (red, green, blue).
    pub channels: usize,
    pub height: usize,
    pub width: usize,
}

/// The space between images, before zooming.
pub(super) const GAP: usize = 2;

/// Whether there are as many bytes as the shape says.
pub(super) fn check(tiles: &Tiles) -> Result<(), PictureError> {
    let Tiles { pixels, count, channels, height, width } = *tiles;
    let channels_expected = if channels == 1 { 1 } else { 3 };
    let expected = count * channels_expected * height * width;
    if pixels.len() != expected || channels != channels_expected {
        return Err(PictureError::Size { what: "a grid of images", expected, found: pixels.len() });
    }
    Ok(())
}

/// Images as they are drawn.
pub(super) struct Fitted<'a> {
    pixels: Cow<'a, [u8]>,
    count: usize,
    channels: usize,
    height: usize,
    width: usize,
    /// How many pixels wide one of theirs is drawn.
    pub(super) zoom: usize,
    /// What was done to them, for people.
    pub(super) remark: Option<String>,
}

impl Fitted<'_> {
    pub(super) fn tiles(&self) -> Tiles<'_> {
        let Self { pixels, count, channels, height, width, .. } = self;
        let (count, channels, height, width) = (*count, *channels, *height, *width);
        Tiles { pixels, count, channels, height, width }
    }
}

/// Images that are to lie in so many columns and rows, each pixel drawn `zoom` pixels wide or, where
/// there is no room for that, fewer; and where there is none even so, smaller images, whose pixels are
/// the means of those they stand for. An image alone may be as large as it is.
pub(super) fn fitted<'a>(
    tiles: &Tiles<'a>,
    columns: usize,
    rows: usize,
    zoom: usize,
) -> Fitted<'a> {
    let Tiles { pixels, count, channels, height, width } = *tiles;
    let side = |images: usize, size: usize| images * size + (images + 1) * GAP;
    let sides = [side(columns, width), side(rows, height)];
    let fits = |zoom: &usize| sides.iter().all(|side| side * zoom <= SIDE);
    let pixels = Cow::Borrowed(pixels);
    let zoomed = (1..=zoom).rev().find(fits);
    let alone = count == 1 && sides.iter().all(|side| *side <= LIMIT);
    if zoomed.is_some() || alone || count * height * width == 0 {
        let zoom = zoomed.unwrap_or(1);
        return Fitted { pixels, count, channels, height, width, zoom, remark: None };
    }
    let limit = if count == 1 { LIMIT } else { SIDE };
    // What is left for an image beside the gaps; of thousands in a row nothing is.
    let room = |images: usize| (limit.saturating_sub((images + 1) * GAP) / images).max(1);
    let [small_height, small_width] = smaller([height, width], [room(rows), room(columns)]);
    let remark = format!(
        "Each image has {small_width} x {small_height} of its {width} x {height} pixels, means of \
         those they stand for: whole ones would be too large to be looked at together."
    );
    Fitted {
        pixels: Cow::Owned(shrunk(tiles, small_height, small_width)),
        count,
        channels,
        height: small_height,
        width: small_width,
        zoom: 1,
        remark: Some(remark),
    }
}

/// The largest size within `room` that is a size divided by a whole number (rounded up), one for both
/// sides.
pub(super) fn smaller(size: [usize; 2], room: [usize; 2]) -> [usize; 2] {
    let by = [0, 1].map(|side| size[side].div_ceil(room[side].max(1))).into_iter().max();
    size.map(|side| side.div_ceil(by.unwrap_or(1).max(1)))
}

/// The bytes of the images at a smaller size: each pixel is the mean of those it stands for.
pub(super) fn shrunk(tiles: &Tiles, height: usize, width: usize) -> Vec<u8> {
    let across = parts(tiles.width, width);
    let down = parts(tiles.height, height);
    let mut small = Vec::with_capacity(tiles.count * tiles.channels * height * width);
    for plane in tiles.pixels.chunks_exact((tiles.height * tiles.width).max(1)) {
        for rows in &down {
            for columns in &across {
                let lines = plane[rows.start * tiles.width..rows.end * tiles.width]
                    .chunks_exact(tiles.width)
                    .map(|line| &line[columns.clone()]);
                let sum: usize = lines.flatten().map(|value| usize::from(*value)).sum();
                let pixels = rows.len() * columns.len();
                small.push(((sum + pixels / 2) / pixels.max(1)) as u8);
            }
        }
    }
    small
}

/// A side in so many parts that differ in length by one at most.
fn parts(side: usize, count: usize) -> Vec<std::ops::Range<usize>> {
    (0..count).map(|part| part * side / count..(part + 1) * side / count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiles(pixels: &[u8], count: usize, height: usize, width: usize) -> Tiles<'_> {
        Tiles { pixels, count, channels: 1, height, width }
    }

    #[test]
    fn a_pixel_is_the_mean_of_those_it_stands_for() {
        let pixels = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90];
        let one = tiles(&pixels, 1, 2, 5);
        assert_eq!(shrunk(&one, 1, 5), [25, 35, 45, 55, 65]);
        // Columns 0 and 1, then 2 to 4; no pixel is left out.
        assert_eq!(shrunk(&one, 1, 2), [30, 55]);
        assert_eq!(shrunk(&one, 2, 5), pixels);
        assert_eq!(shrunk(&tiles(&pixels, 5, 1, 2), 1, 1), [5, 25, 45, 65, 85]);
        assert_eq!(smaller([512, 512], [100, 126]), [86, 86]);
        assert_eq!(smaller([1, 784], [126, 126]), [1, 112]);
        assert_eq!(smaller([5, 5], [100, 100]), [5, 5]);
    }

    #[test]
    fn what_is_too_large_is_drawn_smaller_and_that_is_said() {
        let pixels = vec![9; 400 * 512 * 512];
        let plane = fitted(&tiles(&pixels, 400, 512, 512), 20, 20, 2);
        assert_eq!((plane.height, plane.width, plane.zoom), (103, 103, 1));
        let remark = plane.remark.as_deref().unwrap();
        assert!(remark.contains("103 x 103 of its 512 x 512 pixels"), "{remark}");
        assert_eq!(plane.tiles().pixels.len(), 400 * 103 * 103);
        // Less of a zoom is enough; a single image is as large as it is; nothing stays nothing.
        let some = fitted(&tiles(&pixels[..16 * 100 * 100], 16, 100, 100), 16, 1, 2);
        assert_eq!((some.width, some.zoom, some.remark), (100, 1, None));
        let alone = fitted(&tiles(&pixels[..4000 * 3000], 1, 3000, 4000), 1, 1, 2);
        assert_eq!((alone.width, alone.zoom, alone.remark), (4000, 1, None));
        let wide = fitted(&tiles(&pixels[..20_000], 1, 1, 20_000), 1, 1, 2);
        assert_eq!((wide.height, wide.width), (1, 10_000));
        assert_eq!(fitted(&tiles(&[], 0, 28, 28), 1, 0, 2).remark, None);
        let rows = fitted(&tiles(&pixels[..64 * 784], 64, 1, 784), 8, 8, 2);
        assert_eq!((rows.height, rows.width), (1, 262));
    }
}
