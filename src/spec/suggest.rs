//! What someone who wrote a name that does not exist may have meant: [`hint`].

use super::words::one_of;

/// The most names that a hint lists.
const LISTED: usize = 16;
/// Names longer than this are not compared: that takes the square of their length.
const COMPARED: usize = 64;

/// The help for a name that is not among those there are: the one that is probably meant, or all of
/// them where they are few.
#[must_use]
pub fn hint<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.into_iter().collect();
    match nearest(name, names.iter().copied()) {
        Some(near) => Some(format!("did you mean '{near}'?")),
        None if names.is_empty() || names.len() > LISTED => None,
        None if names.len() == 1 => Some(format!("there is only '{}'", names[0])),
        None => Some(format!("there are {}", one_of(&names, "and"))),
    }
}

/// The name that is so near to this one that it is probably meant.
#[must_use]
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > COMPARED {
        return None;
    }
    let written = plain(name);
    let (near, distance) = names
        .into_iter()
        .filter(|other| other.len() <= COMPARED)
        .map(|other| (other, distance(&written, &plain(other))))
        .min_by(|a, b| a.1.total_cmp(&b.1))?;
    (distance <= 1.0).then_some(near)
}

/// How far apart two names are: up to 1 is near enough to be meant.
fn distance(written: &str, other: &str) -> f64 {
    let edits = strsim::osa_distance(written, other) as f64;
    let allowed = (written.chars().count().max(other.chars().count()) as f64 / 3.0).max(1.0);
    let shortened = written.len() >= 3 && other.starts_with(written);
    let close = edits / allowed.floor();
    if shortened { close.min(0.9) } else { close }
}

/// A name without what people mix up: case, and how words are joined.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let names = ["temperature", "soft_weight", "rate", "epochs", "hidden"];
        for (written, meant) in [
            ("temprature", Some("temperature")),
            ("temp", Some("temperature")),
            ("softWeight", Some("soft_weight")),
            ("soft-wieght", Some("soft_weight")),
            ("Epochs", Some("epochs")),
            ("epoch", Some("epochs")),
            ("raet", Some("rate")),
            ("momentum", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, names), meant, "{written}");
        }
        assert_eq!(nearest("mpl", ["mlp", "cnn"]), Some("mlp"));
        assert_eq!(nearest("rnn", ["mlp", "cnn"]), Some("cnn"));
        assert_eq!(nearest(&"x".repeat(1 << 20), names), None);
    }

    #[test]
    fn few_names_are_listed() {
        assert_eq!(hint("gru", ["mlp", "lstm"]).as_deref(), Some("there are 'mlp' and 'lstm'"));
        assert_eq!(hint("gru", ["mlp"]).as_deref(), Some("there is only 'mlp'"));
        assert_eq!(hint("gru", []), None);
    }
}
