//! What becomes of a picture's pixels: eight bits each, [`grey`] or [`rgb`], as those who use PIL or
//! torchvision have them.
//!
//! - Colours become grey by the weights of ITU-R BT.601, in whole numbers as `PIL.Image.convert('L')`
//!   has them: L = (19595 R + 38470 G + 7471 B + 0x8000) >> 16.
//! - Of 16 bits the upper eight are taken, as PIL does where it reads colours of 16 bits. (Grey values
//!   of 16 bits it keeps, and `convert` then makes 255 of all above 255: nearly white pictures.)
//! - What is transparent is not mixed with anything: the alpha channel is left out, as by `convert`.
//! - Palettes, and fewer than eight bits, are spread to eight bits a channel when the file is decoded;
//!   so are CMYK and YCCK to red, green and blue.

use image::{
    DynamicImage, GrayAlphaImage, GrayImage, ImageBuffer, Luma, Pixel, Rgb, RgbImage, RgbaImage,
};

/// A picture in grey values.
pub(super) fn grey(picture: DynamicImage) -> GrayImage {
    match eight_bits(picture) {
        DynamicImage::ImageLuma8(grey) => grey,
        DynamicImage::ImageLumaA8(grey) => made(&grey, |pixel| Luma([pixel[0]])),
        other => made(&rgb(other), |pixel| Luma([luma(pixel.0)])),
    }
}

/// A picture in red, green and blue; of grey values, three equal ones.
pub(super) fn rgb(picture: DynamicImage) -> RgbImage {
    match eight_bits(picture) {
        DynamicImage::ImageRgb8(rgb) => rgb,
        DynamicImage::ImageRgba8(rgba) => made(&rgba, |pixel| Rgb([pixel[0], pixel[1], pixel[2]])),
        DynamicImage::ImageLuma8(grey) => made(&grey, |pixel| Rgb([pixel[0]; 3])),
        DynamicImage::ImageLumaA8(grey) => made(&grey, |pixel| Rgb([pixel[0]; 3])),
        other => other.into_rgb8(),
    }
}

/// The grey value of a colour.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 19_595 * u32::from(red) + 38_470 * u32::from(green) + 7_471 * u32::from(blue);
    ((sum + 0x8000) >> 16) as u8
}

fn made<P: Pixel<Subpixel = u8>, Q: Pixel<Subpixel = u8>>(
    picture: &ImageBuffer<P, Vec<u8>>,
    make: impl Fn(&P) -> Q,
) -> ImageBuffer<Q, Vec<u8>> {
    ImageBuffer::from_fn(picture.width(), picture.height(), |x, y| make(picture.get_pixel(x, y)))
}

