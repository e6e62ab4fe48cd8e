//! What the walk finds: forms, counts and work as the books have them, and everything that is wrong with
//! its place.

use super::NetworkSpec;
use crate::shape::Shape;
use serde_json::{Value, json};

const PICTURE: Shape = Shape { channels: 3, height: 8, width: 6 };

fn layers(layers: &Value) -> NetworkSpec {
    serde_json::from_value(json!({ "name": "layers", "layers": layers })).unwrap()
}

#[test]
fn forms_parameters_and_work_are_counted() {
    let spec = layers(&json!([
        { "layer": "convolution", "channels": 4, "kernel": 3, "stride": 2, "padding": "same" },
        { "layer": "batch_norm" },
        { "layer": "residual", "name": "block", "layers": [
            { "layer": "convolution", "channels": 4, "kernel": 1, "bias": false },
        ]},
        { "layer": "dense", "units": 5 },
    ]));
    let design = spec.design(PICTURE, 2).unwrap();
    let blueprint = design.blueprint();
    let told: Vec<_> = blueprint
        .layers
        .iter()
        .map(|layer| {
            let parameters = blueprint.count_of(layer);
            format!("{} {} {} {parameters} {}", layer.name, layer.depth, layer.output, layer.flops)
        })
        .collect();
    assert_eq!(
        told,
        [
            // 27 numbers meet in each of 4 x 4 x 3, a multiplication and an addition each.
            "convolution1 0 4 x 4 x 3 112 2592",
            "batch_norm1 0 4 x 4 x 3 8 192",
            "block 0 4 x 4 x 3 0 48",
            "convolution2 1 4 x 4 x 3 16 384",
            "dense1 0 5 245 480",
            "output 0 2 12 20",
        ]
    );
    assert_eq!((blueprint.count(), blueprint.flops()), (393, 3716));
    let buffers: Vec<_> = blueprint.buffers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(buffers, ["batch_norm1.running_mean", "batch_norm1.running_variance"]);
    assert!(!design.is_dense());
}

/// That each of these lists of layers has this fault, at this place and in these words.
fn has_faults(cases: impl IntoIterator<Item = (Value, &'static str, &'static str)>) {
    for (given, path, words) in cases {
        let error = layers(&given).design(PICTURE, 2).unwrap_err();
        assert_eq!(error.path, path, "{given}: {}", error.message);
        assert!(error.message.contains(words), "{given}: {}", error.message);
    }
}

#[test]
fn windows_that_do_not_fit_are_said_with_their_place() {
    has_faults([
        (json!([{ "layer": "dense", "units": 0 }]), "layers[0].units", "1 or more"),
        (
            json!([{ "layer": "flatten" }, { "layer": "pool", "method": "average", "kernel": 2 }]),
            "layers[1]",
            "needs a picture",
        ),
        (
            json!([{ "layer": "convolution", "channels": 4, "kernel": 9 }]),
            "layers[0].kernel",
            "9 x 9",
        ),
        (
            json!([{ "layer": "convolution", "channels": 4, "kernel": 2, "padding": "same" }]),
            "layers[0].padding",
            "odd",
        ),
        (
            json!([{ "layer": "convolution", "channels": 4, "kernel": 3, "groups": 2 }]),
            "layers[0].groups",
            "divide the 3",
        ),
        (
            json!([{ "layer": "convolution", "channels": 4, "kernel": 3, "stride": 0 }]),
            "layers[0].stride",
            "1 or more",
        ),
        (
            json!([{ "layer": "transposed_convolution", "channels": 4, "kernel": 3, "output_padding": 1 }]),
            "layers[0].output_padding",
            "less than the stride",
        ),
        (
            json!([{ "layer": "transposed_convolution", "channels": 4, "kernel": 1, "padding": 9 }]),
            "layers[0].padding",
            "whole picture",
        ),
    ]);
}

#[test]
fn settings_that_do_not_fit_are_said_with_their_place() {
    has_faults([
        (
            json!([{ "layer": "pool", "method": "maximum", "kernel": 2, "padding": 2 }]),
            "layers[0].padding",
            "half the kernel",
        ),
        (
            json!([{ "layer": "pool", "method": "maximum", "kernel": 9 }]),
            "layers[0].kernel",
            "8 x 6",
        ),
        (
            json!([{ "layer": "activation", "function": "relu", "slope": 0.1 }]),
            "layers[0].slope",
            "alone",
        ),
        (json!([{ "layer": "dropout", "probability": 1.0 }]), "layers[0].probability", "below 1"),
        (
            json!([{ "layer": "flatten" }, { "layer": "dropout", "probability": 0.1, "channels": true }]),
            "layers[1].channels",
            "no channels",
        ),
        (json!([{ "layer": "group_norm", "groups": 2 }]), "layers[0].groups", "divide the 3"),
        (json!([{ "layer": "upsample", "factor": 0 }]), "layers[0].factor", "1 or more"),
        (
            json!([{ "layer": "reshape", "channels": 1, "height": 5, "width": 5 }]),
            "layers[0]",
            "144 come in",
        ),
        (
            json!([{ "layer": "residual", "layers": [{ "layer": "dense", "units": 2 }] }]),
            "layers[0].shortcut",
            "added",
        ),
        (
            json!([{ "layer": "residual", "layers": [{ "layer": "flatten" }, { "layer": "upsample" }] }]),
            "layers[0].layers[1]",
            "needs a picture",
        ),
    ]);
}

