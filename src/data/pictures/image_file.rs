//! One picture in a PNG or JPEG file: its [`size`], and [`read`], which brings it to a shape.
//!
//! The crate `image` decodes; [`colours`](super::colours) says what becomes of the pixels. A file of more
//! than [`LONGEST`] bytes, or that announces more than [`SIDE`] pixels a side or [`MOST`] in all, is
//! refused before anything is allocated for it.

use super::colours;
use super::spec::Fit;
use crate::data::error::DataError;
use crate::files::{Algorithm, Hashed};
use crate::shape::Shape;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::{BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

/// The most bytes of a file: [`MOST`] pixels of four times 16 bits, not packed at all.
const LONGEST: u64 = MOST * 8;
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
    let file = std::fs::File::open(path).map_err(|source| unreadable(path, source))?;
    let (decoder, orientation) = decoder(path, BufReader::new(file))?;
    Ok(seen(decoder.dimensions(), orientation))
}

/// Whether a file can be a picture by its length alone.
///
/// # Errors
/// If it cannot.
pub(super) fn check_length(path: &Path) -> Result<(), DataError> {
    match std::fs::metadata(path).map_err(|source| unreadable(path, source))?.len() {
        0 => Err(fault(
            path,
            "it is empty: copy it again, or take it away, and run the spec again".to_owned(),
        )),
        length if length > LONGEST => Err(too_long(path, length)),
        _ => Ok(()),
    }
}

fn too_long(path: &Path, length: u64) -> DataError {
    fault(path, format!("{length} bytes are too many for a picture: take it away"))
}

/// Writes a picture as `[C, H, W]` of the shape's size, brought to it by `fit`; gives the digest of the
/// bytes it was decoded from.
///
/// # Errors
/// If the file is no picture or damaged, or, without a fit, of another size.
pub(super) fn read(
    path: &Path,
    shape: Shape,
    fit: Option<Fit>,
    into: &mut [u8],
) -> Result<String, DataError> {
    let (bytes, digest) = whole(path)?;
    let (decoder, orientation) = decoder(path, Cursor::new(bytes))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| damaged(path, &error))?;
    picture.apply_orientation(orientation);
    let picture = if shape.channels == 1 {
        DynamicImage::ImageLuma8(colours::grey(picture))
    } else {
        DynamicImage::ImageRgb8(colours::rgb(picture))
    };
    let (height, width) = (shape.height as u32, shape.width as u32);
    let picture = match fit {
        _ if (picture.height(), picture.width()) == (height, width) => picture,
        Some(Fit::Crop) => picture.resize_to_fill(width, height, FilterType::Triangle),
        Some(Fit::Stretch) => picture.resize_exact(width, height, FilterType::Triangle),
        None => {
            same_size(path, [picture.height(), picture.width()], [height, width])?;
            picture
        }
    };
    let (channels, plane) = (shape.channels as usize, (shape.height * shape.width) as usize);
    for (place, pixel) in picture.into_bytes().chunks_exact(channels).enumerate() {
        for (channel, value) in pixel.iter().enumerate() {
            into[channel * plane + place] = *value;
        }
    }
    Ok(digest)
}

/// Whether a picture is of the size of the first.
///
/// # Errors
/// If it is not.
pub(super) fn same_size(path: &Path, found: [u32; 2], first: [u32; 2]) -> Result<(), DataError> {
    if found == first {
        return Ok(());
    }
    let ([height, width], [first_height, first_width]) = (found, first);
    let what = format!(
        "it is {width} wide and {height} high where the first picture is {first_width} wide and \
         {first_height} high: set `size`, [height, width]"
    );
    Err(fault(path, what))
}

/// All bytes of a file, and their digest.
fn whole(path: &Path) -> Result<(Vec<u8>, String), DataError> {
    let unreadable = |source| unreadable(path, source);
    let mut file = Hashed::open(path, Algorithm::Blake3).map_err(unreadable)?;
    if file.length() > LONGEST {
        return Err(too_long(path, file.length()));
    }
    let mut bytes = Vec::with_capacity(file.length() as usize);
    file.by_ref().take(LONGEST).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok((bytes, file.finish().map_err(unreadable)?))
}

/// A decoder of a file's bytes, which are not too many pixels, and how its picture is turned.
fn decoder<'a>(
    path: &Path,
    bytes: impl BufRead + Seek + 'a,
) -> Result<(impl ImageDecoder + 'a, Orientation), DataError> {
    let reader = ImageReader::new(bytes).with_guessed_format();
    let mut reader = reader.map_err(|source| unreadable(path, source))?;
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

fn unreadable(path: &Path, source: std::io::Error) -> DataError {
    DataError::Read { path: path.to_owned(), source }
}

fn damaged(path: &Path, error: &ImageError) -> DataError {
    fault(
        path,
        format!(
            "it cannot be decoded ({error}): copy it again, or take it away, and run the spec again"
        ),
    )
}

fn fault(path: &Path, what: String) -> DataError {
    DataError::Picture { path: path.to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;
    use image::{ImageEncoder, RgbImage};
    use std::fs::File;

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
