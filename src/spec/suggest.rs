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
    let allowed =
        (written.chars().count().max(other.chars().count()) as f64 / 3.0).max(1.0).floor();
    let shortened = written.len() >= 3 && other.starts_with(written);
    if !shortened && f64::from(least_edits(written, other)) > allowed {
        return f64::INFINITY; // as far as this matters, and without the square of their length
    }
    let close = strsim::osa_distance(written, other) as f64 / allowed;
    if shortened { close.min(0.9) } else { close }
}

/// As many edits as it takes at least to make one name of the other: an edit adds, removes or replaces
/// one letter, or swaps two, so letters that one alone has must go one by one.
fn least_edits(written: &str, other: &str) -> i32 {
    let mut counts = [0_i32; 256];
    // Letters that share a place are taken for the same, which asks for fewer edits and never for more.
    let place = |letter: char| letter as usize % 256;
    written.chars().for_each(|letter| counts[place(letter)] += 1);
    other.chars().for_each(|letter| counts[place(letter)] -= 1);
    let more: i32 = counts.iter().filter(|count| **count > 0).sum();
    let fewer: i32 = counts.iter().filter(|count| **count < 0).sum();
    more.max(-fewer)
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
    fn edits_are_at_least_as_many_as_letters_that_differ() {
        let names =
            ["", "a", "rate", "raet", "rates", "temperature", "temprature", "äöü", "āa", "kkk"];
        for (one, other) in names.iter().flat_map(|one| names.iter().map(move |it| (one, it))) {
            let (least, edits) = (least_edits(one, other), strsim::osa_distance(one, other));
            assert!(least as usize <= edits, "{one} and {other}: {least}, and {edits}");
        }
        assert_eq!((least_edits("jjj", "kkk"), least_edits("rate", "raet")), (3, 0));
    }

    #[test]
    fn few_names_are_listed() {
        assert_eq!(hint("gru", ["mlp", "lstm"]).as_deref(), Some("there are 'mlp' and 'lstm'"));
        assert_eq!(hint("gru", ["mlp"]).as_deref(), Some("there is only 'mlp'"));
        assert_eq!(hint("gru", []), None);
    }
}