#[test]
fn forms_that_do_not_fit_are_said_with_their_place() {
    has_faults([
        (
            json!([{ "layer": "parallel", "branches": [[], [{ "layer": "flatten" }]] }]),
            "layers[0].branches[1]",
            "put behind",
        ),
        (
            json!([{ "layer": "parallel", "join": "add", "branches": [[{ "layer": "upsample" }], []] }]),
            "layers[0].branches[1]",
            "added to",
        ),
        (
            json!([{ "layer": "concat", "with": "later" }, { "layer": "flatten", "name": "later" }]),
            "layers[0].with",
            "no layer before",
        ),
        (
            json!([{ "layer": "residual", "name": "whole", "layers": [{ "layer": "concat", "with": "whole" }] }]),
            "layers[0].layers[0].with",
            "no layer before",
        ),
        (
            json!([{ "layer": "global_pool", "method": "average", "name": "row" }, { "layer": "reshape",
         "channels": 3, "height": 1, "width": 1 }, { "layer": "concat", "with": "row" }]),
            "layers[2].with",
            "cannot be put behind",
        ),
        (
            json!([{ "layer": "flatten", "name": "a" }, { "layer": "dense", "units": 2, "name": "a" }]),
            "layers[1].name",
            "named 'a' before",
        ),
        (json!([{ "layer": "flatten", "name": "output" }]), "layers", "'output'"),
    ]);
}

#[test]
fn the_last_layer_gives_as_many_numbers_as_there_are_outputs() {
    let spec = |units: i64| -> NetworkSpec {
        let layers = json!([{ "layer": "dense", "units": units }]);
        serde_json::from_value(json!({ "name": "layers", "output": "none", "layers": layers }))
            .unwrap()
    };
    assert!(spec(2).design(PICTURE, 2).is_ok());
    assert!(spec(3).design(PICTURE, 2).unwrap_err().message.contains("gives 3"));
    // How many there have to be may not be known.
    assert_eq!(spec(3).check(PICTURE, None), Ok(()));
    assert!(spec(3).check(PICTURE, Some(2)).is_err());
    let idle = json!({ "name": "layers", "output": "none", "layers": [{ "layer": "global_pool", "method": "average" }] });
    let idle: NetworkSpec = serde_json::from_value(idle).unwrap();
    assert!(idle.design(PICTURE, 3).unwrap_err().message.contains("nothing to train"));
}

#[test]
fn numbers_that_overflow_are_the_largest_there_is() {
    let up = json!({ "layer": "upsample", "factor": 10_000 });
    let spec = layers(&json!([up, up, up, up, up, up]));
    assert_eq!(spec.design(PICTURE, 2).unwrap().blueprint().count(), i64::MAX);
}

#[test]
fn initial_values_look_past_what_stands_before_the_rectifier() {
    let rectifier = json!({ "layer": "activation", "function": "relu" });
    let sums = json!({ "layer": "convolution", "channels": 4, "kernel": 3 });
    let between = [
        json!({ "layer": "batch_norm" }),
        json!({ "layer": "layer_norm" }),
        json!({ "layer": "group_norm", "groups": 2 }),
        json!({ "layer": "dropout", "probability": 0.5 }),
        json!({ "layer": "pool", "method": "maximum", "kernel": 2 }),
    ];
    let deviation = |between: &Value, last: &Value| {
        let design = layers(&json!([sums, between, last])).design(PICTURE, 2).unwrap();
        match design.blueprint().parameters[0].initial {
            crate::nn::Initial::Normal { deviation } => deviation,
            other => panic!("{other:?}"),
        }
    };
    for between in between {
        let (next, none) =
            (deviation(&between, &rectifier), deviation(&between, &json!({ "layer": "flatten" })));
        assert!((next * next - 2.0 / 27.0).abs() < 1e-12, "{between}: {next}");
        assert!((none * none - 1.0 / 27.0).abs() < 1e-12, "{between}: {none}");
    }
}
