//! Text from elsewhere as a terminal may have it: [`text`] and [`line`].
//!
//! Names of folders and jobs, messages in records, logs and specs can hold whatever somebody put there:
//! sequences that move the cursor or change the window's title, marks that turn the direction of
//! writing, letters without width. They are shown as Rust writes them in a string (`\u{1b}[31m`, `\n`),
//! and never sent. Which characters those are is the standard library's word ([`char::escape_debug`]);
//! marks that combine with the letter before them are letters of many languages, and stay.

use std::borrow::Cow;

/// Text of several lines: line ends stay as they are.
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    escaped(text, |character| character == '\n')
}

/// Text of one line.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// Whether a terminal shows this character, and does nothing else with it.
#[must_use]
pub fn is_plain(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    // Behind a letter, since a combining mark that stands first is escaped.
    let pair = String::from_iter(['a', character]);
    pair.escape_debug().nth(1) == Some(character)
}

fn escaped(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let passes = |character: char| keep(character) || is_plain(character);
    if text.chars().all(passes) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if passes(character) {
            shown.push(character);
        } else {
            shown.extend(character.escape_debug());
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        for (raw, seen) in [
            ("\u{1b}[31mred\u{1b}[0m", r"\u{1b}[31mred\u{1b}[0m"),
            ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}"),
            ("a\rb\tc\u{8}\u{7f}\0", r"a\rb\tc\u{8}\u{7f}\0"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("user\u{202e}cod.exe\u{2066}x\u{2069}", r"user\u{202e}cod.exe\u{2066}x\u{2069}"),
            ("a\u{200b}b\u{200d}c\u{feff}d\u{2060}e", r"a\u{200b}b\u{200d}c\u{feff}d\u{2060}e"),
            ("line\u{2028}sep\u{85}", r"line\u{2028}sep\u{85}"),
            ("\u{200e}\u{200f}\u{061c}", r"\u{200e}\u{200f}\u{61c}"),
        ] {
            assert_eq!(text(raw), seen);
            assert_eq!(line(raw), seen);
        }
        assert_eq!(text("a\nb"), "a\nb");
        assert_eq!(line("a\nb"), r"a\nb");
    }

    #[test]
    fn what_people_write_stays() {
        for plain in [
            "teachers: 1.35 % errors",
            r#"C:\runs "quoted" 'so' {x}"#,
            "größe, čeština, 実験, опыт, ─━╸ ✓✗‖ …",
            "e\u{301}te\u{301}, नमस्ते",
            "🙂",
        ] {
            assert!(matches!(text(plain), Cow::Borrowed(_)), "{plain}: {}", text(plain));
        }
    }
}
