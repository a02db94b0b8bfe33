//! What a printer makes of the bytes that reach it (`protocols.md` §2.1): a decoder of its own,
//! written from the command tables and not from the product's encoder.

use encoding_rs::GB18030;

use super::paper::{Page, aligned};
use crate::config::Paper;

/// Longest command whose arguments are kept; of a longer one the rest is skipped.
const KEPT: usize = 7200;
/// Default line pitch in dots.
const PITCH: usize = 34;

/// What a byte made the printer do, beyond marking the paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The paper moved by so many dots.
    Moved(usize),
    /// Feed to the cutter is done; cut here.
    Cut,
    /// `ESC @`
    Reset,
    /// `ESC c 5 n`: the feed key is off.
    FeedKey(bool),
    /// `GS a n`
    Automatic(u8),
    /// `GS r n`
    Sensor(u8),
    /// `GS I n`
    Identity(u8),
    /// `GS ( H`
    ProcessId([u8; 4]),
    /// `DLE EOT`, `DLE ENQ` or `DLE DC4` that came as a command: done already when it arrived.
    Realtime,
}

/// Size, weight and place of text.
#[derive(Clone, Copy)]
struct Style {
    latin: (usize, usize),
    han: (usize, usize),
    bold: bool,
    align: u8,
    pitch: usize,
    chinese: bool,
}

impl Style {
    const RESET: Style =
        Style { latin: (1, 1), han: (1, 1), bold: false, align: 0, pitch: PITCH, chinese: false };
}

struct Placed {
    c: char,
    x: usize,
    size: (usize, usize),
    bold: bool,
}

enum State {
    Text,
    /// A multi-byte character or a command, as far as it has come.
    Partial(Vec<u8>),
    /// Rows of `GS v 0`.
    Raster {
        stride: usize,
        rows: usize,
        row: Vec<u8>,
        at: usize,
        double: (usize, usize),
    },
    /// Data of a command that is not understood.
    Skip(usize),
}

/// How much more a command needs.
enum Need {
    Byte,
    Nothing,
    Skip(usize),
}

/// The command interpreter of a printer, and the paper in front of its head.
pub struct Interpreter {
    paper: Paper,
    page: Page,
    style: Style,
    state: State,
    line: Vec<Placed>,
    /// Where the next character of the line goes, in dots.
    x: usize,
    qr: Vec<u8>,
    module: usize,
    level: u8,
}

impl Interpreter {
    pub fn new(paper: Paper) -> Interpreter {
        Interpreter {
            paper,
            page: Page::new(paper),
            style: Style::RESET,
            state: State::Text,
            line: Vec::new(),
            x: 0,
            qr: Vec::new(),
            module: 3,
            level: 0x30,
        }
    }

    /// The paper that has come out.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Takes away the paper that has come out.
    pub fn cut(&mut self) -> Page {
        std::mem::replace(&mut self.page, Page::new(self.paper))
    }

    /// Forgets everything but the paper, as a buffer clear does.
    pub fn clear(&mut self) {
        self.state = State::Text;
        self.line.clear();
        self.x = 0;
    }

    /// Whether the next byte begins a command or a character.
    pub fn at_rest(&self) -> bool {
        matches!(self.state, State::Text)
    }

    /// Takes one byte.
    pub fn byte(&mut self, byte: u8) -> Vec<Action> {
        let mut actions = Vec::new();
        self.state = match std::mem::replace(&mut self.state, State::Text) {
            State::Text => self.first(byte, &mut actions),
            State::Partial(mut held) => {
                held.push(byte);
                if held[0] >= 0x81 {
                    self.multibyte(held, &mut actions)
                } else {
                    match need(&held) {
                        Need::Byte if held.len() < KEPT => State::Partial(held),
                        Need::Byte => State::Text,
                        Need::Skip(0) => State::Text,
                        Need::Skip(count) => State::Skip(count),
                        Need::Nothing => self.run(&held, &mut actions),
                    }
                }
            }
            State::Raster { stride, rows, mut row, mut at, double } => {
                if at < self.page.width().div_ceil(8) {
                    row.push(byte);
                }
                at += 1;
                if at < stride {
                    State::Raster { stride, rows, row, at, double }
                } else {
                    self.raster_row(&row, double, &mut actions);
                    match rows - 1 {
                        0 => State::Text,
                        rows => State::Raster { stride, rows, row: Vec::new(), at: 0, double },
                    }
                }
            }
            State::Skip(1) => State::Text,
            State::Skip(left) => State::Skip(left - 1),
        };
        actions
    }

