//! What is said of one set of pictures in figures: [`JudgeScores`], and their names ([`named`]).

use super::super::evaluation::average;
use super::kernel::Distance;
use super::opinion::Opinion;
use indexmap::IndexMap;

/// The names of the figures; what they are stands at [`Distance`] and [`Opinion`].
const FIGURES: [&str; 5] =
    ["distance", "distance_standard_error", "confidence", "confident_share", "entropy"];

/// The figures of what one member made, in the order of their names.
pub(super) struct JudgeScores([f64; 5]);

impl JudgeScores {
    pub(super) fn of(opinion: &Opinion, apart: Distance) -> Self {
        let Opinion { confidence, confident_share, entropy, .. } = *opinion;
        Self([apart.squared, apart.standard_error, confidence, confident_share, entropy])
    }
}

/// The figures of one set of pictures by name: means over the members that made them, and each
/// member's. What is not a number (of too few pictures) is left out.
pub(super) fn named(set: &str, of_members: &[JudgeScores]) -> IndexMap<String, f64> {
    let mut found = IndexMap::new();
    for (index, name) in FIGURES.into_iter().enumerate() {
        let values: Vec<f64> = of_members.iter().map(|verdict| verdict.0[index]).collect();
        if !values.iter().all(|value| value.is_finite()) {
            continue;
        }
        let name = format!("test/judge/{set}/{name}");
        found.insert(name.clone(), average(&values));
        if values.len() > 1 {
            for (member, &value) in values.iter().enumerate() {
                found.insert(format!("{name}/member_{member}"), value);
            }
        }
    }
    found
}
