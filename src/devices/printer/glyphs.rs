//! Draws what the printer's own font cannot print: rare characters in names, or every Han
//! character on a printer without a Chinese font. A character that no font has becomes a box
//! with its code point, never a question mark.

use std::path::{Path, PathBuf};

use swash::scale::{Render, ScaleContext, Source};
use swash::zeno::Format;
use swash::{CacheKey, FontDataRef, FontRef, StringId};

use crate::slip::layout::{Align, Line};
use crate::slip::typeset::columns;

/// Dots of a half-width column; a Han character is two columns wide and as high.
pub const COLUMN: usize = 12;
/// Dots of a character's height at size 1.
pub const HEIGHT: usize = 24;
/// White beneath a drawn line, so that drawn and printed lines stand at the same distance.
const LEADING: usize = 10;

/// Where Debian's CJK font packages put their fonts.
const USUAL_PLACES: [&str; 7] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
    "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
    "/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf",
];

/// Largest font file that is read.
const FONT_LIMIT: u64 = 64 << 20;

/// Black above this coverage (0 to 255); bold lets thinner strokes through.
const INK: u8 = 104;
const INK_BOLD: u8 = 64;

/// Fonts for drawing, read from disk when first needed. Lives as long as one job, because a CJK
/// font takes some 20 MB.
pub struct Glyphs {
    places: Vec<PathBuf>,
    faces: Option<Vec<Face>>,
    context: ScaleContext,
}

struct Face {
    data: memmap2::Mmap,
    offset: u32,
    key: CacheKey,
}

impl Face {
    fn font(&self) -> FontRef<'_> {
        FontRef { data: &self.data, offset: self.offset, key: self.key }
    }
}

/// A black-and-white picture, rows of whole bytes, the leftmost dot in the highest bit, as
/// `GS v 0` takes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    /// Bytes of a row.
    pub stride: usize,
    pub rows: Vec<u8>,
}

impl Bitmap {
    /// A white picture; `width` in dots is rounded up to whole bytes.
    pub fn white(width: usize, height: usize) -> Bitmap {
        let stride = width.div_ceil(8);
        Bitmap { stride, rows: vec![0; stride * height] }
    }

    pub fn height(&self) -> usize {
        self.rows.len() / self.stride.max(1)
    }

    /// Blackens a dot; outside the picture nothing happens.
    fn ink(&mut self, x: i32, y: i32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x < self.stride * 8
            && let Some(byte) = self.rows.get_mut(y * self.stride + x / 8)
        {
            *byte |= 0x80 >> (x % 8);
        }
    }
}

impl Glyphs {
    /// Fonts from these files in this order; from the usual places if there are none.
    pub fn new(configured: &[PathBuf]) -> Glyphs {
        let places = if configured.is_empty() {
            USUAL_PLACES.iter().map(PathBuf::from).collect()
        } else {
            configured.to_vec()
        };
        Glyphs { places, faces: None, context: ScaleContext::new() }
    }

    /// Draws a line of text as wide as the paper, aligned and sized as the printer would.
    pub fn line(&mut self, line: &Line, width: usize) -> Bitmap {
        let scale = usize::from(line.size.max(1));
        let mut bitmap = Bitmap::white(width, HEIGHT * scale + LEADING);
        let text_width = line.columns() * COLUMN;
        let mut x = match line.align {
            Align::Left => 0,
            Align::Centre => width.saturating_sub(text_width) / 2,
        };
        let mut cell = 0;
        for c in line.text.chars() {
            let wide = columns(c) * COLUMN * scale;
            if wide > 0 {
                cell = wide;
                self.character(c, &mut bitmap, x, cell, scale, line.bold);
                x += wide;
            } else {
                // A combining mark stands over the character before it.
                self.character(c, &mut bitmap, x.saturating_sub(cell), cell, scale, line.bold);
            }
        }
        bitmap
    }

