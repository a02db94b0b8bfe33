//! An ID-card reader on a PTY: it speaks the SAM-V protocol from the reader's side, with the
//! quirks and faults of real ones (`protocols.md` §1.11).
//!
//! Its codec is its own: a mistake in the product's must not be mirrored here.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::pty::{Fragmentation, Pty};

/// Where and how fast a simulated reader listens.
#[derive(Clone, Debug)]
pub struct ReaderOptions {
    /// Symbolic link that the product opens.
    pub link: PathBuf,
    /// Speed of the line; what is sent at another speed is not understood.
    pub baud: u32,
}

/// A card to lay on the reader.
#[derive(Clone)]
pub struct Card {
    /// Name in scripts.
    pub id: String,
    /// The text as the reader delivers it.
    pub text: [u8; 256],
}

/// What is wrong with the reader or the card until it is told otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReaderFault {
    #[default]
    None,
    /// 40: the card is a bank card.
    WrongCard,
    /// 31: the card does not accept the reader.
    CardRefuses,
    /// 32: the reader does not accept the card.
    SamRefuses,
    /// 33: the data do not bear their signature.
    Unverified,
    /// 41: the card slipped while it was read.
    MovedAway,
    /// 81: every selection fails.
    SelectFails,
    /// 24: selecting a card, or finding one that was read, fails without a reason until the
    /// reader is reset.
    Unrecognised,
    /// 10: every other command is heard with a wrong checksum.
    Misheard,
    /// 60: the self-test failed.
    SelfTest,
    /// 66: the module is not authorised.
    NotAuthorised,
    /// Noise before every reply.
    Garbage,
    /// Byte by byte.
    Trickle,
    /// Half a reply to "read card", then nothing.
    HalfFrame,
    /// A wrong checksum in every reply to "read card".
    BadCheck,
    /// A wrong length in every reply to "read card".
    WrongLength,
    /// A text block that announces another length.
    OddText,
    /// No reply to anything.
    Silent,
    /// A card is found only on the second try.
    SecondFind,
    /// Every reply comes twice, the second time when the next command is on its way.
    Duplicate,
    /// The reader reports a card again that it has read already.
    ReadsAgain,
    /// Asked whether a card that it does not find lies there, it says yes whether one does or not.
    ClaimsFalsely,
    /// The adapter sends back what it is sent, before the reader answers.
    Echo,
}

impl ReaderFault {
    /// Every fault with its name in scripts.
    pub const NAMES: [(&str, ReaderFault); 23] = [
        ("none", ReaderFault::None),
        ("wrong-card", ReaderFault::WrongCard),
        ("card-refuses", ReaderFault::CardRefuses),
        ("sam-refuses", ReaderFault::SamRefuses),
        ("unverified", ReaderFault::Unverified),
        ("moved-away", ReaderFault::MovedAway),
        ("select-fails", ReaderFault::SelectFails),
        ("unrecognised", ReaderFault::Unrecognised),
        ("misheard", ReaderFault::Misheard),
        ("self-test", ReaderFault::SelfTest),
        ("not-authorised", ReaderFault::NotAuthorised),
        ("garbage", ReaderFault::Garbage),
        ("trickle", ReaderFault::Trickle),
        ("half-frame", ReaderFault::HalfFrame),
        ("bad-check", ReaderFault::BadCheck),
        ("wrong-length", ReaderFault::WrongLength),
        ("odd-text", ReaderFault::OddText),
        ("silent", ReaderFault::Silent),
        ("second-find", ReaderFault::SecondFind),
        ("duplicate", ReaderFault::Duplicate),
        ("reads-again", ReaderFault::ReadsAgain),
        ("claims-falsely", ReaderFault::ClaimsFalsely),
        ("echo", ReaderFault::Echo),
    ];

    /// The fault of a name.
    pub fn named(name: &str) -> Option<ReaderFault> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault)
    }
}

/// A running simulator. Dropping it pulls its cable and ends it.
pub struct SimulatedReader {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    pty: Pty,
    baud: u32,
    stop: AtomicBool,
    state: Mutex<ReaderState>,
}

/// When a command was there whole, and when the last byte of its reply had been sent.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    pub heard_at: Instant,
    pub sent_at: Instant,
}

