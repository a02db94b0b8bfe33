//! Frames of the SAM-V reader protocol (`protocols.md` §1.2, §1.3), bytes to types and back.
//!
//! `AA AA AA 96 69 | Len1 Len2 | SW1 SW2 SW3 | data | CHK`; Len is big-endian and counts
//! everything after itself; CHK is the XOR of Len1, Len2 and everything up to itself.

use zeroize::{Zeroize, Zeroizing};

/// Starts every frame in both directions.
const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
/// Largest length field that is believed; the largest real one is 2314.
const LEN_MAX: usize = 4096;
/// SW1 to SW3 and CHK.
const LEN_MIN: usize = 4;
/// Command, parameter and CHK: the length of what the kiosk sends, which no reply has.
const COMMAND_LEN: usize = 3;
/// Preamble and length field.
const HEAD: usize = 7;
const FRAME_MAX: usize = HEAD + LEN_MAX;
/// Bytes of reply data that are handed on: the two length fields and the text block. What lies
/// behind them is the photograph, which is wiped with the rest of the frame.
const KEPT: usize = 4 + 256;

/// What the kiosk asks of a reader. Commands that change the reader's settings (`60 nn`) and
/// those that read fingerprints (`30 10`) are left out on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Resets the security module (SAM).
    Reset,
    ReplyStatus,
    /// Identity of the security module, 16 bytes.
    SamId,
    FindCard,
    SelectCard,
    /// Text and photograph.
    ReadCard,
    /// Additional address; tells whether a card that is not found any more still lies there.
    ReadMoreAddress,
}

impl Command {
    /// The whole frame.
    pub fn frame(self) -> [u8; 10] {
        let [cmd, para] = match self {
            Command::Reset => [0x10, 0xFF],
            Command::ReplyStatus => [0x11, 0xFF],
            Command::SamId => [0x12, 0xFF],
            Command::FindCard => [0x20, 0x01],
            Command::SelectCard => [0x20, 0x02],
            Command::ReadCard => [0x30, 0x01],
            Command::ReadMoreAddress => [0x30, 0x03],
        };
        let [p0, p1, p2, p3, p4] = PREAMBLE;
        [p0, p1, p2, p3, p4, 0, 3, cmd, para, 3 ^ cmd ^ para]
    }
}

/// A reply whose checksum holds. Its data are wiped when dropped and not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyFrame {
    /// ReplyStatus of the card, forwarded; usually 0.
    pub sw1: u8,
    pub sw2: u8,
    /// ReplyStatus of the security module; see [`ReplyStatus`](super::status::ReplyStatus).
    pub sw3: u8,
    /// Length of the data on the wire.
    pub length: usize,
    /// The first 260 bytes of the data; a photograph behind them is never kept.
    pub data: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for ReplyFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ReplyFrame { sw1, sw2, sw3, length, .. } = self;
        write!(f, "ReplyFrame {{ {sw1:02X} {sw2:02X} {sw3:02X}, {length} bytes of data }}")
    }
}

/// Why bytes that began like a frame are none. The decoder goes on behind their preamble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("length field is {got}, expected {LEN_MIN} to {LEN_MAX}")]
    Length { got: usize },
    #[error("checksum is {got:02X}, expected {expected:02X}")]
    Checksum { got: u8, expected: u8 },
}

/// Finds frames in a stream of bytes. Holds at most one frame; wipes what it has used.
pub struct Decoder {
    buffer: Box<[u8; FRAME_MAX]>,
    filled: usize,
    /// A command of the kiosk came back.
    echo: bool,
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder::new()
    }
}

impl Decoder {
    pub fn new() -> Decoder {
        Decoder { buffer: Box::new([0; FRAME_MAX]), filled: 0, echo: false }
    }

    /// Where the next bytes are to be read into, so that personal data lie nowhere else. Never
    /// empty after [`next`](Decoder::next) has returned `None`.
    pub fn space(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }

