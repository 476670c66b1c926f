//! Small archives, packed by 7-Zip.

use std::path::Path;
use std::process::{Command, Stdio};

/// An INF file of one device.
const INF: &str = "[Version]\r\nSignature=\"$Windows NT$\"\r\nClass=Net\r\n\
    ClassGuid={4d36e972-e325-11ce-bfc1-08002be10318}\r\nProvider=%V%\r\nCatalogFile=lamp.cat\r\n\
    DriverVer=01/02/2024,1.2.3.4\r\n[Manufacturer]\r\n%V%=Lamps,NTamd64.10.0\r\n[Lamps.NTamd64.10.0]\r\n\
    %D%=Install,PCI\\VEN_1234&DEV_5678\r\n[Install]\r\n[Strings]\r\nV=\"Lantern Devices\"\r\nD=\"Lamp\"\r\n";

/// An extracted driver (`.tq`): one INF and its catalog.
pub(crate) fn extracted() -> Vec<u8> {
    extracted_of(0)
}

/// The same with a file of `bytes` that do not compress.
pub(crate) fn extracted_of(bytes: usize) -> Vec<u8> {
    match bytes {
        0 => extracted_with(&[]),
        _ => extracted_with(&[("lamp.sys", &noise(bytes))]),
    }
}

/// The same with these files.
pub(crate) fn extracted_with(files: &[(&str, &[u8])]) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("make a directory");
    let content = directory.path().join("lamp");
    std::fs::create_dir(&content).expect("make a directory");
    std::fs::write(content.join("lamp.inf"), INF).expect("write");
    std::fs::write(content.join("lamp.cat"), b"catalog").expect("write");
    for (name, bytes) in files {
        std::fs::write(content.join(name), bytes).expect("write");
    }
    pack(directory.path())
}

/// An INF file of one printer.
const PRINTER_INF: &str = "[Version]\r\nSignature=\"$Windows NT$\"\r\nClass=Printer\r\nProvider=Lantern\r\n\
    [Manufacturer]\r\nLantern=Models,NTamd64.10.0\r\n[Models.NTamd64.10.0]\r\n\
    \"Lantern LP-1\"=Install,USBPRINT\\LanternLP-1\r\n[Install]\r\n";

/// A printer driver (`.zip`): one INF.
pub(crate) fn printer() -> Vec<u8> {
    printer_of(1)
}

/// The same with a file of `bytes` that do not compress.
pub(crate) fn printer_of(bytes: usize) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("make a directory");
    let content = directory.path().join("lamp");
    std::fs::create_dir(&content).expect("make a directory");
    std::fs::write(content.join("lp.inf"), PRINTER_INF).expect("write");
    std::fs::write(content.join("lp.dll"), noise(bytes)).expect("write");
    pack_as(directory.path(), "out.zip")
}

fn pack(directory: &Path) -> Vec<u8> {
    pack_as(directory, "out.7z")
}

fn pack_as(directory: &Path, name: &str) -> Vec<u8> {
    let archive = directory.join(name);
    let status = Command::new("7zz")
        .args(["a", "-bd", "-mx1"])
        .arg(&archive)
        .arg("lamp")
        .current_dir(directory)
        .stdout(Stdio::null())
        .status()
        .expect("run 7zz");
    assert!(status.success());
    std::fs::read(archive).expect("read the archive")
}

/// Bytes without a pattern, the same at each run (xorshift64).
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
