//! Random changes to the good configs, as people make them by mistake: `exp check` never panics, and
//! either says where something is wrong or has a plan. (The loader alone has a test of its own, with
//! more and wilder changes: `src/spec/load_tests.rs`.)

use super::{Place, configs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

/// How many changed texts are tried in this process, and how many of these through the program.
const TEXTS: usize = 1000;
const THROUGH_PROGRAM: usize = 50;

/// Numbers that are the same in every run of this test.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

/// What a value is replaced by.
const VALUES: &[&str] = &[
    "",
    "null",
    "true",
    "no",
    "0",
    "-1",
    "1",
    "2.5",
    "1e400",
    ".nan",
    "-.inf",
    "99999999999999999999",
    "9223372036854775807",
    "-0.0",
    "1e-320",
    "0x10",
    "'1'",
    "ten",
    "\"\"",
    "[]",
    "{}",
    "[[]]",
    "[1, 2]",
    "{ a: 1 }",
    "teachers",
    "student",
    "runs/a/b",
    "../..",
    "/",
    "glyphs",
    "mlp",
    "文字 e\u{301}",
    "👩‍🏫",
    "\u{202e}x",
    "a: b",
    "*a",
    "&a 1",
    "!t 1",
    "- 1",
    "|",
    ">",
    "%",
    "@",
    "`",
    "\"",
    "'",
    "#",
    "\\",
];

const MARKS: &[&str] = &[
    ":", ": ", ",", ", ", "[", "]", "{", "}", "-", "- ", "?", "&", "*", "!", "|", ">", "'", "\"",
    "%", "@", "`", "#", " #", "\t", " ", "\r", "\r\n", "\n", "\n---\n", "...", "<<: ", "=",
    "\u{feff}", "\0", "\u{7}", "\u{2028}",
];

/// The stretches of a line that are words or numbers.
fn tokens(line: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (start, letter) in line.char_indices() {
        let end = start + letter.len_utf8();
        if letter.is_alphanumeric() || matches!(letter, '_' | '.' | '-') {
            match found.last_mut().filter(|(_, last)| *last == start) {
                Some((_, last)) => *last = end,
                None => found.push((start, end)),
            }
        }
    }
    found
}

/// One change to the lines of a text.
fn change(lines: &mut Vec<String>, draws: &mut Draws) {
    let index = draws.below(lines.len());
    let other = draws.below(lines.len());
    match draws.below(9) {
        0 if lines.len() > 1 => drop(lines.remove(index)),
        1 => lines.insert(other, lines[index].clone()),
        2 => lines.swap(index, other),
        3 => lines[index].insert_str(0, draws.of(&[" ", "  ", "    ", "\t"])),
        4 => lines[index] = lines[index].trim_start().to_owned(),
        5 => change_letter(&mut lines[index], draws),
        6 | 7 => replace_token(&mut lines[index], draws),
        _ => change_mark(&mut lines[index], draws),
    }
}

/// Adds, drops, doubles or replaces one character of a word.
fn change_letter(line: &mut String, draws: &mut Draws) {
    let letters: Vec<usize> =
        line.char_indices().filter(|(_, c)| c.is_alphabetic()).map(|(at, _)| at).collect();
    if letters.is_empty() {
        return;
    }
    let at = letters[draws.below(letters.len())];
    match draws.below(3) {
        0 => drop(line.remove(at)),
        1 => line.insert(at, draws.of(&["a", "z", "_", "E", "é", "界"]).chars().next().unwrap()),
        _ => {
            let letter = line.remove(at);
            line.insert_str(at, &letter.to_string().repeat(2));
        }
    }
}

fn replace_token(line: &mut String, draws: &mut Draws) {
    let tokens = tokens(line);
    if tokens.is_empty() {
        return;
    }
    let (start, end) = tokens[draws.below(tokens.len())];
    let long = "long ".repeat(2000);
    let value = if draws.below(40) == 0 { &long } else { draws.of(VALUES) };
    line.replace_range(start..end, value);
}

/// Adds or drops punctuation.
fn change_mark(line: &mut String, draws: &mut Draws) {
    let marks: Vec<usize> =
        line.char_indices().filter(|(_, c)| c.is_ascii_punctuation()).map(|(at, _)| at).collect();
    if draws.below(2) == 0 && !marks.is_empty() {
        line.remove(marks[draws.below(marks.len())]);
        return;
    }
    let places: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
    line.insert_str(places[draws.below(places.len())], draws.of(MARKS));
}

fn changed(text: &str, draws: &mut Draws) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // most of the comments at the top are left out: changing them shows nothing
    let head = lines.iter().take_while(|line| line.starts_with('#')).count();
    lines.drain(1.min(head)..head);
    for _ in 0..=draws.below(3) {
        change(&mut lines, draws);
    }
    lines.join("\n") + "\n"
}

#[test]
fn changed_configs_are_refused_with_a_place_or_have_a_plan() {
    let texts = configs().into_iter().map(|path| std::fs::read_to_string(path).unwrap());
    let texts: Vec<String> = texts.collect();
    let (place, mut draws) = (Place::with_every_set(), Draws(11));
    let (mut refused, mut several) = (0, 0);
    for index in 0..TEXTS {
        let text = changed(&texts[index % texts.len()], &mut draws);
        let result = catch_unwind(AssertUnwindSafe(|| place.lower(text.as_bytes(), &[])));
        let Ok(result) = result else { panic!("a panic over\n{text}") };
        let good = result.is_ok();
        if let Err(problems) = result {
            refused += 1;
            several += usize::from(problems.len() > 1);
            let placed = problems.list().iter().filter(|problem| problem.span.is_some()).count();
            let shown = catch_unwind(AssertUnwindSafe(|| problems.to_string()));
            let Ok(shown) = shown else { panic!("a panic in showing what is wrong with\n{text}") };
            assert!(placed > 0, "{shown}\n{text}");
            assert!(shown.contains("spec.yaml:") && shown.contains('^'), "{shown}\n{text}");
        }
        if index % (TEXTS / THROUGH_PROGRAM) == 0 {
            through_program(&place, good, &text);
        }
    }
    println!("{refused} of {TEXTS} refused, {several} for more than one reason");
    assert!(
        (TEXTS / 2..TEXTS).contains(&refused),
        "the changes are too mild or too wild: {refused}"
    );
}

fn through_program(place: &Place, good: bool, text: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exp"));
    command.args(["check", "spec.yaml", "--data-root", "data"]).current_dir(place.path(""));
    let output = command.env_remove("EXP_RUNS").env_remove("EXP_DATA").output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(if good { 0 } else { 2 }), "{words}\n{text}");
    assert!(!words.contains("panicked"), "{words}\n{text}");
    assert_eq!(good, !words.contains("--> spec.yaml:"), "{words}\n{text}");
}