/// The upper eight bits of each channel of 16.
fn eight_bits(picture: DynamicImage) -> DynamicImage {
    fn upper<P: Pixel<Subpixel = u16>, Q: Pixel<Subpixel = u8>>(
        picture: &ImageBuffer<P, Vec<u16>>,
    ) -> ImageBuffer<Q, Vec<u8>> {
        let upper = |x, y| {
            let wide = picture.get_pixel(x, y).channels();
            let narrow: Vec<u8> = wide.iter().map(|value| (value >> 8) as u8).collect();
            *Q::from_slice(&narrow)
        };
        ImageBuffer::from_fn(picture.width(), picture.height(), upper)
    }
    match picture {
        DynamicImage::ImageLuma16(wide) => {
            let narrow: GrayImage = upper(&wide);
            narrow.into()
        }
        DynamicImage::ImageLumaA16(wide) => {
            let narrow: GrayAlphaImage = upper(&wide);
            narrow.into()
        }
        DynamicImage::ImageRgb16(wide) => {
            let narrow: RgbImage = upper(&wide);
            narrow.into()
        }
        DynamicImage::ImageRgba16(wide) => {
            let narrow: RgbaImage = upper(&wide);
            narrow.into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgba, load_from_memory};
    use png::{BitDepth, ColorType};

    /// A PNG file of one row.
    fn png(colour: ColorType, depth: BitDepth, width: u32, data: &[u8]) -> DynamicImage {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, 1);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if colour == ColorType::Indexed {
            encoder.set_palette(vec![200, 100, 0, 0, 0, 255, 255, 0, 0]);
            encoder.set_trns(vec![0, 128]);
        }
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(data).unwrap();
        writer.finish().unwrap();
        load_from_memory(&bytes).unwrap()
    }

    #[test]
    fn colours_become_grey_as_pil_makes_them() {
        // (red, green, blue, grey), as Pillow's convert('L') gives them.
        for (colour, expected) in [
            ([200, 100, 0], 118),
            ([10, 20, 30], 18),
            ([255, 0, 0], 76),
            ([0, 255, 0], 150),
            ([0, 0, 255], 29),
            ([1, 1, 1], 1),
            ([255, 255, 255], 255),
            ([123, 45, 67], 71),
        ] {
            let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(1, 1, Rgb(colour)));
            assert_eq!(grey(picture).into_raw(), [expected], "{colour:?}");
        }
        for value in 0..=255 {
            assert_eq!(luma([value; 3]), value, "what is grey stays as it is");
        }
    }

    #[test]
    fn what_is_transparent_is_as_if_it_were_not() {
        let picture = RgbaImage::from_fn(3, 1, |x, _| Rgba([200, 100, 0, [0, 3, 255][x as usize]]));
        assert_eq!(grey(picture.clone().into()).into_raw(), [118; 3]);
        assert_eq!(rgb(picture.into()).into_raw(), [200, 100, 0].repeat(3));
        let picture = png(ColorType::GrayscaleAlpha, BitDepth::Eight, 2, &[90, 0, 91, 200]);
        assert_eq!(grey(picture.clone()).into_raw(), [90, 91]);
        assert_eq!(rgb(picture).into_raw(), [90, 90, 90, 91, 91, 91]);
    }

    #[test]
    fn of_sixteen_bits_the_upper_eight_are_taken() {
        let wide = [0_u16, 255, 256, 1000, 32_767, 65_535];
        let data: Vec<u8> = wide.iter().flat_map(|value| value.to_be_bytes()).collect();
        let picture = png(ColorType::Grayscale, BitDepth::Sixteen, 6, &data);
        assert_eq!(grey(picture).into_raw(), [0, 0, 1, 3, 127, 255]);
        let picture = png(ColorType::Rgb, BitDepth::Sixteen, 2, &data);
        assert_eq!(rgb(picture.clone()).into_raw(), [0, 0, 1, 3, 127, 255]);
        assert_eq!(grey(picture).into_raw(), [0, 105]);
        let picture = png(ColorType::GrayscaleAlpha, BitDepth::Sixteen, 3, &data);
        assert_eq!(grey(picture).into_raw(), [0, 1, 127]);
    }

    #[test]
    fn palettes_and_fewer_bits_are_spread() {
        let picture = png(ColorType::Indexed, BitDepth::Two, 3, &[0b0001_1000]);
        assert_eq!(rgb(picture.clone()).into_raw(), [200, 100, 0, 0, 0, 255, 255, 0, 0]);
        assert_eq!(grey(picture).into_raw(), [118, 29, 76]);
        for (depth, data, expected) in [
            (BitDepth::One, 0b0110_0000, [0, 255, 255, 0]),
            (BitDepth::Two, 0b0001_1011, [0, 85, 170, 255]),
        ] {
            let picture = png(ColorType::Grayscale, depth, 4, &[data]);
            assert_eq!(grey(picture).into_raw(), expected);
        }
    }

    /// Eight by eight pixels of cyan 30, magenta 200, yellow 90 and black 40, each inverted as Adobe
    /// has them; written with Pillow.
    const CMYK: &str = "ffd8ffee000e41646f626500640000000000ffdb004300020101010101020101010202020202040302020202\
        0504040304060506060605060606070908060709070606080b08090a0a0a0a0a06080b0c0b0a0c090a0a0aff\
        c000140800080008044311004d11005911004b1100ffc4001500010100000000000000000000000000000908\
        ffc40014100100000000000000000000000000000000ffda000e0443004d0059004b00003f006106da942b8f\
        ffd9";

    #[test]
    fn printing_colours_become_red_green_and_blue() {
        let digits = CMYK.as_bytes().chunks_exact(2);
        let bytes: Vec<u8> = digits
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect();
        let picture = load_from_memory(&bytes).unwrap();
        let found = rgb(picture.clone());
        // Pillow's convert('RGB') says (190, 46, 139), convert('L') says 100.
        for (found, expected) in found.get_pixel(3, 3).0.iter().zip([190, 46, 139]) {
            assert!(found.abs_diff(expected) <= 1, "{found}");
        }
        assert!(grey(picture).get_pixel(3, 3).0[0].abs_diff(100) <= 1);
    }
}
