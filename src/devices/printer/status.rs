//! What a printer says: the input stream told apart, and its status bits as one state
//! (`protocols.md` §2.2). Pure.

use crate::devices::state::{DeviceState, Fault};

/// Longest block that is collected (`GS I` texts, process ids); a longer one is nonsense.
const BLOCK_LIMIT: usize = 80;

/// One thing that a printer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Reply to `DLE EOT n`; which n is known only to who asked.
    Realtime(u8),
    /// Automatic status, four bytes.
    Automatic([u8; 4]),
    /// XON or XOFF.
    Flow { ready: bool },
    /// Reply to `GS ( H`: the four bytes that were sent with it.
    ProcessId([u8; 4]),
    /// Another block: its header byte and what followed, without the closing zero.
    Block(u8, Vec<u8>),
    /// Reply to `GS r` or a one-byte `GS I`.
    Sensor(u8),
    /// Belongs to no class.
    Nonsense(u8),
}

/// Tells the input stream apart. All classes are disjoint by their first byte; a reply that
/// breaks off is nonsense and what follows it is read afresh. Holds at most one block.
#[derive(Default)]
pub struct Demultiplexer {
    held: Vec<u8>,
}

impl Demultiplexer {
    /// Reads some bytes, in pieces of any size.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Input> {
        let mut inputs = Vec::new();
        for &byte in bytes {
            self.byte(byte, &mut inputs);
        }
        inputs
    }

    /// Gives up a reply that broke off; to be called when the line was silent for a while.
    pub fn give_up(&mut self) -> Vec<Input> {
        std::mem::take(&mut self.held).into_iter().map(Input::Nonsense).collect()
    }

    fn byte(&mut self, byte: u8, inputs: &mut Vec<Input>) {
        let Some(&first) = self.held.first() else {
            return self.first(byte, inputs);
        };
        if is_automatic(first) {
            match byte {
                0x11 | 0x13 => inputs.push(Input::Flow { ready: byte == 0x11 }),
                _ if byte & 0x90 == 0 => {
                    self.held.push(byte);
                    if let [a, b, c, d] = self.held[..] {
                        self.held.clear();
                        inputs.push(Input::Automatic([a, b, c, d]));
                    }
                }
                _ => {
                    inputs.extend(self.give_up());
                    self.first(byte, inputs);
                }
            }
        } else if byte == 0 {
            let block = std::mem::take(&mut self.held);
            inputs.push(match block[..] {
                [0x37, 0x22, a, b, c, d] => Input::ProcessId([a, b, c, d]),
                _ => Input::Block(first, block[1..].to_vec()),
            });
        } else if self.held.len() == BLOCK_LIMIT {
            inputs.extend(self.give_up());
            self.first(byte, inputs);
        } else {
            self.held.push(byte);
        }
    }

    fn first(&mut self, byte: u8, inputs: &mut Vec<Input>) {
        inputs.push(match byte {
            0x11 | 0x13 => Input::Flow { ready: byte == 0x11 },
            // Bit 7 is set by kiosk clones whose slip has not been taken yet.
            _ if byte & 0x13 == 0x12 => Input::Realtime(byte),
            0x35 | 0x37 | 0x3b | 0x3d | 0x5f => return self.held.push(byte),
            _ if is_automatic(byte) => return self.held.push(byte),
            _ if byte & 0x90 == 0 => Input::Sensor(byte),
            _ => Input::Nonsense(byte),
        });
    }
}

fn is_automatic(byte: u8) -> bool {
    byte & 0x93 == 0x10
}

/// Whether these can be the replies to `DLE EOT` 1 to 4: the fixed bits are as they should be
/// (bit 7 is free in the first one only), and they are not one faulty byte four times, as from a
/// line that is stuck. Noise that passes for a reply would be read as any fault there is.
pub fn plausible(replies: [Option<u8>; 4]) -> bool {
    let fixed = replies.iter().enumerate().all(|(i, reply)| {
        let mask = if i == 0 { 0x13 } else { 0x93 };
        reply.is_none_or(|byte| byte & mask == 0x12)
    });
    let [first, ..] = replies;
    fixed && (first.is_none() || first == Some(0x12) || replies.iter().any(|r| *r != first))
}

