//! Initial values of parameters: [`draw`], each member's from its own seed.

use super::blueprint::{Blueprint, ParameterLayout};
use super::generator::seeded;
use super::initial::Initial;
use crate::seed::derive;
use tch::{Device, Kind, Tensor};

/// Every parameter `[K, …]` of members with these seeds, drawn on the CPU and then moved, so that
/// the values are the same on every device. Member k's is drawn from
/// `derive(seeds[k], "<purpose>/<parameter>", 0)`.
pub(super) fn draw(
    blueprint: &Blueprint,
    purpose: &str,
    seeds: &[u64],
    device: Device,
) -> Vec<Tensor> {
    let one = |parameter| draw_one(parameter, purpose, seeds).to_device(device);
    blueprint.parameters.iter().map(one).collect()
}

fn draw_one(parameter: &ParameterLayout, purpose: &str, seeds: &[u64]) -> Tensor {
    let mut size = vec![seeds.len() as i64];
    size.extend(&parameter.size);
    let values = Tensor::empty(size, (Kind::Float, Device::Cpu));
    let purpose = format!("{purpose}/{}", parameter.name);
    for (member, &seed) in seeds.iter().enumerate() {
        let mut own = values.get(member as i64);
        seeded(derive(seed, &purpose, 0), || fill(&mut own, parameter.initial));
    }
    values
}

fn fill(own: &mut Tensor, initial: Initial) {
    match initial {
        Initial::Uniform { bound } => drop(own.uniform_(-bound, bound)),
        Initial::Normal { deviation } => {
            let _ = own.normal_(0.0, 1.0);
            drop(own.g_mul_scalar_(deviation));
        }
        Initial::Orthogonal => {
            let drawn = orthogonal(own);
            own.copy_(&drawn);
        }
        Initial::Constant(value) => drop(own.fill_(value)),
    }
}

/// A matrix of the size of `like` (its first axis, and all others as one) with orthonormal rows, or columns
/// where these are fewer: the orthogonal part of a normal matrix, with the signs that make every such
/// matrix equally likely (Saxe et al. 2014; Mezzadri 2007).
fn orthogonal(like: &Tensor) -> Tensor {
    let size = like.size();
    let flat = like.view([size[0], -1]);
    let tall = flat.size()[0] >= flat.size()[1];
    let drawn = flat.empty_like().normal_(0.0, 1.0);
    let (q, r) = Tensor::linalg_qr(&if tall { drawn } else { drawn.tr() }, "reduced");
    let q = q * r.diagonal(0, 0, 1).sign();
    (if tall { q } else { q.tr() }).reshape(size)
}

#[cfg(test)]
mod tests {
    use super::super::blueprint::ParameterKind;
    use super::super::initial::InitialValues;
    use super::*;

    fn layout(size: Vec<i64>, initial: Initial) -> ParameterLayout {
        let name = "hidden1.weight".to_owned();
        ParameterLayout { name, size, initial, kind: ParameterKind::Weight, max_norm: None }
    }

    #[test]
    fn a_member_starts_as_it_would_alone() {
        let layout = layout(vec![50, 40], InitialValues::Uniform.weight(40, 50, true));
        let both = draw_one(&layout, "init", &[3, 4]);
        let alone = draw_one(&layout, "init", &[4]);
        assert_eq!(both.get(1), alone.get(0));
        assert_ne!(both.get(0), alone.get(0));
        assert_ne!(alone, draw_one(&layout, "init/encoder", &[4]));
    }

    #[test]
    fn initial_values_have_the_spread_that_their_names_promise() {
        let (fan_in, fan_out) = (50_i64, 300_i64);
        let width = 1.0 / (fan_in as f64).sqrt();
        let glorot = (2.0 / (fan_in + fan_out) as f64).sqrt();
        for (init, rectified, weight, bias) in [
            (InitialValues::He, true, 2f64.sqrt() * width, 0.0),
            (InitialValues::He, false, width, 0.0),
            (InitialValues::Lecun, true, width, 0.0),
            (InitialValues::Glorot, true, glorot, 0.0),
            (InitialValues::Uniform, true, width / 3f64.sqrt(), width / 3f64.sqrt()),
            (InitialValues::Normal, true, 0.01, 0.0),
            (InitialValues::Paper, true, 0.01, 0.01),
            // Orthonormal columns of 300 numbers.
            (InitialValues::Orthogonal, true, 1.0 / (fan_out as f64).sqrt(), 0.0),
        ] {
            for (initial, deviation) in
                [(init.weight(fan_in, fan_out, rectified), weight), (init.bias(fan_in), bias)]
            {
                let values = draw_one(&layout(vec![fan_out, fan_in], initial), "init", &[3, 4]);
                assert_eq!(values.size(), [2, fan_out, fan_in]);
                let mean = values.mean(Kind::Double).double_value(&[]);
                let spread = values.std(true).double_value(&[]);
                assert!(mean.abs() <= 0.02 * deviation, "{init:?}: a mean of {mean}");
                let off = (spread - deviation).abs();
                assert!(off <= 0.02 * deviation, "{init:?}: {spread}, not {deviation}");
            }
        }
        let bounded =
            draw_one(&layout(vec![300, 50], InitialValues::Uniform.bias(50)), "init", &[3]);
        let largest = bounded.abs().max().double_value(&[]);
        assert!(largest <= width + 1e-6 && largest > 0.99 * width, "{largest}");
    }

    #[test]
    fn orthogonal_values_are() {
        for size in [vec![5, 3], vec![3, 5], vec![4, 2, 3, 3], vec![4, 4]] {
            let values = draw_one(&layout(size.clone(), Initial::Orthogonal), "init", &[7]).get(0);
            let flat = values.to_kind(Kind::Double).view([size[0], -1]);
            let short = flat.size().into_iter().min().unwrap_or(0);
            let flat = if flat.size()[0] > short { flat.tr() } else { flat };
            let gram = flat.matmul(&flat.tr());
            assert!(gram.allclose(
                &Tensor::eye(short, (Kind::Double, Device::Cpu)),
                0.0,
                1e-5,
                false
            ));
        }
    }
}
