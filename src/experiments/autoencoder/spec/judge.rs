//! What can be wrong with the choice of a judge: [`complaints`].

use crate::job::{Complaint, Offer};

/// The kinds whose networks can judge.
const JUDGES: [&str; 2] = ["classifier", "distill"];

/// What is at odds between the judge and an auto-encoder's pictures.
pub(super) fn complaints(judge: &Offer, own: &Offer) -> Vec<Complaint> {
    if !JUDGES.contains(&judge.kind.as_str()) {
        let message = format!("a job of kind '{}' cannot judge", judge.kind);
        let help = format!("judges are jobs of kind {}", JUDGES.join(" or "));
        return vec![Complaint::new("judge", message).with_help(help)];
    }
    match (judge.input, own.input) {
        (Some(theirs), Some(ours)) if theirs != ours => {
            let words =
                |[channels, height, width]: [i64; 3]| format!("{channels} x {height} x {width}");
            let message = format!(
                "the judge looks at pictures of {} and this job's are {}",
                words(theirs),
                words(ours)
            );
            vec![Complaint::new("judge", message)]
        }
        _ => Vec::new(),
    }
}