    /// Takes over the first `count` bytes of [`space`](Decoder::space).
    pub fn advance(&mut self, count: usize) {
        self.filled = (self.filled + count).min(FRAME_MAX);
    }

    /// Whether the bytes so far could become a frame.
    pub fn is_partial(&self) -> bool {
        self.filled > 0
    }

    /// Forgets an unfinished frame: after a gap on the line, and before each command.
    pub fn reset(&mut self) {
        self.discard(self.filled);
    }

    /// Whether a command of the kiosk has come back since this was asked last: the adapter echoes.
    pub fn take_echo(&mut self) -> bool {
        std::mem::take(&mut self.echo)
    }

    /// The next frame or fault in the bytes so far; `None` when more are needed.
    #[expect(clippy::should_implement_trait, reason = "more may follow after None")]
    pub fn next(&mut self) -> Option<Result<ReplyFrame, FrameError>> {
        let len = loop {
            self.skip_noise();
            let head = self.buffer[..self.filled].get(..HEAD)?;
            let len = usize::from(u16::from_be_bytes([head[5], head[6]]));
            if len != COMMAND_LEN {
                break len;
            }
            // What the kiosk itself has sent comes back from an adapter with echo.
            let sent = self.buffer[..self.filled].get(5..HEAD + COMMAND_LEN)?;
            if sent.iter().fold(0, |sum, byte| sum ^ byte) != 0 {
                break len;
            }
            self.echo = true;
            self.discard(HEAD + COMMAND_LEN);
        };
        if !(LEN_MIN..=LEN_MAX).contains(&len) {
            self.discard(PREAMBLE.len());
            return Some(Err(FrameError::Length { got: len }));
        }
        let (checked, check) = self.buffer[..self.filled].get(5..HEAD + len).map(|bytes| {
            let (check, checked) = bytes.split_last().expect("len is at least 4");
            (checked, *check)
        })?;
        let expected = checked.iter().fold(0, |sum, byte| sum ^ byte);
        if check != expected {
            // The length itself may be what is wrong: look for a frame inside this one too.
            self.discard(PREAMBLE.len());
            return Some(Err(FrameError::Checksum { got: check, expected }));
        }
        let data = &checked[5..];
        let frame = ReplyFrame {
            sw1: checked[2],
            sw2: checked[3],
            sw3: checked[4],
            length: data.len(),
            data: Zeroizing::new(data[..data.len().min(KEPT)].to_vec()),
        };
        self.discard(HEAD + len);
        Some(Ok(frame))
    }

    /// Drops what precedes the next preamble. `AA` may come more than three times, so the last
    /// bytes are kept as long as they may begin one.
    fn skip_noise(&mut self) {
        let bytes = &self.buffer[..self.filled];
        let found = bytes.windows(PREAMBLE.len()).position(|window| window == PREAMBLE);
        let start = found.unwrap_or_else(|| {
            (bytes.len().saturating_sub(PREAMBLE.len() - 1)..bytes.len())
                .find(|&start| PREAMBLE.starts_with(&bytes[start..]))
                .unwrap_or(bytes.len())
        });
        self.discard(start);
    }

