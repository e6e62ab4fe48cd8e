//! Which file imports which: [`imports`]. File A imports B when it names an item that is defined in B.
//! `pub use` is followed to the definition; paths from `super` and `self` count, and so do those inside
//! macros and in the attributes of serde. `mod` lines, pure re-exports and what is compiled for tests
//! alone do not.

use super::names::{ModulePath, Names, attributes, is_test, leaves};
use super::sources::SourceFile;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::ext::IdentExt;
use syn::visit::Visit;

/// The files that each file imports, by their indices.
pub(super) type Imports = BTreeMap<usize, BTreeSet<usize>>;

/// Looks through the files that are not there for tests alone.
pub(super) fn imports(files: &[SourceFile]) -> Imports {
    let names = Names::of(files);
    let tests = test_modules(files);
    let mut found = Imports::new();
    for (index, file) in files.iter().enumerate() {
        let is_test = tests.iter().any(|test| file.module().starts_with(test));
        if file.is_program() || is_test {
            continue;
        }
        let module = file.module().to_vec();
        let mut look = Look { names: &names, module, found: BTreeSet::new() };
        look.visit_file(&file.syntax);
        look.found.remove(&index);
        found.insert(index, look.found);
    }
    found
}

/// The modules in files of their own that are there for tests alone.
fn test_modules(files: &[SourceFile]) -> Vec<ModulePath> {
    let below = files.iter().filter(|file| !file.is_program()).flat_map(|file| {
        let modules = file.syntax.items.iter().filter_map(|item| match item {
            syn::Item::Mod(item) if item.content.is_none() && is_test(&item.attrs) => {
                let name = item.ident.to_string();
                Some(file.module().iter().cloned().chain([name]).collect())
            }
            _ => None,
        });
        modules.collect::<Vec<ModulePath>>()
    });
    below.collect()
}

/// Goes through a file and notes where its paths lead.
struct Look<'a> {
    names: &'a Names,
    module: ModulePath,
    found: BTreeSet<usize>,
}

impl Look<'_> {
    fn note(&mut self, path: &[String]) {
        self.found.extend(self.names.files(&self.module, path));
    }

    /// Every path in the tokens of a macro: names with `::` between them.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.note(&path);
                        path.clear();
                    }
                    path.push(name.unraw().to_string());
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {
                    self.note(&path);
                    path.clear();
                }
            }
            colons = 0;
        }
        self.note(&path);
    }
}

impl<'ast> Visit<'ast> for Look<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test(attributes(item)) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            syn::visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        syn::visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let private = match &item.vis {
            syn::Visibility::Inherited => true,
            syn::Visibility::Restricted(to) => to.path.is_ident("self"),
            syn::Visibility::Public(_) => false,
        };
        if private {
            for (path, _) in leaves(&item.tree, &mut Vec::new()) {
                self.note(&path);
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> =
            path.segments.iter().map(|part| part.ident.unraw().to_string()).collect();
        self.note(&parts);
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.tokens(item.tokens.clone());
        syn::visit::visit_macro(self, item);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let syn::Meta::List(list) = &attribute.meta else { return };
        self.tokens(list.tokens.clone());
        for token in list.tokens.clone() {
            if let TokenTree::Literal(literal) = token
                && let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string())
                && let Ok(path) = text.parse::<syn::Path>()
            {
                self.visit_path(&path);
            }
        }
    }
}
