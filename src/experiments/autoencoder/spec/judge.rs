//! What can be wrong with the choice of a judge: [`field_errors`].

use crate::job::Provides;
use crate::spec::FieldError;

/// The kinds whose networks can judge.
const JUDGES: [&str; 2] = ["classifier", "distill"];

/// What is at odds between the judge and an auto-encoder's pictures.
pub(super) fn field_errors(judge: &Provides, own: &Provides) -> Vec<FieldError> {
    if !JUDGES.contains(&judge.kind.as_str()) {
        let message = format!("a job of kind '{}' cannot be the judge", judge.kind);
        let help = format!("judges are jobs of kind {}", JUDGES.join(" or "));
        return vec![FieldError::new("judge", message).with_help(help)];
    }
    match (judge.input, own.input) {
        (Some(theirs), Some(ours)) if theirs != ours => {
            let words =
                |[channels, height, width]: [i64; 3]| format!("{channels} x {height} x {width}");
            let message = format!(
                "input shape mismatch: the judge takes {} (channels x height x width), this job's pictures \
                 are {}",
                words(theirs),
                words(ours)
            );
            vec![FieldError::new("judge", message)]
        }
        _ => Vec::new(),
    }
}
