//! Thermal paper: a page that grows, a printer's built-in font, and a picture of the slip as it
//! lies in the hand.

use std::collections::HashMap;
use std::sync::OnceLock;

use png::{BitDepth, ColorType, Encoder};
use qrcode::{Color, EcLevel, QrCode};
use swash::scale::{Render, ScaleContext, Source};
use swash::zeno::Format;
use swash::{FontDataRef, FontRef, StringId};

use super::escpos::{Action, Interpreter};
use crate::config::Paper;

/// Longest page, in dots; what comes after it is not drawn.
pub const LONGEST: usize = 20_000;

/// Dots of a built-in character: 12 wide for Latin, 24 for Han, 24 high.
const CELL: usize = 24;

const FONT_FILE: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

/// A grey picture, one byte a dot.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    pub width: usize,
    pub height: usize,
    pub grey: Vec<u8>,
}

impl Image {
    /// The picture as a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut w| w.write_image_data(&self.grey));
        written.expect("writing to a Vec, with as much data as the size says");
        file
    }

    /// Whether the dot is black.
    pub fn black(&self, x: usize, y: usize) -> bool {
        x < self.width && self.grey.get(y * self.width + x).is_some_and(|grey| *grey < 0x80)
    }

    fn filled(width: usize, height: usize, grey: u8) -> Image {
        Image { width, height, grey: vec![grey; width * height] }
    }
}

/// Printable dots across: 576 or 384.
pub fn dots(paper: Paper) -> usize {
    match paper {
        Paper::Mm80 => 576,
        Paper::Mm58 => 384,
    }
}

/// Paper that has come out of the printer and is not cut yet.
pub struct Page {
    width: usize,
    /// One byte a dot, 1 is black.
    ink: Vec<u8>,
    /// Dots of what did not fit on it, in vain but not for nothing.
    unprinted: usize,
}

impl Page {
    pub fn new(paper: Paper) -> Page {
        Page { width: dots(paper), ink: Vec::new(), unprinted: 0 }
    }

    pub fn width(&self) -> usize {
        self.width
    }

    /// Dots that have come out.
    pub fn height(&self) -> usize {
        self.ink.len() / self.width
    }

    /// Whether it is as long as paper is drawn; nothing more will be seen on it.
    pub fn is_full(&self) -> bool {
        self.height() + self.unprinted >= LONGEST
    }

    /// Whether nothing is printed on it.
    pub fn blank(&self) -> bool {
        !self.ink.contains(&1)
    }

    /// Moves the paper on, no further than [`LONGEST`], and makes room for what is drawn there.
    pub fn feed(&mut self, dots: usize) {
        let height = (self.height() + dots).min(LONGEST);
        self.ink.resize(height * self.width, 0);
    }

    pub fn dot(&mut self, x: usize, y: usize) {
        if x < self.width
            && let Some(dot) = self.ink.get_mut(y * self.width + x)
        {
            *dot = 1;
        }
    }

    /// Draws a character of the built-in font, each of its dots `wide` by `high`.
    pub fn character(&mut self, c: char, x: usize, y: usize, wide: usize, high: usize, bold: bool) {
        let Some(glyph) = glyph(c) else { return self.unprintable(c, x, y, wide, high) };
        for (dx, dy) in glyph {
            for i in 0..wide + usize::from(bold) {
                for j in 0..high {
                    self.dot(x + usize::from(dx) * wide + i, y + usize::from(dy) * high + j);
                }
            }
        }
    }

    /// What the built-in font does not have is a hollow box.
    fn unprintable(&mut self, c: char, x: usize, y: usize, wide: usize, high: usize) {
        if c == ' ' || c == '\u{3000}' {
            return;
        }
        let width = if c.is_ascii() { CELL / 2 } else { CELL } * wide;
        let height = CELL * high;
        for i in 2..width.saturating_sub(2) {
            self.dot(x + i, y + 2);
            self.dot(x + i, y + height - 3);
        }
        for j in 2..height - 2 {
            self.dot(x + 2, y + j);
            self.dot(x + width - 3, y + j);
        }
    }

    /// Draws a QR code at the present end of the paper; returns its height in dots, 0 if the
    /// content does not fit.
    pub fn qr(&mut self, content: &[u8], module: usize, level: u8, align: u8) -> usize {
        let level = match level {
            0x31 => EcLevel::M,
            0x32 => EcLevel::Q,
            0x33 => EcLevel::H,
            _ => EcLevel::L,
        };
        if self.is_full() {
            return 0;
        }
        let code = QrCode::with_error_correction_level(content, level);
        let Some(code) = code.ok().filter(|code| code.width() * module <= self.width) else {
            // Making it took time; a file of nothing else shall not take for ever.
            self.unprinted += self.width;
            return 0;
        };
        let modules = code.width();
        let side = modules * module;
        let left = aligned(side, self.width, align);
        let top = self.height();
        self.feed(side);
        for (i, color) in code.into_colors().into_iter().enumerate() {
            if color == Color::Dark {
                for dx in 0..module {
                    for dy in 0..module {
                        let (x, y) = (i % modules * module + dx, i / modules * module + dy);
                        self.dot(left + x, top + y);
                    }
                }
            }
        }
        side
    }

