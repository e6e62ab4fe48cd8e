//! Logits and gradients of networks with given parameters.

use super::{assert_close, labels, oracle, tensor};
use exp::loss::cross_entropy;
use exp::nn::{Network, NetworkSpec, Noise, build, seeded, with_parameters};
use exp::shape::Shape;
use serde_json::Value;
use tch::{Device, Kind, Tensor};

fn spec(name: &str) -> (NetworkSpec, Shape) {
    let (text, (channels, height, width)) = match name {
        "mlp" => (r#"{"name":"mlp","hidden":[5,4]}"#, (1, 3, 3)),
        _ => (r#"{"name":"cnn","channels":[2,3],"kernel":3,"hidden":[4]}"#, (2, 8, 5)),
    };
    (serde_json::from_str(text).unwrap(), Shape { channels, height, width })
}

fn given(name: &str, case: &Value, members: i64, kind: Kind) -> Network {
    let (spec, shape) = spec(name);
    let parameters: Vec<_> = case["parameters"].as_array().unwrap().iter().map(tensor).collect();
    let parameters: Vec<_> =
        parameters.iter().map(|p| p.narrow(0, 0, members).to_kind(kind)).collect();
    with_parameters(&spec, shape, 3, &parameters).unwrap()
}

#[test]
fn logits_and_gradients_are_those_of_pytorch() {
    for name in ["mlp", "cnn"] {
        let case = &oracle("networks")[name];
        for (kind, tolerance) in [(Kind::Double, 1e-12), (Kind::Float, 1e-5)] {
            for members in [1, 2] {
                let first = |value: &Value| tensor(value).narrow(0, 0, members);
                let network = given(name, case, members, kind);
                let input = first(&case["input"]).to_kind(kind);
                let labels = labels(&case["labels"]).narrow(0, 0, members);
                assert_close(&network.forward(&input, None), &first(&case["logits"]), tolerance);
                let noise = Noise { seeds: &vec![0; members as usize], step: 0 };
                let (loss, gradients) =
                    network.gradients(&input, &noise, &|logits| cross_entropy(logits, &labels));
                assert_close(&loss, &first(&case["loss"]), tolerance);
                for (found, expected) in gradients.iter().zip(case["gradients"].as_array().unwrap())
                {
                    assert_close(found, &first(expected), tolerance);
                }
            }
        }
    }
}

/// What the last layer of one member is given: its layers one after another, from its parameters.
fn features_of_one(parameters: &[Tensor], blocks: usize, input: &Tensor) -> Tensor {
    let (blocks, dense) = parameters.split_at(2 * blocks);
    let mut value = input.shallow_clone();
    for pair in blocks.chunks_exact(2) {
        let padding = pair[0].size()[3] / 2;
        let sums = value.conv2d(&pair[0], Some(&pair[1]), 1, padding, 1, 1);
        value = sums.relu().max_pool2d(2, 2, 0, 1, false);
    }
    let mut value = value.flatten(1, -1);
    for pair in dense[..dense.len() - 2].chunks_exact(2) {
        value = (value.matmul(&pair[0].tr()) + &pair[1]).relu();
    }
    value
}

#[test]
fn features_are_what_the_last_layer_is_given() {
    let shape = Shape { channels: 2, height: 8, width: 5 };
    let input = tensor(&oracle("networks")["cnn"]["input"]);
    for (text, blocks, width) in [
        (r#"{"name":"mlp","hidden":[7,6],"dropout":0.4,"input_dropout":0.2}"#, 0, 6),
        (r#"{"name":"mlp","hidden":[]}"#, 0, 80),
        (r#"{"name":"cnn","channels":[2,3],"kernel":3,"hidden":[4],"dropout":0.3}"#, 2, 4),
        (r#"{"name":"cnn","channels":[3],"kernel":5,"hidden":[]}"#, 1, 24),
        (r#"{"name":"cnn","channels":[],"hidden":[]}"#, 0, 80),
    ] {
        let spec: NetworkSpec = serde_json::from_str(text).unwrap();
        for members in [1, 2] {
            let seeds: Vec<u64> = (0..members).collect();
            let drawn = build(&spec, shape, 3, &seeds, Device::Cpu).unwrap();
            let double: Vec<_> =
                drawn.parameters().iter().map(|it| it.to_kind(Kind::Double)).collect();
            let network = with_parameters(&spec, shape, 3, &double).unwrap();
            let own = input.narrow(0, 0, members as i64);
            for (shared, given) in [(false, own.shallow_clone()), (true, input.get(1))] {
                let expected = (0..members as i64).map(|member| {
                    let one: Vec<_> = double.iter().map(|it| it.get(member)).collect();
                    let seen = if shared { given.shallow_clone() } else { given.get(member) };
                    features_of_one(&one, blocks, &seen)
                });
                let expected = Tensor::stack(&expected.collect::<Vec<_>>(), 0);
                let found = network.features(&given);
                assert_eq!(found.size(), [members as i64, 4, width], "{text}");
                assert_close(&found, &expected, 1e-12);
                let [.., weight, bias] = double.as_slice() else { unreachable!() };
                let logits = found.matmul(&weight.transpose(1, 2)) + bias.unsqueeze(1);
                assert_close(&network.forward(&given, None), &logits, 1e-12);
            }
        }
    }
}

#[test]
fn a_shared_input_is_as_one_copy_for_each() {
    for name in ["mlp", "cnn"] {
        let case = &oracle("networks")[name];
        let network = given(name, case, 2, Kind::Double);
        let shared = tensor(&case["input"]).get(0);
        let copies = Tensor::stack(&[&shared, &shared], 0);
        let labels = labels(&case["labels"]);
        let noise = Noise { seeds: &[0, 1], step: 0 };
        let run = |input: &Tensor| {
            let (loss, gradients) =
                network.gradients(input, &noise, &|logits| cross_entropy(logits, &labels));
            (loss, gradients.iter().map(Tensor::copy).collect::<Vec<_>>())
        };
        assert_close(&network.forward(&shared, None), &network.forward(&copies, None), 1e-12);
        let ((one, of_one), (many, of_many)) = (run(&shared), run(&copies));
        assert_close(&one, &many, 1e-12);
        for (one, many) in of_one.iter().zip(&of_many) {
            assert_close(one, many, 1e-12);
        }
    }
}

/// The gradients written out for the perceptron, beside autograd through `logits` with the same
/// masks, in double precision.
#[test]
fn written_gradients_are_those_of_autograd() {
    let shape = Shape { channels: 1, height: 4, width: 5 };
    let texts = [
        r#"{"name":"mlp","hidden":[7,6],"dropout":0.4,"input_dropout":0.2}"#,
        r#"{"name":"mlp","hidden":[7,6,5],"dropout":0.4}"#,
        r#"{"name":"mlp","hidden":[8],"input_dropout":0.3}"#,
        r#"{"name":"mlp","hidden":[]}"#,
        r#"{"name":"cnn","channels":[3],"kernel":3,"hidden":[7],"dropout":0.4}"#,
        r#"{"name":"cnn","channels":[],"hidden":[7],"dropout":0.4}"#,
    ];
    for (text, members, shared) in texts
        .iter()
        .flat_map(|text| [(text, 1, false), (text, 3, false), (text, 1, true), (text, 3, true)])
    {
        let spec: NetworkSpec = serde_json::from_str(text).unwrap();
        let seeds: Vec<u64> = (0..members).collect();
        let drawn = build(&spec, shape, 3, &seeds, Device::Cpu).unwrap();
        let leaf = |p: &Tensor| p.to_kind(Kind::Double).set_requires_grad(true);
        let leaves: Vec<_> = drawn.parameters().iter().map(leaf).collect();
        let network = with_parameters(&spec, shape, 3, &leaves).unwrap();
        let options = (Kind::Double, Device::Cpu);
        let members = members as i64;
        let (input, labels) = seeded(7, || {
            let size: &[i64] = if shared { &[6, 1, 4, 5] } else { &[members, 6, 1, 4, 5] };
            let labels = Tensor::randint(3, [members, 6], (Kind::Int64, Device::Cpu));
            (Tensor::randn(size, options), labels)
        });
        let noise = Noise { seeds: &seeds, step: 11 };

        let logits = network.forward(&input, Some(&noise));
        let (expected_loss, slope) = cross_entropy(&logits, &labels);
        let total = (&logits * slope).sum(Kind::Double);
        let expected = Tensor::run_backward(&[total], &leaves, false, false);
        let (loss, gradients) =
            network.gradients(&input, &noise, &|logits| cross_entropy(logits, &labels));
        assert_close(&loss, &expected_loss, 1e-12);
        for (found, expected) in gradients.iter().zip(&expected) {
            assert_close(found, expected, 1e-12);
            assert!(expected.abs().max().double_value(&[]) > 0.0);
        }
    }
}

#[test]
fn numbers_that_are_none_come_through() {
    let case = &oracle("networks")["mlp"];
    let network = given("mlp", case, 2, Kind::Float);
    let input = tensor(&case["input"]).to_kind(Kind::Float);
    let _ = input.get(1).fill_(f64::NAN);
    let labels = labels(&case["labels"]);
    let noise = Noise { seeds: &[0, 1], step: 0 };
    let (loss, gradients) =
        network.gradients(&input, &noise, &|logits| cross_entropy(logits, &labels));
    assert!(loss.double_value(&[0]).is_finite() && loss.double_value(&[1]).is_nan());
    for gradient in gradients {
        let none = gradient.isnan().flatten(1, -1).any_dim(1, false);
        assert_eq!((none.int64_value(&[0]), none.int64_value(&[1])), (0, 1));
    }
}

#[test]
fn long_weights_are_shortened() {
    let spec: NetworkSpec =
        serde_json::from_str(r#"{"name":"mlp","hidden":[6,5],"max_norm":1.5}"#).unwrap();
    let shape = Shape { channels: 1, height: 4, width: 4 };
    let network = build(&spec, shape, 3, &[1, 2], Device::Cpu).unwrap();
    for parameter in network.parameters() {
        let _ = parameter.shallow_clone().g_mul_scalar_(4.0);
    }
    let _ = network.parameters()[0].get(0).get(0).zero_();
    let before: Vec<_> = network.parameters().iter().map(Tensor::copy).collect();
    network.constrain();
    let mut shortened = 0;
    for (index, (before, after)) in before.iter().zip(network.parameters()).enumerate() {
        if before.dim() < 3 || index >= 4 {
            assert_eq!(before, after, "only weights into hidden units are limited");
            continue;
        }
        let (before, after) = (before.flatten(0, 1), after.flatten(0, 1));
        for unit in 0..before.size()[0] {
            let (before, after) = (before.get(unit), after.get(unit));
            let length = before.square().sum(Kind::Double).sqrt().double_value(&[]);
            shortened += i32::from(length > 1.5);
            let factor = if length > 1.5 { 1.5 / length } else { 1.0 };
            assert_close(&after, &(before * factor), 1e-6);
        }
    }
    assert!(shortened > 0);
}