/// The state of a printer, gathered from its replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrinterStatus {
    pub offline: bool,
    pub cover_open: bool,
    pub paper_out: bool,
    pub paper_low: bool,
    pub cutter: bool,
    /// Recoverable by command once its cause is removed, the cutter apart.
    pub recoverable: bool,
    pub unrecoverable: bool,
    /// Goes away by itself: head too hot, voltage.
    pub transient: bool,
}

impl PrinterStatus {
    /// From the replies to `DLE EOT` 1 to 4, in this order; a reply that did not come is `None`.
    /// `None` if none came at all.
    pub fn from_realtime(replies: [Option<u8>; 4]) -> Option<PrinterStatus> {
        if replies.iter().all(Option::is_none) {
            return None;
        }
        let bit = |n: usize, mask: u8| replies[n - 1].is_some_and(|byte| byte & mask != 0);
        Some(PrinterStatus {
            offline: bit(1, 0x08),
            cover_open: bit(2, 0x04),
            paper_out: bit(2, 0x20) || bit(4, 0x60),
            paper_low: bit(4, 0x0c),
            cutter: bit(3, 0x08),
            recoverable: bit(3, 0x04),
            unrecoverable: bit(3, 0x20),
            transient: bit(3, 0x40),
        })
    }

    /// From four bytes of automatic status.
    pub fn from_automatic([a, b, c, _]: [u8; 4]) -> PrinterStatus {
        PrinterStatus {
            offline: a & 0x08 != 0,
            cover_open: a & 0x20 != 0,
            paper_out: c & 0x0c != 0,
            paper_low: c & 0x03 != 0,
            cutter: b & 0x08 != 0,
            recoverable: b & 0x04 != 0,
            unrecoverable: b & 0x20 != 0,
            transient: b & 0x40 != 0,
        }
    }

    /// With the reply to `GS r 1`, which tells of the paper only.
    pub fn with_sensor(self, byte: u8) -> PrinterStatus {
        PrinterStatus { paper_low: byte & 0x03 != 0, paper_out: byte & 0x0c != 0, ..self }
    }

    /// What keeps the printer from printing, what a person must mend first.
    pub fn fault(&self) -> Option<Fault> {
        // An open cover comes first: some printers keep the old paper bits until it is closed.
        [
            (self.cover_open, Fault::CoverOpen),
            (self.paper_out, Fault::PaperOut),
            (self.cutter, Fault::CutterJam),
            (self.recoverable || self.unrecoverable || self.transient, Fault::Hardware),
            (self.offline, Fault::Hardware),
        ]
        .into_iter()
        .find_map(|(set, fault)| set.then_some(fault))
    }

    /// Whether only a command makes it work again, and may be sent now: the cover is closed and
    /// nothing else is left for a person to do. Whether the cause is removed the printer knows.
    pub fn needs_recovery(&self) -> bool {
        (self.cutter || self.recoverable)
            && !self.unrecoverable
            && !self.cover_open
            && !self.paper_out
    }

