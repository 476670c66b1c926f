//! 7z archives, read in this process with a bound on the memory of each decompressor.

use std::fs::File;
use std::io::{BufReader, Read};

use fault::Result;
use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, EncoderMethod, Password};

use super::contents::{Contents, Entry, Visit};
use crate::limits::Limits;
use crate::{FileTime, refusal};

/// What the decoder can unpack without help.
const METHODS: [&[u8]; 16] = [
    EncoderMethod::ID_COPY,
    EncoderMethod::ID_LZMA,
    EncoderMethod::ID_LZMA2,
    EncoderMethod::ID_PPMD,
    EncoderMethod::ID_BZIP2,
    EncoderMethod::ID_DEFLATE,
    EncoderMethod::ID_BCJ_X86,
    EncoderMethod::ID_BCJ2,
    EncoderMethod::ID_BCJ_ARM,
    EncoderMethod::ID_BCJ_ARM64,
    EncoderMethod::ID_BCJ_ARM_THUMB,
    EncoderMethod::ID_BCJ_PPC,
    EncoderMethod::ID_BCJ_IA64,
    EncoderMethod::ID_BCJ_SPARC,
    EncoderMethod::ID_BCJ_RISCV,
    EncoderMethod::ID_DELTA,
];
const WINDOWS_REPARSE_POINT: u32 = 0x400;
/// The upper half of the attributes holds a Unix mode.
const UNIX_EXTENSION: u32 = 0x8000;

/// An open 7z archive.
pub(super) struct SevenZip {
    archive: Archive,
    source: BufReader<File>,
    memory_kib: usize,
}

impl SevenZip {
    pub(super) fn open(file: File, limits: &Limits) -> Result<Self> {
        let memory_kib = usize::try_from(limits.dictionary_bytes >> 10).unwrap_or(usize::MAX);
        let mut source = BufReader::with_capacity(256 << 10, file);
        let archive = Archive::read_with_memory_limit(&mut source, &Password::empty(), memory_kib)
            .map_err(|error| explain(&error, ""))?;
        Ok(Self { archive, source, memory_kib })
    }

    /// A method in it that only 7zz knows.
    pub(super) fn foreign_method(&self) -> Option<String> {
        let coders = self.archive.blocks.iter().flat_map(|block| &block.coders);
        let foreign = |id: &&[u8]| *id != EncoderMethod::ID_AES256_SHA256 && !METHODS.contains(id);
        let id = coders.map(|coder| coder.encoder_method_id()).find(foreign)?;
        Some(id.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Visits the files of one block up to the last wanted one.
    fn block(&mut self, block: usize, last: usize, visit: &mut Visit<'_>) -> Result<()> {
        let password = Password::empty();
        let decoder = BlockDecoder::new_with_memory_limit(
            1,
            self.memory_kib,
            block,
            &self.archive,
            &password,
            &mut self.source,
        );
        let mut index = self.archive.stream_map.block_first_file_index[block];
        let mut refusal = None;
        let mut name = String::new();
        let outcome = decoder.for_each_entries(&mut |entry: &ArchiveEntry, bytes: &mut dyn Read| {
            let own = index;
            index += 1;
            name.clone_from(&entry.name);
            if !entry.has_stream {
                return Ok(true);
            }
            if let Err(error) = visit(own, bytes) {
                refusal = Some(error);
                return Ok(false);
            }
            Ok(own < last)
        });
        match (refusal, outcome) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => Err(explain(&error, &name)),
            (None, Ok(_)) => Ok(()),
        }
    }

    /// Files in blocks, each with its block.
    fn last_wanted(&self, wanted: &dyn Fn(usize) -> bool) -> Vec<Option<usize>> {
        let mut last = vec![None; self.archive.blocks.len()];
        for (index, block) in self.archive.stream_map.file_block_index.iter().enumerate() {
            let file = &self.archive.files[index];
            if let Some(block) = block
                && file.has_stream
                && wanted(index)
            {
                last[*block] = Some(index);
            }
        }
        last
    }
}

impl Contents for SevenZip {
    fn entries(&mut self) -> Result<Vec<Entry>> {
        let files = self.archive.files.iter().enumerate();
        files.map(|(index, file)| entry(file, self.archive.is_file_encrypted(index))).collect()
    }

    fn each(&mut self, wanted: &dyn Fn(usize) -> bool, visit: &mut Visit<'_>) -> Result<()> {
        for (block, last) in self.last_wanted(wanted).into_iter().enumerate() {
            if let Some(last) = last {
                self.block(block, last, visit)?;
            }
        }
        for index in 0..self.archive.files.len() {
            let file = &self.archive.files[index];
            if !file.has_stream && !file.is_directory && wanted(index) {
                visit(index, &mut std::io::empty())?;
            }
        }
        Ok(())
    }
}

fn entry(file: &ArchiveEntry, encrypted: bool) -> Result<Entry> {
    if file.is_anti_item {
        return Err(refusal::unsupported(&file.name, "it is an order to delete a file"));
    }
    if file.has_stream && file.is_directory {
        return Err(refusal::damaged(&file.name, "a directory with content"));
    }
    Ok(Entry {
        path: file.name.clone(),
        directory: file.is_directory,
        special: file.has_windows_attributes && is_special(file.windows_attributes),
        encrypted: encrypted && file.has_stream,
        size: if file.has_stream { file.size } else { 0 },
        modified: file.has_last_modified_date.then(|| FileTime(file.last_modified_date.into())),
    })
}

fn is_special(attributes: u32) -> bool {
    let format = (attributes >> 16) & 0o170_000;
    let unix = attributes & UNIX_EXTENSION != 0 && !matches!(format, 0 | 0o040_000 | 0o100_000);
    unix || attributes & WINDOWS_REPARSE_POINT != 0
}

fn explain(error: &sevenz_rust2::Error, entry: &str) -> fault::Error {
    use sevenz_rust2::Error as Seven;
    match error {
        Seven::PasswordRequired | Seven::MaybeBadPassword(_) => refusal::encrypted(entry),
        Seven::UnsupportedCompressionMethod(method) if method.contains("AES") => refusal::encrypted(entry),
        Seven::MaxMemLimited { actaul_kb, .. } => {
            refusal::unsupported(entry, &format!("unpacking it takes {} MiB of memory", actaul_kb >> 10))
        }
        Seven::UnsupportedCompressionMethod(_)
        | Seven::UnsupportedVersion { .. }
        | Seven::Unsupported(_)
        | Seven::ExternalUnsupported => refusal::unsupported(entry, &error.to_string()),
        // The library shows its errors as they are written in Rust.
        Seven::Other(text) => refusal::damaged(entry, text),
        Seven::Io(error, _) => refusal::damaged(entry, &error.to_string()),
        Seven::ChecksumVerificationFailed | Seven::NextHeaderCrcMismatch => {
            refusal::damaged(entry, "a checksum does not fit")
        }
        _ => refusal::damaged(entry, &error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_known_by_their_attributes() {
        assert!(!is_special(0x20));
        assert!(!is_special(0x8000 | (0o100_644 << 16)));
        assert!(!is_special(0x8010 | (0o040_755 << 16)));
        assert!(is_special(0x8000 | (0o120_777 << 16)));
        assert!(is_special(WINDOWS_REPARSE_POINT | 0x20));
    }
}
