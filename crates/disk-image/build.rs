//! Compiles the C side of the worker's NTFS interface.
//!
//! The shim and libntfs-3g are linked into `disk-worker` alone: what links the library must never run them.

fn main() {
    println!("cargo::rerun-if-changed=shim/ntfs_shim.c");
    println!("cargo::rerun-if-changed=shim/ntfs_shim.h");
    let ntfs = match pkg_config::Config::new()
        .cargo_metadata(false)
        .atleast_version("2021.8.22")
        .probe("libntfs-3g")
    {
        Ok(library) => library,
        Err(error) => {
            println!(
                "cargo::error=libntfs-3g with its headers is missing: apt-get install ntfs-3g-dev ({error})"
            );
            return;
        }
    };
    let mut build = cc::Build::new();
    build.file("shim/ntfs_shim.c").includes(&ntfs.include_paths).warnings(true).extra_warnings(true);
    // The headers of libntfs-3g themselves do not pass these.
    build.flag("-Wno-unused-parameter").define("_FILE_OFFSET_BITS", "64");
    build.cargo_metadata(false).compile("ntfs_shim");
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    println!("cargo::rustc-link-arg-bin=disk-worker={out}/libntfs_shim.a");
    for directory in &ntfs.link_paths {
        println!("cargo::rustc-link-arg-bin=disk-worker=-L{}", directory.display());
    }
    for library in &ntfs.libs {
        println!("cargo::rustc-link-arg-bin=disk-worker=-l{library}");
    }
}