/// What lies on the reader, and how far the reader has come with it.
struct ReaderState {
    card: Option<Card>,
    stage: Stage,
    fault: ReaderFault,
    sam_id: [u8; 16],
    /// Time that it needs to read a card over the air.
    read_work: Duration,
    /// Questions for a card since the last one was lifted, all in vain.
    finds_in_vain: usize,
    /// For faults that spare every other command.
    turn: bool,
    /// The reader was reset since its fault began.
    was_reset: bool,
    /// The last few, oldest first.
    exchanges: VecDeque<Exchange>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Stage {
    Laid,
    Found,
    Selected,
    Read,
}

/// Module 05.01 of 2026-01-01, numbers 1 and 2.
const SAM_ID: [u8; 16] = [5, 0, 1, 0, 0x05, 0x25, 0x35, 0x01, 1, 0, 0, 0, 2, 0, 0, 0];
/// Time that a reader works on a command before its reply.
const WORK: Duration = Duration::from_millis(5);
/// Time that a reader needs to read a card over the air.
const READ_WORK: Duration = Duration::from_millis(200);
/// How long it waits while nothing happens.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Pieces in which a CH340 adapter hands over what it gets.
const ADAPTER: Fragmentation = Fragmentation::Every(32);

impl SimulatedReader {
    /// Plugs in a reader without a card.
    ///
    /// # Errors
    /// No PTY or no thread to be had, or the link cannot be made.
    pub fn start(options: ReaderOptions) -> io::Result<SimulatedReader> {
        let shared = Arc::new(Shared {
            pty: Pty::new(&options.link)?,
            baud: options.baud,
            stop: AtomicBool::new(false),
            state: Mutex::new(ReaderState {
                card: None,
                stage: Stage::Laid,
                fault: ReaderFault::None,
                sam_id: SAM_ID,
                read_work: READ_WORK,
                finds_in_vain: 0,
                turn: false,
                was_reset: false,
                exchanges: VecDeque::new(),
            }),
        });
        let thread = thread::Builder::new().name("reader-simulator".to_owned()).spawn({
            let shared = shared.clone();
            move || shared.run()
        })?;
        Ok(SimulatedReader { shared, thread: Some(thread) })
    }

    /// Where the product finds the reader.
    pub fn path(&self) -> &Path {
        self.shared.pty.path()
    }

    /// Lays a card down, in place of the one that may lie there.
    pub fn lay(&self, card: Card) {
        let mut state = self.shared.state();
        state.card = Some(card);
        state.stage = Stage::Laid;
    }

    /// Takes the card away; while it is being read, the read fails with 41.
    pub fn lift(&self) {
        let mut state = self.shared.state();
        state.card = None;
        state.finds_in_vain = 0;
    }

    /// How often it was asked for a card since the last one was lifted.
    pub fn finds_in_vain(&self) -> usize {
        self.shared.state().finds_in_vain
    }

    /// From now on it needs so long to read a card over the air.
    pub fn reads_in(&self, time: Duration) {
        self.shared.state().read_work = time;
    }

    /// Id of the card that lies there.
    pub fn card(&self) -> Option<String> {
        self.shared.state().card.as_ref().map(|card| card.id.clone())
    }

    /// Sets what is wrong from now on.
    pub fn fault(&self, fault: ReaderFault) {
        let mut state = self.shared.state();
        state.fault = fault;
        state.turn = false;
        state.was_reset = false;
    }

    /// The last exchanges, oldest first: what the product needed between them is its own time.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.state().exchanges.iter().copied().collect()
    }

    /// Pulls the cable.
    pub fn unplug(&self) {
        self.shared.pty.unplug();
    }

    /// Plugs the cable in again. The reader has lost its power and knows no card.
    ///
    /// # Errors
    /// No PTY to be had, or the link cannot be made.
    pub fn plug(&self) -> io::Result<()> {
        self.shared.state().stage = Stage::Laid;
        self.shared.pty.plug()
    }

    /// Puts another reader in its place, with another identity.
    pub fn replace(&self, sam_id: [u8; 16]) {
        self.shared.state().sam_id = sam_id;
    }
}

