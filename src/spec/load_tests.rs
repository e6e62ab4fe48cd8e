//! What the loader makes of texts, good, bad and hostile.

use super::*;
use crate::clock::thread_time;
use std::fmt::Write as _;
use std::time::Duration;

fn load(text: &str) -> (Option<Node>, Diagnostics) {
    let mut problems = Diagnostics::new();
    let node = load_text("x.yaml", text, &mut problems);
    (node, problems)
}

#[test]
fn a_spec_becomes_a_tree_with_places() {
    let text = "name: a # note\r\njobs:\r\n  b: { hidden: [1, 2.5, '3'], on: }\r\n";
    for text in [text, &format!("\u{feff}{text}"), &text.replace("\r\n", "\n")] {
        let (node, problems) = load(text);
        assert!(problems.is_empty(), "{problems}");
        let node = node.expect("a tree");
        assert_eq!(
            node.to_json().to_string(),
            r#"{"name":"a","jobs":{"b":{"hidden":[1,2.5,"3"],"on":null}}}"#
        );
        let path = ["jobs".into(), "b".into(), "hidden".into(), 1.into()];
        let span = node.at(&path).map(|node| node.span);
        assert_eq!(span, Some(Span::within(0, 3, 20, 3)), "{text}");
        let (key, value) = node.at(&path[..2]).and_then(|b| b.entry("on")).expect("an entry");
        assert_eq!((key.span, value.span), (value.span, Span::within(0, 3, 31, 2)));
    }
}

#[test]
fn hostile_texts_are_refused_at_once() {
    let mut bomb = "a: &a [1,1]\n".to_owned();
    for (last, name) in ('a'..='y').zip('b'..='z') {
        let _ = writeln!(bomb, "{name}: &{name} [*{last},*{last},*{last},*{last}]");
    }
    let mut texts = vec![bomb, "a: ".to_owned() + &"x".repeat(10 << 20)];
    texts.push("a: [".to_owned() + &"1,".repeat(1_000_000) + "1]");
    texts.push("a: [".to_owned() + &"1,".repeat(500_000) + "1]");
    texts.push("a:\n".to_owned() + &" - 1\n".repeat(150_000));
    for piece in
        ["[", "{", "- ", "? ", "a: ", "{a: ", "[[],", "a:\n ", "'", "\"", "|\n", "&a ", "!a "]
    {
        texts.push("k: ".to_owned() + &piece.repeat(10_001));
        texts.push(piece.repeat(MAX_BYTES / piece.len()));
    }
    for piece in
        ["\t", "%A\n", "---\n", "...\n", "#\n", "\r", ": ", "\u{a0}", ",", "]", "*a ", "a\n"]
    {
        texts.push(piece.repeat(MAX_BYTES / piece.len()));
    }
    let keys: String = (0..100_000).fold(String::new(), |text, key| text + &format!("{key}:\n"));
    texts.push(keys);
    texts.push("a: 1\n".repeat(90_000));
    // One second as people run it; a build without optimisation is about ten times as slow.
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 15 } else { 1 });
    for text in texts {
        let began = thread_time();
        let (_, problems) = load(&text);
        let shown = problems.to_string();
        let head: String = text.chars().take(20).collect();
        assert!(!problems.is_empty(), "{head}");
        let took = thread_time().saturating_sub(began);
        assert!(took < limit, "{head} took {took:?}");
        assert!(shown.len() < 20_000, "{head} says {}", shown.len());
    }
}

#[test]
fn nesting_is_bounded_and_the_bound_is_allowed() {
    let nested = |depth: usize| format!("a: {}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(load(&nested(MAX_DEPTH - 1)).1.is_empty());
    assert!(load(&nested(MAX_DEPTH)).1.to_string().contains("nested 64 deep"));
}

/// Random edits of a good text: no panic, and a problem wherever there is no tree.
#[test]
fn damaged_texts_do_no_harm() {
    let good = "name: a\nseed: 17\njobs:\n  t: # x\n    kind: \"c\\n\"\n    data: { set: 'g', n: [1, 2e-3] }\n    text: |\n      some\n    list:\n      - a: 1\n      - >-\n        b\n";
    let marks = [
        "&a", "*a", "!t", "<<: ", "\t", "\n", "\n---\n", "[", "]", "{", "}", ": ", "- ", "?", "|",
        "'", "\"", "#", "%", "@", "\u{feff}", "é", "  ", "\r", "\\", ",", "\u{85}", "\u{2028}",
    ];
    let mut state = 7_u64;
    let mut draw = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..20_000 {
        let mut characters: Vec<char> = good.chars().collect();
        for _ in 0..=draw(4) {
            let from = draw(characters.len());
            let to = (from + draw(4)).min(characters.len());
            characters.splice(from..to, marks[draw(marks.len())].chars());
        }
        let text: String = characters.into_iter().collect();
        let (node, problems) = load(&text);
        assert!(node.is_some() || !problems.is_empty(), "{text}");
        let _ = problems.to_string();
    }
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };
    write("distill.yaml", b"name: a\n");
    let cases = [
        (folder.path().join("distil.yaml"), "did you mean"),
        (folder.path().to_path_buf(), "is a folder"),
        (write("latin.yaml", b"name: a\nb: \xe9t\xe9\n"), "latin.yaml:2:4"),
        (write("wide.yaml", b"\xff\xfen\0a\0"), "not UTF-8"),
        (write("null.yaml", b"name: a\0b\n"), "U+0000"),
        (write("big.yaml", &vec![b'a'; 10 << 20]), "larger than a spec"),
        ("/dev/zero".into(), "larger than a spec"),
        (write("empty.yaml", b""), "is empty"),
        (write("comments.yaml", b"# a\n\n"), "is empty"),
    ];
    for (path, expected) in cases {
        let mut problems = Diagnostics::new();
        assert_eq!(load_file(&path, &mut problems), None);
        assert!(problems.to_string().contains(expected), "{problems}");
    }
}
