//! Where a path in the code leads: to the file that defines what it names, through every `use` and
//! `pub use` on the way ([`Names::files`]).

use super::sources::SourceFile;
use std::collections::{BTreeSet, HashMap, HashSet};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::visit::Visit;

/// A module, by its path from the crate's root.
pub(super) type ModulePath = Vec<String>;

/// What a name stands for in the module that has it.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Meaning {
    /// A module below.
    Module,
    /// An item that the module's file defines.
    Item,
    /// What this path leads to from the module.
    Alias(Vec<String>),
}

/// A module's names.
struct Module {
    /// The index of the file that it is in.
    file: usize,
    names: HashMap<String, Vec<Meaning>>,
    /// Paths whose names are its own too (`use x::*`).
    globs: Vec<Vec<String>>,
}

/// Where a path has led.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Place {
    Module(ModulePath),
    /// An item of the file with this index.
    Item(usize),
}

/// The names of the crate.
pub(super) struct Names(HashMap<ModulePath, Module>);

impl Names {
    pub(super) fn of(files: &[SourceFile]) -> Self {
        let mut names = Self(HashMap::new());
        for (index, file) in files.iter().enumerate().filter(|(_, file)| !file.is_program()) {
            names.add(index, &file.module().to_vec(), &file.syntax.items);
        }
        names
    }

    /// The files that define what a path from a module names; none for a module or for what is not of
    /// the crate.
    pub(super) fn files(&self, module: &ModulePath, path: &[String]) -> BTreeSet<usize> {
        let places = self.follow(module, path, &mut HashSet::new());
        let items = places.into_iter().filter_map(|place| match place {
            Place::Item(file) => Some(file),
            Place::Module(_) => None,
        });
        items.collect()
    }

    fn add(&mut self, file: usize, path: &ModulePath, items: &[syn::Item]) {
        let mut module = Module { file, names: HashMap::new(), globs: Vec::new() };
        for item in items.iter().filter(|item| !is_test(attributes(item))) {
            match item {
                syn::Item::Use(item) => module.take(&item.tree, &mut Vec::new()),
                // `extern crate self as other` is the crate by another name.
                syn::Item::ExternCrate(item) if item.ident == "self" => {
                    if let Some((_, name)) = &item.rename {
                        module.name(name, Meaning::Alias(vec!["crate".to_owned()]));
                    }
                }
                syn::Item::Mod(item) => {
                    module.name(&item.ident, Meaning::Module);
                    if let Some((_, items)) = &item.content {
                        let below = path.iter().cloned().chain([item.ident.to_string()]);
                        self.add(file, &below.collect(), items);
                    }
                }
                item => {
                    // What a function brings in for itself counts for the whole module.
                    LocalUses(&mut module).visit_item(item);
                    let name = defined(item);
                    if let Some(name) = name {
                        module.name(name, Meaning::Item);
                    }
                }
            }
        }
        self.0.insert(path.clone(), module);
    }

    fn follow(
        &self,
        from: &ModulePath,
        path: &[String],
        seen: &mut HashSet<(ModulePath, Vec<String>)>,
    ) -> Vec<Place> {
        if !seen.insert((from.clone(), path.to_vec())) {
            return Vec::new();
        }
        let Some((first, rest)) = path.split_first() else {
            return vec![Place::Module(from.clone())];
        };
        let starts = match first.as_str() {
            "crate" => vec![Place::Module(Vec::new())],
            "self" => vec![Place::Module(from.clone())],
            "super" => vec![Place::Module(from[..from.len().saturating_sub(1)].to_vec())],
            name => self.look_up(from, name, seen),
        };
        // A name may be a module and a function; what has a path behind it is the module.
        let modules = |start: &Place| matches!(start, Place::Module(_));
        let only_modules = !rest.is_empty() && starts.iter().any(modules);
        let starts = starts.into_iter().filter(|start| !only_modules || modules(start));
        let on = starts.flat_map(|start| match start {
            Place::Module(module) if !rest.is_empty() => self.follow(&module, rest, seen),
            place => vec![place],
        });
        on.collect()
    }

