//! Pictures as bytes, for people: [`Pixels`].

use super::model::Autoencoder;
use super::spec::SHEET;
use crate::data::PictureSplit;
use crate::plot::Tiles;
use tch::{Device, Kind, Tensor};

/// The longest side of the sheet that TensorBoard's projector has pictures on.
const SIDE: i64 = 8192;

/// Pictures as bytes.
pub(super) struct Pixels {
    bytes: Vec<u8>,
    count: usize,
    channels: usize,
    height: usize,
    width: usize,
}

impl Pixels {
    /// Of rows of numbers (0 black, 1 white; what is no number is black), `[N, pixels]`. Pictures of
    /// one or three channels are as they are; of others the first channel is shown.
    pub(super) fn of(model: &Autoencoder, rows: &Tensor) -> Self {
        Self::of_size(rows, model.design.input)
    }

    /// The mean pictures of the first member at places `[1, R, latent]`.
    pub(super) fn decoded(model: &Autoencoder, places: &Tensor) -> Self {
        let model = model.part(0, 1);
        Self::joined(&model, model.design.input, places.size()[1], |from, count| {
            model.picture(&places.narrow(1, from, count)).get(0)
        })
    }

    /// Of the first `count` pictures of a split; smaller ones, of the means of neighbouring pixels, where
    /// whole ones would not fit on one sheet.
    pub(super) fn on_a_sheet(model: &Autoencoder, split: &PictureSplit, count: i64) -> Self {
        let [channels, height, width] = model.design.input;
        let columns = (count as f64).sqrt().ceil().max(1.0) as i64;
        let by = (height.max(width) as u64).div_ceil((SIDE / columns).max(1) as u64).max(1);
        let [small_height, small_width] =
            [height, width].map(|side| (side as u64).div_ceil(by) as i64);
        let size = [channels, small_height, small_width];
        Self::joined(model, size, count, |from, count| {
            let rows = split.range(from, count);
            if by == 1 {
                return rows;
            }
            let whole = rows.view([count, channels, height, width]);
            whole.adaptive_avg_pool2d([small_height, small_width]).flatten(1, -1)
        })
    }

    /// Height and width of each.
    pub(super) fn size(&self) -> [i64; 2] {
        [self.height as i64, self.width as i64]
    }

    /// Of `count` rows that are made a few at a time, by the number of the first and how many.
    fn joined(
        model: &Autoencoder,
        size: [i64; 3],
        count: i64,
        rows: impl Fn(i64, i64) -> Tensor,
    ) -> Self {
        let numbers: i64 = model.design.input.iter().product();
        let chunk = (SHEET / numbers.max(1)).max(1);
        let starts = (0..count.max(1)).step_by(chunk as usize);
        let parts = starts.map(|from| Self::of_size(&rows(from, chunk.min(count - from)), size));
        let joined = parts.reduce(|mut all, part| {
            all.bytes.extend(part.bytes);
            all.count += part.count;
            all
        });
        joined.unwrap_or(Self { bytes: Vec::new(), count: 0, channels: 1, height: 0, width: 0 })
    }

    fn of_size(rows: &Tensor, [channels, height, width]: [i64; 3]) -> Self {
        let (rows, channels) = if matches!(channels, 1 | 3) {
            (rows.shallow_clone(), channels)
        } else {
            (rows.narrow(1, 0, height * width), 1)
        };
        let scaled = (rows.nan_to_num(0.0, 1.0, 0.0).clamp(0.0, 1.0) * 255.0).round();
        let whole = scaled.to_kind(Kind::Uint8).to_device(Device::Cpu).contiguous();
        let mut bytes = vec![0; whole.numel()];
        let length = bytes.len();
        whole.copy_data_u8(&mut bytes, length);
        Self {
            bytes,
            count: rows.size()[0] as usize,
            channels: channels as usize,
            height: height as usize,
            width: width as usize,
        }
    }

    pub(super) fn tiles(&self) -> Tiles<'_> {
        Tiles {
            pixels: &self.bytes,
            count: self.count,
            channels: self.channels,
            height: self.height,
            width: self.width,
        }
    }
}
