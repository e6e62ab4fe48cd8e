//! Grey pictures to black and white ones: [`binarise_static`], once and for all, and
//! [`binarise_dynamic`], anew at every step.
//!
//! A pixel becomes white with the probability that is its grey value (Salakhutdinov and Murray 2008).
//! Likelihoods of pictures binarised in different ways are not comparable.

use crate::seed::Draws;
use crate::seed::derive;
use tch::{Device, Kind, Tensor};

/// Pictures whose pixels are 0 or 255, each drawn once from its grey value.
///
/// `images` is `[N, …]`, bytes, and so is the result, on the same device. Example i depends on its own
/// pixels, `seed` and i alone: not on how many there are. Training and test pictures want seeds of
/// their own.
///
/// # Panics
/// If `images` are not bytes.
pub fn binarise_static(images: &Tensor, seed: u64) -> Tensor {
    assert_eq!(images.kind(), Kind::Uint8, "pictures are bytes");
    let size = images.size();
    let (count, total) = (size[0] as usize, images.numel());
    if total == 0 {
        return images.copy();
    }
    let mut bytes = vec![0_u8; total];
    images.to_device(Device::Cpu).contiguous().copy_data(&mut bytes, total);
    let pixels = total / count;
    let share = count.div_ceil(tch::get_num_threads().max(1) as usize);
    std::thread::scope(|scope| {
        for (part, images) in bytes.chunks_mut(share * pixels).enumerate() {
            scope.spawn(move || {
                for (offset, image) in images.chunks_exact_mut(pixels).enumerate() {
                    let index = (part * share + offset) as u64;
                    let mut draws = Draws::new(derive(seed, "binarise/static", index));
                    for pixel in image {
                        *pixel = if draws.below(255) < u64::from(*pixel) { 255 } else { 0 };
                    }
                }
            });
        }
    });
    Tensor::from_slice(&bytes).view(&size[..]).to_device(images.device())
}

/// Pictures whose pixels are 0 or 1, drawn with their values in 0..1 as probabilities.
///
/// `batch` is `[K, …]`, floats, and so is the result. The draws of member k depend on `seeds[k]` and
/// `step` alone, and are the same on every device; so a member of a stack draws as it would alone.
///
/// # Panics
/// If there are not as many seeds as members.
pub fn binarise_dynamic(batch: &Tensor, seeds: &[u64], step: u64) -> Tensor {
    let size = batch.size();
    assert_eq!(size.first(), Some(&(seeds.len() as i64)), "a seed for each member");
    if batch.numel() == 0 {
        return batch.copy();
    }
    let each = batch.numel() / seeds.len();
    let starts: Vec<i64> =
        seeds.iter().map(|seed| derive(*seed, "binarise/dynamic", step)).collect();
    let thresholds = match batch.device() {
        Device::Cpu => drawn_here(&starts, each),
        device => drawn_there(&starts, each, device),
    };
    thresholds.view(&size[..]).lt_tensor(batch).to_kind(batch.kind())
}

/// Numbers in 0..1, `[K, each]`.
fn drawn_here(starts: &[i64], each: usize) -> Tensor {
    let mut all = Vec::with_capacity(starts.len() * each);
    for start in starts {
        let mut draws = Draws::new(*start);
        all.extend((0..each).map(|_| draws.between(0.0, 1.0)));
    }
    Tensor::from_slice(&all).view([starts.len() as i64, each as i64])
}

/// The same numbers, on another device: the generator's n-th number is a function of its start and n.
fn drawn_there(starts: &[i64], each: usize, device: Device) -> Tensor {
    let count = Tensor::arange_start(1, each as i64 + 1, (Kind::Int64, device));
    let starts = Tensor::from_slice(starts).to_device(device).unsqueeze(1);
    let [step, first, second] = Draws::CONSTANTS.map(|constant| constant as i64);
    let mixed = starts + count * step;
    let mixed = mixed.bitwise_xor_tensor(&shifted(&mixed, 30)) * first;
    let mixed = mixed.bitwise_xor_tensor(&shifted(&mixed, 27)) * second;
    let bits = mixed.bitwise_xor_tensor(&shifted(&mixed, 31));
    shifted(&bits, 40).to_kind(Kind::Float) * (1.0 / 16_777_216.0)
}

