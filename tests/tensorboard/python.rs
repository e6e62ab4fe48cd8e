//! A Python that has TensorBoard, and what it reads.

use serde_json::Value;
use std::env::var_os;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The one of `EXP_PYTHON`, the one that the set-up keeps in the cache, or the system's; the first
/// that has the package `tensorboard`.
pub(crate) fn find() -> Option<PathBuf> {
    find_with("tensorboard")
}

/// The same with another package.
pub(crate) fn find_with(package: &str) -> Option<PathBuf> {
    let set = |name| var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let user = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    let user = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(user)));
    let cache = set("EXP_CACHE").or_else(|| Some(user?.join("exp")));
    let candidates = [
        set("EXP_PYTHON"),
        cache.map(|cache| cache.join("python/bin/python")),
        Some(PathBuf::from("python3")),
    ];
    candidates.into_iter().flatten().find(|python| {
        Command::new(python)
            .args(["-c", &format!("import {package}")])
            .output()
            .is_ok_and(|output| output.status.success())
    })
}

/// What TensorBoard finds in a folder of runs by one of the scripts here, such as `read.py`.
pub(crate) fn read(python: &Path, script: &str, runs: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tensorboard").join(script);
    let output = Command::new(python).arg(script).arg(runs).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}
