//! Which jobs are compared along which settings, and what their table says.

use super::Job;
use super::comparison::{Comparison, comparisons};
use super::metric::{Average, average, metrics};
use super::settings::Table;
use super::table::csv;
use crate::device::DeviceName;
use crate::job::Outcome;
use crate::rundir::{JobFolder, JobSpec};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Instant;

type Made = (JobFolder, JobSpec);

/// A job of the run in `/run`; the strings among its settings that begin with `@` are jobs it needs.
fn job(name: &str, seed: u64, settings: Value) -> Made {
    let named =
        |value: &Value| value.as_str().filter(|name| name.starts_with('@')).map(str::to_owned);
    let needed = settings.as_object().unwrap().values().filter_map(named);
    let needs = needed.map(|name| (name.clone(), format!("../{name}").into())).collect();
    let spec = JobSpec {
        kind: "trial".into(),
        name: name.into(),
        run: "run".into(),
        seed,
        version: 1,
        key: name.into(),
        group: format!("group of {name}"),
        settings,
        needs,
        data: BTreeMap::from([("data".to_owned(), "digest".to_owned())]),
        data_roots: Vec::new(),
        device: DeviceName::Cpu,
        threads: 1,
        build: String::new(),
    };
    (JobFolder::new(format!("/run/{name}")), spec)
}

fn jobs(made: &[Made]) -> Vec<Job<'_>> {
    made.iter().map(|(folder, spec)| Job { folder, spec }).collect()
}

fn table(made: &[Made]) -> Table {
    Table::of(&jobs(made), &jobs(made))
}

fn all(table: &Table) -> Vec<(usize, Vec<Comparison>)> {
    let data = ["data".to_owned()];
    let along = |column| comparisons(table, column, &[&data[0]]);
    let all = (0..table.columns.len()).map(|column| (column, along(column)));
    all.filter(|(_, found)| !found.is_empty()).collect()
}

/// One line a comparison; each point as its value, with the number of jobs where there are several.
fn told(made: &[Made]) -> Vec<String> {
    let mut lines = Vec::new();
    for comparison in all(&table(made)).into_iter().flat_map(|(_, comparisons)| comparisons) {
        let mut line = comparison.setting.clone();
        line += &comparison.by.iter().map(|by| format!(" by {by}")).collect::<String>();
        line += &comparison.given().iter().map(|it| format!(" [{it}]")).collect::<String>();
        for curve in &comparison.curves {
            let point = |point: &super::lines::Point| match point.jobs.len() {
                1 => point.value.to_string(),
                count => format!("{}x{count}", point.value),
            };
            let points: Vec<String> = curve.points.iter().map(point).collect();
            line += &format!(" | {}: {}", curve.name, points.join(" "));
        }
        lines.push(line);
    }
    lines
}

/// Jobs with these settings, named by their number.
fn trials(settings: impl IntoIterator<Item = Value>) -> Vec<Made> {
    let settings = settings.into_iter().enumerate();
    settings.map(|(index, settings)| job(&format!("t{index}"), 1, settings)).collect()
}

#[test]
fn three_values_of_one_number_are_compared_and_two_are_not() {
    let of = |latents: &[i64]| {
        told(&trials(latents.iter().map(|latent| json!({"rate": 0.1, "latent": latent}))))
    };
    assert_eq!(of(&[10, 3, 20]), ["latent | : 3 10 20"]);
    assert_eq!(of(&[10, 3]), [""; 0]);
    assert_eq!(of(&[10, 10, 10]), [""; 0]);
    let words = ["a", "b", "1"].map(|word| json!({"shape": word}));
    assert_eq!(told(&trials(words)), [""; 0]);
    let both = [(3, 0.1), (5, 0.2), (10, 0.3)];
    assert_eq!(
        told(&trials(both.map(|(latent, rate)| json!({"latent": latent, "rate": rate})))),
        [""; 0],
        "two settings change at once"
    );
}

#[test]
fn seeds_and_logging_make_repetitions_and_parts_of_lists_count() {
    let made: Vec<Made> = [30, 60, 120]
        .iter()
        .flat_map(|width| [1, 2].map(|seed| (*width, seed)))
        .map(|(width, seed)| {
            let settings = json!({
                "network": {"hidden": [width, 10]},
                "data": {"set": "glyphs", "seed": seed},
                "logging": {"every": width},
            });
            job(&format!("w{width}_{seed}"), seed, settings)
        })
        .collect();
    assert_eq!(told(&made), ["network.hidden[0] | : 30x2 60x2 120x2"]);
}

