//! Turns a composed slip into lines for a paper width.

use super::typeset::{break_evenly, break_lines, clean_line, width};
use super::{Block, Row, Slip, Words};
use crate::config::Paper;

/// One line as it stands on paper and on the screen. Text columns are already set with spaces.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// What stands in the line; for a rule, what stands across it.
    pub text: String,
    /// 1, or 2 for double width and height.
    pub size: u8,
    pub bold: bool,
    pub align: Align,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A thin line over the whole width, with `text` in its middle.
    Rule,
    /// A QR code with this content.
    Qr(String),
    /// Half a line of white.
    Feed,
}

/// What the line looks like, without what it says: slips belong to citizens.
impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            Kind::Text => "text",
            Kind::Rule => "rule",
            Kind::Qr(_) => "qr",
            Kind::Feed => "feed",
        };
        write!(f, "Line({kind}, {} columns, size {})", width(&self.text), self.size)
    }
}

impl Line {
    fn text(text: String) -> Line {
        Line { text, size: 1, bold: false, align: Align::Left, kind: Kind::Text }
    }

    fn kind(kind: Kind) -> Line {
        Line { kind, ..Line::text(String::new()) }
    }

    fn centred(self) -> Line {
        Line { align: Align::Centre, ..self }
    }

    fn bold(self, bold: bool) -> Line {
        Line { bold, ..self }
    }

    fn large(self) -> Line {
        Line { size: 2, ..self }
    }

    /// Columns of the paper that the text takes, 0 for what is not text.
    pub fn columns(&self) -> usize {
        width(&self.text) * usize::from(self.size)
    }
}

/// Half-width columns of a line: 48 on 80 mm, 32 on 58 mm.
pub fn columns(paper: Paper) -> usize {
    match paper {
        Paper::Mm80 => 48,
        Paper::Mm58 => 32,
    }
}

/// Lays a slip out. No line is wider than the paper, nothing is left out.
pub fn layout(slip: &Slip, paper: Paper) -> Vec<Line> {
    let full = columns(paper);
    let labels = LabelColumn::of(slip, full);
    let mut lines = Vec::new();
    for block in &slip.blocks {
        match block {
            Block::Masthead(words) => {
                lines.extend(centred(words, full, |line, zh| line.bold(zh)));
            }
            Block::Centred(words) => lines.extend(centred(words, full, |line, _| line)),
            Block::Title(words) | Block::Mark(words) => lines.extend(headline(words, full)),
            Block::Number { label, number } => {
                lines.extend(centred(label, full, |line, _| line));
                lines.extend(
                    break_evenly(number, full / 2)
                        .into_iter()
                        .map(|text| Line::text(text).centred().large().bold(true)),
                );
            }
            Block::Rows(rows) => lines.extend(rows_lines(rows, labels, full)),
            Block::Table { head, rows } => lines.extend(table_lines(head, rows, labels, full)),
            Block::Heading(words) => {
                for text in languages(words) {
                    lines.extend(
                        break_lines(text, full).into_iter().map(|t| Line::text(t).bold(true)),
                    );
                }
            }
            Block::Paragraph(words) => {
                for text in languages(words) {
                    lines.extend(break_lines(text, full).into_iter().map(Line::text));
                }
            }
            Block::Bullet(words) => lines.extend(bullet(words, full)),
            Block::Rule => lines.push(Line {
                text: clean_line(slip.across.as_deref().unwrap_or_default()),
                ..Line::kind(Kind::Rule).centred()
            }),
            Block::Qr { content, caption } => {
                lines.push(Line::kind(Kind::Qr(clean_line(content))).centred());
                lines.extend(centred(caption, full, |line, _| line));
            }
            Block::Gap => lines.push(Line::kind(Kind::Feed)),
        }
    }
    lines
}

fn languages(words: &Words) -> impl Iterator<Item = &str> {
    std::iter::once(words.zh.as_str()).chain(words.en.as_deref())
}

/// Centred lines of equal length; `style` is told whether a line is in the first language.
fn centred(words: &Words, full: usize, style: impl Fn(Line, bool) -> Line) -> Vec<Line> {
    languages(words)
        .enumerate()
        .flat_map(|(i, text)| break_evenly(text, full).into_iter().map(move |t| (i == 0, t)))
        .map(|(first, text)| style(Line::text(text).centred(), first))
        .collect()
}

/// The first language large, the second beneath it at normal size.
fn headline(words: &Words, full: usize) -> Vec<Line> {
    let line = |text| Line::text(text).centred().bold(true);
    let mut lines: Vec<Line> =
        break_evenly(&words.zh, full / 2).into_iter().map(|text| line(text).large()).collect();
    for text in words.en.iter() {
        lines.extend(break_evenly(text, full).into_iter().map(line));
    }
    lines
}