    /// The paper as it is, for a closer look: no margins, no edges.
    pub fn strip(&self) -> Image {
        let mut image = Image::filled(self.width, self.height(), 0xff);
        for (grey, ink) in image.grey.iter_mut().zip(&self.ink) {
            *grey = if *ink == 1 { 0 } else { 0xff };
        }
        image
    }

    /// The slip in the hand: white margins, the teeth of the cutter above and below, on grey.
    pub fn picture(&self) -> Image {
        const AROUND: usize = 24;
        const TOOTH: usize = 8;
        const TOP: usize = 24;
        let margin = if self.width == 576 { 32 } else { 40 };
        let (wide, high) = (self.width + 2 * margin, self.height() + TOP + 2 * TOOTH);
        let mut image = Image::filled(wide + 2 * AROUND, high + 2 * AROUND, 0xc8);
        for y in 0..high {
            for x in 0..wide {
                let tooth = (x % (2 * TOOTH)).abs_diff(TOOTH);
                let inside = y >= tooth && high - 1 - y >= tooth;
                let printed = x >= margin
                    && y >= TOP + TOOTH
                    && x - margin < self.width
                    && self.ink.get((y - TOP - TOOTH) * self.width + x - margin) == Some(&1);
                let place = (y + AROUND) * image.width + x + AROUND;
                image.grey[place] = match (printed, inside) {
                    (true, _) => 0x1e,
                    (_, true) => 0xfb,
                    _ => 0xc8,
                };
            }
        }
        image
    }
}

/// Left edge of something `width` dots wide under `ESC a n`.
pub fn aligned(width: usize, full: usize, align: u8) -> usize {
    let rest = full.saturating_sub(width);
    match align {
        1 => rest / 2,
        2 => rest,
        _ => 0,
    }
}

/// More paper than any slip needs: 2.5 m, all slips together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {} mm of paper, no slip is as long; name the bytes of one slip", LONGEST / 8)]
pub struct TooLong;

/// What a printer makes of these bytes, as a picture: every cut slip, and what hangs out of the
/// printer at the end. Any bytes will do.
///
/// # Errors
/// The paper would be longer than [`LONGEST`]; what comes after that is not even looked at.
pub fn render(bytes: &[u8], paper: Paper) -> Result<Image, TooLong> {
    let mut interpreter = Interpreter::new(paper);
    let mut pictures = Vec::new();
    let mut height = 0;
    for &byte in bytes {
        for action in interpreter.byte(byte) {
            if action == Action::Cut {
                let picture = interpreter.cut().picture();
                height += picture.height;
                pictures.push(picture);
            }
        }
        if interpreter.page().is_full() || height >= LONGEST {
            return Err(TooLong);
        }
    }
    let rest = interpreter.cut();
    if pictures.is_empty() || !rest.blank() {
        pictures.push(rest.picture());
    }
    let width = pictures.iter().map(|p| p.width).max().unwrap_or(0);
    let grey: Vec<u8> = pictures.into_iter().flat_map(|p| p.grey).collect();
    Ok(Image { width, height: grey.len() / width.max(1), grey })
}

type Dots = Vec<(u8, u8)>;

/// Black dots of a character in its cell; `None` if the font has it not.
fn glyph(c: char) -> Option<Dots> {
    thread_local! {
        static CACHE: std::cell::RefCell<HashMap<char, Option<Dots>>> = Default::default();
    }
    CACHE.with_borrow_mut(|cache| {
        // The font holds some 65,000 characters; hostile bytes shall not make us keep them all.
        if cache.len() > 4096 {
            cache.clear();
        }
        cache.entry(c).or_insert_with(|| draw(c)).clone()
    })
}

fn font_data() -> &'static [u8] {
    static DATA: OnceLock<Vec<u8>> = OnceLock::new();
    DATA.get_or_init(|| std::fs::read(FONT_FILE).unwrap_or_default())
}

/// The face with half-width Latin and mainland Han.
fn font() -> Option<FontRef<'static>> {
    static FACE: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    *FACE.get_or_init(|| {
        let fonts = FontDataRef::new(font_data())?;
        let named = |font: &FontRef| {
            font.localized_strings()
                .find_by_id(StringId::Family, None)
                .is_some_and(|name| name.to_string().contains("Mono CJK SC"))
        };
        fonts.fonts().find(named).or_else(|| fonts.get(0))
    })
}

