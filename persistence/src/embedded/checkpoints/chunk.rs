//! A file with a checksum in front: magic, format, checksum and length of the content, content.

use super::{FORMAT, unusable};
use crate::embedded::files;
use bytes::{Buf, BufMut, Bytes};
use std::io;
use std::path::Path;

const MAGIC: &[u8; 8] = b"ROWLCHKP";
const HEADER_BYTES: usize = 8 + 4 + 4 + 8;

/// The bytes of a file whose content is `content`.
pub fn seal(content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + content.len());
    bytes.put_slice(MAGIC);
    bytes.put_u32_le(FORMAT);
    bytes.put_u32_le(crc32fast::hash(content));
    bytes.put_u64_le(content.len() as u64);
    bytes.put_slice(content);
    bytes
}

/// Writes a new file durably; leaves none when it fails.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    files::write_new(path, &seal(content))
}

/// The content of the file at `path`, or why it cannot be used.
pub fn read(path: &Path) -> Result<Bytes, String> {
    let bytes = std::fs::read(path).map_err(|error| unusable(path, error))?;
    unseal(bytes.into()).map_err(|problem| unusable(path, problem))
}

fn unseal(mut bytes: Bytes) -> Result<Bytes, String> {
    if bytes.len() < HEADER_BYTES || !bytes.starts_with(MAGIC) {
        return Err("this is no part of a checkpoint".to_owned());
    }
    bytes.advance(MAGIC.len());
    let format = bytes.get_u32_le();
    if format != FORMAT {
        return Err(format!("format {format} is not known, this build reads format {FORMAT}"));
    }
    let (crc, len) = (bytes.get_u32_le(), bytes.get_u64_le());
    if len != bytes.len() as u64 {
        return Err(format!("{} bytes are there, {len} were written", bytes.len()));
    }
    if crc != crc32fast::hash(&bytes) {
        return Err("the checksum does not agree".to_owned());
    }
    Ok(bytes)
}