#[test]
fn lines_that_differ_in_one_more_setting_are_curves_of_one_picture() {
    let grid = |latent: i64, beta: f64| json!({"latent": latent, "beta": beta});
    let made = [4.0, 0.5].iter().flat_map(|beta| [2, 5, 10].map(|latent| grid(latent, *beta)));
    assert_eq!(
        told(&trials(made)),
        ["latent by beta | beta = 0.5: 2 5 10 | beta = 4.0: 2 5 10"],
        "curves in the order of their numbers"
    );
    let estimator =
        |latent: i64, estimator: Value| json!({"latent": latent, "estimator": estimator});
    let wake = json!({"name": "wake_sleep"});
    let sampled = |samples: i64| json!({"name": "sampled", "samples": samples});
    let mut trial: Vec<Value> =
        [2, 5, 10].iter().map(|latent| estimator(*latent, sampled(1))).collect();
    trial.extend([2, 5].map(|latent| estimator(latent, wake.clone())));
    assert_eq!(
        told(&trials(trial.clone())),
        ["latent by estimator | sampled: 2 5 10 | wake_sleep: 2 5"],
        "a choice and what belongs to it are one setting; a line may lack a job"
    );
    trial.extend([2, 5, 10].map(|latent| estimator(latent, sampled(8))));
    assert_eq!(
        told(&trials(trial)),
        ["latent by estimator | sampled, samples = 1: 2 5 10 | wake_sleep: 2 5 \
          | sampled, samples = 8: 2 5 10"]
    );
}

#[test]
fn what_differs_in_more_is_in_several_pictures_each_of_one_set_of_data() {
    let mut made = Vec::new();
    for data in [json!({"set": "glyphs", "train": 9}), json!({"set": "frey", "train": 7})] {
        for (prior, latent) in [(true, 2), (true, 5), (true, 9), (false, 2), (false, 5), (false, 9)]
        {
            made.push(json!({"data": data, "prior": prior, "latent": latent}));
        }
    }
    assert_eq!(
        told(&trials(made)),
        [
            "latent by prior [data.set = glyphs] [data.train = 9] | prior = true: 2 5 9 | prior = false: 2 5 9",
            "latent by prior [data.set = frey] [data.train = 7] | prior = true: 2 5 9 | prior = false: 2 5 9",
        ]
    );
}

#[test]
fn settings_of_needed_jobs_stand_for_their_names() {
    let mut made = Vec::new();
    for (members, seed) in [(1, 1), (2, 1), (5, 1), (5, 2)] {
        let teachers = format!("@teachers{members}_{seed}");
        made.push(job(&teachers, seed, json!({"members": members, "rate": 0.1})));
        let student = json!({"teachers": teachers, "temperature": 4.0});
        made.push(job(&format!("student{members}_{seed}"), 1, student));
    }
    let students: Vec<Job> = jobs(&made).into_iter().skip(1).step_by(2).collect();
    let table = Table::of(&students, &jobs(&made));
    assert_eq!(table.columns, ["teachers.members"]);
    let found = all(&table);
    let points = &found[0].1[0].curves[0].points;
    let counts: Vec<_> = points.iter().map(|point| (point.value, point.jobs.len())).collect();
    assert_eq!(counts, [(1.0, 1), (2.0, 1), (5.0, 2)]);
}

#[test]
fn students_of_several_teachers_are_told_apart_by_these() {
    let teacher = |width: i64, rate: f64| json!({"width": width, "rate": rate});
    let mut made = vec![job("@small", 1, teacher(3, 0.1)), job("@large", 1, teacher(9, 0.2))];
    for (teacher, heat) in
        [("@small", 1), ("@small", 2), ("@small", 4), ("@large", 1), ("@large", 2)]
    {
        let name = format!("{}_{heat}", &teacher[1..]);
        made.push(job(&name, 1, json!({"teachers": teacher, "temperature": heat})));
    }
    let table = Table::of(&jobs(&made)[2..], &jobs(&made));
    let found = all(&table);
    assert_eq!(found.len(), 1);
    let comparison = &found[0].1[0];
    assert_eq!(comparison.by.as_deref(), Some("teachers"));
    let names: Vec<&str> = comparison.curves.iter().map(|curve| curve.name.as_str()).collect();
    assert_eq!(names, ["@small", "@large"]);
}

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

#[test]
fn ten_thousand_jobs_are_compared_in_no_time() {
    let settings = |index: usize| {
        let grid: Vec<usize> = (0..4).map(|digit| index / 10_usize.pow(digit) % 10).collect();
        let noise: Vec<usize> =
            (0..8).map(|it| if index < 5000 { 0 } else { index * (it + 7) % 997 }).collect();
        json!({"grid": grid, "noise": noise, "fixed": vec![1; 40]})
    };
    let made = trials((0..10_000).map(settings));
    let started = Instant::now();
    let found: usize = all(&table(&made)).iter().map(|(_, found)| found.len()).sum();
    println!("{found} comparisons in {:?}", started.elapsed());
    assert!(found > 0);
    assert!(started.elapsed().as_secs() < 10);
}
