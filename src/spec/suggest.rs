//! What someone who wrote a name that does not exist may have meant: [`hint`] for keys and jobs, which can
//! be many, [`choices`] for closed sets of values.

use super::words::{join, one_of, quoted};

/// The most names that a hint lists.
const LISTED: usize = 16;
/// Names longer than this are not compared: that takes the square of their length.
const COMPARED: usize = 64;
/// What PyTorch, its configs and the papers call what has another name in a spec; the first name that there
/// is where the word stands is meant.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("lr", &["rate"]),
    ("learning_rate", &["rate"]),
    ("base_lr", &["rate"]),
    ("batch_size", &["batch"]),
    ("minibatch_size", &["batch"]),
    ("num_epochs", &["epochs"]),
    ("max_epochs", &["epochs"]),
    ("eps", &["epsilon"]),
    ("alpha", &["smoothing", "soft_weight"]),
    ("lr_scheduler", &["schedule"]),
    ("scheduler", &["schedule"]),
    ("gamma", &["factor"]),
    ("step_size", &["every_epochs"]),
    ("hidden_sizes", &["hidden"]),
    ("hidden_dims", &["hidden"]),
    ("kernel_size", &["kernel"]),
    ("filters", &["channels"]),
    ("latent_dim", &["latent"]),
    ("z_dim", &["latent"]),
    ("model", &["network"]),
    ("dataset", &["data"]),
    ("gpu", &["cuda"]),
    ("type", &["kind", "name", "rule", "shape", "set", "method"]),
    ("bs", &["batch"]),
    ("random_seed", &["seed"]),
    ("p", &["dropout"]),
    ("t", &["temperature"]),
    ("eta_min", &["final_fraction"]),
    ("warmup_steps", &["warmup_epochs"]),
    ("hidden_size", &["hidden"]),
    ("hidden_units", &["hidden"]),
    ("units", &["hidden"]),
    ("layers", &["hidden"]),
    ("latent_size", &["latent"]),
    ("kl_weight", &["beta"]),
    ("kld_weight", &["beta"]),
    ("path", &["folder", "file"]),
    ("root", &["folder"]),
];
/// What PyTorch gives as one pair and a spec as two keys.
const PAIRS: [(&str, [&str; 2]); 1] = [("betas", ["beta1", "beta2"])];

/// The help for a name that is not among those there are: the one that is probably meant, or all of
/// them where they are few.
#[must_use]
pub fn hint<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.into_iter().collect();
    match meant(name, names.iter().copied()) {
        Some(meant) => Some(meant),
        None if names.is_empty() || names.len() > LISTED => None,
        None if names.len() == 1 => Some(format!("there is only '{}'", names[0])),
        None => Some(format!("there are {}", one_of(&names, "and"))),
    }
}

/// The help for a value that is not in a closed set: all that are, and the one that is probably meant.
#[must_use]
pub(super) fn choices(name: &str, names: &[&str]) -> String {
    let all = format!("expected {}", one_of(names, "or"));
    meant(name, names.iter().copied()).map_or(all.clone(), |meant| format!("{meant} {all}"))
}

/// The question whether the name is meant that this one is near to.
#[must_use]
pub fn meant<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, names).map(question)
}

/// The question whether this name is meant.
pub(super) fn question(name: &str) -> String {
    format!("did you mean '{name}'?")
}

/// The help for a key that is near to none: those there are, where they are few.
pub(super) fn known(keys: &[&str]) -> String {
    let names: Vec<String> = keys.iter().map(|name| quoted(name)).collect();
    match names.as_slice() {
        [] => "it has no keys".to_owned(),
        [only] => format!("the only key is {only}"),
        names if names.len() > LISTED => "`exp kinds` lists the keys".to_owned(),
        names => format!("known keys: {}", join(names, "and")),
    }
}

/// The two names in which what goes under this one is written, where there are both.
pub(super) fn pair(name: &str, known: impl Fn(&str) -> bool) -> Option<[&'static str; 2]> {
    let (_, two) = PAIRS.iter().find(|(other, _)| *other == name)?;
    two.iter().all(|name| known(name)).then_some(*two)
}

/// The one of these names that is the same word but for case and joints, or that PyTorch has another word for.
pub(super) fn same<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let written = plain(name);
    let meant = SYNONYMS.iter().find(|(word, _)| plain(word) == written);
    let synonym = meant.and_then(|(_, meant)| {
        meant.iter().find_map(|meant| names.iter().copied().find(|name| name == meant))
    });
    names.iter().copied().find(|name| plain(name) == written).or(synonym)
}

/// The name that is so near to this one, or so often used for the same, that it is probably meant.
#[must_use]
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > COMPARED {
        return None;
    }
    let names: Vec<&str> = names.into_iter().collect();
    if let Some(same) = same(name, &names) {
        return Some(same);
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
    // One letter for another is no slip where it is the whole name.
    let short = written.chars().count().max(other.chars().count()) == 1 && written != other;
    if short || (!shortened && f64::from(least_edits(written, other)) > allowed) {
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
        assert_eq!((nearest("x", ["t"]), nearest("T", ["t"])), (None, Some("t")));
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

    #[test]
    fn words_of_pytorch_are_understood() {
        let optimiser = ["rule", "rate", "epsilon", "beta1", "beta2"];
        for (written, meant) in [("lr", "rate"), ("learningRate", "rate"), ("eps", "epsilon")] {
            assert_eq!(nearest(written, optimiser), Some(meant), "{written}");
        }
        assert_eq!(nearest("alpha", ["temperature", "soft_weight"]), Some("soft_weight"));
        assert_eq!(nearest("alpha", ["smoothing", "rate"]), Some("smoothing"));
        assert_eq!(nearest("lr", ["epochs", "batch"]), None);
        assert_eq!(pair("betas", |name| optimiser.contains(&name)), Some(["beta1", "beta2"]));
        assert_eq!(pair("betas", |name| name == "beta1"), None);
    }

    #[test]
    fn all_of_a_closed_set_are_listed() {
        assert_eq!(choices("gru", &["mlp", "cnn"]), "expected 'mlp' or 'cnn'");
        assert_eq!(choices("mpl", &["mlp", "cnn"]), "did you mean 'mlp'? expected 'mlp' or 'cnn'");
        assert_eq!(choices("gru", &["mlp"]), "expected 'mlp'");
    }
}