    fn character(
        &mut self,
        c: char,
        bitmap: &mut Bitmap,
        x: usize,
        cell: usize,
        scale: usize,
        bold: bool,
    ) {
        if matches!(c, ' ' | '\u{a0}' | '\u{3000}') || cell == 0 {
            return;
        }
        if self.glyph(c, bitmap, x, cell, scale, bold).is_none() && columns(c) > 0 {
            code_point(c, bitmap, x, cell, scale);
        }
    }

    fn glyph(
        &mut self,
        c: char,
        bitmap: &mut Bitmap,
        x: usize,
        cell: usize,
        scale: usize,
        bold: bool,
    ) -> Option<()> {
        let places = &self.places;
        let faces = self.faces.get_or_insert_with(|| load(places));
        let (face, glyph) = faces.iter().find_map(|face| {
            let glyph = face.font().charmap().map(c);
            (glyph != 0).then_some((face, glyph))
        })?;
        let size = (HEIGHT * scale) as f32;
        let mut scaler = self.context.builder(face.font()).size(size).hint(true).build();
        let image =
            Render::new(&[Source::Outline]).format(Format::Alpha).render(&mut scaler, glyph)?;
        let advance = face.font().glyph_metrics(&[]).scale(size).advance_width(glyph);
        // A mark without an advance carries its own offset from the character before it.
        let side = if advance > 0.0 { (cell as f32 - advance) / 2.0 } else { cell as f32 };
        // The em box of a CJK font stands 0.88 above and 0.12 below the base line.
        let base = (size * 0.88).round() as i32;
        let left = x as i32 + side.round() as i32 + image.placement.left;
        let top = base - image.placement.top;
        let width = usize::try_from(image.placement.width).ok()?.max(1);
        let ink = if bold { INK_BOLD } else { INK };
        for (i, alpha) in image.data.iter().enumerate() {
            if *alpha >= ink {
                let (dx, dy) = ((i % width) as i32, (i / width) as i32);
                bitmap.ink(left + dx, top + dy);
                if bold {
                    bitmap.ink(left + dx + 1, top + dy);
                }
            }
        }
        Some(())
    }
}

/// The first of the configured fonts, or of the usual places, that is there.
pub fn font_found(configured: &[PathBuf]) -> Option<PathBuf> {
    Glyphs::new(configured).places.into_iter().find(|path| path.is_file())
}

fn load(places: &[PathBuf]) -> Vec<Face> {
    let faces: Vec<Face> = places.iter().filter_map(|path| face(path)).collect();
    if faces.is_empty() {
        tracing::warn!(
            "no CJK font in {places:?}: rare characters print as boxes with their code points; \
             install fonts-noto-cjk or set printer.fonts"
        );
    }
    faces
}

fn face(path: &Path) -> Option<Face> {
    let size = std::fs::metadata(path).ok()?.len();
    if size > FONT_LIMIT {
        tracing::warn!("{}: {size} bytes is too large for a font, not used", path.display());
        return None;
    }
    let file = std::fs::File::open(path).ok()?;
    // A CJK collection is 20 MB and more, of which a name needs a few glyphs: mapped, not read.
    #[expect(
        unsafe_code,
        reason = "sound as long as nobody cuts the font file short; it lies in \
                                    the read-only system, and the screens map it just so"
    )]
    let data = unsafe { memmap2::Mmap::map(&file) }.ok()?;
    let best = FontDataRef::new(&data)?
        .fonts()
        .min_by_key(|font| {
            let strings = font.localized_strings();
            let family: String = strings
                .find_by_id(StringId::Family, None)
                .map(|name| name.chars().collect())
                .unwrap_or_default();
            // Half-width Latin first, then the Chinese mainland's forms of Han characters.
            match family.as_str() {
                name if name.contains("Mono CJK SC") => 0,
                name if name.ends_with(" SC") => 1,
                _ => 2,
            }
        })
        .map(|font| (font.offset, font.key));
    let (offset, key) = best?;
    Some(Face { data, offset, key })
}

