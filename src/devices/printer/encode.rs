//! Lines of a slip as ESC/POS bytes (`protocols.md` §2.1). Pure but for the fonts that
//! [`Glyphs`] reads.

use encoding_rs::GB18030;

use super::glyphs::{Bitmap, COLUMN, Glyphs, HEIGHT};
use crate::config::{Charset, Paper};
use crate::slip::layout::{Align, Kind, Line, columns, rule_text};
use crate::slip::typeset::{break_lines, gbk};

/// Reset, then report every change of state by itself (`ESC @`, `GS a`).
pub const INIT: [u8; 5] = [0x1b, 0x40, 0x1d, 0x61, 0xff];

/// Switches the feed key off, on (`ESC c 5`). A reset switches it on.
pub const FEED_KEY_OFF: [u8; 4] = [0x1b, 0x63, 0x35, 0x01];
pub const FEED_KEY_ON: [u8; 4] = [0x1b, 0x63, 0x35, 0x00];

/// Ends the line, moves the last one past the head on printers that do not do so themselves,
/// feeds to the cutter and cuts. Legacy cuts and the `FS C` family differ from maker to maker.
pub const CUT: [u8; 8] = [0x0a, 0x1b, 0x64, 0x03, 0x1d, 0x56, 0x42, 0x00];

/// Rows of one raster command. A printer that lost its host in the middle of one waits for at
/// most this many rows, see [`recovery`].
pub const BAND: usize = 24;

/// What is sent to a printer that may wait for the rest of an interrupted command: more zeros
/// than the longest picture band, which print as white or not at all.
pub fn recovery() -> Vec<u8> {
    vec![0; BAND * 72 + 320]
}

/// Longest content of a QR code, in bytes; anything longer is printed as text.
const QR_LIMIT: usize = 300;

/// What is sent between [`INIT`] and [`CUT`].
pub struct Body {
    pub bytes: Vec<u8>,
    /// Places, ascending, at which no command and no line is under way: where a status query may
    /// stand.
    pub stops: Vec<Stop>,
    /// Length of the printed paper in dots (8 to the millimetre), cut not included.
    pub dots: usize,
}

/// A place between two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Offset in the bytes.
    pub at: usize,
    /// Length of the paper up to here, in dots.
    pub dots: usize,
}

/// A slip complete with [`INIT`] and [`CUT`].
pub fn encode(lines: &[Line], paper: Paper, charset: Charset, glyphs: &mut Glyphs) -> Vec<u8> {
    let body = body(lines, paper, charset, glyphs);
    [INIT.as_slice(), &body.bytes, &CUT].concat()
}

/// Dots across the printable width.
pub fn width(paper: Paper) -> usize {
    columns(paper) * COLUMN
}

/// Encodes the lines. Text that the printer's `charset` does not hold is drawn, the whole line,
/// so that it stays aligned. No real-time command (`10 04`, `10 05`, `10 14`) is ever among the
/// bytes: a printer would execute it in the middle of a picture.
pub fn body(lines: &[Line], paper: Paper, charset: Charset, glyphs: &mut Glyphs) -> Body {
    let mut encoder = Encoder {
        body: Body { bytes: Vec::new(), stops: Vec::new(), dots: 0 },
        paper,
        charset,
        style: None,
    };
    // Chinese mode on, default line pitch.
    encoder.put(&[0x1c, 0x26, 0x1b, 0x32]);
    for line in lines {
        encoder.line(line, glyphs);
        let stop = Stop { at: encoder.body.bytes.len(), dots: encoder.body.dots };
        encoder.body.stops.push(stop);
    }
    encoder.body
}

struct Encoder {
    body: Body,
    paper: Paper,
    charset: Charset,
    /// Alignment, size and weight as last sent.
    style: Option<(Align, u8, bool)>,
}

impl Encoder {
    fn put(&mut self, bytes: &[u8]) {
        self.body.bytes.extend_from_slice(bytes);
    }

    fn line(&mut self, line: &Line, glyphs: &mut Glyphs) {
        match &line.kind {
            Kind::Text => self.text(line, glyphs),
            Kind::Rule if line.text.is_empty() => {
                self.white(8);
                let mut rule = Bitmap::white(width(self.paper), 2);
                rule.rows.fill(0xff);
                self.raster(rule);
                self.white(10);
            }
            Kind::Rule => {
                let text = rule_text(&line.text, columns(self.paper));
                self.text(&Line { text, kind: Kind::Text, ..line.clone() }, glyphs);
            }
            Kind::Qr(content) if content.len() <= QR_LIMIT => self.qr(content),
            Kind::Qr(content) => {
                for text in break_lines(content, columns(self.paper)) {
                    self.text(&Line { text, kind: Kind::Text, ..line.clone() }, glyphs);
                }
            }
            Kind::Feed => self.white(HEIGHT / 2),
        }
    }

