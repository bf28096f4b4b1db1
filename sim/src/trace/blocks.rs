//! Blocks and the checksum over all of them.

use super::{BLOCK_BYTES_MAX, Problem};
use crc32fast::Hasher;
use std::io::{self, Read, Write};

/// Writes, and sums up what it writes.
pub(super) struct Sink<W> {
    to: W,
    sum: Hasher,
    /// Bytes that were written.
    pub bytes: u64,
}

impl<W: Write> Sink<W> {
    pub fn new(to: W) -> Self {
        Self { to, sum: Hasher::new(), bytes: 0 }
    }

    pub fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.bytes += bytes.len() as u64;
        self.to.write_all(bytes)
    }

    pub fn block(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.put(&u32::try_from(bytes.len()).expect("blocks are short").to_le_bytes())?;
        self.put(bytes)
    }

    /// Ends with the sum of everything.
    pub fn end(mut self) -> io::Result<W> {
        self.to.write_all(&self.sum.finalize().to_le_bytes())?;
        Ok(self.to)
    }
}

/// Reads, and sums up what it reads.
pub(super) struct Source<R> {
    from: R,
    sum: Hasher,
}

impl<R: Read> Source<R> {
    pub fn new(from: R) -> Self {
        Self { from, sum: Hasher::new() }
    }

    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads the next block into `block`; false when there are no more.
    pub fn block(&mut self, block: &mut Vec<u8>) -> Result<bool, Problem> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        if length > BLOCK_BYTES_MAX {
            return Err(Problem::Damaged("a block that is too long"));
        }
        block.resize(length, 0);
        self.fill(block)?;
        Ok(length > 0)
    }

    /// Whether it ends here, with the right sum.
    pub fn end(&mut self) -> Result<(), Problem> {
        let sum = self.sum.clone().finalize();
        if u32::from_le_bytes(self.take()?) != sum {
            return Err(Problem::Damaged("its checksum"));
        }
        match self.from.read(&mut [0]).map_err(Problem::reading)? {
            0 => Ok(()),
            _ => Err(Problem::Damaged("something after its end")),
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Problem> {
        self.from.read_exact(bytes).map_err(Problem::reading)?;
        self.sum.update(bytes);
        Ok(())
    }
}
