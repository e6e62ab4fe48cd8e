//! Every rule against PyTorch's numbers, its state through a checkpoint, members against solo runs.

use super::*;
use serde::Deserialize;
use tch::{Device, Kind, Tensor};

#[derive(Deserialize)]
struct Oracle {
    sizes: Vec<Vec<i64>>,
    starts: Vec<Vec<f64>>,
    gradients: Vec<Vec<Vec<f64>>>,
    factors: Vec<f64>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    optimiser: OptimiserSpec,
    float64: Vec<Vec<f64>>,
    float32: Vec<Vec<f64>>,
}

impl Oracle {
    fn read() -> Self {
        serde_json::from_str(include_str!("../../tests/oracles/optim.json")).unwrap()
    }

    fn tensors(&self, values: &[Vec<f64>], kind: Kind) -> Vec<Tensor> {
        let shaped = |(values, size): (&Vec<f64>, &Vec<i64>)| {
            Tensor::from_slice(values).reshape(size).to_kind(kind)
        };
        values.iter().zip(&self.sizes).map(shaped).collect()
    }
}

fn flat(tensors: &[Tensor]) -> Vec<f64> {
    let all = Tensor::cat(&tensors.iter().map(Tensor::flatten_all).collect::<Vec<_>>(), 0);
    Vec::try_from(all.to_kind(Kind::Double)).unwrap()
}

trait FlattenAll {
    fn flatten_all(&self) -> Tensor;
}

impl FlattenAll for Tensor {
    fn flatten_all(&self) -> Tensor {
        self.detach().flatten(0, -1)
    }
}

/// `within` is relative to the largest value the element has had: one that passes through zero
/// keeps the rounding of where it came from.
fn compare(oracle: &Oracle, spec: &OptimiserSpec, kind: Kind, expected: &[Vec<f64>], within: f64) {
    let parameters = oracle.tensors(&oracle.starts, kind);
    let mut optimiser = Optimiser::new(spec, &parameters, 1).unwrap();
    let mut largest = flat(&parameters);
    for (step, expected) in expected.iter().enumerate() {
        let gradients = oracle.tensors(&oracle.gradients[step], kind);
        optimiser.step(&parameters, &gradients, oracle.factors[step]).unwrap();
        for (index, (found, expected)) in flat(&parameters).iter().zip(expected).enumerate() {
            largest[index] = largest[index].abs().max(expected.abs());
            assert!(
                (found - expected).abs() <= within * largest[index],
                "{spec:?} {kind:?}, step {step}, element {index}: {found}, PyTorch {expected}"
            );
        }
    }
}

#[test]
fn every_rule_steps_as_pytorch_does_in_float64() {
    let oracle = Oracle::read();
    for case in &oracle.cases {
        compare(&oracle, &case.optimiser, Kind::Double, &case.float64, 1e-12);
    }
}

#[test]
fn every_rule_steps_as_pytorch_does_in_float32() {
    let oracle = Oracle::read();
    for case in &oracle.cases {
        compare(&oracle, &case.optimiser, Kind::Float, &case.float32, 1e-6);
    }
}

/// Gradients that are a function of the step: members apart, one tensor on each side of the size
/// from which all threads are used.
fn gradients(members: i64, step: i64) -> Vec<Tensor> {
    [40_000, 33].map(|size| wave(members, size, step + 1)).into()
}

fn wave(members: i64, size: i64, pace: i64) -> Tensor {
    let line = Tensor::arange(members * size, (Kind::Float, Device::Cpu)) * 0.37;
    (line * pace).sin().reshape([members, size])
}

fn advance(optimiser: &mut Optimiser, parameters: &[Tensor], steps: std::ops::Range<i64>) {
    let members = parameters[0].size()[0];
    for step in steps {
        optimiser.step(parameters, &gradients(members, step), 1.0 / (step + 1) as f64).unwrap();
    }
}

fn copies(tensors: &[Tensor]) -> Vec<Tensor> {
    tensors.iter().map(Tensor::copy).collect()
}

#[test]
fn restored_state_continues_to_the_same_bits() {
    for case in Oracle::read().cases {
        let parameters = gradients(2, 99);
        let mut optimiser = Optimiser::new(&case.optimiser, &parameters, 2).unwrap();
        advance(&mut optimiser, &parameters, 0..3);
        let saved: Vec<_> =
            optimiser.state().iter().map(|(name, tensor)| (name.clone(), tensor.copy())).collect();
        let resumed = copies(&parameters);
        advance(&mut optimiser, &parameters, 3..6);

        let mut again = Optimiser::new(&case.optimiser, &resumed, 2).unwrap();
        again.restore(&saved).unwrap();
        advance(&mut again, &resumed, 3..6);
        assert!(parameters == resumed, "{:?}", case.optimiser);
        assert!(optimiser.state() == again.state(), "{:?}", case.optimiser);
    }
}

