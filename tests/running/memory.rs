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
    let mut search = Search::new(needles);
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
                search.through(&window, kept);
            }
            at += size as u64;
        }
    }
    assert!(searched > 1 << 20, "only {searched} bytes could be read");
    search.counts
}

/// Looks for all needles at once, by the first byte of each that is not zero: memory is full of those.
struct Search<'a> {
    needles: &'a [Vec<u8>],
    /// Where that byte stands in each needle.
    anchors: Vec<usize>,
    /// Whether a needle has this byte there.
    wanted: [bool; 256],
    counts: Vec<usize>,
}

impl Search<'_> {
    fn new(needles: &[Vec<u8>]) -> Search<'_> {
        let anchor = |needle: &Vec<u8>| needle.iter().position(|byte| *byte != 0).unwrap();
        let anchors: Vec<usize> = needles.iter().map(anchor).collect();
        let mut wanted = [false; 256];
        for (needle, anchor) in needles.iter().zip(&anchors) {
            wanted[usize::from(needle[*anchor])] = true;
        }
        Search { needles, anchors, wanted, counts: vec![0; needles.len()] }
    }

    /// Counts what ends behind the first `kept` bytes, which were searched before.
    fn through(&mut self, window: &[u8], kept: usize) {
        // An index instead of iterators: without optimisation they take ten times as long.
        let mut at = 0;
        while at < window.len() {
            if self.wanted[usize::from(window[at])] {
                for (n, needle) in self.needles.iter().enumerate() {
                    let anchor = self.anchors[n];
                    if needle[anchor] == window[at]
                        && at >= anchor
                        && at - anchor + needle.len() > kept
                        && window[at - anchor..].starts_with(needle)
                    {
                        self.counts[n] += 1;
                    }
                }
            }
            at += 1;
        }
    }
}

#[test]
fn a_needle_is_found_wherever_it_lies() {
    let count = |needle: &[u8], kept: usize| {
        let needles = [needle.to_vec()];
        let mut search = Search::new(&needles);
        search.through(b"abcabca\0b", kept);
        search.counts[0]
    };
    assert_eq!(count(b"abc", 0), 2);
    assert_eq!(count(b"abc", 3), 1, "the first one was counted before");
    assert_eq!(count(b"abc", 4), 1, "the second one was not whole before");
    assert_eq!(count(b"abx", 0), 0);
    assert_eq!(count(b"\0b", 0), 1, "a zero is no anchor");
}