    fn first(&mut self, byte: u8, actions: &mut Vec<Action>) -> State {
        match byte {
            0x0a => self.feed_line(actions),
            0x09 => self.x = (self.x / 96 + 1) * 96,
            0x10 | 0x12 | 0x1b | 0x1c | 0x1d => return State::Partial(vec![byte]),
            0x20..=0x7e => self.place(char::from(byte), actions),
            0x81..=0xfe if self.style.chinese => return State::Partial(vec![byte]),
            // Some code page; which one nobody knows.
            0x80..=0xff => self.place('\u{fffd}', actions),
            _ => {}
        }
        State::Text
    }

    /// A GBK character of two bytes or a GB 18030 one of four.
    fn multibyte(&mut self, held: Vec<u8>, actions: &mut Vec<Action>) -> State {
        let complete = match held[..] {
            [_, 0x30..=0x39] | [_, _, _] => false,
            [_, 0x40..=0xfe] | [_, _, _, _] => true,
            // Not a trail byte: the lead is lost, the byte stands for itself.
            _ => {
                self.place('\u{fffd}', actions);
                return self.first(held[1], actions);
            }
        };
        if !complete {
            return State::Partial(held);
        }
        let (text, _) = GB18030.decode_without_bom_handling(&held);
        // A lead byte with a wrong trail decodes to more than one character.
        let c = text.chars().next().unwrap_or('\u{fffd}');
        self.place(c, actions);
        State::Text
    }

    fn place(&mut self, c: char, actions: &mut Vec<Action>) {
        let (size, cell) = if c.is_ascii() { (self.style.latin, 12) } else { (self.style.han, 24) };
        if self.x + cell * size.0 > self.page.width() {
            self.feed_line(actions);
        }
        self.line.push(Placed { c, x: self.x, size, bold: self.style.bold });
        self.x += cell * size.0;
    }

    /// Prints the line and moves on by the pitch, or by its own height if that is more.
    fn feed_line(&mut self, actions: &mut Vec<Action>) {
        let height = self.print_line();
        self.advance(self.style.pitch.saturating_sub(height), actions);
        if let Some(Action::Moved(dots)) = actions.last_mut() {
            *dots += height;
        } else {
            actions.push(Action::Moved(height));
        }
    }

    /// Prints what stands in the line; returns its height.
    fn print_line(&mut self) -> usize {
        let height = self.line.iter().map(|placed| 24 * placed.size.1).max().unwrap_or(0);
        let left = aligned(self.x, self.page.width(), self.style.align);
        let top = self.page.height();
        self.page.feed(height);
        for placed in std::mem::take(&mut self.line) {
            // Characters of different heights stand on one base line.
            let y = top + height - 24 * placed.size.1;
            let (wide, high) = placed.size;
            self.page.character(placed.c, left + placed.x, y, wide, high, placed.bold);
        }
        self.x = 0;
        height
    }

    fn advance(&mut self, dots: usize, actions: &mut Vec<Action>) {
        self.page.feed(dots);
        if dots > 0 {
            actions.push(Action::Moved(dots));
        }
    }

