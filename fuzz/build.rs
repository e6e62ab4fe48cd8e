//! Tells the linker where the fuzz targets find libtorch when they run, as `build.rs` of the main
//! package does for its own programs.

use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    let libtorch =
        PathBuf::from(std::env::var("LIBTORCH").unwrap_or_else(|_| "../.libtorch".into()));
    let library = ["libtorch_cpu.so", "libtorch_cpu.dylib"]
        .iter()
        .find_map(|name| libtorch.join("lib").join(name).canonicalize().ok());
    match library.as_ref().and_then(|library| library.parent()) {
        Some(folder) => println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder.display()),
        None => {
            println!("cargo:error=libtorch is not here ({}): run scripts/setup", libtorch.display())
        }
    }
}
