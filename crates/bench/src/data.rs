//! Data to measure with: the same bytes in every run, as hard to compress as real drivers.

use std::io::Write;
use std::path::{Path, PathBuf};

use fault::{Context, Result};

use crate::tools::run;

/// An INF file, without which an archive is no driver package.
const INF: &str = "[Version]\r\nSignature=\"$Windows NT$\"\r\nClass=Net\r\nProvider=\"Lantern Devices\"\r\n\
DriverVer=01/02/2024,1.0.0.0\r\n[Manufacturer]\r\n\"Lantern\"=Models,NTamd64.10.0\r\n\
[Models.NTamd64.10.0]\r\n\"Lantern Network\"=Install,PCI\\VEN_1234&DEV_5678\r\n";

/// Fills `folder` with `count` files of the sizes that `size_of` says, and an INF file; answers their bytes.
pub(crate) fn fill(folder: &Path, seed: &str, count: usize, size_of: impl Fn(usize) -> usize) -> Result<u64> {
    let mut noise = blake3::Hasher::new().update(seed.as_bytes()).finalize_xof();
    let mut total = INF.len() as u64;
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("device.inf"), INF)?;
    for number in 0..count {
        let directory = folder.join(format!("d{:03}", number / 40));
        std::fs::create_dir_all(&directory)?;
        let mut bytes = vec![0; size_of(number)];
        let half = bytes.len() / 2;
        // Half of it compresses about like code does.
        noise.fill(&mut bytes[..half]);
        let pattern: Vec<u8> = bytes[..half.min(4096)].iter().map(|byte| byte & 0x1f).collect();
        for piece in bytes[half..].chunks_mut(pattern.len().max(1)) {
            piece.copy_from_slice(&pattern[..piece.len()]);
        }
        std::fs::File::create(directory.join(format!("f{number:05}.sys")))?.write_all(&bytes)?;
        total += bytes.len() as u64;
    }
    Ok(total)
}

/// Fills `folder` with `bytes` in files of 64 MB that compress well and of which no two blocks are the same: much on the
/// disk, and little in archives and patches.
pub(crate) fn fill_thin(folder: &Path, seed: &str, bytes: u64) -> Result<()> {
    const BLOCK: usize = 4096;
    const FILE_BLOCKS: u64 = 16_384;
    let mut noise = blake3::Hasher::new().update(seed.as_bytes()).finalize_xof();
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("device.inf"), INF)?;
    let blocks = bytes / BLOCK as u64;
    for number in 0..blocks.div_ceil(FILE_BLOCKS) {
        let file = std::fs::File::create(folder.join(format!("f{number:05}.bin")))?;
        let mut file = std::io::BufWriter::with_capacity(1 << 20, file);
        for _ in 0..FILE_BLOCKS.min(blocks - number * FILE_BLOCKS) {
            let mut block = [0; BLOCK];
            noise.fill(&mut block[..32]);
            file.write_all(&block)?;
        }
        file.flush()?;
    }
    Ok(())
}

/// Makes a file of `bytes` that do not compress.
pub(crate) fn noise(path: &Path, seed: &str, bytes: u64) -> Result<()> {
    let noise = blake3::Hasher::new().update(seed.as_bytes()).finalize_xof();
    std::io::copy(&mut std::io::Read::take(noise, bytes), &mut std::fs::File::create(path)?)?;
    Ok(())
}

/// Makes `name.tq` of a folder, compressed a little, and removes the folder.
pub(crate) fn pack_thin(folder: &Path, archive: &Path) -> Result<PathBuf> {
    let mut command = std::process::Command::new("7zz");
    command.args(["a", "-t7z", "-mx1", "-bso0", "-bsp0"]).arg(archive).arg(".").current_dir(folder);
    run(&mut command).context(|| format!("pack {}", folder.display()))?;
    std::fs::remove_dir_all(folder)?;
    Ok(archive.to_owned())
}

/// Makes `name.tq` of a folder, stored, so that unpacking costs nobody anything.
pub(crate) fn pack(folder: &Path, archive: &Path) -> Result<PathBuf> {
    let mut command = std::process::Command::new("7zz");
    command.args(["a", "-t7z", "-mx0", "-bso0", "-bsp0"]).arg(archive).arg(".").current_dir(folder);
    run(&mut command).context(|| format!("pack {}", folder.display()))?;
    Ok(archive.to_owned())
}

/// Adds the INF file to a folder that has none.
pub(crate) fn add_inf(folder: &Path) -> Result<()> {
    std::fs::write(folder.join("device.inf"), INF)?;
    Ok(())
}

/// Renames what Windows could not open: the recipe cuts names, and some then end in a dot.
pub(crate) fn make_names_valid(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            make_names_valid(&path)?;
        } else if path.as_os_str().as_encoded_bytes().ends_with(b".") {
            let mut valid = path.clone().into_os_string();
            valid.push("_");
            std::fs::rename(&path, valid)?;
        }
    }
    Ok(())
}