    fn raster_row(&mut self, row: &[u8], double: (usize, usize), actions: &mut Vec<Action>) {
        let top = self.page.height();
        self.page.feed(double.1);
        let left = aligned(row.len() * 8 * double.0, self.page.width(), self.style.align);
        for (i, byte) in row.iter().enumerate() {
            for bit in (0..8).filter(|bit| byte & (0x80 >> bit) != 0) {
                for dx in 0..double.0 {
                    for dy in 0..double.1 {
                        self.page.dot(left + (i * 8 + bit) * double.0 + dx, top + dy);
                    }
                }
            }
        }
        actions.push(Action::Moved(double.1));
    }

    fn run(&mut self, command: &[u8], actions: &mut Vec<Action>) -> State {
        let style = &mut self.style;
        match *command {
            [0x10, ..] => actions.push(Action::Realtime),
            [0x1b, 0x40] => {
                self.style = Style::RESET;
                self.line.clear();
                self.x = 0;
                actions.push(Action::Reset);
            }
            [0x1b, 0x21, n] => {
                style.bold = n & 0x08 != 0;
                style.latin = (1 + usize::from(n >> 5 & 1), 1 + usize::from(n >> 4 & 1));
            }
            [0x1b, 0x45, n] => style.bold = n & 1 != 0,
            [0x1b, 0x61, n] if self.line.is_empty() => style.align = n & 3,
            [0x1b, 0x32] => style.pitch = PITCH,
            [0x1b, 0x33, n] => style.pitch = usize::from(n),
            [0x1b, 0x4a, n] => {
                let height = self.print_line();
                self.advance(height + usize::from(n), actions);
            }
            [0x1b, 0x64, n] => {
                let height = self.print_line();
                self.advance(height + usize::from(n) * self.style.pitch, actions);
            }
            [0x1b, 0x63, 0x35, n] => actions.push(Action::FeedKey(n & 1 != 0)),
            [0x1b, 0x69 | 0x6d] => actions.push(Action::Cut),
            [0x1c, 0x26] => style.chinese = true,
            [0x1c, 0x2e] => style.chinese = false,
            [0x1c, 0x21, n] => {
                style.han = (1 + usize::from(n >> 2 & 1), 1 + usize::from(n >> 3 & 1));
            }
            [0x1c, 0x57, n] => style.han = if n & 1 != 0 { (2, 2) } else { (1, 1) },
            [0x1d, 0x21, n] => {
                let size = (usize::from(n >> 4 & 7) + 1, usize::from(n & 7) + 1);
                style.latin = size;
                style.han = size;
            }
            [0x1d, 0x56, 0 | 1 | 0x30 | 0x31] => actions.push(Action::Cut),
            // From the head to the cutter it is some 12 mm.
            [0x1d, 0x56, 0x41 | 0x42, n] => {
                self.advance(96 + usize::from(n), actions);
                actions.push(Action::Cut);
            }
            [0x1d, 0x61, n] => actions.push(Action::Automatic(n)),
            [0x1d, 0x72, n] => actions.push(Action::Sensor(n)),
            [0x1d, 0x49, n] => actions.push(Action::Identity(n)),
            [0x1d, 0x76, 0x30, mode, xl, xh, yl, yh] => {
                let stride = usize::from(u16::from_le_bytes([xl, xh]));
                let rows = usize::from(u16::from_le_bytes([yl, yh]));
                let double = (1 + usize::from(mode & 1), 1 + usize::from(mode >> 1 & 1));
                if stride > 0 && rows > 0 {
                    return State::Raster { stride, rows, row: Vec::new(), at: 0, double };
                }
            }
            [0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30, a, b, c, d] => {
                actions.push(Action::ProcessId([a, b, c, d]));
            }
            [0x1d, 0x28, 0x6b, _, _, 0x31, function, ref data @ ..] => {
                self.qr_function(function, data, actions);
            }
            _ => {}
        }
        State::Text
    }

