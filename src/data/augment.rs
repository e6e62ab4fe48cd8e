//! Random changes to batches of pictures: [`jitter`]; and [`scale`], bytes to floats.

use crate::seed::Draws;
use crate::seed::derive;
use tch::{Device, Kind, Tensor};

/// Shifts each picture by whole pixels, uniform in `-pixels..=pixels` on each axis; what comes in from
/// outside is 0.
///
/// `images` is `[K, B, C, H, W]`, bytes, and so is the result. The shifts of member k depend on
/// `seeds[k]` and `step` alone, and are the same on every device.
///
/// # Panics
/// If `images` has another rank, or another number of members than there are seeds.
pub fn jitter(images: &Tensor, pixels: u32, seeds: &[u64], step: u64) -> Tensor {
    let size = images.size();
    assert_eq!(size.len(), 5, "[K, B, C, H, W]");
    let (members, batch) = (size[0], size[1]);
    assert_eq!(members, seeds.len() as i64, "a seed for each member");
    if pixels == 0 || batch == 0 {
        return images.shallow_clone();
    }
    let shifts = shifts(pixels, seeds, step, batch);
    match images.device() {
        Device::Cpu => shifted_here(images, &shifts),
        _ => shifted_there(images, &shifts, i64::from(pixels)),
    }
}

/// Bytes 0 to 255 to floats 0 to 1, of the same size.
pub fn scale(images: &Tensor) -> Tensor {
    images.to_kind(tch::Kind::Float).g_mul_scalar_(1.0 / 255.0)
}

/// How far each picture moves down and to the right, member by member.
fn shifts(pixels: u32, seeds: &[u64], step: u64, batch: i64) -> Vec<[i64; 2]> {
    let mut shifts = Vec::with_capacity(seeds.len() * batch as usize);
    for seed in seeds {
        let mut draws = Draws::new(derive(*seed, "jitter", step));
        let mut draw = || draws.below(2 * u64::from(pixels) + 1) as i64 - i64::from(pixels);
        shifts.extend((0..batch).map(|_| [draw(), draw()]));
    }
    shifts
}

/// On the CPU rows are copied, ten times as fast as an index per pixel.
fn shifted_here(images: &Tensor, shifts: &[[i64; 2]]) -> Tensor {
    let size = images.size();
    let (channels, height, width) = (size[2] as usize, size[3] as usize, size[4] as usize);
    let mut before = vec![0_u8; images.numel()];
    images.contiguous().copy_data(&mut before, images.numel());
    let mut after = vec![0; before.len()];
    let plane = height * width;
    for (index, [down, right]) in shifts.iter().enumerate() {
        let (to_row, from_row, rows) = overlap(*down, height);
        let (to_column, from_column, columns) = overlap(*right, width);
        for start in (0..channels).map(|channel| (index * channels + channel) * plane) {
            for row in 0..rows {
                let to = start + (to_row + row) * width + to_column;
                let from = start + (from_row + row) * width + from_column;
                after[to..to + columns].copy_from_slice(&before[from..from + columns]);
            }
        }
    }
    Tensor::from_slice(&after).view(&size[..])
}

/// Of `length` places moved by `shift`: the first one filled, the one it comes from, how many.
fn overlap(shift: i64, length: usize) -> (usize, usize, usize) {
    let distance = (shift.unsigned_abs() as usize).min(length);
    let (to, from) = if shift > 0 { (distance, 0) } else { (0, distance) };
    (to, from, length - distance)
}

/// On other devices each pixel is gathered from the pictures with a border of `pixels`.
fn shifted_there(images: &Tensor, shifts: &[[i64; 2]], pixels: i64) -> Tensor {
    let size = images.size();
    let (count, channels, height, width) = (size[0] * size[1], size[2], size[3], size[4]);
    let wide = width + 2 * pixels;
    let starts: Vec<i64> =
        shifts.iter().map(|[down, right]| (pixels - down) * wide + pixels - right).collect();
    let device = images.device();
    let range = |end: i64| Tensor::arange(end, (Kind::Int64, device));
    let places = (range(height).unsqueeze(1) * wide + range(width)).view([1, 1, -1]);
    let places = Tensor::from_slice(&starts).to_device(device).view([count, 1, 1]) + places;
    images
        .constant_pad_nd([pixels; 4])
        .view([count, channels, -1])
        .gather(2, &places.expand([count, channels, height * width], false), false)
        .view(&size[..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(members: i64, batch: i64) -> Tensor {
        let size = [members, batch, 2, 5, 7];
        let count = size.iter().product::<i64>();
        let values: Vec<u8> = (0..count).map(|place| (place * 37 % 251 + 1) as u8).collect();
        Tensor::from_slice(&values).view(size)
    }

    fn list(images: &Tensor) -> Vec<i64> {
        images.to_kind(Kind::Int64).flatten(0, -1).try_into().unwrap()
    }

    #[test]
    fn every_pixel_moves_as_drawn() {
        for pixels in [1, 3, 9] {
            let images = pictures(2, 6);
            let (before, drawn) = (list(&images), shifts(pixels, &[5, 6], 8, 6));
            assert!(drawn.iter().flatten().all(|shift| shift.unsigned_abs() <= u64::from(pixels)));
            let mut expected = vec![0; before.len()];
            for (place, value) in expected.iter_mut().enumerate() {
                let (column, row) = (place as i64 % 7, place as i64 / 7 % 5);
                let [down, right] = drawn[place / 70];
                let (from_row, from_column) = (row - down, column - right);
                if (0..5).contains(&from_row) && (0..7).contains(&from_column) {
                    *value = before[place / 35 * 35 + (from_row * 7 + from_column) as usize];
                }
            }
            assert_eq!(list(&jitter(&images, pixels, &[5, 6], 8)), expected);
            assert_eq!(list(&shifted_there(&images, &drawn, i64::from(pixels))), expected);
        }
    }

    #[test]
    fn a_member_is_shifted_as_it_would_be_alone() {
        let (images, seeds) = (pictures(5, 12), [3, 4, 5, 6, 7]);
        let stacked = jitter(&images, 2, &seeds, 40);
        for (member, seed) in seeds.iter().enumerate() {
            let own = images.narrow(0, member as i64, 1);
            assert_eq!(stacked.get(member as i64), jitter(&own, 2, &[*seed], 40).get(0));
        }
        assert_ne!(stacked, jitter(&images, 2, &seeds, 41));
        assert_eq!(jitter(&images, 0, &seeds, 40), images);
    }

    #[test]
    fn scaling_gives_floats_from_0_to_1() {
        let scaled = scale(&Tensor::from_slice(&[0_u8, 51, 255]));
        assert_eq!(scaled.kind(), Kind::Float);
        // The rounded 1/255 times a byte is within one unit in the last place of the quotient.
        assert!(scaled.allclose(&Tensor::from_slice(&[0_f32, 0.2, 1.0]), 1.2e-7, 0.0, false));
    }
}
