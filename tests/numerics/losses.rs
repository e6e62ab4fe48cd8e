//! Losses and their gradients.

use super::{assert_close, labels, oracle, tensor};
use exp::loss::{cross_entropy, distillation, logit_matching, soft_targets};
use exp::nn::seeded;
use tch::{Device, Kind, Tensor};

type Loss<'a> = Box<dyn Fn(&Tensor) -> (Tensor, Tensor) + 'a>;

const OPTIONS: (Kind, Device) = (Kind::Double, Device::Cpu);

#[test]
fn distillation_is_that_of_pytorch() {
    let part = oracle("losses");
    let (logits, labels) = (tensor(&part["logits"]), labels(&part["labels"]));
    for case in part["cases"].as_array().unwrap() {
        let temperature = case["temperature"].as_f64().unwrap();
        let weight = case["soft_weight"].as_f64().unwrap();
        let soft = soft_targets(&tensor(&part["teachers"]), temperature);
        assert_close(&soft, &tensor(&case["soft_targets"]), 1e-13);
        let (loss, gradient) = distillation(&logits, &labels, &soft, temperature, weight);
        // At T = 10,000 the peer's own sum of p log(p / q) is multiplied by 10^8.
        let tolerance = if temperature > 1e3 { 1e-6 } else { 1e-11 };
        assert_close(&loss, &tensor(&case["loss"]), tolerance);
        assert_close(&gradient, &tensor(&case["gradient"]), 1e-11);
    }
}

#[test]
fn single_precision_holds_at_any_temperature() {
    let part = oracle("losses");
    let float = |value| tensor(value).to_kind(Kind::Float);
    let (logits, labels) = (float(&part["logits"]), labels(&part["labels"]));
    for case in part["cases"].as_array().unwrap() {
        let temperature = case["temperature"].as_f64().unwrap();
        let weight = case["soft_weight"].as_f64().unwrap();
        let soft = soft_targets(&float(&part["teachers"]), temperature);
        let (loss, gradient) = distillation(&logits, &labels, &soft, temperature, weight);
        assert_eq!((loss.kind(), gradient.kind()), (Kind::Float, Kind::Float));
        let tolerance = if temperature > 1e3 { 2e-3 } else { 1e-5 };
        assert_close(&loss, &tensor(&case["loss"]), tolerance);
        assert_close(&gradient, &tensor(&case["gradient"]), tolerance);
    }
}

#[test]
fn soft_targets_may_differ_by_member() {
    let part = oracle("losses");
    let (logits, labels) = (tensor(&part["logits"]), labels(&part["labels"]));
    let soft = soft_targets(&tensor(&part["teachers"]), 4.0);
    let each = Tensor::stack(&[&soft, &soft], 0);
    let (one, of_one) = distillation(&logits, &labels, &soft, 4.0, 0.5);
    let (two, of_two) = distillation(&logits, &labels, &each, 4.0, 0.5);
    assert_close(&one, &two, 0.0);
    assert_close(&of_one, &of_two, 0.0);
}

/// Hinton et al. 2015, equations 3 and 4.
#[test]
fn a_hot_limit_is_logit_matching() {
    let part = oracle("losses");
    let centred = |value| {
        let logits: Tensor = tensor(value);
        &logits - logits.mean_dim(-1, true, Kind::Double)
    };
    let (logits, teacher) = (centred(&part["logits"]), centred(&part["teachers"]).get(0));
    let soft = soft_targets(&teacher.unsqueeze(0), 1e5);
    let (loss, gradient) = distillation(&logits, &labels(&part["labels"]), &soft, 1e5, 1.0);
    let (limit, of_limit) = logit_matching(&logits, &teacher);
    assert_close(&loss, &(limit / 5.0), 1e-3);
    assert_close(&gradient, &(of_limit / 5.0), 1e-3);
}

#[test]
fn gradients_are_slopes() {
    let (logits, teacher) = seeded(1, || {
        (Tensor::randn([2, 3, 4], OPTIONS) * 2.0, Tensor::randn([3, 4], OPTIONS) * 2.0)
    });
    let labels = Tensor::from_slice2(&[[0_i64, 3, 1], [2, 2, 0]]);
    let soft = soft_targets(&teacher.unsqueeze(0), 3.0);
    let losses: [Loss; 3] = [
        Box::new(|logits| cross_entropy(logits, &labels)),
        Box::new(|logits| distillation(logits, &labels, &soft, 3.0, 0.7)),
        Box::new(|logits| logit_matching(logits, &teacher)),
    ];
    for loss in losses {
        let (_, gradient) = loss(&logits);
        let at = |position: i64, shift: f64| {
            let moved = logits.copy();
            let _ = moved.view(-1).get(position).g_add_scalar_(shift);
            loss(&moved).0.sum(Kind::Double).double_value(&[])
        };
        let step = 1e-5;
        let slopes: Vec<_> = (0..24).map(|i| (at(i, step) - at(i, -step)) / (2.0 * step)).collect();
        assert_close(&gradient, &Tensor::from_slice(&slopes).view([2, 3, 4]), 1e-8);
    }
}

#[test]
fn extremes_stay_finite() {
    let logits = Tensor::from_slice(&[1e4f32, -1e4, 0.0, -3e4, 3e4, 0.0]).view([1, 2, 3]);
    let labels = Tensor::from_slice(&[1i64, 0]).view([1, 2]);
    for temperature in [1e-3, 1.0, 1e6] {
        let soft = soft_targets(&(logits.copy() * -1.0), temperature);
        for weight in [0.0, 0.5, 1.0] {
            let (loss, gradient) = distillation(&logits, &labels, &soft, temperature, weight);
            for part in [loss, gradient] {
                assert_eq!(part.isfinite().all().int64_value(&[]), 1, "{temperature} {weight}");
            }
        }
    }
}