    pub fn state(&self) -> DeviceState {
        match self.fault() {
            Some(fault) => DeviceState::Failed(fault),
            None if self.paper_low => DeviceState::Warning(Fault::PaperLow),
            None => DeviceState::Ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_class_is_told_apart() {
        for (bytes, inputs) in [
            (&[0x12][..], vec![Input::Realtime(0x12)]),
            (&[0x92], vec![Input::Realtime(0x92)]),
            (&[0x10, 0, 0, 0], vec![Input::Automatic([0x10, 0, 0, 0])]),
            (&[0x14, 0, 0x0c, 0], vec![Input::Automatic([0x14, 0, 0x0c, 0])]),
            (&[0x11, 0x13], vec![Input::Flow { ready: true }, Input::Flow { ready: false }]),
            (&[0x37, 0x22, b'a', b'b', b'c', b'd', 0], vec![Input::ProcessId(*b"abcd")]),
            (b"\x5fTM-T20\0", vec![Input::Block(0x5f, b"TM-T20".to_vec())]),
            (&[0x00], vec![Input::Sensor(0)]),
            (&[0x0f], vec![Input::Sensor(0x0f)]),
            (&[0x02, 0x22], vec![Input::Sensor(0x02), Input::Sensor(0x22)]),
            (&[0xff], vec![Input::Nonsense(0xff)]),
            // XOFF may stand inside an automatic status, a broken one is read afresh.
            (
                &[0x18, 0x13, 0, 0, 0],
                vec![Input::Flow { ready: false }, Input::Automatic([0x18, 0, 0, 0])],
            ),
            (
                &[0x10, 0x00, 0x16],
                vec![Input::Nonsense(0x10), Input::Nonsense(0), Input::Realtime(0x16)],
            ),
        ] {
            assert_eq!(Demultiplexer::default().push(bytes), inputs, "{bytes:02x?}");
        }
    }

    #[test]
    fn status_bits_become_one_state() {
        use DeviceState::{Failed, Ready, Warning};
        for (replies, state) in [
            ([0x12, 0x12, 0x12, 0x12], Ready),
            ([0x1a, 0x32, 0x12, 0x7e], Failed(Fault::PaperOut)),
            ([0x12, 0x12, 0x12, 0x1e], Warning(Fault::PaperLow)),
            ([0x1a, 0x16, 0x12, 0x12], Failed(Fault::CoverOpen)),
            ([0x1a, 0x52, 0x1a, 0x12], Failed(Fault::CutterJam)),
            ([0x1a, 0x52, 0x32, 0x12], Failed(Fault::Hardware)),
            ([0x1a, 0x12, 0x12, 0x12], Failed(Fault::Hardware)),
        ] {
            let status = PrinterStatus::from_realtime(replies.map(Some)).unwrap();
            assert_eq!(status.state(), state, "{replies:02x?}");
        }
        assert_eq!(PrinterStatus::from_realtime([None; 4]), None);
        for (bytes, state) in [
            ([0x10, 0, 0, 0], Ready),
            ([0x18, 0, 0x0f, 0], Failed(Fault::PaperOut)),
            ([0x38, 0, 0, 0], Failed(Fault::CoverOpen)),
            ([0x18, 0x08, 0, 0], Failed(Fault::CutterJam)),
            ([0x10, 0, 0x03, 0], Warning(Fault::PaperLow)),
        ] {
            assert_eq!(PrinterStatus::from_automatic(bytes).state(), state, "{bytes:02x?}");
        }
    }

    #[test]
    fn replies_that_no_printer_gives_are_told_apart() {
        for (replies, expected) in [
            ([0x12, 0x12, 0x12, 0x12], true),
            ([0x92, 0x12, 0x12, 0x12], true), // the slip has not been taken
            ([0x1a, 0x32, 0x12, 0x7e], true),
            ([0x1a, 0x52, 0x1a, 0x12], true),
            ([0x1a, 0x12, 0x9a, 0x12], false),
            ([0x12, 0x92, 0x12, 0x12], false),
            ([0x12, 0x12, 0x12, 0x02], false),
            ([0x1a, 0x1a, 0x1a, 0x1a], false),
            ([0x13, 0x12, 0x12, 0x12], false),
        ] {
            assert_eq!(plausible(replies.map(Some)), expected, "{replies:02x?}");
        }
        assert!(plausible([None; 4]) && plausible([Some(0x1a), None, None, None]));
    }

    #[test]
    fn a_command_helps_only_when_nothing_is_left_for_a_person() {
        let jam = PrinterStatus { offline: true, cutter: true, ..PrinterStatus::default() };
        for (status, expected) in [
            (jam, true),
            (PrinterStatus { recoverable: true, ..PrinterStatus::default() }, true),
            (PrinterStatus { cover_open: true, ..jam }, false),
            (PrinterStatus { paper_out: true, ..jam }, false),
            (PrinterStatus { unrecoverable: true, ..jam }, false),
            (PrinterStatus { transient: true, ..PrinterStatus::default() }, false),
            (PrinterStatus::default(), false),
        ] {
            assert_eq!(status.needs_recovery(), expected, "{status:?}");
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_stay_bounded_and_pieces_do_not_matter(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            cut in 0usize..400,
        ) {
            let mut whole = Demultiplexer::default();
            let expected = whole.push(&bytes);
            prop_assert!(whole.held.len() <= BLOCK_LIMIT);
            let mut pieces = Demultiplexer::default();
            let (a, b) = bytes.split_at(cut.min(bytes.len()));
            let mut inputs = pieces.push(a);
            inputs.extend(pieces.push(b));
            prop_assert_eq!(inputs, expected);
        }
    }
}
