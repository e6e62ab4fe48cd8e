//! Holds the code to its floors: a module imports only from floors below its own, kinds do not know
//! each other, files and functions stay small, every file says why it is there, and `exp` loads no
//! tensor library.

use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::Visit;

/// The floor of each module; see DESIGN in the docs of the crate's root.
const FLOORS: &[(&str, u8)] = &[
    ("cli", 6),
    ("dispatch", 5),
    ("experiments", 4),
    ("train", 3),
    ("job", 2),
    ("report", 2),
    ("spec", 1),
    ("rundir", 1),
    ("data", 1),
    ("nn", 1),
    ("loss", 1),
    ("metric", 1),
    ("optim", 1),
    ("caught", 0),
    ("clock", 0),
    ("event", 0),
    ("files", 0),
    ("device", 0),
    ("files", 0),
    ("lanes", 0),
    ("seed", 0),
    ("shown", 0),
    ("streams", 0),
];

const FORBIDDEN_NAMES: [&str; 5] = ["utils", "common", "helpers", "misc", "base"];

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|&(_, floor)| floor)
}

struct SourceFile {
    path: PathBuf,
    /// The path below `src/`, without its ending, in parts: `train`, `epochs`.
    parts: Vec<String>,
    text: String,
    syntax: syn::File,
}

fn sources() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&root).into_iter().map(Result::unwrap);
    let rust = files.filter(|entry| entry.path().extension().is_some_and(|end| end == "rs"));
    rust.map(|entry| {
        let path = entry.into_path();
        let text = std::fs::read_to_string(&path).unwrap();
        let below = path.strip_prefix(&root).unwrap().with_extension("");
        let parts = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let syntax = syn::parse_file(&text).unwrap();
        SourceFile { path, parts, text, syntax }
    })
    .collect()
}

/// What follows `crate` in every path of a file: the module, and what is named in it.
#[derive(Default)]
struct CratePaths(Vec<(String, Option<String>)>);

impl CratePaths {
    fn of_use(&mut self, tree: &syn::UseTree, above: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                above.push(path.ident.to_string());
                self.of_use(&path.tree, above);
                above.pop();
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.of_use(item, above));
            }
            syn::UseTree::Name(name) => self.add(above, &name.ident.to_string()),
            syn::UseTree::Rename(name) => self.add(above, &name.ident.to_string()),
            syn::UseTree::Glob(_) => self.add(above, "*"),
        }
    }

    fn add(&mut self, above: &[String], last: &str) {
        let parts = above.iter().map(String::as_str).chain([last]).collect::<Vec<_>>();
        if let ["crate", module, rest @ ..] = parts.as_slice() {
            self.0.push(((*module).to_owned(), rest.first().map(|&part| part.to_owned())));
        }
    }
}

impl<'ast> Visit<'ast> for CratePaths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.of_use(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts = path.segments.iter().map(|part| part.ident.to_string()).collect::<Vec<_>>();
        if let Some((last, above)) = parts.split_last() {
            self.add(above, last);
        }
        syn::visit::visit_path(self, path);
    }
}

#[test]
fn modules_import_only_from_floors_below() {
    let mut wrong = Vec::new();
    for file in sources() {
        let module = file.parts[0].as_str();
        if matches!(module, "lib" | "main" | "bin") {
            continue;
        }
        let own = floor(module).unwrap_or_else(|| panic!("{module} has no floor"));
        let mut paths = CratePaths::default();
        paths.visit_file(&file.syntax);
        for (target, inner) in paths.0 {
            let Some(below) = floor(&target) else { continue };
            if target == module {
                let kind = file.parts.get(1).map(String::as_str);
                let sibling =
                    module == "experiments" && kind != Some("mod") && inner.as_deref() != kind;
                if sibling {
                    wrong.push(format!("{}: a kind reaches for {inner:?}", file.path.display()));
                }
            } else if below >= own {
                wrong.push(format!("{} ({own}) imports {target} ({below})", file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
