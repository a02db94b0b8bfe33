//! What every slip begins and ends with, and the words that stand on more than one.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Block, Row, Slip, Words};
use crate::clock;
use crate::domain::card::CardText;
use crate::domain::fact::{Fact, Private, Value};
use crate::domain::pack::{Bilingual, Hours, Item, Outlet, Pack, Standing};
use crate::say::{self, Lang, Sentence};

/// Most outlets that are named on one slip, the nearest.
const MOST_OUTLETS: usize = 2;

/// What every slip of this kiosk has in common.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    pub pack: &'a Pack,
    /// Number of the kiosk within its region, 1 to 9999.
    pub kiosk: u16,
    pub printed_at: Timestamp,
    /// Whether the wall clock is known to be right (promise P9); if not, the slip says so.
    pub clock_trusted: bool,
    /// Serial number of the slip on this kiosk.
    pub serial: u64,
    /// In English mode slips are bilingual, Chinese first.
    pub lang: Lang,
    /// Printed by a simulated device: 演示 (promise P1).
    pub demo: bool,
    /// Printed once more after an unknown outcome or on request: 补打 (promise P3).
    pub reprint: bool,
}

/// A slip in the making.
pub(super) struct Composer<'a> {
    head: &'a Head<'a>,
    slip: Slip,
    /// Of the pack by which it is said; of a case that with which it was begun.
    pub version: String,
}

impl<'a> Composer<'a> {
    /// Begins a slip about an item; `None` for one that the pack no longer has.
    pub fn begin(head: &'a Head<'a>, item: Option<&Item>) -> Composer<'a> {
        Composer::begin_of(head, head.pack, item)
    }

    /// The same about an item of another pack than the one in force.
    pub fn begin_of(head: &'a Head<'a>, pack: &Pack, item: Option<&Item>) -> Composer<'a> {
        let sample = match item {
            Some(item) => pack.is_sample(item),
            None => pack.standing == Standing::Sample,
        };
        Composer::begun(head, sample)
    }

    /// Begins a slip; `sample` where what it is about is one, whatever the pack is.
    pub fn marked(head: &'a Head<'a>, sample: bool) -> Composer<'a> {
        Composer::begun(head, sample || head.pack.standing == Standing::Sample)
    }

    fn begun(head: &'a Head<'a>, sample: bool) -> Composer<'a> {
        let mark = match (head.demo, sample) {
            (true, true) => Some(say::SLIP_MARK_DEMO_SAMPLE),
            (true, false) => Some(say::SLIP_MARK_DEMO),
            (false, true) => Some(say::SLIP_MARK_SAMPLE),
            (false, false) => None,
        };
        let across = mark.map(|mark| match head.lang {
            Lang::Zh => mark.zh.to_owned(),
            Lang::En if head.demo && sample => mark.zh.to_owned(),
            Lang::En => format!("{} {}", mark.zh, mark.en),
        });
        let slip = Slip { blocks: Vec::new(), across };
        let mut composer = Composer { head, slip, version: head.pack.version.clone() };
        composer.push(Block::Masthead(head.words(&head.pack.bureau)));
        composer.push(Block::Centred(head.words(&head.pack.place.name)));
        composer.push(Block::Gap);
        if let Some(mark) = mark {
            composer.push(Block::Mark(head.say(mark)));
            let notes = [(head.demo, say::SLIP_NOTE_DEMO), (sample, say::SLIP_NOTE_SAMPLE)];
            for (_, note) in notes.into_iter().filter(|(on, _)| *on) {
                composer.push(Block::Centred(head.say(note)));
            }
            composer.push(Block::Gap);
        }
        composer
    }

    pub fn push(&mut self, block: Block) {
        self.slip.blocks.push(block);
    }

    /// 补打, on a slip that may lie somewhere already.
    pub fn reprint_mark(&mut self) {
        if self.head.reprint {
            self.push(Block::Mark(self.head.say(say::SLIP_MARK_REPRINT)));
        }
    }

    /// Where people help, with their hours; one block for each outlet.
    pub fn outlets(&mut self) {
        let head = self.head;
        for (i, outlet) in head.pack.staffed(head.day()).take(MOST_OUTLETS).enumerate() {
            if i > 0 {
                self.push(Block::Gap);
            }
            self.push(Block::Rows(head.outlet(outlet)));
        }
    }

    pub fn end(mut self) -> Slip {
        let head = self.head;
        let hotline = &head.pack.hotline;
        let mut rows = vec![head.row(say::SLIP_HOTLINE, Words::plain(&hotline.number))];
        if !hotline.hours.is_always() {
            rows.push(head.row(say::SLIP_HOTLINE_HOURS, head.hours(&hotline.hours)));
        }
        rows.extend([
            head.row(say::PUBLIC_SUPERVISION_PHONE, Words::plain(&head.pack.supervision_phone)),
            head.time_row(say::SLIP_PRINTED_AT, head.printed_at, head.clock_trusted),
            head.row(
                say::SLIP_KIOSK,
                Words::plain(format!("{}-{:04}", head.pack.region, head.kiosk)),
            ),
            head.row(say::SLIP_SERIAL, Words::plain(format!("{:06}", head.serial))),
            head.row(say::PACK_VERSION, Words::plain(&self.version)),
        ]);
        self.push(Block::Rule);
        self.push(Block::Rows(rows));
        self.push(Block::Gap);
        self.push(Block::Centred(head.say(say::SLIP_KEEP)));
        self.slip
    }
}