fn with_rate(spec: &OptimiserSpec, new: Rates) -> OptimiserSpec {
    let mut spec = spec.clone();
    match &mut spec {
        OptimiserSpec::Sgd(SgdSpec { rate, .. })
        | OptimiserSpec::Adam(AdamSpec { rate, .. })
        | OptimiserSpec::Adamw(AdamwSpec { rate, .. })
        | OptimiserSpec::Adagrad(AdagradSpec { rate, .. })
        | OptimiserSpec::Rmsprop(RmspropSpec { rate, .. }) => *rate = new,
    }
    spec
}

#[test]
fn members_with_their_own_rates_equal_solo_runs() {
    let rates = [0.1, 0.003, 0.02];
    for case in Oracle::read().cases {
        let spec = with_rate(&case.optimiser, Rates::Each(rates.into()));
        let together = gradients(3, 99);
        let start = copies(&together);
        let mut optimiser = Optimiser::new(&spec, &together, 3).unwrap();
        advance(&mut optimiser, &together, 0..5);
        for (member, rate) in (0..).zip(rates) {
            let slice = |all: &[Tensor]| -> Vec<Tensor> {
                all.iter().map(|tensor| tensor.narrow(0, member, 1).copy()).collect()
            };
            let alone = slice(&start);
            let solo = with_rate(&spec, Rates::One(rate));
            let mut solo = Optimiser::new(&solo, &alone, 1).unwrap();
            for step in 0..5 {
                let factor = 1.0 / (step + 1) as f64;
                solo.step(&alone, &slice(&gradients(3, step)), factor).unwrap();
            }
            for (alone, together) in flat(&alone).iter().zip(flat(&slice(&together))) {
                assert!((alone - together).abs() <= 1e-6 * alone.abs() + 1e-9, "{spec:?}");
            }
        }
        for (_, counter) in optimiser.state().iter().filter(|(name, _)| name.ends_with("/step")) {
            assert_eq!(counter.int64_value(&[]), 5);
        }
    }
}

#[test]
fn parts_do_what_the_whole_would_have_done() {
    for case in Oracle::read().cases {
        for rates in [Rates::One(0.02), Rates::Each(vec![0.1, 0.003, 0.02])] {
            let spec = with_rate(&case.optimiser, rates);
            let whole = gradients(3, 99);
            let divided = copies(&whole);
            let mut at_once = Optimiser::new(&spec, &whole, 3).unwrap();
            let mut kept = Optimiser::new(&spec, &divided, 3).unwrap();
            for from in [0, 3] {
                // Made again half way, as after a restart.
                advance(&mut at_once, &whole, from..from + 3);
                let ranges = [(0, 2), (2, 1)];
                let parts = kept.parts(ranges.into_iter());
                for (mut part, (first, members)) in parts.into_iter().zip(ranges) {
                    let slice = |all: &[Tensor]| -> Vec<Tensor> {
                        all.iter().map(|it| it.narrow(0, first as i64, members as i64)).collect()
                    };
                    for step in from..from + 3 {
                        let factor = 1.0 / (step + 1) as f64;
                        part.step(&slice(&divided), &slice(&gradients(3, step)), factor).unwrap();
                    }
                }
                let saved = kept.state();
                kept.restore(&saved).unwrap();
            }
            let saved = at_once.state().into_iter().zip(kept.state());
            let (states, own): (Vec<_>, Vec<_>) =
                saved.map(|(one, other)| (one.1, other.1)).unzip();
            // The ends of vectors round otherwise.
            for (one, other) in whole.iter().chain(&states).zip(divided.iter().chain(&own)) {
                assert!(one.allclose(other, 1e-5, 1e-7, false), "{spec:?}");
            }
        }
    }
}

#[test]
fn equal_rates_in_a_list_are_one_rate() {
    let (listed, one) = (gradients(3, 99), gradients(3, 99));
    let spec = with_rate(&OptimiserSpec::default(), Rates::Each(vec![0.01; 3]));
    advance(&mut Optimiser::new(&spec, &listed, 3).unwrap(), &listed, 0..3);
    let spec = with_rate(&spec, Rates::One(0.01));
    advance(&mut Optimiser::new(&spec, &one, 3).unwrap(), &one, 0..3);
    assert!(listed == one);
}

