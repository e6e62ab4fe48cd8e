//! One picture in a PNG or JPEG file: its [`size`], and [`read`], which brings it to a shape.
//!
//! The crate `image` decodes. A file that announces more than [`SIDE`] pixels a side or [`MOST`] in
//! all is refused before anything is allocated for it.

use super::spec::Fit;
use crate::data::error::DataError;
use crate::data::shape::Shape;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The longest side of a picture.
const SIDE: u32 = 1 << 14;
/// The most pixels of a picture.
const MOST: u64 = 1 << 26;

/// Whether a file's name is that of a picture.
pub(super) fn is_named_so(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    ["png", "jpg", "jpeg"].iter().any(|known| end.eq_ignore_ascii_case(known))
}

/// Rows and columns, as the picture is to be seen.
pub(super) fn size(path: &Path) -> Result<[u32; 2], DataError> {
    let (decoder, orientation) = open(path)?;
    Ok(seen(decoder.dimensions(), orientation))
}

/// Writes a picture as `[C, H, W]` of the shape's size, brought to it by `fit`.
///
/// # Errors
/// If the file is no picture or damaged, or, without a fit, of another size.
pub(super) fn read(
    path: &Path,
    shape: Shape,
    fit: Option<Fit>,
    into: &mut [u8],
) -> Result<(), DataError> {
    let (decoder, orientation) = open(path)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| damaged(path, &error))?;
    picture.apply_orientation(orientation);
    let picture = if shape.channels == 1 {
        DynamicImage::ImageLuma8(picture.into_luma8())
    } else {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    };
    let (height, width) = (shape.height as u32, shape.width as u32);
    let picture = match fit {
        _ if (picture.height(), picture.width()) == (height, width) => picture,
        Some(Fit::Crop) => picture.resize_to_fill(width, height, FilterType::Triangle),
        Some(Fit::Stretch) => picture.resize_exact(width, height, FilterType::Triangle),
        None => {
            let what = format!(
                "it is {} x {} where the first picture is {height} x {width}: set `size`",
                picture.height(),
                picture.width()
            );
            return Err(fault(path, what));
        }
    };
    let (channels, plane) = (shape.channels as usize, (shape.height * shape.width) as usize);
    for (place, pixel) in picture.into_bytes().chunks_exact(channels).enumerate() {
        for (channel, value) in pixel.iter().enumerate() {
            into[channel * plane + place] = *value;
        }
    }
    Ok(())
}

/// A decoder of the file, which is not too large, and how its picture is turned.
fn open(path: &Path) -> Result<(impl ImageDecoder, Orientation), DataError> {
    let unreadable = |source| DataError::Read { path: path.to_owned(), source };
    let file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut reader = ImageReader::new(file).with_guessed_format().map_err(unreadable)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(fault(path, "it is neither PNG nor JPEG: convert it, or take it away".into()));
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE), Some(SIDE));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| damaged(path, &error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST {
        let what = format!("{height} x {width} pixels are too many: scale it down");
        return Err(fault(path, what));
    }
    let orientation = decoder.orientation().map_err(|error| damaged(path, &error))?;
    Ok((decoder, orientation))
}

/// Rows and columns after turning.
fn seen((width, height): (u32, u32), orientation: Orientation) -> [u32; 2] {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => [width, height],
        _ => [height, width],
    }
}

fn damaged(path: &Path, error: &ImageError) -> DataError {
    fault(path, format!("it cannot be decoded ({error}): copy it again, or take it away"))
}

fn fault(path: &Path, what: String) -> DataError {
    DataError::Picture { path: path.to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;
    use image::{ImageEncoder, RgbImage};

    #[test]
    fn a_photograph_stands_as_its_camera_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.jpg");
        // Eight rows of sixteen: red at the left, black at the right, to be turned by 90 degrees.
        let red = |x, _| image::Rgb([if x < 8 { 255 } else { 0 }, 0, 0]);
        let picture = RgbImage::from_fn(16, 8, red);
        let mut encoder = JpegEncoder::new_with_quality(File::create(&path).unwrap(), 95);
        let one_tag = [0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0];
        let exif = [&b"II*\0\x08\0\0\0\x01\0"[..], &one_tag, &[0; 4]].concat();
        encoder.set_exif_metadata(exif).unwrap();
        encoder.write_image(&picture, 16, 8, image::ExtendedColorType::Rgb8).unwrap();
        assert_eq!(size(&path).unwrap(), [16, 8]);
        let shape = Shape { channels: 3, height: 16, width: 8 };
        let mut found = vec![0; 3 * 16 * 8];
        read(&path, shape, None, &mut found).unwrap();
        assert!(found[..7 * 8].iter().all(|value| *value > 200), "red at the top");
        assert!(found[9 * 8..].iter().all(|value| *value < 60));
    }
}
