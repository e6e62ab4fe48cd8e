//! The pictures of a batch, ready for a network: [`batch`].
//!
//! Choosing pictures and turning their bytes into numbers in 0..1 is one pass here, on the CPU: at
//! small networks the three passes that libtorch's operations need are a tenth of a training step.

use tch::{Device, Kind, Tensor};

/// Pictures ahead of the one at work whose bytes are asked for.
const AHEAD: usize = 4;

/// Bytes that come from memory together.
const CACHE_LINE: usize = 64;

/// The pictures of `images` (bytes, `[N, C, H, W]`) at `indices` (int64, `[M]`) as floats in 0..1,
/// `[M, C, H, W]`: what [`scale`](super::scale) makes of them, to the bit.
pub fn batch(images: &Tensor, indices: &Tensor) -> Tensor {
    // A tensor of no elements has no memory either, which a slice must have.
    let plain = |tensor: &Tensor, kind| {
        let here = tensor.device() == Device::Cpu && tensor.numel() > 0;
        here && tensor.kind() == kind && tensor.is_contiguous()
    };
    if !plain(images, Kind::Uint8) || !plain(indices, Kind::Int64) {
        return super::scale(&images.index_select(0, indices));
    }
    let mut size = images.size();
    let pixels = size[1..].iter().product::<i64>() as usize;
    size[0] = indices.numel() as i64;
    let chosen = Tensor::empty(&size, (Kind::Float, Device::Cpu));
    #[expect(unsafe_code, reason = "libtorch's memory, seen as slices")]
    // SAFETY: the three tensors are on the CPU, contiguous, not empty, of these element types and as
    // many elements; `chosen` is new, so that nobody else sees its memory; all three outlive the
    // slices.
    let (source, places, target) = unsafe {
        (
            std::slice::from_raw_parts(images.data_ptr() as *const u8, images.numel()),
            std::slice::from_raw_parts(indices.data_ptr() as *const i64, indices.numel()),
            std::slice::from_raw_parts_mut(chosen.data_ptr().cast::<f32>(), chosen.numel()),
        )
    };
    copy(source, places, target, pixels);
    chosen
}

/// Writes `pixels` numbers for each of `places`.
fn copy(source: &[u8], places: &[i64], target: &mut [f32], pixels: usize) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[expect(unsafe_code, reason = "wider registers, where the machine has them")]
        // SAFETY: the machine has AVX2.
        return unsafe { copy_avx2(source, places, target, pixels) };
    }
    copy_rows(source, places, target, pixels);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn copy_avx2(source: &[u8], places: &[i64], target: &mut [f32], pixels: usize) {
    copy_rows(source, places, target, pixels);
}

/// Compiled into each of its callers, for the registers that these may use.
#[expect(clippy::inline_always, reason = "what it is for")]
#[inline(always)]
fn copy_rows(source: &[u8], places: &[i64], target: &mut [f32], pixels: usize) {
    let row = |place: i64| &source[place as usize * pixels..][..pixels];
    for (index, (place, written)) in places.iter().zip(target.chunks_exact_mut(pixels)).enumerate()
    {
        if let Some(&later) = places.get(index + AHEAD) {
            ask_for(row(later));
        }
        for (value, &byte) in written.iter_mut().zip(row(*place)) {
            *value = f32::from(byte) * (1.0 / 255.0);
        }
    }
}

/// Asks for bytes that will be read soon: pictures lie in random order.
#[expect(clippy::inline_always, reason = "a call would cost more than it")]
#[inline(always)]
fn ask_for(bytes: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    for line in bytes.chunks(CACHE_LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        #[expect(unsafe_code, reason = "a hint to the processor")]
        // SAFETY: a prefetch reads nothing; the address is that of a slice.
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, CACHE_LINE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_pictures_are_those_that_libtorch_chooses() {
        let images = Tensor::from_slice(&(0..=255).cycle().take(50 * 35).collect::<Vec<u8>>());
        let images = images.view([50, 1, 7, 5]);
        for places in [vec![], vec![7], vec![49, 0, 3, 3, 17, 48, 1]] {
            let places = Tensor::from_slice::<i64>(&places);
            let chosen = batch(&images, &places);
            let expected = crate::data::scale(&images.index_select(0, &places));
            assert_eq!(chosen.size(), expected.size());
            assert!(chosen.equal(&expected));
        }
        let strided = images.transpose(2, 3);
        let places = Tensor::from_slice(&[4i64, 2]);
        assert_eq!(batch(&strided, &places).size(), [2, 1, 5, 7]);
    }

    #[test]
    #[should_panic(expected = "out of range")]
    fn a_place_that_is_not_there_is_not_read() {
        let images = Tensor::zeros([3, 1, 2, 2], (Kind::Uint8, Device::Cpu));
        let _ = batch(&images, &Tensor::from_slice(&[3i64]));
    }
}
