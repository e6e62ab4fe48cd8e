//! Every layer beside PyTorch's, in value and gradients, in training and as it is used
//! (`tests/oracles/layers.py`), for one member and for three in groups of any size.

use super::{assert_close, tensor};
use exp::nn::layers::LayerSpec;
use exp::nn::{
    BatchLayout, Design, Form, InitialValues, Network, Noise, Placement, Wanted,
    design_with_parameters,
};
use exp::shape::Shape;
use serde_json::Value;
use std::collections::BTreeSet;
use tch::{Kind, Tensor};

const SEEDS: [u64; 3] = [0, 1, 2];
const TOLERANCE: f64 = 1e-10;

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("../oracles/layers.json")).unwrap()
}

fn design(case: &Value) -> Design {
    let layers: Vec<LayerSpec> = serde_json::from_value(case["layers"].clone()).unwrap();
    let size: Vec<i64> = serde_json::from_value(case["input_size"].clone()).unwrap();
    let input = match size.as_slice() {
        [numbers] => Form::Row(*numbers),
        [channels, height, width] => {
            Form::Picture(Shape { channels: *channels, height: *height, width: *width })
        }
        other => panic!("{other:?}"),
    };
    Design::new("layers", layers, input, InitialValues::default()).unwrap()
}

/// The tensors of a list, of the first `members`.
fn list(case: &Value, name: &str, members: i64) -> Vec<Tensor> {
    let items = case[name].as_array().unwrap().iter();
    items.map(|item| tensor(item).narrow(0, 0, members)).collect()
}

fn network(case: &Value, groups: &[usize], layout: BatchLayout) -> Network {
    let members = groups.iter().sum::<usize>() as i64;
    let placement = Placement { groups: groups.to_vec(), beside: groups.len() / 2 };
    let parameters = list(case, "parameters", members);
    let network = design_with_parameters(&design(case), &parameters, (layout, &placement)).unwrap();
    for (_, buffer) in network.buffers() {
        assert_eq!(buffer.size()[0], members);
    }
    network
}

/// Where there are no parameters to say the kind, a buffer would be of floats.
fn in_doubles(case: &Value) -> bool {
    !case["parameters"].as_array().unwrap().is_empty()
        || case["buffers"].as_array().unwrap().is_empty()
}

#[track_caller]
fn all_close(found: &[Tensor], expected: &[Tensor], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_close(found, expected, tolerance);
    }
}

#[test]
fn every_layer_does_what_pytorchs_does() {
    let mut kinds = BTreeSet::new();
    for case in cases() {
        let tolerance = if in_doubles(&case) { TOLERANCE } else { 1e-6 };
        kinds.extend(design(&case).blueprint().layers.iter().map(|layer| layer.kind));
        for (groups, layout) in [
            (&[1][..], BatchLayout::FeaturesFirst),
            (&[1], BatchLayout::ExamplesFirst),
            (&[3], BatchLayout::FeaturesFirst),
            (&[3], BatchLayout::ExamplesFirst),
            (&[2, 1], BatchLayout::FeaturesFirst),
            (&[1, 1, 1], BatchLayout::ExamplesFirst),
        ] {
            let members = groups.iter().sum::<usize>();
            let first = |key: &str| {
                let all = tensor(&case[key]).narrow(0, 0, members as i64);
                if in_doubles(&case) { all } else { all.to_kind(Kind::Float) }
            };
            let network = network(&case, groups, layout);
            let noise = Noise { seeds: &SEEDS[..members], step: 0 };
            let (output, tape) = network.record(&first("input"), Some(&noise), Wanted::Both);
            assert_close(&output, &first("output"), tolerance);
            let found = network.backward(tape, &first("slope"), Wanted::Both);
            let expected = list(&case, "gradients", members as i64);
            assert_close(&found.input.unwrap(), &expected[0], tolerance);
            all_close(&found.parameters, &expected[1..], tolerance);
            let buffers: Vec<_> = network.buffers().map(|(_, it)| it.shallow_clone()).collect();
            all_close(&buffers, &list(&case, "buffers", members as i64), 1e-6);
            let used = network.forward(&first("input"), None);
            assert_close(&used, &first("used"), if buffers.is_empty() { tolerance } else { 1e-6 });
            assert_eq!(used.size()[1..].iter().skip(1).product::<i64>(), {
                design(&case).blueprint().output.numbers()
            });
        }
    }
    // Dropout has no like in PyTorch, whose generator draws in another order.
    kinds.insert("dropout");
    let schema = serde_json::to_value(schemars::schema_for!(LayerSpec)).unwrap();
    let variants = schema["oneOf"].as_array().unwrap().iter();
    let all: BTreeSet<_> =
        variants.map(|it| it["properties"]["layer"]["const"].as_str().unwrap()).collect();
    assert_eq!(kinds, all);
}

