//! Which units drop out: [`Masks`], each member's drawn from its own seed, layer and step.
//!
//! Hinton et al. 2012 (arXiv:1207.0580), with what remains scaled up while training so that
//! nothing need be scaled when the network is used.

use super::generator::seeded;
use super::noise::Noise;
use crate::seed::derive;
use std::cell::RefCell;
use tch::{Device, Kind, Tensor};

/// The masks of one layer, with the memory they are drawn into.
pub(super) struct Masks {
    purpose: String,
    probability: f64,
    buffer: RefCell<Option<Buffer>>,
}

struct Buffer {
    size: Vec<i64>,
    all: Tensor,
    members: Vec<Tensor>,
}

impl Masks {
    /// Masks for the named layer, whose units drop out with this probability.
    pub(super) fn new(layer: &str, probability: f64) -> Self {
        Self { purpose: format!("dropout/{layer}"), probability, buffer: RefCell::new(None) }
    }

    /// What remains is multiplied by this.
    pub(super) fn scale(&self) -> f64 {
        1.0 / (1.0 - self.probability)
    }

    /// The masks of all members, `[members, …size]`: 0 where a unit is dropped, else
    /// [`scale`](Self::scale). The memory is used again by the next call.
    pub(super) fn draw(
        &self,
        noise: &Noise,
        size: &[i64],
        (kind, device): (Kind, Device),
    ) -> Tensor {
        let mut slot = self.buffer.borrow_mut();
        let mut full = vec![noise.seeds.len() as i64];
        full.extend(size);
        let fits = slot.as_ref().is_some_and(|buffer| {
            buffer.size == full && buffer.all.kind() == kind && buffer.all.device() == device
        });
        if !fits {
            *slot = None;
        }
        let buffer = slot.get_or_insert_with(|| Buffer::new(full, (kind, device)));
        for (member, &seed) in buffer.members.iter_mut().zip(noise.seeds) {
            let seed = derive(seed, &self.purpose, noise.step);
            let _ = seeded(seed, || member.bernoulli_float_(1.0 - self.probability));
        }
        let _ = buffer.all.g_mul_scalar_(self.scale());
        buffer.all.shallow_clone()
    }
}

impl Buffer {
    fn new(size: Vec<i64>, options: (Kind, Device)) -> Self {
        let all = Tensor::empty(&size, options);
        let members = (0..size[0]).map(|member| all.get(member)).collect();
        Self { size, all, members }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: (Kind, Device) = (Kind::Float, Device::Cpu);

    #[test]
    fn a_mask_depends_on_seed_layer_and_step_alone() {
        let draw = |layer: &str, seeds: &[u64], step: u64| {
            Masks::new(layer, 0.25).draw(&Noise { seeds, step }, &[30, 100], OPTIONS)
        };
        let both = draw("hidden1", &[7, 8], 5);
        assert_eq!(both.get(1), draw("hidden1", &[8], 5).get(0));
        for other in [draw("hidden1", &[8], 6), draw("hidden2", &[8], 5), draw("hidden1", &[9], 5)]
        {
            assert_ne!(both.get(1), other.get(0));
        }
        let kept = both.gt(0.0).to_kind(Kind::Float).mean(Kind::Float).double_value(&[]);
        assert!((kept - 0.75).abs() < 0.03, "{kept}");
        assert!((both.max().double_value(&[]) - 4.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn another_batch_size_gets_other_memory() {
        let masks = Masks::new("hidden1", 0.5);
        let noise = Noise { seeds: &[1], step: 0 };
        assert_eq!(masks.draw(&noise, &[4, 10], OPTIONS).size(), [1, 4, 10]);
        assert_eq!(masks.draw(&noise, &[4, 3], OPTIONS).size(), [1, 4, 3]);
    }
}