impl Head<'_> {
    pub(super) fn say(&self, sentence: Sentence) -> Words {
        Words::say(sentence, self.lang)
    }

    /// A text of the pack, with the figures of the day on which it is printed.
    pub(super) fn words(&self, text: &Bilingual) -> Words {
        Words::of(&self.pack.on_day(text, self.day()), self.lang)
    }

    /// The day of the slip; while the clock cannot be trusted, that of the pack's data.
    pub(super) fn day(&self) -> Date {
        match self.clock_trusted {
            true => clock::local(self.printed_at).date(),
            false => self.pack.as_of,
        }
    }

    /// A sentence that names the hotline of the pack.
    pub(super) fn with_hotline(&self, sentence: Sentence) -> Words {
        Words::fill(sentence, self.lang, &[("hotline", &self.pack.hotline.number)])
    }

    pub(super) fn row(&self, label: Sentence, value: Words) -> Row {
        Row { label: self.say(label), value, bold: false }
    }

    pub(super) fn fact_row(&self, label: Sentence, value: Value) -> Row {
        Row::of(&Fact::new(label.into(), value), self.lang)
    }

    /// A fact with the figures of the day, where it is the bureau's.
    pub(super) fn fact(&self, fact: &Fact) -> Row {
        let Row { label, value, bold } = Row::of(fact, self.lang);
        Row { label: self.filled(label), value: self.filled(value), bold }
    }

    pub(super) fn hours(&self, hours: &Hours) -> Words {
        self.filled(self.both(|lang| hours.words(lang)))
    }

    fn filled(&self, words: Words) -> Words {
        let filled = |text: String, lang| self.pack.filled(&text, lang, self.day()).into_owned();
        let Words { zh, en } = words;
        Words { zh: filled(zh, Lang::Zh), en: en.map(|en| filled(en, Lang::En)) }
    }

    pub(super) fn time_row(&self, label: Sentence, at: Timestamp, trusted: bool) -> Row {
        self.fact_row(label, Value::Time { at: clock::local(at), trusted })
    }

    /// Whose slip it is: name and number, masked.
    pub(super) fn holder(&self, card: &CardText) -> [Row; 2] {
        [
            self.fact_row(say::SLIP_NAME, Value::PersonName(Private::new(card.holder_name()))),
            self.fact_row(say::SLIP_NUMBER, Value::IdNumber(Private::new(card.number.as_str()))),
        ]
    }

    fn outlet(&self, outlet: &Outlet) -> Vec<Row> {
        vec![
            self.row(say::SLIP_OUTLET, self.words(&outlet.name)),
            self.row(say::SLIP_ADDRESS, self.words(&outlet.address)),
            self.row(say::SLIP_HOURS, self.hours(&outlet.hours)),
            self.row(say::SLIP_PHONE, Words::plain(&outlet.phone)),
        ]
    }

    /// Words that are made in each language.
    pub(super) fn both(&self, text: impl Fn(Lang) -> String) -> Words {
        let en = (self.lang == Lang::En).then(|| text(Lang::En));
        Words { zh: text(Lang::Zh), en }
    }
}

/// A text of the platform, cut where it would empty the paper roll; whether it was cut.
pub(super) fn shortened(text: &str, limit: usize) -> (String, bool) {
    match text.char_indices().nth(limit) {
        Some((end, _)) => (format!("{}……", &text[..end]), true),
        None => (text.to_owned(), false),
    }
}
