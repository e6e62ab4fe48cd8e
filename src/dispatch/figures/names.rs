//! Names of files that every file system takes, each given once: [`Names`].

use std::collections::HashSet;

/// The longest name, without its number and ending.
const LONGEST: usize = 120;

/// The names that were given.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// `words` as the name of a file, with a number where it was given before.
    pub(super) fn give(&mut self, words: &str, ending: &str) -> String {
        let safe = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let parts = words.split(|letter| !safe(letter)).filter(|part| !part.is_empty());
        let mut name = parts.collect::<Vec<_>>().join("_").trim_start_matches('.').to_owned();
        name.truncate(LONGEST);
        let mut numbers = 2..;
        let mut whole = format!("{name}.{ending}");
        // Some file systems do not tell capitals from small letters.
        while !self.0.insert(whole.to_lowercase()) {
            whole = format!("{name}-{}.{ending}", numbers.next().unwrap_or(2));
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_differ() {
        let mut names = Names::default();
        for (words, name) in [
            ("bound-against-latent", "bound-against-latent.png"),
            ("Bound-against-latent", "Bound-against-latent-2.png"),
            ("bound-against-latent", "bound-against-latent-3.png"),
            ("errors/mean-against-network.hidden[0]", "errors_mean-against-network.hidden_0.png"),
            ("../up\u{e9}", "_up.png"),
        ] {
            assert_eq!(names.give(words, "png"), name);
        }
        assert_eq!(names.give(&"x".repeat(300), "csv").len(), LONGEST + 4);
    }
}