    /// What a single name stands for in a module.
    fn look_up(
        &self,
        at: &ModulePath,
        name: &str,
        seen: &mut HashSet<(ModulePath, Vec<String>)>,
    ) -> Vec<Place> {
        let Some(module) = self.0.get(at) else { return Vec::new() };
        let meanings = module.names.get(name).into_iter().flatten();
        let own = meanings.flat_map(|meaning| match meaning {
            Meaning::Module => {
                vec![Place::Module(at.iter().cloned().chain([name.to_owned()]).collect())]
            }
            Meaning::Item => vec![Place::Item(module.file)],
            Meaning::Alias(path) => self.follow(at, path, seen),
        });
        let own: Vec<Place> = own.collect();
        if !own.is_empty() {
            return own;
        }
        let globs = module.globs.iter().flat_map(|glob| {
            let path: Vec<String> = glob.iter().cloned().chain([name.to_owned()]).collect();
            self.follow(at, &path, seen)
        });
        globs.collect()
    }
}

/// Takes in the `use` lines within functions.
struct LocalUses<'a>(&'a mut Module);

impl<'ast> Visit<'ast> for LocalUses<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.0.take(&item.tree, &mut Vec::new());
    }
}

impl Module {
    fn name(&mut self, name: &syn::Ident, meaning: Meaning) {
        self.names.entry(name.unraw().to_string()).or_default().push(meaning);
    }

    /// Takes in the names that a `use` brings.
    fn take(&mut self, tree: &syn::UseTree, above: &mut Vec<String>) {
        for (path, name) in leaves(tree, above) {
            match name {
                Some(name) => {
                    let alias = Meaning::Alias(path);
                    self.names.entry(name).or_default().push(alias);
                }
                None => self.globs.push(path),
            }
        }
    }
}

/// The paths that a `use` names, each with the name it gets; a glob has none.
pub(super) fn leaves(
    tree: &syn::UseTree,
    above: &mut Vec<String>,
) -> Vec<(Vec<String>, Option<String>)> {
    let whole = |above: &[String], name: &syn::Ident| {
        let name = name.unraw().to_string();
        if name == "self" {
            return (above.to_vec(), above.last().cloned());
        }
        let path = above.iter().cloned().chain([name.clone()]).collect();
        (path, Some(name))
    };
    match tree {
        syn::UseTree::Path(path) => {
            above.push(path.ident.unraw().to_string());
            let found = leaves(&path.tree, above);
            above.pop();
            found
        }
        syn::UseTree::Group(group) => {
            group.items.iter().flat_map(|item| leaves(item, above)).collect()
        }
        syn::UseTree::Name(name) => vec![whole(above, &name.ident)],
        syn::UseTree::Rename(name) => {
            vec![(whole(above, &name.ident).0, Some(name.rename.to_string()))]
        }
        syn::UseTree::Glob(_) => vec![(above.clone(), None)],
    }
}

fn defined(item: &syn::Item) -> Option<&syn::Ident> {
    match item {
        syn::Item::Const(item) => Some(&item.ident),
        syn::Item::Enum(item) => Some(&item.ident),
        syn::Item::Fn(item) => Some(&item.sig.ident),
        syn::Item::Macro(item) => item.ident.as_ref(),
        syn::Item::Static(item) => Some(&item.ident),
        syn::Item::Struct(item) => Some(&item.ident),
        syn::Item::Trait(item) => Some(&item.ident),
        syn::Item::Type(item) => Some(&item.ident),
        syn::Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

/// An item's attributes.
pub(super) fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Union(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether what has these attributes is there for tests alone: `cfg(test)`, or `test` and something else.
pub(super) fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition = attribute.path().is_ident("cfg").then(|| attribute.parse_args());
        condition.and_then(Result::ok).is_some_and(|condition: syn::Meta| needs_test(&condition))
    })
}

fn needs_test(condition: &syn::Meta) -> bool {
    let parts = |list: &syn::MetaList| {
        let comma = Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated;
        list.parse_args_with(comma).unwrap_or_default()
    };
    match condition {
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::List(list) if list.path.is_ident("all") => parts(list).iter().any(needs_test),
        syn::Meta::List(list) if list.path.is_ident("any") => parts(list).iter().all(needs_test),
        _ => false,
    }
}
