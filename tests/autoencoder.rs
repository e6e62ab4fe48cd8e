//! Auto-encoders as people meet them: what is refused, what a run leaves, `exp sample`, and that a
//! run which is killed ends as one that is not.

use crate::pictures::write_npy;
use crate::programs::{Place, json, text};
use serde_json::Value;
use std::path::Path;

const SPEC: &str = "
name: tiny
seed: 4
jobs:
  one:
    kind: autoencoder
    data: { set: glyphs, train: 400, validation: 50, test: 60 }
    binarisation: dynamic
    latent: 2
    encoder: { name: mlp, hidden: [30] }
    estimator: { name: importance_weighted, samples: 3 }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 4
    batch: 50
    logging: { gradient_variance_every_epochs: 2, pictures_every_epochs: 2 }
    likelihood_estimate: { method: importance, samples: 20, examples: 30 }
  asleep:
    kind: autoencoder
    members: 2
    data: { set: glyphs, train: 300, validation: 0, test: 40 }
    binarisation: static
    latent: 3
    encoder: { name: cnn, channels: [4, 8], hidden: [] }
    estimator: { name: wake_sleep }
    weight_prior: true
    optimiser: { rule: adagrad, rate: 0.02 }
    epochs: 3
    batch: 50
    likelihood_estimate: { method: hmc, samples: 40, examples: 5, burn_in: 10, leapfrog_steps: 3 }
    judge: labels
  plain:
    kind: autoencoder
    form: plain
    data: { set: glyphs, train: 300, validation: 0, test: 40 }
    latent: 4
    encoder: { name: mlp, hidden: [20] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 2
    batch: 50
    judge: labels
  labels:
    kind: classifier
    data: { set: glyphs, train: 100, validation: 0, test: 20 }
    network: { name: mlp, hidden: [5] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 1
";

/// A spec of one job with these settings besides its data and optimiser.
fn with(settings: &str) -> String {
    format!(
        "name: bad\njobs:\n  one:\n    kind: autoencoder\n    data: {{ set: glyphs, train: 50 }}\n    \
         optimiser: {{ rule: adam }}\n    {}\n",
        settings.replace("; ", "\n    ")
    )
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    for (settings, line, said) in [
        ("latent: 0", 7, "latent"),
        (
            "latent: 2; likelihood: { name: gaussian }; binarisation: static",
            8,
            "unbounded on binarised pixels",
        ),
        ("latent: 2; likelihood: { name: gaussian, variance: 0 }", 8, "between 1e-6 and 1000000"),
        ("latent: 2; likelihood: { name: bernouli }", 8, "did you mean 'bernoulli'?"),
        ("latent: 2; encoder: { name: cnn, channels: [2, 2, 2, 2, 2] }", 8, "28 x 28"),
        ("latent: 2; encoder: { name: cnn, kernel: 4 }", 8, "must be odd"),
        ("latent: 2; decoder: { name: cnn, channels: [2, 2, 2, 2, 2] }", 8, "28 x 28"),
        ("latent: 2; form: plain; estimator: { name: wake_sleep }", 9, "no lower bound (ELBO)"),
        ("latent: 2; form: plain; beta: 2", 9, "beta weights the KL term"),
        ("latent: 2; form: plain; likelihood_estimate: { method: importance }", 9, "no prior"),
        ("latent: 2; estimator: { name: wake_sleep }; beta: 0.5", 9, "wake-sleep"),
        ("latent: 2; estimator: { name: analytic, samples: 0 }", 8, "samples"),
        ("latent: 20; likelihood_estimate: { method: hmc }", 8, "at most 5"),
    ] {
        let place = Place::new(&with(settings));
        let output = place.exp(&["run", "spec.yaml"]);
        let words = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{settings}\n{words}");
        assert!(words.contains(said), "'{said}' is not in:\n{words}");
        assert!(words.contains(&format!("spec.yaml:{line}:")), "line {line} is not in:\n{words}");
        assert!(!place.0.path().join("runs").exists(), "{settings}");
    }
    let adamw = with("latent: 2; weight_prior: true").replace("adam", "adamw");
    let words = text(&Place::new(&adamw).exp(&["check", "spec.yaml"]).stderr);
    assert!(words.contains("weight_prior") && words.contains("rule: adam"), "{words}");
}

#[test]
fn a_judge_that_cannot_judge_is_refused_with_its_place() {
    let judged = with("latent: 2; judge: other");
    let small = "\n    data: { set: arrays, file: small.npy }";
    for (kind, own, said) in [
        ("autoencoder\n    latent: 2", "", "a job of kind 'autoencoder' cannot be the judge"),
        ("autoencoder\n    latent: 2", "", "judges are jobs of kind classifier or distill"),
        (
            "classifier\n    network: { name: mlp, hidden: [] }",
            small,
            "this job's pictures are 1 x 6 x 5",
        ),
        (
            "classifier\n    network: { name: mlp, hidden: [] }",
            small,
            "the judge takes 1 x 28 x 28",
        ),
    ] {
        let spec = format!(
            "{judged}  other:\n    kind: {kind}\n    data: {{ set: glyphs, train: 50 }}\n    \
             optimiser: {{ rule: adam }}\n"
        );
        let first = "\n    data: { set: glyphs, train: 50 }";
        let spec = if own.is_empty() { spec } else { spec.replacen(first, own, 1) };
        let place = Place::new(&spec);
        let pictures = vec![7; 20 * 6 * 5];
        write_npy(&place.0.path().join("small.npy"), "|u1", "(20, 6, 5)", &pictures);
        let output = place.exp(&["run", "spec.yaml", "--data-root", "."]);
        let words = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{kind}\n{words}");
        assert!(words.contains(said) && words.contains("spec.yaml:8:"), "'{said}':\n{words}");
        assert!(!place.0.path().join("runs").exists(), "{words}");
    }
    let place = Place::new(&with("latent: 2; judge: onee"));
    let words = text(&place.exp(&["run", "spec.yaml"]).stderr);
    assert!(words.contains("there is no job 'onee' in this spec"), "{words}");
    let place = Place::new(&with("latent: 2; judge: one"));
    let words = text(&place.exp(&["run", "spec.yaml"]).stderr);
    assert!(words.contains("the job 'one' depends on itself"), "{words}");
}

/// The files of a job, and its final figures.
pub(crate) fn look_at(job: &Path, files: &[&str], figures: &[&str]) {
    let folder = job.join("artifacts");
    let names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    for file in files {
        assert!(names.iter().any(|name| name.starts_with(file)), "{file} is not in {names:?}");
    }
    let outcome = json(&job.join("outcome.json"));
    for figure in figures {
        let value = outcome["metrics"][figure].as_f64();
        assert!(value.is_some_and(f64::is_finite), "{figure}: {outcome}");
    }
}

#[test]
fn a_run_leaves_networks_latents_and_pictures_that_can_be_sampled() {
    let place = Place::new(SPEC);
    let output = place.exp(&["run", "spec.yaml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let run = place.run("runs");
    let common =
        ["encoder.safetensors", "decoder.safetensors", "latents.csv", "latents.safetensors"];
    look_at(&run.join("one"), &common, &["test/bound", "test/kl", "test/log_likelihood"]);
    let pictures = [
        "manifold-dynamic_binarisation-",
        "samples-dynamic_binarisation-00000016",
        "latents-dynamic_binarisation-00000016",
    ];
    look_at(&run.join("one"), &pictures, &["test/bound_where_estimated", "train/bound"]);
    look_at(&run.join("asleep"), &common, &["test/hmc_acceptance", "test/bound/member_1"]);
    look_at(&run.join("plain"), &["samples-pixel_values-"], &["test/squared_error"]);
    judged(&run);
    let events = std::fs::read_to_string(run.join("one/events.jsonl")).unwrap();
    for tag in ["train/bound", "test/kl_of_latents", "gradient_variance/sampled", "validation/kl"] {
        assert!(events.contains(&format!("\"{tag}\"")), "{tag}");
    }
    samples(&place);
}

/// What the judge said of the jobs that have one.
fn judged(run: &Path) {
    let figures = |job: &str| json(&run.join(job).join("outcome.json"))["metrics"].clone();
    let (plain, asleep) = (figures("plain"), figures("asleep"));
    let names = ["distance", "distance_standard_error", "confidence", "confident_share", "entropy"];
    for name in names {
        let of = |metrics: &Value, set: &str| metrics[format!("test/judge/{set}/{name}")].as_f64();
        for set in ["samples", "reconstructions", "fitted_normal", "real"] {
            assert!(of(&plain, set).is_some_and(f64::is_finite), "{set} {name}: {plain}");
        }
        // The same test pictures, though pixels are unbounded on binarised pixels in one of the jobs.
        assert_eq!(of(&plain, "real"), of(&asleep, "real"), "{name}");
        assert_eq!(of(&asleep, "fitted_normal"), None, "{name}");
    }
    let distance = |set: &str| &plain[format!("test/judge/{set}/distance")];
    assert_ne!(distance("samples"), distance("fitted_normal"));
    let of_members = |member: u32| {
        asleep[format!("test/judge/samples/distance/member_{member}")].as_f64().unwrap()
    };
    let mean = asleep["test/judge/samples/distance"].as_f64().unwrap();
    assert!((of_members(0) + of_members(1) - 2.0 * mean).abs() < 1e-9 * mean.abs());
    assert!((of_members(0) - of_members(1)).abs() > 0.0, "members have draws of their own");
    assert!(figures("one").get("test/judge/real/distance").is_none());
    let events = std::fs::read_to_string(run.join("plain/events.jsonl")).unwrap();
    assert!(events.contains("\"test/judge/fitted_normal/distance\""));
}

/// `exp sample` on the run that is there.
fn samples(place: &Place) {
    let draw = |job: &str, out: &str, seed: &str| {
        let words = ["sample", job, "--count", "5", "--out", out, "--seed", seed];
        let output = place.exp(&words);
        (output.status.code(), text(&output.stderr))
    };
    let bytes = |out: &str, name: &str| std::fs::read(place.0.path().join(out).join(name)).unwrap();
    for (out, seed) in [("first", "1"), ("again", "1"), ("other", "2")] {
        assert_eq!(draw("tiny/one", out, seed), (Some(0), String::new()));
    }
    let names = std::fs::read_dir(place.0.path().join("first")).unwrap().count();
    assert_eq!(names, 6, "five pictures and one of all");
    assert_eq!(bytes("first", "sample-0005.png"), bytes("again", "sample-0005.png"));
    assert_ne!(bytes("first", "samples.png"), bytes("other", "samples.png"));
    let (code, words) = draw("tiny/one", "first", "2");
    assert!(code == Some(2) && words.contains("first/sample-0001.png is there already"), "{words}");
    assert_ne!(bytes("first", "samples.png"), bytes("other", "samples.png"), "nothing is replaced");
    let replaced = ["sample", "tiny/one", "--count", "5", "--out", "first", "--seed", "2"];
    assert!(place.command(&replaced).arg("--overwrite").output().unwrap().status.success());
    assert_eq!(bytes("first", "samples.png"), bytes("other", "samples.png"));
    let (code, words) = draw("tiny/plain", "plain", "1");
    assert!(code == Some(0) && words.contains("no prior"), "{code:?} {words}");
    std::fs::write(place.0.path().join("file"), "").unwrap();
    for (job, out, said) in [
        ("tiny", "a", "one, asleep, plain"),
        ("tiny/labels", "a", "kind 'classifier'"),
        ("tiny/none", "a", "no job at 'tiny/none'"),
        ("nothing", "a", "no run 'nothing'"),
        ("tiny/one", "file", "--out"),
    ] {
        let (code, words) = draw(job, out, "1");
        assert!(code == Some(2) && words.contains(said), "{job}: {code:?} {words}");
        assert!(!place.0.path().join("a").exists(), "{job}");
    }
    let job = place.run("runs").join("one");
    let record = std::fs::read_to_string(job.join("job.json")).unwrap();
    std::fs::write(job.join("job.json"), record.replace("\"done\"", "\"interrupted\"")).unwrap();
    let (code, words) = draw("tiny/one", "a", "1");
    assert!(code == Some(2) && words.contains("not done (interrupted)"), "{code:?} {words}");
    std::fs::write(job.join("job.json"), record).unwrap();
    std::fs::write(job.join("artifacts/decoder.safetensors"), "{}").unwrap();
    let (code, words) = draw("tiny/one", "b", "1");
    assert!(
        code == Some(1) && words.contains("decoder.safetensors has 2 bytes, "),
        "{code:?} {words}"
    );
}

#[test]
fn auto_encoders_resume_exactly() {
    let place = Place::new(SPEC);
    let output = place.exp(&["verify-resume", "spec.yaml", "--kills", "2"]);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("resumes exactly"), "{said}");
}