    fn text(&mut self, line: &Line, glyphs: &mut Glyphs) {
        match encodable(&line.text, self.charset) {
            Some(bytes) => {
                self.style(line.align, line.size, line.bold);
                self.put(&bytes);
                self.put(&[0x0a]);
                self.body.dots += (HEIGHT * usize::from(line.size)).max(34);
            }
            None => {
                let bitmap = glyphs.line(line, width(self.paper));
                self.raster(bitmap);
            }
        }
        if line.size > 1 {
            // Large lines follow each other without a gap otherwise.
            self.white(12);
        }
    }

    /// Han characters take their size from `FS !` on clones and from `GS !` on others; the last
    /// one counts where both do.
    fn style(&mut self, align: Align, size: u8, bold: bool) {
        if self.style == Some((align, size, bold)) {
            return;
        }
        let (latin, han) = if size > 1 { (0x11, 0x0c) } else { (0, 0) };
        self.put(&[0x1b, 0x61, align as u8]);
        self.put(&[0x1d, 0x21, latin, 0x1c, 0x21, han]);
        self.put(&[0x1b, 0x45, u8::from(bold)]);
        self.style = Some((align, size, bold));
    }

    /// White of an exact height. A picture one byte wide, because the units of the feed commands
    /// differ from printer to printer.
    fn white(&mut self, dots: usize) {
        self.raster(Bitmap::white(8, dots));
    }

    fn raster(&mut self, bitmap: Bitmap) {
        let bold = self.style.is_some_and(|(_, _, bold)| bold);
        self.style(Align::Left, 1, bold);
        self.body.dots += bitmap.height();
        for band in bitmap.rows.chunks(bitmap.stride * BAND) {
            let [xl, xh] = (bitmap.stride as u16).to_le_bytes();
            let [yl, yh] = ((band.len() / bitmap.stride) as u16).to_le_bytes();
            self.put(&[0x1d, 0x76, 0x30, 0x00, xl, xh, yl, yh]);
            let mut band = band.to_vec();
            defuse(&mut band);
            self.put(&band);
        }
    }

    fn qr(&mut self, content: &str) {
        let (module, dots) = match self.paper {
            Paper::Mm80 => (6, 270),
            Paper::Mm58 => (5, 225),
        };
        self.white(4);
        self.style(Align::Centre, 1, false);
        let [pl, ph] = ((content.len() + 3) as u16).to_le_bytes();
        self.put(&[0x1d, 0x28, 0x6b, 0x04, 0x00, 0x31, 0x41, 0x32, 0x00]);
        self.put(&[0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x43, module]);
        self.put(&[0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x45, 0x31]);
        self.put(&[0x1d, 0x28, 0x6b, pl, ph, 0x31, 0x50, 0x30]);
        self.put(content.as_bytes());
        self.put(&[0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x51, 0x30]);
        self.body.dots += dots;
        self.white(8);
    }
}

/// The bytes of a text in the printer's Chinese mode, if it holds every character of it.
fn encodable(text: &str, charset: Charset) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => bytes.push(c as u8),
            '\u{a0}' => bytes.push(b' '),
            // Nothing that is not to be seen goes to a printer inside a text.
            c if c.is_control() => {}
            c => match charset {
                Charset::None => return None,
                Charset::Gbk => bytes.extend(gbk(c)?),
                Charset::Gb18030 => match gbk(c) {
                    Some(pair) => bytes.extend(pair),
                    // Four-byte codes: extension A is what every GB 18030 font holds.
                    None if ('\u{3400}'..='\u{4db5}').contains(&c) => {
                        let mut buffer = [0; 4];
                        bytes.extend_from_slice(&GB18030.encode(c.encode_utf8(&mut buffer)).0);
                    }
                    None => return None,
                },
            },
        }
    }
    Some(bytes)
}