impl Drop for SimulatedReader {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.shared.pty.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn run(&self) {
        let mut heard = Vec::new();
        let mut buffer = [0; 64];
        while !self.stop.load(Ordering::Relaxed) {
            match self.pty.read(&mut buffer, LONGEST_WAIT) {
                Ok(count) => {
                    heard.extend_from_slice(&buffer[..count]);
                    if self.state().fault == ReaderFault::Echo {
                        let _ = self.pty.write_paced(&buffer[..count], self.baud, ADAPTER);
                    }
                }
                Err(error) if error.kind() == ErrorKind::TimedOut => {}
                Err(_) => heard.clear(),
            }
            if self.pty.peer_baud() != Some(self.baud) {
                heard.clear();
            }
            while let Some(command) = take_command(&mut heard) {
                let heard_at = Instant::now();
                if let Some(reply) = self.answer(command) {
                    // Nobody minds a pulled cable here: the next read tells.
                    let _ = self.send(&reply);
                    self.state().note(Exchange { heard_at, sent_at: Instant::now() });
                }
            }
        }
    }

    fn send(&self, reply: &[u8]) -> io::Result<()> {
        let fault = self.state().fault;
        let is_card = reply.len() > 1000;
        let mut bytes = reply.to_vec();
        let mut pieces = ADAPTER;
        match fault {
            ReaderFault::Garbage => {
                bytes.splice(..0, [0x00, 0xAA, 0x96, 0x55, 0xAA, 0xAA, 0x13, 0xAA]);
            }
            ReaderFault::Trickle => pieces = Fragmentation::Every(1),
            ReaderFault::HalfFrame if is_card => bytes.truncate(reply.len() / 2),
            ReaderFault::BadCheck if is_card => *bytes.last_mut().expect("not empty") ^= 0x01,
            ReaderFault::WrongLength if is_card => bytes[6] ^= 0x08,
            ReaderFault::Duplicate => {
                self.pty.write_paced(reply, self.baud, ADAPTER)?;
                // By now the product has sent its next command.
                thread::sleep(Duration::from_millis(4));
            }
            _ => {}
        }
        self.pty.write_paced(&bytes, self.baud, pieces)
    }

    /// The reply to a command: SW3 and data, framed.
    fn answer(&self, command: Heard) -> Option<Vec<u8>> {
        let fault = self.state().fault;
        if fault == ReaderFault::Silent {
            return None;
        }
        thread::sleep(WORK);
        let [cmd, para] = match command {
            Heard::BadCheck => return Some(frame(0x10, &[])),
            Heard::BadLength => return Some(frame(0x11, &[])),
            Heard::Command(command) => command,
        };
        match fault {
            ReaderFault::SelfTest => return Some(frame(0x60, &[])),
            ReaderFault::NotAuthorised => return Some(frame(0x66, &[])),
            ReaderFault::Misheard if self.state().next_turn() => return Some(frame(0x10, &[])),
            _ => {}
        }
        let is_reading = [cmd, para] == [0x30, 0x01] || [cmd, para] == [0x30, 0x10];
        if is_reading && self.state().stage == Stage::Selected {
            // The card is read without the lock, so that it can be lifted meanwhile.
            let time = self.state().read_work;
            thread::sleep(time);
        }
        let mut state = self.state();
        Some(match [cmd, para] {
            [0x10, 0xFF] => {
                state.stage = Stage::Laid;
                state.was_reset = true;
                frame(0x90, &[])
            }
            [0x11, 0xFF] => frame(0x90, &[]),
            [0x12, 0xFF] => frame(0x90, &state.sam_id),
            [0x20, 0x01] => state.find(),
            [0x20, 0x02] => state.select(),
            [0x30, 0x01] => state.read(),
            [0x30, 0x03] => match state.card {
                _ if fault == ReaderFault::ClaimsFalsely => frame(0x91, &[]),
                Some(_) if state.stage >= Stage::Selected => frame(0x91, &[]),
                _ => frame(0x41, &[]),
            },
            // This module is not licensed for fingerprints.
            [0x30, 0x10] => frame(0x23, &[]),
            _ => frame(0x21, &[]),
        })
    }