/// 64-bit integers moved to the right as if they had no sign.
fn shifted(bits: &Tensor, places: i64) -> Tensor {
    bits.bitwise_right_shift_tensor_scalar(places).bitwise_and((1_i64 << (64 - places)) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a share of so many draws is within 4 standard errors of its probability.
    fn agrees(share: f64, probability: f64, draws: f64) -> bool {
        (share - probability).abs() <= 4.0 * (probability * (1.0 - probability) / draws).sqrt()
    }

    fn mean(tensor: &Tensor) -> f64 {
        tensor.to_kind(Kind::Double).mean(Kind::Double).double_value(&[])
    }

    #[test]
    fn a_pixel_is_white_as_often_as_it_is_bright() {
        let options = (Kind::Uint8, Device::Cpu);
        for grey in [0, 1, 60, 128, 200, 254, 255] {
            let probability = grey as f64 / 255.0;
            let images = Tensor::full([20, 1, 50, 60], grey, options);
            let drawn = binarise_static(&images, 3);
            assert_eq!((drawn.kind(), drawn.size()), (Kind::Uint8, images.size()));
            assert!(drawn.eq(0).logical_or(&drawn.eq(255)).all().int64_value(&[]) == 1);
            let share = mean(&drawn) / 255.0;
            assert!(agrees(share, probability, 60_000.0), "{grey}: {share}");

            let batch = super::super::scale(&images.view([2, 10, 1, 50, 60]));
            let drawn: Vec<Tensor> =
                (0..4).map(|step| binarise_dynamic(&batch, &[7, 8], step)).collect();
            assert_eq!((drawn[0].kind(), drawn[0].size()), (Kind::Float, batch.size()));
            let all = Tensor::stack(&drawn, 0);
            assert!(all.eq(0).logical_or(&all.eq(1)).all().int64_value(&[]) == 1);
            assert!(agrees(mean(&all), probability, 240_000.0), "{grey}: {}", mean(&all));
        }
    }

    /// Pixels of every grey value.
    fn greys(count: i64) -> Tensor {
        Tensor::arange(count * 256, (Kind::Int64, Device::Cpu))
            .remainder(256)
            .to_kind(Kind::Uint8)
            .view([count, 1, 16, 16])
    }

    #[test]
    fn an_example_is_drawn_alike_however_many_there_are() {
        let all = binarise_static(&greys(30), 5);
        assert_eq!(all.narrow(0, 0, 7), binarise_static(&greys(7), 5));
        assert_eq!(all, binarise_static(&greys(30), 5));
        assert_ne!(all, binarise_static(&greys(30), 6));
        assert_ne!(all.get(0), all.get(1), "each example has draws of its own");
        let turned = greys(30).transpose(2, 3);
        assert_eq!(binarise_static(&turned, 5), binarise_static(&turned.contiguous(), 5));
        assert_eq!(binarise_static(&greys(0), 5).size(), [0, 1, 16, 16]);
    }

    #[test]
    fn a_member_is_drawn_alone_as_in_a_stack_and_anew_at_each_step() {
        let batch = super::super::scale(&greys(4)).view([1, 4, 1, 16, 16]).repeat([3, 1, 1, 1, 1]);
        let stacked = binarise_dynamic(&batch, &[7, 8, 9], 11);
        for (member, seed) in [7, 8, 9].into_iter().enumerate() {
            let alone = binarise_dynamic(&batch.narrow(0, 0, 1), &[seed], 11);
            assert_eq!(stacked.narrow(0, member as i64, 1), alone);
            assert_ne!(binarise_dynamic(&batch.narrow(0, 0, 1), &[seed], 12), alone);
        }
        assert_ne!(stacked.get(0), stacked.get(1));
        let double = binarise_dynamic(&batch.to_kind(Kind::Double), &[7, 8, 9], 11);
        assert_eq!(double, stacked.to_kind(Kind::Double));
        let none = batch.narrow(1, 0, 0);
        assert_eq!(binarise_dynamic(&none, &[7, 8, 9], 0).size(), none.size());
    }

    #[test]
    fn other_devices_draw_the_same_numbers() {
        let starts = [0, 12_345, i64::MAX];
        let there = drawn_there(&starts, 1_000, Device::Cpu);
        assert_eq!(there, drawn_here(&starts, 1_000));
    }
}