/// Breaks real-time sequences in a picture by one more black dot beside a black one.
fn defuse(bytes: &mut [u8]) {
    for i in 1..bytes.len() {
        if bytes[i - 1] == 0x10 && matches!(bytes[i], 0x04 | 0x05 | 0x14) {
            bytes[i - 1] = 0x18;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Line {
        Line { text: text.to_owned(), size: 1, bold: false, align: Align::Left, kind: Kind::Text }
    }

    fn bytes_of(line: Line, charset: Charset) -> Vec<u8> {
        body(&[line], Paper::Mm80, charset, &mut Glyphs::new(&[])).bytes
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn common_text_is_sent_as_two_byte_codes() {
        let bytes = bytes_of(line("受理 A"), Charset::Gbk);
        assert_eq!(&bytes[..4], [0x1c, 0x26, 0x1b, 0x32]);
        assert!(holds(&bytes, &[0xca, 0xdc, 0xc0, 0xed, 0x20, 0x41, 0x0a]), "{bytes:02x?}");
        assert!(!holds(&bytes, &[0x1d, 0x76]), "nothing is drawn");
    }

    #[test]
    fn what_the_charset_lacks_is_drawn_and_never_a_question_mark() {
        for (text, charset, drawn) in [
            ("㛃", Charset::Gbk, true),
            ("㛃", Charset::Gb18030, false), // 82 30 8d..: extension A
            ("𠮷", Charset::Gb18030, true),
            ("\u{e000}", Charset::Gbk, true),
            ("\u{e000}", Charset::Gb18030, true),
            ("€", Charset::Gbk, true),
            ("ñ", Charset::Gbk, true),
            ("受", Charset::None, true),
            ("abc", Charset::None, false),
        ] {
            let bytes = bytes_of(line(text), charset);
            assert_eq!(
                holds(&bytes, &[0x1d, 0x76, 0x30, 0x00, 72, 0]),
                drawn,
                "{text} {charset:?}"
            );
            assert!(drawn || !bytes.contains(&b'?'), "{text}");
        }
    }

    #[test]
    fn a_qr_code_is_stored_and_printed() {
        let qr = Line { kind: Kind::Qr("ab".to_owned()), ..line("") };
        let bytes = bytes_of(qr, Charset::Gbk);
        let stored = [0x1d, 0x28, 0x6b, 0x05, 0x00, 0x31, 0x50, 0x30, b'a', b'b'];
        let printed = [0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x51, 0x30];
        assert!(holds(&bytes, &stored) && holds(&bytes, &printed), "{bytes:02x?}");
    }

    #[test]
    fn p4_a_text_cannot_command_the_printer() {
        let bytes = bytes_of(line("a\u{1b}p\u{0}\u{10}\u{4}\u{1}b"), Charset::Gbk);
        assert!(bytes.ends_with(b"apb\n"), "{bytes:02x?}");
    }

    #[test]
    fn real_time_sequences_in_a_picture_are_broken() {
        let mut picture = vec![0x10, 0x10, 0x04, 0x01, 0x10, 0x05, 0x10, 0x14];
        defuse(&mut picture);
        assert_eq!(picture, [0x10, 0x18, 0x04, 0x01, 0x18, 0x05, 0x18, 0x14]);
    }

    #[test]
    fn no_picture_carries_a_real_time_sequence() {
        let mut encoder = Encoder {
            body: Body { bytes: Vec::new(), stops: Vec::new(), dots: 0 },
            paper: Paper::Mm80,
            charset: Charset::Gbk,
            style: None,
        };
        let rows = [0x10, 0x04, 0x01, 0x10, 0x05, 0x02, 0x10, 0x14, 0x08].repeat(20);
        encoder.raster(Bitmap { stride: 3, rows });
        for pair in encoder.body.bytes.windows(2) {
            assert!(!matches!(pair, [0x10, 0x04 | 0x05 | 0x14]));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_real_time_command_is_ever_sent(
            text in "\\PC{0,24}",
            size in 1u8..=2,
            charset in prop::sample::select(vec![Charset::Gbk, Charset::Gb18030, Charset::None]),
        ) {
            let given = Line { size, ..line(&text) };
            let body = body(&[given], Paper::Mm58, charset, &mut Glyphs::new(&["/nonexistent".into()]));
            for pair in body.bytes.windows(2) {
                prop_assert!(!matches!(pair, [0x10, 0x04 | 0x05 | 0x14]));
            }
            prop_assert_eq!(body.stops.last().map(|stop| stop.at), Some(body.bytes.len()));
        }
    }
}