fn bullet(words: &Words, full: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for (i, text) in languages(words).enumerate() {
        for (j, part) in break_lines(text, full - 2).into_iter().enumerate() {
            let lead = if i == 0 && j == 0 { "·" } else { "  " };
            lines.push(Line::text(format!("{lead}{part}")));
        }
    }
    lines
}

/// The column of the labels, the same in the whole slip.
#[derive(Clone, Copy)]
struct LabelColumn {
    width: usize,
    /// Labels stand in both languages, one beneath the other.
    bilingual: bool,
}

impl LabelColumn {
    fn of(slip: &Slip, full: usize) -> LabelColumn {
        let labels = || {
            slip.blocks.iter().flat_map(|block| match block {
                Block::Rows(rows) => rows.iter().map(|row| &row.label).collect(),
                Block::Table { head, .. } => head.iter().skip(1).collect(),
                _ => Vec::new(),
            })
        };
        let bilingual = labels().any(|label| label.en.is_some());
        let column = LabelColumn { width: 0, bilingual };
        let widest = labels().flat_map(languages).map(|text| width(&column.label(text))).max();
        LabelColumn { width: widest.unwrap_or(0).clamp(2, full * 3 / 8), ..column }
    }

    fn label(self, text: &str) -> String {
        if self.bilingual { clean_line(text) } else { spread(&clean_line(text)) }
    }
}

/// Two columns: on the left the label in both languages, on the right the value in both, so
/// that each language reads across where both cells have a line for it.
fn rows_lines(rows: &[Row], column: LabelColumn, full: usize) -> Vec<Line> {
    let indent = column.width + 2;
    let mut lines = Vec::new();
    for row in rows {
        let labels: Vec<String> = languages(&row.label)
            .flat_map(|text| break_lines(&column.label(text), column.width))
            .collect();
        let values: Vec<String> =
            languages(&row.value).flat_map(|text| break_lines(text, full - indent)).collect();
        for i in 0..labels.len().max(values.len()) {
            let cell = |cells: &[String]| cells.get(i).cloned().unwrap_or_default();
            let text = format!("{}{}", padded(&cell(&labels), indent), cell(&values));
            lines.push(Line::text(text.trim_end().to_owned()).bold(row.bold));
        }
    }
    lines
}

/// A two-character label takes the room of four (姓　　名), as on a printed form.
fn spread(label: &str) -> String {
    let chars: Vec<char> = label.chars().collect();
    match chars.as_slice() {
        [a, b] if width(label) == 4 => format!("{a}\u{3000}\u{3000}{b}"),
        _ => label.to_owned(),
    }
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// First column left, last column right, those between at even distances. What is too wide for
/// columns becomes rows under its first cell.
fn table_lines(head: &[Words], rows: &[Vec<Words>], labels: LabelColumn, full: usize) -> Vec<Line> {
    let cells = |column: usize| {
        std::iter::once(head)
            .chain(rows.iter().map(Vec::as_slice))
            .filter_map(move |r| r.get(column))
    };
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            cells(column).flat_map(languages).map(|t| width(&clean_line(t))).max().unwrap_or(0)
        })
        .collect();
    let gaps = head.len().saturating_sub(1);
    let used: usize = widths.iter().sum();
    if used + gaps * 2 > full {
        return stacked(head, rows, labels, full);
    }
    let gap = (full - used).checked_div(gaps).unwrap_or(0);
    let row_lines = |row: &[Words], bold: bool| {
        let depth = row.iter().map(|w| languages(w).count()).max().unwrap_or(0);
        (0..depth)
            .map(|i| {
                let mut text = String::new();
                let mut at = 0;
                for (column, words) in row.iter().take(widths.len()).enumerate() {
                    let cell = clean_line(languages(words).nth(i).unwrap_or_default());
                    let last = column > 0 && column + 1 == widths.len();
                    let start = if last { full - width(&cell) } else { at };
                    text = padded(&text, start) + &cell;
                    at += widths[column] + gap;
                }
                Line::text(text.trim_end().to_owned()).bold(bold)
            })
            .collect::<Vec<_>>()
    };
    let mut lines = row_lines(head, true);
    for row in rows {
        lines.extend(row_lines(row, false));
    }
    lines
}

fn stacked(head: &[Words], rows: &[Vec<Words>], labels: LabelColumn, full: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for row in rows {
        if let Some(first) = row.first() {
            for text in languages(first) {
                lines.extend(break_lines(text, full).into_iter().map(|t| Line::text(t).bold(true)));
            }
        }
        let rows: Vec<Row> = head
            .iter()
            .zip(row)
            .skip(1)
            .map(|(label, value)| Row { label: label.clone(), value: value.clone(), bold: false })
            .collect();
        lines.extend(rows_lines(&rows, labels, full));
    }
    lines
}

