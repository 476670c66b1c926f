//! Reading a file, or what a file would be, at any offset.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Something with bytes at offsets.
pub(crate) trait ReadAt {
    /// Reads from `offset`; short only at the end.
    fn read_up_to(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Length in bytes.
    fn length(&self) -> io::Result<u64>;

    /// Fills `buffer`; an end within it is an error.
    fn read_all_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        match self.read_up_to(buffer, offset)? {
            count if count == buffer.len() => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Fills `buffer`, with zeroes beyond the end.
    fn read_padded(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let count = self.read_up_to(buffer, offset)?;
        buffer[count..].fill(0);
        Ok(())
    }
}

impl ReadAt for File {
    fn read_up_to(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match FileExt::read_at(self, &mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

impl ReadAt for &[u8] {
    fn read_up_to(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len());
        let count = buffer.len().min(self.len() - start);
        buffer[..count].copy_from_slice(&self[start..start + count]);
        Ok(count)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}
