//! Holds the code to its floors: a module imports only from floors below its own, kinds do not know
//! each other, no files import each other in a circle, files and functions stay small, every file says
//! why it is there, and `exp` loads no tensor library.

mod imports;
mod names;
mod sources;

use imports::imports;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use sources::sources;
use syn::spanned::Spanned;
use syn::visit::Visit;

/// The floor of each module; see the docs of the crate's root.
const FLOORS: &[(&str, u8)] = &[
    ("cli", 7),
    ("dispatch", 6),
    ("analysis", 5),
    ("experiments", 5),
    ("train", 4),
    ("job", 3),
    ("sinks", 3),
    ("data", 2),
    ("nn", 2),
    ("rundir", 2),
    ("loss", 1),
    ("metric", 1),
    ("optim", 1),
    ("plot", 1),
    ("spec", 1),
    ("caught", 0),
    ("clock", 0),
    ("device", 0),
    ("event", 0),
    ("files", 0),
    ("machine", 0),
    ("number", 0),
    ("parallel", 0),
    ("seed", 0),
    ("shape", 0),
    ("shown", 0),
    ("streams", 0),
];

const FORBIDDEN_NAMES: [&str; 5] = ["utils", "common", "helpers", "misc", "base"];

fn floor(module: &str) -> u8 {
    let floor = FLOORS.iter().find(|(name, _)| *name == module).map(|&(_, floor)| floor);
    floor.unwrap_or_else(|| panic!("{module} has no floor"))
}

#[test]
fn modules_import_only_from_floors_below() {
    let files = sources();
    let mut wrong = Vec::new();
    for (&index, imported) in &imports(&files) {
        let file = &files[index];
        for other in imported.iter().map(|&index| &files[index]) {
            let (Some(module), Some(below)) = (file.module().first(), other.module().first())
            else {
                continue;
            };
            let sibling = module == "experiments"
                && below == "experiments"
                && file.module().get(1).is_some_and(|kind| Some(kind) != other.module().get(1));
            if sibling || (module != below && floor(module) <= floor(below)) {
                wrong.push(format!("{} imports {}", file.path.display(), other.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let files = sources();
    let imports = imports(&files);
    let arrows = imports.iter().flat_map(|(from, to)| to.iter().map(move |to| (*from, *to, ())));
    let graph: DiGraphMap<usize, ()> = arrows.collect();
    let circles = tarjan_scc(&graph).into_iter().filter(|circle| circle.len() > 1);
    let told = circles.map(|circle| {
        let arrows = circle.iter().flat_map(|from| {
            let inside = imports[from].iter().filter(|to| circle.contains(to));
            inside.map(|to| (files[*from].path.display(), files[*to].path.display()))
        });
        let arrows = arrows.map(|(from, to)| format!("  {from} imports {to}\n"));
        format!("a circle of {} files:\n{}", circle.len(), arrows.collect::<String>())
    });
    let told: Vec<String> = told.collect();
    assert!(told.is_empty(), "{} circles\n{}", told.len(), told.join("\n"));
}

#[test]
fn files_are_small_and_say_why_they_are_there() {
    let mut wrong = Vec::new();
    let mut lengths = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        lengths.push(lines);
        if lines > 300 {
            wrong.push(format!("{} has {lines} lines", file.path.display()));
        }
        if !file.text.starts_with("//! ") {
            wrong.push(format!("{} has no module doc", file.path.display()));
        }
        if file.parts.iter().any(|part| FORBIDDEN_NAMES.contains(&part.as_str())) {
            wrong.push(format!("{} is named after nothing", file.path.display()));
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 150, "the median file has {median} lines");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_said_goes_through_streams_that_notice_what_is_lost() {
    let mut wrong = Vec::new();
    for file in sources().into_iter().filter(|file| file.parts != ["streams"]) {
        let direct = |line: &&str| {
            let names = ["io::stdout()", "io::stderr()"].iter().any(|name| line.contains(name));
            names && !line.contains("is_terminal")
        };
        let lines = file.text.lines().filter(direct);
        wrong.extend(lines.map(|line| format!("{}: {}", file.path.display(), line.trim())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Functions of 50 lines or more, tests included.
#[derive(Default)]
struct LongFunctions(Vec<(String, usize)>);

impl LongFunctions {
    fn look(&mut self, name: &syn::Ident, block: &syn::Block) {
        let lines = block.span().end().line - block.span().start().line + 1;
        if lines >= 50 {
            self.0.push((name.to_string(), lines));
        }
    }
}

impl<'ast> Visit<'ast> for LongFunctions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.look(&function.sig.ident, &function.block);
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.look(&function.sig.ident, &function.block);
        syn::visit::visit_impl_item_fn(self, function);
    }
}

#[test]
fn functions_are_under_fifty_lines() {
    let mut wrong = Vec::new();
    for file in sources() {
        let mut long = LongFunctions::default();
        long.visit_file(&file.syntax);
        let path = file.path.display().to_string();
        wrong
            .extend(long.0.iter().map(|(name, lines)| format!("{path}: {name} has {lines} lines")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The shared libraries that a built program asks for.
#[cfg(target_os = "linux")]
fn needed(program: &str) -> Vec<String> {
    use object::read::elf::{Dyn, FileHeader};
    let bytes = std::fs::read(program).unwrap();
    let elf = object::elf::FileHeader64::<object::Endianness>::parse(&*bytes).unwrap();
    let endian = elf.endian().unwrap();
    let sections = elf.sections(endian, &*bytes).unwrap();
    let (entries, index) = sections.dynamic(endian, &*bytes).unwrap().unwrap();
    let strings = sections.strings(endian, &*bytes, index).unwrap();
    entries
        .iter()
        .filter(|entry| entry.tag32(endian) == Some(object::elf::DT_NEEDED))
        .map(|entry| String::from_utf8_lossy(entry.string(endian, strings).unwrap()).into_owned())
        .collect()
}

#[test]
#[cfg(target_os = "linux")]
fn exp_loads_no_tensor_library_and_exp_job_does() {
    let torch = |program| needed(program).iter().any(|name| name.contains("torch"));
    assert!(!torch(env!("CARGO_BIN_EXE_exp")), "{:?}", needed(env!("CARGO_BIN_EXE_exp")));
    assert!(torch(env!("CARGO_BIN_EXE_exp-job")));
}
