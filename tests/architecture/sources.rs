//! The files of the library, read and parsed: [`SourceFile`].

use std::path::{Path, PathBuf};

/// A file below `src/`.
pub(super) struct SourceFile {
    /// Its path below `src/`.
    pub path: PathBuf,
    /// That path in parts, without its ending: `train`, `epochs`.
    pub parts: Vec<String>,
    pub text: String,
    pub syntax: syn::File,
}

impl SourceFile {
    /// The path of the module that the file is: `train`, `epochs`; none for the crate's root.
    pub(super) fn module(&self) -> &[String] {
        match self.parts.split_last() {
            Some((last, above)) if last == "mod" || last == "lib" => above,
            _ => &self.parts,
        }
    }

    /// Whether it is a program's own, which nothing can import.
    pub(super) fn is_program(&self) -> bool {
        matches!(self.parts[0].as_str(), "main" | "bin")
    }
}

/// Every file, in the order of the paths. `EXP_SOURCES` names another tree to look at.
pub(super) fn sources() -> Vec<SourceFile> {
    let root = std::env::var_os("EXP_SOURCES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), PathBuf::from);
    let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
    let rust = files.filter(|entry| entry.path().extension().is_some_and(|end| end == "rs"));
    rust.map(|entry| {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let path = entry.path().strip_prefix(&root).unwrap().to_path_buf();
        let below = path.with_extension("");
        let parts = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let syntax = syn::parse_file(&text).unwrap();
        SourceFile { path, parts, text, syntax }
    })
    .collect()
}
