//! Tells the linker where the built programs find libtorch, and gives both programs one build name.

use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    let libtorch = PathBuf::from(std::env::var("LIBTORCH").unwrap_or_else(|_| ".libtorch".into()));
    let Ok(library) = ["libtorch_cpu.so", "libtorch_cpu.dylib"]
        .iter()
        .find_map(|name| libtorch.join("lib").join(name).canonicalize().ok())
        .ok_or(())
    else {
        println!("cargo:error=libtorch is not here ({}): run scripts/setup", libtorch.display());
        return;
    };
    if let Some(folder) = library.parent() {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder.display());
        println!("cargo:rustc-env=EXP_LIBTORCH={}", folder.display());
    }
    println!("cargo:rustc-env=EXP_BUILD={}", build_name());
}

/// The commit this build was made from, or the package version outside a checkout.
fn build_name() -> String {
    println!("cargo:rerun-if-changed=.git/HEAD");
    Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}
