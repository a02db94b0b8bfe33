//! What lies on the disk when the power fails: everything that was synced, and of the rest what
//! chance left.
//!
//! A write survives for sure when its file was synced after it; otherwise each of its 512-byte
//! pieces has its own luck, whatever the order. A name, too, lasts only with a later sync of the
//! folder: POSIX promises no more, and some file systems keep no more.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use crate::recorder::{Files, Ino, Op, put};

/// What a disk writes in one go, or not at all.
const PIECE: usize = 512;

/// A file that no operation names.
const NOBODY: Ino = 0;

/// Steps of a repeatable sequence of numbers (splitmix64, S. Vigna, public domain).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }
}

/// How lucky what was not synced is.
pub struct Luck<'a> {
    /// Of ten pieces, so many survive.
    of_ten: usize,
    random: &'a mut Random,
}

impl Luck<'_> {
    /// Nothing survives but what was synced.
    pub fn none(random: &mut Random) -> Luck<'_> {
        Luck { of_ten: 0, random }
    }

    /// Some of it survives, torn.
    pub fn some(random: &mut Random) -> Luck<'_> {
        let of_ten = [1, 5, 9, 10][random.below(4)];
        Luck { of_ten, random }
    }

    fn has(&mut self) -> bool {
        self.random.below(10) < self.of_ten
    }
}

/// The disk after `ops` and a power cut; `before` lay on it safely.
pub fn disk_after(before: &Files, ops: &[Op], mut luck: Luck<'_>) -> Files {
    let folder_synced = ops.iter().rposition(|op| matches!(op, Op::SyncFolder));
    let mut synced = BTreeMap::new();
    for (at, op) in ops.iter().enumerate() {
        if let Op::Sync { ino } = op {
            synced.insert(*ino, at);
        }
    }
    let safe = |ino: &Ino, at: usize| synced.get(ino).is_some_and(|sync| *sync > at);
    // Numbered as the recorder numbers them.
    let mut names: BTreeMap<OsString, Ino> = before.keys().cloned().zip(2..).collect();
    let mut contents: BTreeMap<Ino, Vec<u8>> = (2..).zip(before.values().cloned()).collect();
    for (at, op) in ops.iter().enumerate() {
        let named = folder_synced.is_some_and(|sync| sync > at);
        match op {
            Op::Create { name, ino } => {
                contents.insert(*ino, Vec::new());
                if named || luck.has() {
                    names.insert(name.clone(), *ino);
                }
            }
            Op::Unlink { name } => {
                if named || luck.has() {
                    names.remove(name);
                }
            }
            Op::Rename { from, to, ino } => {
                if named || luck.has() {
                    names.remove(from);
                    names.insert(to.clone(), *ino);
                }
            }
            Op::Resize { ino, size } => {
                if safe(ino, at) || luck.has() {
                    contents.entry(*ino).or_default().resize(*size, 0);
                }
            }
            Op::Write { ino, offset, bytes } => {
                let file = contents.entry(*ino).or_default();
                if safe(ino, at) {
                    put(file, *offset, bytes);
                } else {
                    for (from, piece) in pieces(*offset, bytes) {
                        if luck.has() {
                            put(file, from, piece);
                        }
                    }
                }
            }
            Op::Sync { .. } | Op::SyncFolder => {}
        }
    }
    names
        .into_iter()
        .filter(|(name, _)| !name.as_encoded_bytes().ends_with(b"-shm"))
        .map(|(name, ino)| (name, contents.get(&ino).cloned().unwrap_or_default()))
        .collect()
}

/// The pieces of a write, cut where the disk cuts.
fn pieces(offset: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let first = (PIECE - offset % PIECE).min(bytes.len());
    let (head, tail) = bytes.split_at(first);
    std::iter::once((offset, head)).chain((offset + first..).step_by(PIECE).zip(tail.chunks(PIECE)))
}

/// A program that forgot something: the same operations, some of them without effect.
///
/// Their places stay, so that what was acknowledged when stays true.
pub fn forgetting(ops: &[Op], forgotten: impl Fn(&Op) -> bool) -> Vec<Op> {
    let nothing = Op::Sync { ino: NOBODY };
    ops.iter().map(|op| if forgotten(op) { nothing.clone() } else { op.clone() }).collect()
}

/// Every file that ever had a name with this end.
pub fn files_named(before: &Files, ops: &[Op], end: &str) -> BTreeSet<Ino> {
    let ends = |name: &OsString| name.as_encoded_bytes().ends_with(end.as_bytes());
    let there = before.keys().zip(2..).filter(|(name, _)| ends(name)).map(|(_, ino)| ino);
    let made = ops.iter().filter_map(|op| match op {
        Op::Create { name, ino } if ends(name) => Some(*ino),
        Op::Rename { from, to, ino } if ends(from) || ends(to) => Some(*ino),
        _ => None,
    });
    there.chain(made).collect()
}

#[test]
fn a_write_survives_a_sync_and_nothing_less() {
    let name = OsString::from("a");
    let write = |offset, byte| Op::Write { ino: 2, offset, bytes: vec![byte; 1024] };
    let ops = [
        Op::Create { name: name.clone(), ino: 2 },
        write(100, 1),
        Op::Sync { ino: 2 },
        Op::SyncFolder,
        write(0, 2),
    ];
    let mut random = Random(7);
    let mut after =
        |count: usize| disk_after(&Files::new(), &ops[..count], Luck::none(&mut random));
    assert!(after(3).is_empty(), "the name was not synced");
    let old = [vec![0; 100], vec![1; 1024]].concat();
    assert_eq!(after(5)[&name], old);
    let (mut torn, mut random) = (BTreeSet::new(), Random(7));
    for _ in 0..200 {
        let file = disk_after(&Files::new(), &ops, Luck::some(&mut random)).remove(&name).unwrap();
        assert_eq!(file.len(), 1124);
        assert_eq!(file[1024..], [1; 100]);
        torn.insert((file[0], file[512]));
    }
    assert_eq!(torn, BTreeSet::from([(0, 1), (0, 2), (2, 1), (2, 2)]), "each piece by itself");
}