#[test]
fn parameters_that_require_gradients_and_transposed_gradients_do_as_well() {
    let plain = [wave(1, 12, 3).reshape([3, 4])];
    let leaf = [plain[0].copy().set_requires_grad(true)];
    let gradient = wave(1, 12, 5).reshape([4, 3]).tr();
    let spec = OptimiserSpec::default();
    let mut first = Optimiser::new(&spec, &plain, 1).unwrap();
    first.step(&plain, &[gradient.contiguous()], 1.0).unwrap();
    let mut second = Optimiser::new(&spec, &leaf, 1).unwrap();
    second.step(&leaf, &[gradient], 1.0).unwrap();
    assert_eq!(flat(&plain), flat(&leaf));
}

#[test]
fn lists_that_do_not_fit_are_errors_and_change_nothing() {
    let parameters = gradients(2, 99);
    let before = copies(&parameters);
    let mut optimiser = Optimiser::new(&OptimiserSpec::default(), &parameters, 2).unwrap();
    let wrong = [wave(2, 40_000, 1), wave(1, 33, 1)];
    let error = optimiser.step(&parameters, &wrong, 1.0).unwrap_err();
    assert!(error.to_string().contains("gradient of parameter 1 has another shape"), "{error}");
    let doubles = gradients(2, 0).iter().map(|t| t.to_kind(Kind::Double)).collect::<Vec<_>>();
    assert!(matches!(optimiser.step(&parameters, &doubles, 1.0), Err(OptimError::Libtorch(_))));
    assert!(matches!(
        optimiser.step(&parameters, &wrong[..1], 1.0),
        Err(OptimError::Count { expected: 2, parameters: 2, gradients: 1 })
    ));
    assert!(parameters == before);
    for (name, tensor) in optimiser.state() {
        assert!(tensor == tensor.zeros_like(), "{name}");
    }
}

#[test]
fn foreign_state_is_refused() {
    let parameters = gradients(2, 99);
    let mut optimiser = Optimiser::new(&OptimiserSpec::default(), &parameters, 2).unwrap();
    advance(&mut optimiser, &parameters, 0..1);
    let saved = optimiser.state();
    let names: Vec<_> = saved.iter().map(|(name, _)| name.as_str()).collect();
    let expected = ["mean", "mean_square", "step"];
    let expected: Vec<_> =
        (0..2).flat_map(|i| expected.map(|slot| format!("{i}/{slot}"))).collect();
    assert_eq!(names, expected);

    let missing = optimiser.restore(&state_of(&saved[1..])).unwrap_err();
    assert_eq!(missing, OptimError::Missing { name: "0/mean".into() });
    let mut more = state_of(&saved);
    more.push(("2/mean".into(), wave(2, 3, 1)));
    assert_eq!(optimiser.restore(&more), Err(OptimError::Unknown { name: "2/mean".into() }));
    more.pop();
    more[0].1 = wave(2, 3, 1);
    assert!(matches!(optimiser.restore(&more), Err(OptimError::Mismatch { .. })));
}

fn state_of(state: &[(String, Tensor)]) -> Vec<(String, Tensor)> {
    state.iter().map(|(name, tensor)| (name.clone(), tensor.copy())).collect()
}

#[test]
fn settings_that_cannot_hold_are_refused() {
    let parameters = [wave(2, 3, 1)];
    let refused = |text: &str| {
        let spec: OptimiserSpec = serde_yaml::from_str(text).unwrap();
        Optimiser::new(&spec, &parameters, 2).err().map(|error| error.to_string()).unwrap()
    };
    assert!(refused("{rule: adam, rate: [0.1, 0.2, 0.3]}").contains("3 rates for 2 members"));
    assert!(refused("{rule: sgd, nesterov: true}").contains("needs momentum"));
    assert!(refused("{rule: sgd, rate: -1}").contains("at least 1e-30 and at most 1e6"));
    assert!(refused("{rule: rmsprop, smoothing: 1}").contains("below 1"));
    let spec = with_rate(&OptimiserSpec::default(), Rates::Each(vec![0.1, 0.2]));
    let scalar = [Tensor::zeros([], (Kind::Float, Device::Cpu))];
    assert!(matches!(Optimiser::new(&spec, &scalar, 2), Err(OptimError::NoMemberAxis { .. })));
}
