//! Searches the memory of another process for secrets.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;

/// The length of the part of a secret that is searched for: its last characters.
const LOOKED_FOR: usize = 64;
const PAGE: u64 = 4096;
/// The number of bytes that are read at once.
const STEP: u64 = 1 << 20;

/// The number of copies by kind: `token`, `token in UTF-16`, `key`, `key in UTF-16`, each with the name of its mapping.
pub(crate) type Found = BTreeMap<String, usize>;

/// Searches the process `id` for secrets, each with its kind (`token` or `key`).
pub(crate) fn scan<'a>(id: u32, secrets: impl IntoIterator<Item = (&'static str, &'a str)>) -> Found {
    let mut needles = Vec::new();
    for (kind, secret) in secrets {
        let end = &secret[secret.len().saturating_sub(LOOKED_FOR)..];
        needles.push((kind.to_owned(), end.as_bytes().to_vec()));
        needles.push((format!("{kind} in UTF-16"), end.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    }
    find(id, &needles).expect("the process's memory can be read")
}

fn find(id: u32, needles: &[(String, Vec<u8>)]) -> io::Result<Found> {
    let longest = needles.iter().map(|(_, bytes)| bytes.len()).max().unwrap_or_default() as u64;
    let (memory, pages) = (File::open(format!("/proc/{id}/mem"))?, File::open(format!("/proc/{id}/pagemap"))?);
    let mut found = Found::new();
    for line in fs::read_to_string(format!("/proc/{id}/maps"))?.lines() {
        let Some((start, end, name)) = readable(line) else { continue };
        for step in (start..end).step_by(STEP as usize) {
            // A step reads a little beyond its end, so a copy across the border is found in the step where it begins.
            let until = (step + STEP + longest - 1).min(end);
            let Some(bytes) = in_use(&pages, step, until)?.then(|| read(&memory, step, until)) else { continue };
            for (kind, needle) in needles {
                let count = occurrences(&bytes, needle).filter(|at| (*at as u64) < STEP).count();
                if count > 0 {
                    *found.entry(format!("{kind} in {name}")).or_default() += count;
                }
            }
        }
    }
    Ok(found)
}

/// Start, end and name of a readable mapping.
fn readable(line: &str) -> Option<(u64, u64, &str)> {
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    // The kernel's pages for the clock ([vvar], [vdso]) cannot be read from outside.
    let name = fields.clone().nth(4).unwrap_or("memory without a name");
    let number = |text| u64::from_str_radix(text, 16).ok();
    (fields.next()?.starts_with('r') && !name.starts_with("[v")).then_some((number(start)?, number(end)?, name))
}

/// Whether any page of the range is in memory or swapped out. Other pages hold nothing.
fn in_use(pages: &File, start: u64, end: u64) -> io::Result<bool> {
    let mut entries = vec![0; ((end.div_ceil(PAGE) - start / PAGE) * 8) as usize];
    pages.read_exact_at(&mut entries, start / PAGE * 8)?;
    Ok(entries.chunks(8).any(|entry| entry[7] & 0b1100_0000 != 0))
}

/// Reads the range, and leaves zeros for pages that cannot be read any more.
fn read(memory: &File, start: u64, end: u64) -> Vec<u8> {
    let mut bytes = vec![0; (end - start) as usize];
    if memory.read_exact_at(&mut bytes, start).is_err() {
        for (page, part) in bytes.chunks_mut(PAGE as usize).enumerate() {
            let _ = memory.read_exact_at(part, start + page as u64 * PAGE);
        }
    }
    bytes
}

fn occurrences<'a>(bytes: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(from..)?;
        // SAFETY: both ranges are whole slices. (The standard library has no search in bytes.)
        let at = unsafe { libc::memmem(rest.as_ptr().cast(), rest.len(), needle.as_ptr().cast(), needle.len()) };
        (!at.is_null()).then(|| {
            let at = from + (at as usize - rest.as_ptr() as usize);
            from = at + 1;
            at
        })
    })
}
