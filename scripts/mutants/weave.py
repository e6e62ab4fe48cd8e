"""Weaves mutants into the source: several changed copies of a function's body, of which a variable names one.

What `scripts/sample_mutants` builds. A mutant is as `cargo mutants --list --json` describes it, and has a number.
"""

import collections
import json
import re

# Ends up in the library: the number of the mutant that this process is to be, or 0. Of each function that is
# entered, EXP_MUTANTS_REACHED is told the mutants, once.
CHOICE = """
#[doc(hidden)]
pub fn mutant_chosen(entered: &std::sync::atomic::AtomicBool, mutants: &str) -> usize {
    use std::{env, fs::File, io::Write, sync::OnceLock, sync::atomic::Ordering::Relaxed};
    static CHOSEN: OnceLock<usize> = OnceLock::new();
    if !entered.load(Relaxed) && !entered.swap(true, Relaxed) {
        if let Some(path) = env::var_os("EXP_MUTANTS_REACHED") {
            let file = File::options().append(true).create(true).open(path);
            let _ = file.and_then(|mut file| file.write_all(mutants.as_bytes()));
        }
    }
    let number = || env::var("EXP_MUTANT").ok()?.parse().ok();
    *CHOSEN.get_or_init(|| number().unwrap_or(0))
}
"""
# Comments, texts and characters hide braces; a lifetime is no character.
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|\bb?r(#*)".*?"\1|"(?:\\.|[^"\\])*"|'(?:\\[^']*.|[^\\'])'|[{}]""", re.DOTALL)


class Function:
    """A function with the sampled mutants in it, at its places in its file's text."""

    def __init__(self, text, span, mutants):
        self.start, self.end = (offset(text, span[edge]) for edge in ("start", "end"))
        opened = []
        for token in TOKEN.finditer(text, self.start, self.end):
            if token[0] == "{":
                opened.append(token.end())
            elif token[0] == "}":
                self.body = (opened.pop(), token.start())
        result = re.search(r"->\s*impl\s(.*?)\s*(\bwhere\b.*)?\{$", text[self.start:self.body[0]], re.DOTALL)
        # Copies of a body with closures in it have types of their own.
        self.boxed = f") as Box<dyn {result[1]} + '_>" if result else ""
        self.mutants = mutants

    def arm(self, pattern, body):
        return f"{pattern} => {'Box::new(' if self.boxed else ''}{{{body}\n}}{self.boxed},"

    def woven(self, text, own):
        """The body as it is to be; `own` is the body as it was, with functions in it woven."""
        low, high = self.body
        arms = []
        for number, mutant in self.mutants.items():
            start, end = (offset(text, mutant["span"][edge]) for edge in ("start", "end"))
            body = f"{text[low:start]}{mutant['replacement']} {text[end:high]}"
            arms.append(f"/*+{number}*/{self.arm(number, body)}")
        numbers = "".join(f"{number}\\n" for number in self.mutants)
        called = f'static ENTERED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);\n' \
                 f'match crate::mutant_chosen(&ENTERED, "{numbers}") {{'
        # Comments for `to_blame`: +N begins the copy of mutant N, and +0 the body without a mutant.
        own = self.arm("_", own)
        name = " ".join(map(str, self.mutants))
        return "\n".join([f"/*<{name}*/{called}", *arms, f"/*+0*/{own}", "}/*>*/"])


def offset(text, place):
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[:place["line"] - 1]) + place["column"] - 1


def weave(text, functions, low, high):
    """The text from `low` to `high`; functions in functions are woven from the outer ones in."""
    woven = []
    for function in sorted(functions, key=lambda it: (it.start, -it.end)):
        if low <= function.start and function.end <= high:
            first, last = function.body
            woven += [text[low:first], function.woven(text, weave(text, functions, first, last))]
            low = last
    return "".join(woven) + text[low:high]


def weave_file(path, mutants):
    """Weaves mutants, by number, into a file whose text is as cargo-mutants read it."""
    text = path.read_text()
    by_function = collections.defaultdict(dict)
    for number, mutant in mutants.items():
        by_function[json.dumps(mutant["function"]["span"])][number] = mutant
    functions = [Function(text, json.loads(span), found) for span, found in by_function.items()]
    path.write_text(weave(text, functions, 0, len(text)))


def to_blame(lines, line):
    """The mutants behind an error in this line of a woven file, and whether it is in the copy of one."""
    own = False
    for at in range(line - 1, -1, -1):
        marker = re.search(r"/\*(?:(\+)(\d+)|<([\d ]+)|>)\*/", lines[at])
        if not marker or (marker[0] == "/*>*/" and at == line - 1):
            continue
        if marker[0] == "/*>*/":
            break
        if marker[3]:
            return [int(number) for number in marker[3].split()], False
        if not own and marker[2] != "0":
            return [int(marker[2])], True
        own = True
    return [], False


def weave_library(path):
    """Adds the choice to the library's root, where nothing may be refused that is only unusual."""
    allowed = "#![allow(warnings, unconditional_panic, arithmetic_overflow, unsafe_code)]\n"
    path.write_text(allowed + path.read_text() + CHOICE)
