//! The memory of a living process, as a core dump would hold it.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// What is looked for at once.
const WINDOW: usize = 4 << 20;

/// How often each of `needles` stands in the writable memory of a child: heap, stacks, buffers,
/// the variables of every library. What cannot be written, program text and mapped fonts, holds
/// nothing of a citizen.
pub fn count(pid: u32, needles: &[Vec<u8>]) -> Vec<usize> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let overlap = needles.iter().map(Vec::len).max().unwrap_or(0);
    let mut counts = vec![0; needles.len()];
    let mut searched = 0;
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (range, rights) = (fields.next().unwrap(), fields.next().unwrap());
        if !rights.starts_with("rw") || line.ends_with("[vvar]") {
            continue;
        }
        let (begin, end) = range.split_once('-').unwrap();
        let end = u64::from_str_radix(end, 16).unwrap();
        let mut at = u64::from_str_radix(begin, 16).unwrap();
        let mut window = Vec::new();
        while at < end {
            let size = (end - at).min(WINDOW as u64) as usize;
            let kept = window.len().min(overlap.saturating_sub(1));
            window.drain(..window.len() - kept);
            window.resize(kept + size, 0);
            // A page that is mapped and was never there reads as an error of its own.
            if memory.read_exact_at(&mut window[kept..], at).is_err() {
                window.clear();
            } else {
                searched += size;
                for (needle, count) in needles.iter().zip(&mut counts) {
                    *count += occurrences(&window, needle, kept);
                }
            }
            at += size as u64;
        }
    }
    assert!(searched > 1 << 20, "only {searched} bytes could be read");
    counts
}

/// Occurrences that end behind the first `kept` bytes, which were searched before.
fn occurrences(window: &[u8], needle: &[u8], kept: usize) -> usize {
    let first = needle[0];
    let mut count = 0;
    let mut at = (kept + 1).saturating_sub(needle.len());
    while let Some(next) = window[at..].iter().position(|byte| *byte == first) {
        at += next;
        if window[at..].starts_with(needle) {
            count += 1;
        }
        at += 1;
    }
    count
}

#[test]
fn a_needle_is_found_wherever_it_lies() {
    let window = b"abcabcab";
    assert_eq!(occurrences(window, b"abc", 0), 2);
    assert_eq!(occurrences(window, b"abc", 3), 1, "the first one was counted before");
    assert_eq!(occurrences(window, b"abc", 4), 1, "the second one was not whole before");
    assert_eq!(occurrences(window, b"abx", 0), 0);
}
