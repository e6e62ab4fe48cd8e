//! Which jobs are compared along which settings.

use super::super::settings::Job;
use super::super::settings::SettingsTable;
use super::{Made, all, job, jobs, table, told, trials};
use serde_json::{Value, json};
use std::time::Instant;

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
    let table = SettingsTable::of(&students, &jobs(&made));
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
    let table = SettingsTable::of(&jobs(&made)[2..], &jobs(&made));
    let found = all(&table);
    assert_eq!(found.len(), 1);
    let comparison = &found[0].1[0];
    assert_eq!(comparison.by.as_deref(), Some("teachers"));
    let names: Vec<&str> = comparison.curves.iter().map(|curve| curve.name.as_str()).collect();
    assert_eq!(names, ["@small", "@large"]);
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

#[test]
fn a_needed_job_is_known_by_the_field_that_names_it_and_not_by_equal_text() {
    // One of two shapes is called as the teachers are.
    let student = |latent: i64, shape: &str| {
        let settings = json!({"teachers": "@glyphs", "latent": latent, "data": {"set": shape}});
        job(&format!("{shape}{latent}"), 1, settings)
    };
    let mut made: Vec<Made> = ["@glyphs", "other"]
        .iter()
        .flat_map(|it| [2, 5, 9].map(|size| student(size, it)))
        .collect();
    made.push(job("@glyphs", 1, json!({"members": 3})));
    assert_eq!(told(&made), ["latent by data.set | @glyphs: 2 5 9 | other: 2 5 9"]);
}