    fn state(&self) -> MutexGuard<'_, ReaderState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReaderState {
    fn note(&mut self, exchange: Exchange) {
        const KEPT: usize = 8;
        if self.exchanges.len() == KEPT {
            self.exchanges.pop_front();
        }
        self.exchanges.push_back(exchange);
    }

    fn find(&mut self) -> Vec<u8> {
        let was_read = self.stage == Stage::Read;
        if was_read && self.fault == ReaderFault::Unrecognised && !self.was_reset {
            return frame(0x24, &[]);
        }
        let is_read = was_read && self.fault != ReaderFault::ReadsAgain;
        self.finds_in_vain += usize::from(self.card.is_none());
        if self.card.is_none() || is_read {
            return frame(0x80, &[]);
        }
        if self.fault == ReaderFault::SecondFind && self.next_turn() {
            return frame(0x80, &[]);
        }
        self.stage = Stage::Found;
        frame(0x9F, &[0; 4])
    }

    fn select(&mut self) -> Vec<u8> {
        if self.card.is_none() || self.stage != Stage::Found {
            return frame(0x81, &[]);
        }
        match self.fault {
            ReaderFault::WrongCard => return frame(0x40, &[]),
            ReaderFault::SelectFails => return frame(0x81, &[]),
            ReaderFault::Unrecognised if !self.was_reset => return frame(0x24, &[]),
            _ => {}
        }
        self.stage = Stage::Selected;
        frame(0x90, &[0; 8])
    }

    fn read(&mut self) -> Vec<u8> {
        let card = match &self.card {
            Some(card) if self.stage == Stage::Selected => card,
            _ => return frame(0x41, &[]),
        };
        self.stage = Stage::Found;
        match self.fault {
            ReaderFault::CardRefuses => return frame(0x31, &[]),
            ReaderFault::SamRefuses => return frame(0x32, &[]),
            ReaderFault::Unverified => return frame(0x33, &[]),
            ReaderFault::MovedAway => return frame(0x41, &[]),
            _ => {}
        }
        let text_length = if self.fault == ReaderFault::OddText { 0 } else { 1 };
        let mut data = vec![text_length, 0, 4, 0];
        data.extend_from_slice(&card.text);
        data.extend_from_slice(&photo());
        self.stage = Stage::Read;
        frame(0x90, &data)
    }

    /// True the first time and every other time after.
    fn next_turn(&mut self) -> bool {
        self.turn = !self.turn;
        self.turn
    }
}

enum Heard {
    Command([u8; 2]),
    BadCheck,
    BadLength,
}

/// Takes the first whole frame out of what was heard.
fn take_command(heard: &mut Vec<u8>) -> Option<Heard> {
    let preamble = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
    let Some(start) = heard.windows(5).position(|window| window == preamble) else {
        // Noise without a preamble is not kept for long.
        if heard.len() > 64 {
            heard.clear();
        }
        return None;
    };
    heard.drain(..start);
    let len = usize::from(u16::from_be_bytes([*heard.get(5)?, *heard.get(6)?]));
    if !(3..=64).contains(&len) {
        heard.drain(..7);
        return Some(Heard::BadLength);
    }
    let frame = heard.get(..7 + len)?;
    let sum = frame[5..].iter().fold(0, |sum, byte| sum ^ byte);
    let command = [frame[7], frame[8]];
    heard.drain(..7 + len);
    Some(if sum == 0 { Heard::Command(command) } else { Heard::BadCheck })
}

/// A reply: preamble, length, SW1 and SW2 (0), SW3, data, checksum.
fn frame(sw3: u8, data: &[u8]) -> Vec<u8> {
    let mut frame = vec![0xAA, 0xAA, 0xAA, 0x96, 0x69];
    let len = u16::try_from(data.len() + 4).expect("replies are short");
    frame.extend_from_slice(&len.to_be_bytes());
    frame.extend_from_slice(&[0, 0, sw3]);
    frame.extend_from_slice(data);
    let sum = frame[5..].iter().fold(0, |sum, byte| sum ^ byte);
    frame.push(sum);
    frame
}

/// 1024 bytes that look like nothing but a frame now and then, as a photograph may.
fn photo() -> [u8; 1024] {
    let decoy = frame(0x80, &[]);
    std::array::from_fn(|at| decoy[at % decoy.len()] ^ (at / 256) as u8)
}
