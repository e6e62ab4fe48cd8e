//! Tells the linker where the built programs find libtorch, compiles our C++,
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
    keep_libtorch_out_of_exp();
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        // Lines for backtraces take a third of the room so.
        println!("cargo:rustc-link-arg-bins=-Wl,-O2,--compress-debug-sections=zlib");
    }
    println!("cargo:rustc-env=EXP_BUILD={}", build_name());
}

/// Compiles our C++ into an archive that stays beside the library, not inside it, so that each
/// program is linked with it or without.
fn compile_shim(include: &Path) {
    const SOURCES: [&str; 2] = ["src/optim/fused.cc", "src/bin/exp_job/exactness.cc"];
    for source in SOURCES {
        println!("cargo:rerun-if-changed={source}");
    }
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .flag("-isystem")
        .flag(include)
        .define("_GLIBCXX_USE_CXX11_ABI", "1") // as libtorch is built; it means nothing to libc++
        .cargo_metadata(false)
        .files(SOURCES)
        .compile("exp_fused");
    let folder = std::env::var("OUT_DIR").unwrap_or_default();
    println!("cargo:rustc-link-search=native={folder}");
    println!("cargo:rustc-link-lib=static:-bundle=exp_fused");
    let apple = std::env::var("CARGO_CFG_TARGET_VENDOR").is_ok_and(|vendor| vendor == "apple");
    println!("cargo:rustc-link-lib={}", if apple { "c++" } else { "stdc++" });
}

/// Links `exp` without the C++ behind tensors. The linker takes in whole objects before it drops
/// what is not used, and what C++ does before `main` counts as used: one plain function that shares
/// an object with a tensor's would bring libtorch in. Without these archives it stays out, and a
/// path from `exp` to a tensor is an error of the linker that names it.
fn keep_libtorch_out_of_exp() {
    let target = |key: &str| std::env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    if target("OS") == "linux" && target("ARCH") == "x86_64" {
        for archive in ["*libtorch_sys-*.rlib", "*libexp_fused.a"] {
            println!("cargo:rustc-link-arg-bin=exp=-Wl,--remap-inputs={archive}=/dev/null");
        }
    }
}

/// The commit this build was made from, or the package version outside a checkout.
fn build_name() -> String {
    // A file that is not there would count as changed at every build.
    for file in [".git/HEAD", ".git/logs/HEAD"] {
        if Path::new(file).exists() {
            println!("cargo:rerun-if-changed={file}");
        }
    }
    Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}