/// Hexadecimal digits, 5 columns by 7 rows, one byte a row.
const HEX: [[u8; 7]; 16] = [
    [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e],
    [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e],
    [0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f],
    [0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e],
    [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02],
    [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e],
    [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e],
    [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
    [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e],
    [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c],
    [0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11],
    [0x1e, 0x11, 0x11, 0x1e, 0x11, 0x11, 0x1e],
    [0x0e, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0e],
    [0x1c, 0x12, 0x11, 0x11, 0x11, 0x12, 0x1c],
    [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f],
    [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x10],
];

/// The code point in small digits: three a row in a framed Han cell, two in a Latin one.
fn code_point(c: char, bitmap: &mut Bitmap, x: usize, cell: usize, scale: usize) {
    let framed = cell >= 2 * COLUMN * scale;
    let across = if framed { 3 } else { 2 };
    let digits: Vec<usize> = format!("{:04X}", u32::from(c))
        .chars()
        .filter_map(|d| d.to_digit(16))
        .map(|d| d as usize)
        .collect();
    let mut dot = |dx: usize, dy: usize| {
        for i in 0..scale {
            for j in 0..scale {
                bitmap.ink((x + dx * scale + i) as i32, (dy * scale + j) as i32);
            }
        }
    };
    if framed {
        for i in 1..23 {
            for (dx, dy) in [(i, 1), (i, 22), (1, i), (22, i)] {
                dot(dx, dy);
            }
        }
    }
    let (left, top) = if framed { (3, 4) } else { (0, 0) };
    for (i, digit) in digits.iter().enumerate() {
        for (row, bits) in HEX[*digit].iter().enumerate() {
            for column in (0..5).filter(|column| bits & (0x10 >> column) != 0) {
                dot(left + i % across * 6 + column, top + i / across * 8 + row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slip::layout::Kind;

    fn drawn(text: &str, fonts: &[PathBuf]) -> Bitmap {
        let line = Line {
            text: text.to_owned(),
            size: 1,
            bold: false,
            align: Align::Left,
            kind: Kind::Text,
        };
        Glyphs::new(fonts).line(&line, 576)
    }

    fn picture(bitmap: &Bitmap, width: usize) -> String {
        let dot =
            |x: usize, y: usize| bitmap.rows[y * bitmap.stride + x / 8] & (0x80 >> (x % 8)) != 0;
        (0..HEIGHT)
            .map(|y| {
                (0..width).map(|x| if dot(x, y) { '#' } else { '.' }).collect::<String>() + "\n"
            })
            .collect()
    }

    #[test]
    fn a_character_without_a_glyph_is_a_box_with_its_code_point() {
        let none = [PathBuf::from("/nonexistent")];
        insta::assert_snapshot!(picture(&drawn("\u{2a6d6}", &none), 24));
    }

    #[test]
    fn a_rare_character_has_the_shape_that_its_font_gives_it() {
        // 中 is mirror-symmetric, with a stroke from top to bottom in the middle.
        let shape = picture(&drawn("中", &[]), 24);
        let rows: Vec<&str> = shape.lines().collect();
        let middle = rows.iter().filter(|row| row[11..14].contains('#')).count();
        assert!(middle > 18, "\n{shape}");
        assert!(rows[10..12].iter().all(|row| row.matches('#').count() < 24), "\n{shape}");
        let rare = picture(&drawn("𠮷", &[]), 24);
        let boxed = picture(&drawn("𠮷", &[PathBuf::from("/nonexistent")]), 24);
        assert!(rare.matches('#').count() > 60 && rare != boxed, "\n{rare}");
    }

    #[test]
    fn columns_align_with_printed_ones() {
        let bitmap = drawn("a  中", &[]);
        let rows = &bitmap.rows;
        // Columns 1 and 2 are spaces: dots 12 to 35 are white.
        for y in 0..bitmap.height() {
            let row = &rows[y * bitmap.stride..][..bitmap.stride];
            assert!(row[2] == 0 && row[3] == 0, "row {y}");
        }
    }
}