/// The lines as plain text, as wide as the paper: what a person would see. For snapshots and
/// for technicians; `#` before a line is a large one.
pub fn as_text(lines: &[Line], paper: Paper) -> String {
    let full = columns(paper);
    let mut text = String::new();
    for line in lines {
        let row = match &line.kind {
            Kind::Rule if line.text.is_empty() => "─".repeat(full / 2),
            Kind::Rule => rule_text(&line.text, full),
            Kind::Qr(content) => format!("[QR {content}]"),
            Kind::Feed => String::new(),
            Kind::Text => {
                let lead = match line.align {
                    Align::Left => 0,
                    Align::Centre => (full.saturating_sub(line.columns())) / 2,
                };
                let mark = match (line.size, line.bold) {
                    (2, _) => "#",
                    (_, true) => "*",
                    _ => "",
                };
                let place = lead.saturating_sub(mark.len());
                format!("{}{mark}{}", " ".repeat(place), line.text)
            }
        };
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// A rule drawn with characters, a word in its middle; for printers and screens that draw no
/// line of their own.
pub fn rule_text(across: &str, full: usize) -> String {
    if width(across) + 4 > full {
        return across.to_owned();
    }
    let side = (full - width(across) - 2) / 4;
    let line = "─".repeat(side);
    format!("{line} {across} {line}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(zh: &str, en: Option<&str>) -> Words {
        Words { zh: zh.to_owned(), en: en.map(str::to_owned) }
    }

    /// Every kind of block, all saying the same.
    fn slip_of(zh: &str, en: Option<&str>) -> Slip {
        let words = words(zh, en);
        let fact = Row { label: words.clone(), value: words.clone(), bold: false };
        Slip {
            blocks: vec![
                Block::Masthead(words.clone()),
                Block::Centred(words.clone()),
                Block::Title(words.clone()),
                Block::Mark(words.clone()),
                Block::Number { label: words.clone(), number: zh.to_owned() },
                Block::Rows(vec![fact.clone(), fact]),
                Block::Table {
                    head: vec![words.clone(), words.clone(), words.clone()],
                    rows: vec![vec![words.clone(), words.clone(), words.clone()]],
                },
                Block::Heading(words.clone()),
                Block::Paragraph(words.clone()),
                Block::Bullet(words.clone()),
                Block::Rule,
                Block::Qr { content: "x".to_owned(), caption: words },
                Block::Gap,
            ],
            across: Some("样例".to_owned()),
        }
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_paper_and_nothing_is_lost(
            zh in "[一二三，。（）a-c0-9 ñ\u{301}𠮷\u{1b}\n]{0,60}",
            en in proptest::option::of("[a-z ,.]{0,60}"),
        ) {
            for paper in [Paper::Mm80, Paper::Mm58] {
                let slip = slip_of(&zh, en.as_deref());
                let lines = layout(&slip, paper);
                for line in &lines {
                    prop_assert!(line.columns() <= columns(paper), "{line:?}");
                    prop_assert!(!line.text.chars().any(char::is_control));
                }
                // Each visible character stands on paper as often as the blocks say it.
                let count = |c: char| lines.iter().flat_map(|l| l.text.chars()).filter(|x| *x == c).count();
                let given = |c: char| zh.chars().filter(|x| *x == c).count();
                for c in ['一', '（', '。', 'ñ', '𠮷', '7'] {
                    // 14 places and a table: 6 cells in columns; 5 where these do not fit, as
                    // the head of the first column has no place then.
                    let least = 19 * given(c);
                    prop_assert!(count(c) >= least, "{c} {} of {least}", count(c));
                }
            }
        }
    }

    #[test]
    fn labels_and_values_stand_in_two_columns() {
        let fact = |label: &str, value: &str| Row {
            label: words(label, None),
            value: words(value, None),
            bold: false,
        };
        let slip = Slip {
            blocks: vec![
                Block::Rows(vec![fact("姓名", "王*例")]),
                Block::Rule,
                Block::Rows(vec![fact("受理窗口", "示例市政务服务中心二楼三号窗口办理。")]),
            ],
            across: None,
        };
        let text = as_text(&layout(&slip, Paper::Mm58), Paper::Mm58);
        assert_eq!(
            text,
            "姓　　名  王*例\n────────────────\n\
             受理窗口  示例市政务服务中心二楼\n          三号窗口办理。\n"
        );
    }

    #[test]
    fn p4_debug_does_not_say_what_a_line_says() {
        let lines = layout(&slip_of("王*例", None), Paper::Mm80);
        assert!(!format!("{lines:?}").contains('王'));
    }
}
