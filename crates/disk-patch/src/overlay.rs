//! A file with writes laid over it, which leaves the file itself as it is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fault::{Error, Result};

use crate::store::ByteStore;

/// Reads see `below` where nothing was written; writes go to `scratch`, at the same offsets.
pub(crate) struct Overlay<'a> {
    below: &'a dyn ByteStore,
    scratch: &'a dyn ByteStore,
    state: Mutex<State>,
}

struct State {
    /// Ends of what was written by their starts; they neither overlap nor touch.
    written: BTreeMap<u64, u64>,
    /// Where the file below ends, or was cut off: behind it are zeros, whatever it has there.
    below_end: u64,
    length: u64,
}

impl<'a> Overlay<'a> {
    /// `below` as it is; `scratch` must be empty.
    pub(crate) fn new(below: &'a dyn ByteStore, scratch: &'a dyn ByteStore) -> Result<Self> {
        let length = below.byte_len()?;
        let state = Mutex::new(State { written: BTreeMap::new(), below_end: length, length });
        Ok(Self { below, scratch, state })
    }

    /// Where the scratch counts, ascending and apart; there it has zeros where the file was cut off and grew again.
    pub(crate) fn finish(self) -> Result<Vec<Range<u64>>> {
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let cut_off = state.below_end..state.length.min(self.below.byte_len()?);
        if self.scratch.byte_len()? < state.length {
            self.scratch.set_len(state.length)?;
        }
        state.insert(cut_off);
        Ok(state.written.into_iter().map(|(start, end)| start..end).collect())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state changes only after all that can fail.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn insert(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let Range { mut start, mut end } = range;
        while let Some((&other_start, &other_end)) = self.written.range(..=end).next_back() {
            if other_end < start {
                break;
            }
            self.written.remove(&other_start);
            (start, end) = (start.min(other_start), end.max(other_end));
        }
        self.written.insert(start, end);
    }

    /// Splits a range where what was written begins and ends; tells of each piece whether it was written.
    fn pieces(&self, range: Range<u64>) -> Vec<(Range<u64>, bool)> {
        let first = self.written.range(..=range.start).next_back().map_or(range.start, |(&start, _)| start);
        let mut pieces = Vec::new();
        let mut at = range.start;
        for (&start, &end) in self.written.range(first..range.end).filter(|(_, end)| **end > range.start) {
            if start > at {
                pieces.push((at..start, false));
            }
            let piece = start.max(at)..end.min(range.end);
            at = piece.end;
            pieces.push((piece, true));
        }
        if at < range.end {
            pieces.push((at..range.end, false));
        }
        pieces
    }

    fn cut(&mut self, length: u64) {
        self.written.split_off(&length);
        if let Some(mut last) = self.written.last_entry() {
            let end = (*last.get()).min(length);
            last.insert(end);
        }
        self.below_end = self.below_end.min(length);
    }
}

impl ByteStore for Overlay<'_> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        let end = offset.saturating_add(buffer.len() as u64);
        let (pieces, below_end) = {
            let state = self.state();
            if end > state.length {
                return Err(Error::corrupt(format!("read behind the end of {} bytes", state.length)));
            }
            (state.pieces(offset..end), state.below_end)
        };
        let mut rest = buffer;
        for (range, is_written) in pieces {
            let (piece, after) = rest.split_at_mut((range.end - range.start) as usize);
            match is_written {
                true => self.scratch.read_exact_at(piece, range.start)?,
                false => crate::store::read_padded(self.below, below_end, piece, range.start)?,
            }
            rest = after;
        }
        Ok(())
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        self.scratch.write_all_at(bytes, offset)?;
        let mut state = self.state();
        let end = offset + bytes.len() as u64;
        state.insert(offset..end);
        state.length = state.length.max(end);
        Ok(())
    }

    fn byte_len(&self) -> Result<u64> {
        Ok(self.state().length)
    }

    fn set_len(&self, length: u64) -> Result<()> {
        let mut state = self.state();
        if length < state.length {
            // What is cut off must not come back when the file grows again.
            self.scratch.set_len(self.scratch.byte_len()?.min(length))?;
            state.cut(length);
        }
        state.length = length;
        Ok(())
    }

    /// A scratch is worth nothing after a crash.
    fn sync(&self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::FileStore;

    /// Does to an overlay and to an array of bytes the same, chosen by a fixed sequence.
    #[test]
    fn it_agrees_with_an_array_of_bytes() {
        let directory = tempfile::tempdir().unwrap();
        let below = FileStore::create(directory.path().join("below")).unwrap();
        let scratch = FileStore::create(directory.path().join("scratch")).unwrap();
        let original: Vec<u8> = (0..2000_u32).map(|number| (number % 251) as u8 + 1).collect();
        below.write_all_at(&original, 0).unwrap();
        let overlay = Overlay::new(&below, &scratch).unwrap();
        let (mut bytes, mut random) = (original.clone(), 9_u64);
        let mut next = |limit: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % limit
        };
        for round in 0..400 {
            match next(5) {
                0 => {
                    let length = next(2500);
                    overlay.set_len(length).unwrap();
                    bytes.resize(length as usize, 0);
                }
                _ => {
                    let (start, piece) = (next(bytes.len() as u64 + 1), vec![round as u8; next(90) as usize]);
                    overlay.write_all_at(&piece, start).unwrap();
                    let end = start as usize + piece.len();
                    bytes.resize(bytes.len().max(end), 0);
                    bytes[start as usize..end].copy_from_slice(&piece);
                }
            }
            let mut seen = vec![0xee; bytes.len()];
            overlay.read_exact_at(&mut seen, 0).unwrap();
            assert!(seen == bytes, "after round {round}");
        }
        assert!(overlay.read_exact_at(&mut [0], bytes.len() as u64).is_err());

        let mut result = original;
        result.resize(bytes.len(), 0);
        for range in overlay.finish().unwrap() {
            let part = &mut result[range.start as usize..range.end as usize];
            scratch.read_exact_at(part, range.start).unwrap();
        }
        assert!(result == bytes, "what is left describes the file");
        assert_eq!(below.byte_len().unwrap(), 2000);
    }
}