#[test]
fn an_input_that_members_share_is_as_one_copy_for_each() {
    for case in cases() {
        let network = network(&case, &[2, 1], BatchLayout::FeaturesFirst);
        let kind = if in_doubles(&case) { Kind::Double } else { Kind::Float };
        let shared = tensor(&case["input"]).get(0).to_kind(kind);
        let copies = Tensor::stack(&[&shared, &shared, &shared], 0);
        let slope = tensor(&case["slope"]).to_kind(kind);
        assert_close(&network.forward(&shared, None), &network.forward(&copies, None), 1e-12);
        let pass = |input: &Tensor| {
            let noise = Noise { seeds: &SEEDS, step: 0 };
            let (_, tape) = network.record(input, Some(&noise), Wanted::Both);
            let found = network.backward(tape, &slope, Wanted::Both);
            let copies = found.parameters.iter().map(Tensor::copy).collect::<Vec<_>>();
            (found.input.unwrap(), copies)
        };
        let ((one, of_one), (each, of_each)) = (pass(&shared), pass(&copies));
        let tolerance = if kind == Kind::Double { 1e-12 } else { 1e-6 };
        assert_close(&one, &each.sum_dim_intlist(0, false, kind), tolerance);
        all_close(&of_one, &of_each, tolerance);
    }
}

#[test]
fn what_is_wanted_alone_is_what_comes_of_both() {
    for case in cases().into_iter().filter(in_doubles) {
        for layout in [BatchLayout::FeaturesFirst, BatchLayout::ExamplesFirst] {
            let network = network(&case, &[2, 1], layout);
            let (input, slope) = (tensor(&case["input"]), tensor(&case["slope"]));
            let pass = |wanted: Wanted| {
                let (_, tape) = network.record(&input, None, wanted);
                network.backward(tape, &slope, wanted)
            };
            let both = pass(Wanted::Both);
            let parameters: Vec<_> = both.parameters.iter().map(Tensor::copy).collect();
            let alone = pass(Wanted::Input);
            assert!(alone.parameters.is_empty());
            assert_close(&alone.input.unwrap(), &both.input.unwrap(), 1e-12);
            if !parameters.is_empty() {
                let alone = pass(Wanted::Parameters);
                assert!(alone.input.is_none());
                all_close(&alone.parameters, &parameters, 1e-12);
            }
        }
    }
}

#[test]
fn activations_are_those_of_the_layers_that_are_named() {
    let case = cases().into_iter().find(|case| case["name"] == "a small U-Net").unwrap();
    let network = network(&case, &[2, 1], BatchLayout::FeaturesFirst);
    let input = tensor(&case["input"]);
    let found = network.activations(&input, &["convolution3", "seen", "pool1"]).unwrap();
    assert_close(&found[0], &network.forward(&input, None), 1e-12);
    assert_eq!(found[1].size(), [3, 2, 3, 4, 4]);
    let pooled = found[1].flatten(0, 1).max_pool2d(2, 2, 0, 1, false).view([3, 2, 3, 2, 2]);
    assert_close(&found[2], &pooled, 1e-12);
    assert!(network.activations(&input, &["seen", "unseen"]).is_none());
}

#[test]
fn a_lone_row_becomes_the_shift_and_leaves_the_running_values() {
    let case =
        cases().into_iter().find(|case| case["name"] == "batch normalisation of rows").unwrap();
    let network = network(&case, &[2, 1], BatchLayout::FeaturesFirst);
    let before: Vec<_> = network.buffers().map(|(_, it)| it.copy()).collect();
    let noise = Noise { seeds: &SEEDS, step: 0 };
    let one = tensor(&case["input"]).narrow(1, 0, 1);
    let found = network.forward(&one, Some(&noise));
    assert_close(&found, &list(&case, "parameters", 3)[1].unsqueeze(1), 1e-12);
    let after: Vec<_> = network.buffers().map(|(_, it)| it.copy()).collect();
    assert_eq!(before, after);
}
