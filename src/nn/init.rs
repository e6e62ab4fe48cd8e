//! First values of parameters: [`draw`], each member from its own seed.

use super::generator::seeded;
use super::layout::ParameterLayout;
use crate::seed::derive;
use tch::{Device, Kind, Tensor};

/// Every parameter `[K, …]` of members with these seeds, drawn on the CPU and then moved, so that
/// the values are the same on every device.
///
/// Weights and biases are uniform within 1 / sqrt(fan in) of zero: what He et al. 2015
/// (arXiv:1502.01852) give for a leaky slope of sqrt(5), which is what PyTorch's layers start from.
pub(super) fn draw(layout: &[ParameterLayout], seeds: &[u64], device: Device) -> Vec<Tensor> {
    layout.iter().map(|parameter| draw_one(parameter, seeds).to_device(device)).collect()
}

fn draw_one(parameter: &ParameterLayout, seeds: &[u64]) -> Tensor {
    let mut size = vec![seeds.len() as i64];
    size.extend(&parameter.size);
    let values = Tensor::empty(size, (Kind::Float, Device::Cpu));
    let bound = 1.0 / (parameter.fan_in as f64).sqrt();
    let purpose = format!("init/{}", parameter.name);
    for (member, &seed) in seeds.iter().enumerate() {
        let mut own = values.get(member as i64);
        let _ = seeded(derive(seed, &purpose, 0), || own.uniform_(-bound, bound));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::super::layout::ParameterKind;
    use super::*;

    #[test]
    fn a_member_starts_as_it_would_alone() {
        let layout = [ParameterLayout {
            name: "hidden1.weight".to_owned(),
            size: vec![50, 40],
            fan_in: 40,
            kind: ParameterKind::Weight,
        }];
        let both = draw(&layout, &[3, 4], Device::Cpu).remove(0);
        let alone = draw(&layout, &[4], Device::Cpu).remove(0);
        assert_eq!(both.get(1), alone.get(0));
        assert_ne!(both.get(0), alone.get(0));
        let bound = 1.0 / 40f64.sqrt();
        let largest = both.abs().max().double_value(&[]);
        assert!(largest <= bound && largest > 0.99 * bound);
        // A uniform variable within b of zero has the standard deviation b / sqrt(3).
        let spread = both.std(true).double_value(&[]);
        assert!((spread * 3f64.sqrt() / bound - 1.0).abs() < 0.03, "{spread}");
    }
}
