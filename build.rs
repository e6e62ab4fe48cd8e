//! Tells the linker where the built programs find libtorch, compiles the C++ behind the optimisers,
//! and gives both programs one build name.

use std::path::{Path, PathBuf};
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
    compile_shim(&libtorch.join("include"));
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        // What exp links in but never reaches is dropped, and with it the need for libtorch; but not
        // what a library might replace, so nothing of the archives is shown to the libraries.
        println!("cargo:rustc-link-arg-bin=exp=-Wl,--exclude-libs,ALL");
    }
    println!("cargo:rustc-env=EXP_BUILD={}", build_name());
}

/// Compiles `src/optim/fused.cc` into an archive of its own. The linker takes its one object into a
/// program only where something refers to it, so `exp` stays free of libtorch.
fn compile_shim(include: &Path) {
    const SOURCE: &str = "src/optim/fused.cc";
    println!("cargo:rerun-if-changed={SOURCE}");
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .flag("-isystem")
        .flag(include)
        .define("_GLIBCXX_USE_CXX11_ABI", "1") // as libtorch is built; it means nothing to libc++
        .file(SOURCE)
        .compile("exp_fused");
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
