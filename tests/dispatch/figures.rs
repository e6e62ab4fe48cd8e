//! What jobs show together is drawn when a run ends.

use super::bench::Bench;
use super::fakes::{Fate, Gardener};
use exp::rundir::{RunFolder, RunStatus};
use std::collections::BTreeMap;

/// Three rates, one of them twice, and the other rates in another soil.
const SWEEP: &str = "
name: sweep
jobs:
  slow: { kind: grow, rate: 0.5 }
  again: { kind: grow, rate: 0.5, seed: 4 }
  quick: { kind: grow, rate: 8 }
  plain: { kind: grow }
  loam: { kind: grow, data: loam }
  quick_loam: { kind: grow, data: loam, rate: 8 }
  fruit: { kind: graft, onto: plain }
";

/// The files of a run that hold figures, with their contents.
fn files(run: &RunFolder) -> BTreeMap<String, Vec<u8>> {
    let all = walkdir::WalkDir::new(run.path()).into_iter().map(Result::unwrap);
    let name = |path: &std::path::Path| {
        path.strip_prefix(run.path()).unwrap().to_string_lossy().into_owned()
    };
    let all = all.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    let figures = all.map(|path| (name(&path), path)).filter(|(name, _)| {
        name.starts_with("figures/") || name.starts_with("events.out.tfevents")
    });
    figures.map(|(name, path)| (name, std::fs::read(path).unwrap())).collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn summary(run: &RunFolder) -> String {
    std::fs::read_to_string(run.path().join("summary.md")).unwrap()
}

#[test]
fn metrics_are_drawn_against_the_setting_that_jobs_differ_in() {
    let bench = Bench::new();
    let (status, _, run) = bench.run(SWEEP, &Gardener::default());
    assert_eq!(status, RunStatus::Done);
    let files = files(&run);
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        [
            "events.out.tfevents.0000000000.figures",
            "figures/leaves-against-rate.png",
            "figures/rate.csv",
            "figures/share_of_light-against-rate.png",
        ]
    );
    insta::assert_snapshot!(text(&files["figures/rate.csv"]), @"
    rate,data,jobs,test/leaves,test/leaves standard deviation,train/leaves,train/leaves standard deviation,test/share_of_light,test/share_of_light standard deviation
    0.5,sand,2,7,2.8284271247461903,10,2.8284271247461903,0.13333333333333333,0.04714045207910316
    1.0,sand,1,10,,13,,0.09090909090909091,
    8.0,sand,1,80,,83,,0.012345679012345678,
    1.0,loam,1,10,,13,,0.09090909090909091,
    8.0,loam,1,80,,83,,0.012345679012345678,
    ");
    for (name, bytes) in files.iter().filter(|(name, _)| name.contains("-against-")) {
        let picture = image::load_from_memory(bytes).unwrap();
        assert!(picture.width() > 600 && picture.height() > 400, "{name}");
        if let Some(folder) = std::env::var_os("EXP_TEST_PICTURES") {
            let name = name.strip_prefix("figures/").unwrap();
            std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
        }
    }
    let events = &files["events.out.tfevents.0000000000.figures"];
    for tag in ["figures/leaves against rate", "figures/test share of light against rate"] {
        let tag = tag.as_bytes();
        assert_eq!(events.windows(tag.len()).filter(|window| *window == tag).count(), 1);
    }
    let summary = summary(&run);
    insta::assert_snapshot!(&summary[summary.find("## Figures").unwrap()..], @"
    ## Figures

    Their numbers: [`rate.csv`](figures/rate.csv).

    ![leaves against rate](figures/leaves-against-rate.png)

    ![test share of light against rate](figures/share_of_light-against-rate.png)
    ");
}

#[test]
fn the_same_jobs_give_the_same_files() {
    let bench = Bench::new();
    let (_, _, first) = bench.run(SWEEP, &Gardener::default());
    let (_, said, second) = bench.run(SWEEP, &Gardener::default());
    assert_eq!(said, "", "everything is reused");
    let written = files(&first);
    assert!(written.len() > 3);
    assert!(files(&second) == written);
    let changed = || {
        let of = |name: &String| first.path().join(name).metadata().unwrap().modified().unwrap();
        written.keys().map(of).collect::<Vec<_>>()
    };
    let (before, summary_before) = (changed(), summary(&first));
    assert_eq!(bench.resume(&first, &Gardener::default()).0, RunStatus::Done);
    assert_eq!(changed(), before, "nothing is written again");
    assert_eq!(summary(&first), summary_before);
    assert!(files(&first) == written);
}

#[test]
fn jobs_with_nothing_in_common_have_no_figures() {
    let bench = Bench::new();
    let garden = "
name: garden
jobs:
  one: { kind: grow, rate: 2 }
  other: { kind: grow, rate: 3, branches: 4 }
  third: { kind: grow, rate: 4, data: loam }
  fruit: { kind: graft, onto: one }
";
    let (_, _, run) = bench.run(garden, &Gardener::default());
    assert!(files(&run).is_empty());
    assert!(!run.figures().exists());
    assert!(!summary(&run).contains("Figures"));
}

#[test]
fn a_run_that_goes_on_has_the_figures_of_all_its_jobs() {
    let bench = Bench::new();
    let branches = "
name: branches
jobs:
  a: { kind: grow, branches: 2 }
  b: { kind: grow, branches: 3 }
  c: { kind: grow, branches: 5 }
  d: { kind: grow, branches: 50 }
";
    let gardener = Gardener::with(&[("d", Fate::FailsBefore(2))]);
    let (status, _, run) = bench.run(branches, &gardener);
    assert_eq!(status, RunStatus::Failed);
    let before = files(&run);
    assert_eq!(text(&before["figures/branches.csv"]).lines().count(), 4);
    let drawn = &before["figures/leaves-against-branches.png"];
    std::fs::write(run.figures().join("height-against-light.png"), drawn).unwrap();
    std::fs::write(run.figures().join("mine-against-yours.png"), "").unwrap();
    std::fs::write(run.figures().join("mine.png"), "").unwrap();
    assert_eq!(bench.resume(&run, &gardener).0, RunStatus::Done);
    let after = files(&run);
    assert_eq!(text(&after["figures/branches.csv"]).lines().count(), 5);
    let picture = "figures/leaves-against-branches.png";
    assert!(after[picture] != before[picture]);
    assert!(!after.contains_key("figures/height-against-light.png"), "of fewer jobs");
    assert!(after.contains_key("figures/mine.png"));
    assert!(after.contains_key("figures/mine-against-yours.png"), "not drawn by this program");
}

#[test]
fn figures_that_cannot_be_written_cost_a_note_and_nothing_else() {
    let bench = Bench::new();
    let (run, _lock) = bench.create(&bench.plan(SWEEP));
    std::fs::write(run.figures(), "in the way").unwrap();
    let (status, said) = bench.watch(&run, &Gardener::default(), &mut || false);
    assert_eq!(status, RunStatus::Done);
    let note = said.lines().find(|line| line.starts_with("note: ")).unwrap();
    assert!(note.starts_with("note: the figures of the run could not be written: "), "{note}");
    assert!(note.contains("sweep/STAMP/figures"), "{note}");
    assert!(!summary(&run).contains("Figures"));
    let named = SWEEP.replace("slow:", "Figures:");
    let refused = bench.lower(&named, &[]).unwrap_err();
    assert!(refused.contains("'Figures' is that of a folder which every run has"), "{refused}");
}