    fn discard(&mut self, count: usize) {
        self.buffer.copy_within(count..self.filled, 0);
        self.buffer[self.filled - count..self.filled].zeroize();
        self.filled -= count;
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CITIZEN: &[u8] = include_bytes!("../../../tests/data/card_citizen.bin");
    const SAMPLES: [&[u8]; 4] = [
        CITIZEN,
        include_bytes!("../../../tests/data/card_hmt.bin"),
        include_bytes!("../../../tests/data/card_fpr_old.bin"),
        include_bytes!("../../../tests/data/card_fpr_2023.bin"),
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
    }

    /// Feeds a stream in pieces and collects what comes out. Checks the bound on memory.
    fn decode(pieces: &[&[u8]]) -> Vec<Result<ReplyFrame, FrameError>> {
        let mut decoder = Decoder::new();
        let mut out = Vec::new();
        for mut piece in pieces.iter().copied() {
            while !piece.is_empty() {
                let space = decoder.space();
                assert!(!space.is_empty(), "the decoder is stuck with a full buffer");
                let count = space.len().min(piece.len());
                space[..count].copy_from_slice(&piece[..count]);
                decoder.advance(count);
                piece = &piece[count..];
                out.extend(std::iter::from_fn(|| decoder.next()));
            }
        }
        assert!(
            decoder.buffer[decoder.filled..].iter().all(|&byte| byte == 0),
            "used bytes are not wiped"
        );
        out
    }

    fn reply(hex: &str) -> ReplyFrame {
        let outcome = decode(&[&bytes(hex)]);
        assert_eq!(outcome.len(), 1, "{hex}: {outcome:?}");
        outcome[0].clone().unwrap()
    }

    #[test]
    fn commands_are_the_published_frames() {
        for (command, frame) in [
            (Command::Reset, "AA AA AA 96 69 00 03 10 FF EC"),
            (Command::ReplyStatus, "AA AA AA 96 69 00 03 11 FF ED"),
            (Command::SamId, "AA AA AA 96 69 00 03 12 FF EE"),
            (Command::FindCard, "AA AA AA 96 69 00 03 20 01 22"),
            (Command::SelectCard, "AA AA AA 96 69 00 03 20 02 21"),
            (Command::ReadCard, "AA AA AA 96 69 00 03 30 01 32"),
            (Command::ReadMoreAddress, "AA AA AA 96 69 00 03 30 03 30"),
        ] {
            assert_eq!(command.frame()[..], bytes(frame), "{command:?}");
        }
    }

    #[test]
    fn published_replies_decode() {
        for (frame, sw3, length) in [
            ("AA AA AA 96 69 00 04 00 00 80 84", 0x80, 0),
            ("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97", 0x9F, 4),
            ("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C", 0x90, 8),
            ("AA AA AA 96 69 00 04 00 00 81 85", 0x81, 0),
            ("AA AA AA 96 69 00 04 00 00 41 45", 0x41, 0),
            ("AA AA AA 96 69 00 04 00 00 90 94", 0x90, 0),
            ("AA AA AA 96 69 00 04 00 00 10 14", 0x10, 0),
            ("AA AA AA 96 69 00 04 00 00 11 15", 0x11, 0),
            ("AA AA AA 96 69 00 04 00 00 21 25", 0x21, 0),
            ("AA AA AA 96 69 00 04 00 00 66 62", 0x66, 0),
            ("AA AA AA 96 69 00 04 00 00 91 95", 0x91, 0),
            (
                "AA AA AA 96 69 00 14 00 00 90 05 00 01 00 05 25 35 01 01 00 00 00 02 00 00 00 97",
                0x90,
                16,
            ),
        ] {
            let reply = reply(frame);
            assert_eq!((reply.sw1, reply.sw2, reply.sw3), (0, 0, sw3), "{frame}");
            assert_eq!((reply.length, reply.data.len()), (length, length), "{frame}");
        }
    }

    #[test]
    fn wrong_frames_that_circulate_are_refused() {
        for frame in ["AA AA AA 96 69 00 03 20 01 21", "AA AA AA 96 69 00 03 20 00 22"] {
            let frame = bytes(frame);
            let outcome = decode(&[&frame]);
            assert_eq!(outcome, [Err(FrameError::Length { got: 3 })], "{frame:02X?}");
            assert_ne!(Command::FindCard.frame()[..], frame);
            assert_ne!(frame[5..].iter().fold(0, |sum, byte| sum ^ byte), 0);
        }
        let wrong = bytes("AA AA AA 96 69 00 04 00 00 80 85");
        assert_eq!(decode(&[&wrong]), [Err(FrameError::Checksum { got: 0x85, expected: 0x84 })]);
    }

    #[test]
    fn p4_the_photograph_is_dropped_with_the_frame() {
        for sample in SAMPLES {
            let outcome = decode(&[sample]);
            let reply = outcome[0].as_ref().unwrap();
            assert_eq!((reply.sw3, reply.length, reply.data.len()), (0x90, 1284, 260));
            assert_eq!(reply.data[4..], sample[14..270]);
            assert!(!format!("{reply:?}").contains("00, 00"), "Debug shows data");
        }
    }

    #[test]
    fn a_repeated_first_byte_is_still_a_preamble() {
        let mut stream = vec![0xAA; 9];
        stream.extend(bytes("96 69 00 04 00 00 80 84"));
        for at in 0..stream.len() {
            let (head, tail) = stream.split_at(at);
            assert_eq!(decode(&[head, tail])[0].as_ref().unwrap().sw3, 0x80, "split at {at}");
        }
    }

    #[test]
    fn a_good_frame_inside_a_broken_one_is_found() {
        let mut stream = bytes("AA AA AA 96 69 00 0C 00");
        stream.extend(bytes("AA AA AA 96 69 00 04 00 00 80 84"));
        let outcome = decode(&[&stream]);
        assert!(matches!(outcome[0], Err(FrameError::Checksum { .. })), "{outcome:?}");
        assert_eq!(outcome[1].as_ref().unwrap().sw3, 0x80);
    }

    #[test]
    fn a_command_that_comes_back_is_dropped_and_noted() {
        let mut stream = Command::FindCard.frame().to_vec();
        stream.extend(bytes("AA AA AA 96 69 00 04 00 00 80 84"));
        for at in 0..stream.len() {
            let (head, tail) = stream.split_at(at);
            let outcome = decode(&[head, tail]);
            assert_eq!(outcome.len(), 1, "split at {at}: {outcome:?}");
            assert_eq!(outcome[0].as_ref().unwrap().sw3, 0x80, "split at {at}");
        }
        let mut decoder = Decoder::new();
        for (bytes, is_echo) in [(&stream[..10], true), (&stream[10..], false)] {
            decoder.space()[..bytes.len()].copy_from_slice(bytes);
            decoder.advance(bytes.len());
            while decoder.next().is_some() {}
            assert_eq!(decoder.take_echo(), is_echo);
        }
    }

    #[test]
    fn an_incredible_length_is_refused_at_once() {
        for len in [0_u16, 2, 4097, u16::MAX] {
            let mut stream = PREAMBLE.to_vec();
            stream.extend(len.to_be_bytes());
            assert_eq!(decode(&[&stream]), [Err(FrameError::Length { got: len.into() })]);
        }
    }

    /// Bytes that cannot be the beginning of a preamble, so that they are surely noise.
    fn noise() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>().prop_filter("no AA", |&byte| byte != 0xAA), 0..300)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn any_split_and_noise_around_give_the_same_frame(
            which in 0..SAMPLES.len(), before in noise(), after in noise(),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        ) {
            let stream = [&before[..], SAMPLES[which], &after].concat();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len())).collect();
            cuts.extend([0, stream.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]]).collect();
            prop_assert_eq!(decode(&pieces), decode(&[SAMPLES[which]]));
        }

        #[test]
        fn a_changed_byte_never_gives_another_text(
            at in 0..CITIZEN.len(), flip in 1..=255_u8, split in 0..CITIZEN.len(),
        ) {
            let mut stream = CITIZEN.to_vec();
            stream[at] ^= flip;
            let (head, tail) = stream.split_at(split);
            for frame in decode(&[head, tail]).into_iter().flatten() {
                // A changed length field may cut a frame that happens to check; it is never as
                // long as a text reply, which is what the driver looks for.
                prop_assert_ne!(frame.length, 1284, "byte {} changed by {:02X}", at, flip);
            }
        }

        #[test]
        fn any_bytes_are_survived(
            stream in prop::collection::vec(prop_oneof![
                3 => any::<u8>(), 3 => Just(0xAA_u8), 1 => Just(0x96), 1 => Just(0x69),
                1 => Just(0),
            ], 0..5000),
        ) {
            decode(&[&stream]);
        }
    }
}