fn draw(c: char) -> Option<Dots> {
    let font = font()?;
    let glyph = font.charmap().map(c);
    if glyph == 0 {
        return None;
    }
    let size = CELL as f32;
    let mut context = ScaleContext::new();
    let mut scaler = context.builder(font).size(size).hint(true).build();
    let image = Render::new(&[Source::Outline]).format(Format::Alpha).render(&mut scaler, glyph)?;
    let cell = if c.is_ascii() { size / 2.0 } else { size };
    let advance = font.glyph_metrics(&[]).scale(size).advance_width(glyph);
    let left = ((cell - advance) / 2.0).round() as i32 + image.placement.left;
    // Latin letters stand higher, so that their tails stay within the cell.
    let top = if c.is_ascii() { 19 } else { 21 } - image.placement.top;
    let width = image.placement.width.max(1) as usize;
    let place = |at: i32, by: usize| u8::try_from(at + by as i32).ok().filter(|p| *p < CELL as u8);
    let dots = image.data.iter().enumerate().filter(|(_, alpha)| **alpha > 100);
    Some(
        dots.filter_map(|(i, _)| Some((place(left, i % width)?, place(top, i / width)?))).collect(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_and_raster_and_qr_leave_ink_where_they_should() {
        let image = |bytes: &[u8]| {
            let mut printer = Interpreter::new(Paper::Mm58);
            bytes.iter().for_each(|byte| drop(printer.byte(*byte)));
            printer.cut().strip()
        };
        let row_has_ink = |image: &Image, y: usize| (0..image.width).any(|x| image.black(x, y));
        let column_has_ink = |image: &Image, x: usize| (0..image.height).any(|y| image.black(x, y));
        // 中 in Chinese mode: in the first 24 columns and nowhere else.
        let han = image(&[0x1c, 0x26, 0xd6, 0xd0, 0x0a]);
        assert!(column_has_ink(&han, 12));
        assert!((24..384).all(|x| !column_has_ink(&han, x)));
        // Right-aligned A.
        let right = image(&[0x1b, 0x61, 2, b'A', 0x0a]);
        assert!((0..372).all(|x| !column_has_ink(&right, x)));
        assert!((372..384).any(|x| column_has_ink(&right, x)));
        // Three rows of a picture two bytes wide, the middle one black.
        let raster = image(&[0x1d, 0x76, 0x30, 0, 2, 0, 3, 0, 0, 0, 0xff, 0xff, 0, 0]);
        assert_eq!(raster.height, 3);
        assert_eq!([0, 1, 2].map(|y| row_has_ink(&raster, y)), [false, true, false]);
        assert!(raster.black(15, 1) && !raster.black(16, 1));
        // Double size by either command.
        for command in [&[0x1d, 0x21, 0x11][..], &[0x1c, 0x21, 0x0c]] {
            let large = image(&[&[0x1c, 0x26], command, &[0xd6, 0xd0, 0x0a]].concat());
            assert!((24..48).any(|x| column_has_ink(&large, x)), "{command:02x?}");
            assert_eq!(large.height, 48);
        }
    }

    #[test]
    fn what_is_longer_than_paper_is_not_drawn_on_for_ever() {
        // 4 MiB of each would be minutes of work, or months.
        let all = |piece: &[u8]| piece.repeat((4 << 20) / piece.len());
        let qr = |content: usize| {
            let [pl, ph] = (content as u16 + 3).to_le_bytes();
            let store = [0x1d, 0x28, 0x6b, pl, ph, 0x31, 0x50, 0x30];
            let print = [0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30];
            [&store[..], &vec![b'a'; content], &print].concat()
        };
        let module_16 = [0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x43, 16];
        for (name, bytes) in [
            ("line feeds", all(b"\n")),
            ("long feeds", all(&[0x1b, 0x4a, 0xff])),
            ("cuts", all(&[0x1d, 0x56, 0])),
            ("text", all(b"text")),
            ("QR codes", all(&qr(1))),
            ("QR codes that are too wide", [&module_16[..], &all(&qr(200))].concat()),
            ("QR codes that are too long", all(&qr(7000))),
        ] {
            assert!(render(&bytes, Paper::Mm80) == Err(TooLong), "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn hostile_bytes_become_some_picture(
            bytes in prop::collection::vec(
                prop_oneof![
                    3 => any::<u8>(),
                    2 => prop::sample::select(vec![
                        0x1b, 0x1c, 0x1d, 0x10, 0x0a, 0x28, 0x6b, 0x76, 0x30, 0x38, 0x4c, 0x56, 0x64, 0xff,
                    ]),
                ],
                0..600,
            ),
        ) {
            if let Ok(image) = render(&bytes, Paper::Mm58) {
                prop_assert_eq!(image.grey.len(), image.width * image.height);
                prop_assert!(image.height <= 2 * LONGEST + 400);
            }
        }
    }
}
