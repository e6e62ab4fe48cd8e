//! What pictures and tables hold, and what they are called.

use super::super::chart::csv;
use super::super::figures::{Compared, Drawn};
use super::super::metric::{Average, average, metrics};
use super::{Made, all, job, table, trials};
use crate::job::Outcome;
use serde_json::json;

fn outcome(metrics: &[(&str, f64)]) -> Outcome {
    let metrics = metrics.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    Outcome { metrics, ..Outcome::default() }
}

#[test]
fn averages_are_of_a_sample_and_want_every_job() {
    let outcomes = [1.0, 2.0, 3.0, 4.0].map(|value| outcome(&[("test/x", value)]));
    let found = average(&[0, 1, 2, 3], &outcomes, "test/x").unwrap();
    assert!((found.mean - 2.5).abs() < 1e-12);
    assert!((found.deviation.unwrap() - (5.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    let alone = Some(Average { mean: 3.0, deviation: None });
    assert_eq!(average(&[2], &outcomes, "test/x"), alone);
    assert_eq!(average(&[0], &outcomes, "test/y"), None);
}

#[test]
fn metrics_of_members_are_left_out_and_splits_of_one_metric_go_together() {
    let made = trials([2, 5, 10].map(|latent| json!({"latent": latent})));
    let whole = [
        ("test/bound", -99.0),
        ("test/bound/member_0", -98.0),
        ("test/errors/mean_of_members", 3.0),
        ("test/error", 0.5),
        ("train/bound", -97.0),
        ("seconds", 1.0),
    ];
    let outcomes = [outcome(&whole), outcome(&whole), outcome(&whole[..3])];
    let found = all(&table(&made));
    let shown = |outcomes: &[Outcome]| -> Vec<(String, &'static str)> {
        let metrics = metrics(&found[0].1[0], outcomes).into_iter();
        metrics.map(|metric| (metric.shown(), metric.unit().0)).collect()
    };
    let named = |names: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
        names.iter().map(|(name, unit)| ((*name).to_owned(), *unit)).collect()
    };
    let lacking = named(&[("test bound", " (nats)"), ("test errors, mean of members", "")]);
    assert_eq!(shown(&outcomes), lacking, "what one job lacks is not drawn");
    let all = [0, 0, 0].map(|_| outcome(&whole));
    assert_eq!(
        shown(&all),
        named(&[
            ("bound", " (nats)"),
            ("test errors, mean of members", ""),
            ("test error", " (%)")
        ])
    );
}

#[test]
fn the_table_has_a_line_a_point() {
    let mut made = Vec::new();
    for (latent, seed) in [(2, 1), (2, 2), (5, 1), (10, 1)] {
        made.push(job(
            &format!("l{latent}_{seed}"),
            seed,
            json!({"latent": latent, "form": "a,b"}),
        ));
    }
    made.push(job("other", 1, json!({"latent": 2, "form": "c"})));
    made.push(job("more", 1, json!({"latent": 5, "form": "c"})));
    let values = [1.0, 3.0, 0.25, 7.0, 8.0, 9.0];
    let outcomes = values.map(|value| outcome(&[("test/x", value)]));
    let table = table(&made);
    let found = all(&table);
    let expected = "\
latent,form,jobs,test/x,test/x standard deviation
2,\"a,b\",2,2,1.4142135623730951
5,\"a,b\",1,0.25,
10,\"a,b\",1,7,
2,c,1,8,
5,c,1,9,
";
    assert_eq!(csv(&table, found[0].0, &found[0].1, &outcomes), expected);
}

/// The pictures and tables of these jobs, each of which has one metric.
fn drawn(kinds: &[(&'static str, Vec<Made>)]) -> Drawn {
    let compared = kinds.iter().map(|(kind, made)| {
        let (table, metric) = (table(made), outcome(&[("test/x", 1.0)]));
        let settings = all(&table);
        Compared { kind, table, outcomes: vec![metric; made.len()], settings, ended: 0.0 }
    });
    Drawn::of(&compared.collect::<Vec<_>>())
}

#[test]
fn pictures_of_one_setting_have_names_of_their_own() {
    let of = |path: &str, values: [f64; 3]| trials(values.map(|value| json!({path: value})));
    let latents = || of("latent", [2.0, 5.0, 10.0]);
    let drawn = drawn(&[
        ("plain", latents()),
        ("other", latents()),
        ("third", of("rate", [1.0, 2.0, 3.0])),
    ]);
    let files: Vec<&str> = drawn.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        files,
        [
            "x-against-plain-latent.png",
            "plain-latent.csv",
            "x-against-other-latent.png",
            "other-latent.csv",
            "x-against-rate.png",
            "rate.csv"
        ]
    );
    let tags: Vec<&str> = drawn.tagged.iter().map(|(tag, _)| tag.as_str()).collect();
    assert_eq!(tags[1..], ["figures/test x against other latent", "figures/test x against rate"]);
    assert!(drawn.figures.told.is_none());
}

#[test]
fn a_metric_without_a_number_costs_its_picture_alone() {
    let made = trials([2, 5, 10].map(|latent| json!({"latent": latent})));
    let table = table(&made);
    let outcomes = [1.0, 2.0, 3.0].map(|x| outcome(&[("test/nll", f64::NAN), ("test/x", x)]));
    let settings = all(&table);
    let compared =
        Compared { kind: "trial", table, outcomes: outcomes.into(), settings, ended: 0.0 };
    let drawn = Drawn::of(&[compared]);
    let files: Vec<&str> = drawn.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(files, ["x-against-latent.png", "latent.csv"]);
    let told = drawn.figures.told.unwrap();
    assert!(told.contains("left out: nll-against-latent.png: cannot draw"), "{told}");
}

#[test]
fn pictures_beyond_the_first_sixty_are_left_out_of_all_but_the_tables() {
    // Neighbours differ in two words at once, so that no two lines share a picture.
    let lines = (0..62).flat_map(|index| [1, 2, 3].map(|value| (index, value)));
    let settings = |(index, value): (i32, i32)| json!({"value": value, "one": format!("a{index}"), "two": format!("b{index}")});
    let drawn = drawn(&[("plain", trials(lines.map(settings)))]);
    assert_eq!(drawn.tagged.len(), 60);
    assert_eq!(drawn.files[1].0, "x-against-value-2.png");
    let told = drawn.figures.told.unwrap();
    assert!(told.starts_with("2 pictures of the run were left out after the first 60"), "{told}");
    let (name, csv) = drawn.files.last().unwrap();
    assert_eq!((name.as_str(), String::from_utf8_lossy(csv).lines().count()), ("value.csv", 187));
}