    fn qr_function(&mut self, function: u8, data: &[u8], actions: &mut Vec<Action>) {
        match (function, data) {
            (0x43, [n, ..]) => self.module = usize::from(*n).clamp(1, 16),
            (0x45, [n, ..]) => self.level = *n,
            (0x50, [0x30, content @ ..]) => self.qr = content.to_vec(),
            (0x51, _) => {
                let height = self.page.qr(&self.qr, self.module, self.level, self.style.align);
                actions.push(Action::Moved(height));
            }
            _ => {}
        }
    }
}

/// What a command that begins so still needs. Unknown two-byte commands end there.
fn need(held: &[u8]) -> Need {
    let arguments = |count: usize| {
        if held.len() < 2 + count { Need::Byte } else { Need::Nothing }
    };
    match *held {
        [_] => Need::Byte,
        [0x10, 0x04, n, ..] => arguments(if matches!(n, 7 | 8) { 2 } else { 1 }),
        [0x10, 0x04 | 0x05] => Need::Byte,
        [0x10, 0x05, ..] => arguments(1),
        [0x10, 0x14] => Need::Byte,
        [0x10, 0x14, n, ..] => arguments(if n == 8 { 8 } else { 3 }),
        [0x12, 0x54] => Need::Nothing,
        [0x1b, b, ..] => match b {
            0x20 | 0x21 | 0x2d | 0x33 | 0x39 | 0x3d | 0x45 | 0x47 | 0x4a | 0x4d | 0x52 | 0x54
            | 0x56 | 0x61 | 0x64 | 0x65 | 0x72 | 0x74 | 0x7b => arguments(1),
            0x24 | 0x5c | 0x63 => arguments(2),
            0x70 => arguments(3),
            0x2a => match *held {
                [_, _, mode, low, high, ..] => {
                    let columns = usize::from(u16::from_le_bytes([low, high]));
                    Need::Skip(columns * if mode >= 32 { 3 } else { 1 })
                }
                _ => Need::Byte,
            },
            _ => Need::Nothing,
        },
        [0x1c, b, ..] => match b {
            0x21 | 0x2d | 0x43 | 0x57 => arguments(1),
            0x53 | 0x70 => arguments(2),
            0x28 => counted(held),
            _ => Need::Nothing,
        },
        [0x1d, b, ..] => match b {
            0x21 | 0x42 | 0x48 | 0x49 | 0x61 | 0x62 | 0x66 | 0x68 | 0x72 | 0x77 => arguments(1),
            0x24 | 0x4c | 0x50 | 0x57 | 0x5c => arguments(2),
            0x56 => match held.get(2) {
                Some(0x41 | 0x42 | 0x61 | 0x62 | 0x67 | 0x68) => arguments(2),
                _ => arguments(1),
            },
            0x76 => arguments(6),
            0x28 => counted(held),
            0x38 => match *held {
                [_, _, _, a, b, c, d, ..] => {
                    Need::Skip(u32::from_le_bytes([a, b, c, d]).min(1 << 24) as usize)
                }
                _ => Need::Byte,
            },
            // A bar code: up to a zero, or counted.
            0x6b => match *held {
                [_, _, 0..=6, .., 0] if held.len() > 3 => Need::Nothing,
                [_, _, 0x41..=0xff, n, ..] => Need::Skip(n.into()),
                _ => Need::Byte,
            },
            _ => Need::Nothing,
        },
        _ => Need::Nothing,
    }
}

/// `( fn pL pH data`: kept if it is QR or a process id, else skipped.
fn counted(held: &[u8]) -> Need {
    match *held {
        [_, _, function, low, high, ..] => {
            let count = usize::from(u16::from_le_bytes([low, high]));
            match function {
                0x48 | 0x6b if held[0] == 0x1d && count <= KEPT - 8 => {
                    if held.len() < 5 + count {
                        Need::Byte
                    } else {
                        Need::Nothing
                    }
                }
                _ => Need::Skip(count),
            }
        }
        _ => Need::Byte,
    }
}
