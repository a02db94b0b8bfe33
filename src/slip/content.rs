//! The slips of this product: what stands on each, in which order.
//!
//! Everything here is already masked by the caller, and every status word comes from
//! [`CaseStatus`] alone (promise P1).

use jiff::Timestamp;

use super::{Block, Fact, Slip, Words};
use crate::case::{CaseFacts, CaseStatus};
use crate::clock;
use crate::domain::answer::QueryAnswer;
use crate::domain::fact::Value;
use crate::domain::pack::{Bilingual, Item, ItemKind, Pack, Standing};
use crate::say::{self, Lang, Sentence};

/// Longest text of the platform that is printed, in characters; what is left out is to be had by
/// telephone. Without a limit a faulty platform could empty the paper roll with one answer.
const NOTE_LIMIT: usize = 400;
/// Longest verification code, in characters.
const CODE_LIMIT: usize = 48;
/// Most rows of a query slip.
const ROW_LIMIT: usize = 12;

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

/// The person a slip is for, masked (`domain.md` §7.4: 6+4 on a person's own slip).
#[derive(Clone, Copy)]
pub struct Applicant<'a> {
    pub name: &'a str,
    pub number: &'a str,
}

/// An answer as it stands on the receipt; a telephone number arrives masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    pub label: Bilingual,
    pub value: Bilingual,
}

/// Receipt for a case (收件凭条, 受理回执, 办结回执, 退回告知单), by its status. Times and
/// words of a later status than the case has are not printed, whatever the other fields hold.
pub fn receipt(
    head: &Head,
    item: &Item,
    facts: &CaseFacts,
    applicant: &Applicant,
    answers: &[Answer],
) -> Slip {
    let status = facts.status;
    let (title, status_word, next) = match status {
        CaseStatus::Received => {
            (say::SLIP_TITLE_RECEIVED, say::SLIP_STATUS_RECEIVED, say::SLIP_NEXT_RECEIVED)
        }
        CaseStatus::Accepted => {
            (say::SLIP_TITLE_ACCEPTED, say::SLIP_STATUS_ACCEPTED, say::SLIP_NEXT_ACCEPTED)
        }
        CaseStatus::Completed => {
            (say::SLIP_TITLE_COMPLETED, say::SLIP_STATUS_COMPLETED, say::SLIP_NEXT_COMPLETED)
        }
        CaseStatus::Returned => {
            (say::SLIP_TITLE_RETURNED, say::SLIP_STATUS_RETURNED, say::SLIP_NEXT_RETURNED)
        }
    };
    let mut slip = Composer::begin(head, item.standing);
    slip.push(Block::Title(head.say(title)));
    slip.reprint_mark();
    slip.push(Block::Gap);
    slip.push(Block::Number {
        label: head.say(say::SLIP_CASE_NUMBER),
        number: facts.number.grouped(),
    });
    slip.push(Block::Rule);

    let mut rows = vec![
        Fact { bold: true, ..head.fact(say::SLIP_STATUS, head.say(status_word)) },
        head.fact(say::SLIP_ITEM, head.words(&item.name)),
    ];
    rows.extend(head.person(applicant));
    rows.extend(answers.iter().map(|answer| Fact {
        label: head.words(&answer.label),
        value: head.words(&answer.value),
        bold: false,
    }));
    slip.push(Block::Facts(rows));
    slip.push(Block::Gap);

    let mut times =
        vec![head.fact(say::SLIP_RECEIVED_AT, head.time(facts.received_at, facts.clock_trusted))];
    let answered = status != CaseStatus::Received;
    let mut time = |label, at: Option<Timestamp>, told: bool| {
        if let Some(at) = at.filter(|_| told) {
            times.push(head.fact(label, head.time(at, true)));
        }
    };
    time(say::SLIP_ACCEPTED_AT, facts.accepted_at, answered);
    let promised = matches!(status, CaseStatus::Accepted | CaseStatus::Completed);
    time(say::SLIP_DUE_AT, facts.due_at, promised);
    time(say::SLIP_COMPLETED_AT, facts.completed_at, status == CaseStatus::Completed);
    if let ItemKind::Instant { limit_min } = item.kind
        && matches!(status, CaseStatus::Received | CaseStatus::Accepted)
    {
        let minutes = limit_min.to_string();
        times.push(head.fact(
            say::SLIP_LIMIT,
            Words::fill(say::SLIP_LIMIT_MINUTES, head.lang, &[("n", &minutes)]),
        ));
    }
    slip.push(Block::Facts(times));

    // The platform's words; before its first answer there can be none.
    if let Some(note) = facts.note.as_deref().filter(|note| answered && !note.trim().is_empty()) {
        slip.push(Block::Gap);
        slip.push(Block::Heading(head.say(match status {
            CaseStatus::Completed => say::SLIP_RESULT,
            CaseStatus::Returned => say::SLIP_RETURN_REASON,
            CaseStatus::Received | CaseStatus::Accepted => say::SLIP_ANSWER,
        })));
        slip.push(Block::Paragraph(Words::plain(shortened(note, NOTE_LIMIT))));
        if note.chars().count() > NOTE_LIMIT {
            slip.push(Block::Paragraph(head.hotline(say::SLIP_CUT_SHORT)));
        }
    }
    slip.push(Block::Rule);
    slip.push(Block::Heading(head.say(say::SLIP_NEXT)));
    slip.push(Block::Paragraph(head.say(next)));
    if status == CaseStatus::Returned {
        slip.push(Block::Facts(head.outlet()));
    }
    slip.push(Block::Gap);
    slip.push(Block::Heading(head.say(say::SLIP_FOLLOW)));
    for way in [say::SLIP_FOLLOW_CARD, say::SLIP_FOLLOW_QR, say::SLIP_FOLLOW_PHONE] {
        slip.push(Block::Bullet(head.hotline(way)));
    }
    slip.push(Block::Gap);
    slip.push(Block::Qr {
        content: head.pack.query_url.replace("{case_number}", facts.number.as_str()),
        caption: head.say(say::SLIP_QR_CAPTION),
    });
    slip.end()
}

/// Slip of a participation query (个人参保证明查询凭条): says itself that it is not the sealed
/// certificate, and where that one is to be had.
pub fn query_result(
    head: &Head,
    item: &Item,
    applicant: &Applicant,
    answer: &QueryAnswer,
) -> Slip {
    let mut slip = Composer::begin(head, item.standing);
    slip.push(Block::Title(head.words(&item.name)));
    slip.reprint_mark();
    slip.push(Block::Rule);
    let mut rows = head.person(applicant).to_vec();
    rows.push(head.fact(say::SLIP_AS_OF, Words::plain(answer.as_of.to_string())));
    slip.push(Block::Facts(rows));
    slip.push(Block::Rule);
    if answer.is_empty() {
        slip.push(Block::Paragraph(head.hotline(say::SLIP_NO_INSURANCE)));
    }
    for table in &answer.tables {
        let cell = |value: &Value| Words {
            zh: value.on_slip(Lang::Zh),
            en: (head.lang == Lang::En).then(|| value.on_slip(Lang::En)),
        };
        slip.push(Block::Table {
            head: table.columns.iter().map(|column| head.words(column)).collect(),
            rows: (table.rows.iter().take(ROW_LIMIT))
                .map(|row| row.iter().map(cell).collect())
                .collect(),
        });
    }
    slip.push(Block::Rule);
    if let Some(code) = &answer.verification_code {
        slip.push(Block::Number {
            label: head.say(say::SLIP_VERIFICATION_CODE),
            number: shortened(code, CODE_LIMIT),
        });
        slip.push(Block::Gap);
    }
    slip.push(Block::Paragraph(head.say(say::SLIP_QUERY_ONLY)));
    slip.push(Block::Facts(head.outlet()));
    slip.end()
}

/// What to know about an item (办事指南): the eight public fields and the sections of its guide.
pub fn guide(head: &Head, item: &Item) -> Slip {
    let mut slip = Composer::begin(head, item.standing);
    slip.push(Block::Title(head.words(&item.name)));
    slip.push(Block::Centred(head.say(say::SLIP_TITLE_GUIDE)));
    slip.reprint_mark();
    slip.push(Block::Rule);
    slip.push(Block::Paragraph(head.words(&item.summary)));
    for section in &item.guide {
        slip.push(Block::Gap);
        slip.push(Block::Heading(head.words(&section.title)));
        for line in &section.lines {
            slip.push(Block::Bullet(head.words(line)));
        }
    }
    slip.push(Block::Rule);
    slip.push(Block::Heading(head.say(say::SLIP_EIGHT)));
    slip.push(Block::Facts(
        (item.public.facts().iter())
            .map(|fact| Fact {
                label: head.words(&fact.label),
                value: Words {
                    zh: fact.value.shown(Lang::Zh),
                    en: (head.lang == Lang::En).then(|| fact.value.shown(Lang::En)),
                },
                bold: false,
            })
            .collect(),
    ));
    slip.end()
}

/// A slip for the technician that shows what the printer can do.
pub fn test_slip(lang: Lang) -> Slip {
    // Outside GBK: from extension A, from beyond the BMP, and one that few fonts have.
    let rare = "㛃𠮷𬱖";
    let words = |sentence| Words::fill(sentence, lang, &[("rare", rare)]);
    Slip {
        blocks: vec![
            Block::Title(words(say::SLIP_TITLE_TEST)),
            Block::Rule,
            Block::Paragraph(words(say::SLIP_TEST_HAN)),
            Block::Paragraph(words(say::SLIP_TEST_RARE)),
            Block::Number {
                label: words(say::SLIP_CASE_NUMBER),
                number: "0123 4567 8901 2345".to_owned(),
            },
            Block::Rule,
            Block::Qr {
                content: "https://example.invalid/print-test".to_owned(),
                caption: words(say::SLIP_TEST_QR),
            },
            Block::Rule,
            Block::Paragraph(words(say::SLIP_TEST_CUT)),
        ],
        across: None,
    }
}

/// Adds what every slip begins and ends with.
struct Composer<'a> {
    head: &'a Head<'a>,
    slip: Slip,
    /// What the slip is not, in large letters, and why.
    marks: Option<(Words, Vec<Words>)>,
}

impl<'a> Composer<'a> {
    fn begin(head: &'a Head<'a>, standing: Standing) -> Composer<'a> {
        let sample = standing == Standing::Sample || head.pack.standing == Standing::Sample;
        let mark = match (head.demo, sample) {
            (true, true) => Some(say::SLIP_MARK_DEMO_SAMPLE),
            (true, false) => Some(say::SLIP_MARK_DEMO),
            (false, true) => Some(say::SLIP_MARK_SAMPLE),
            (false, false) => None,
        };
        let notes = [(head.demo, say::SLIP_NOTE_DEMO), (sample, say::SLIP_NOTE_SAMPLE)];
        let marks = mark.map(|mark| {
            let notes = notes.into_iter().filter(|(on, _)| *on);
            (head.say(mark), notes.map(|(_, note)| head.say(note)).collect())
        });
        let across = mark.map(|mark| match head.lang {
            Lang::Zh => mark.zh.to_owned(),
            Lang::En if head.demo && sample => mark.zh.to_owned(),
            Lang::En => format!("{} {}", mark.zh, mark.en),
        });
        let mut composer = Composer { head, slip: Slip { blocks: Vec::new(), across }, marks };
        composer.push(Block::Masthead(head.words(&head.pack.bureau)));
        composer.push(Block::Centred(head.words(&head.pack.place.name)));
        composer.push(Block::Gap);
        if let Some((mark, notes)) = composer.marks.clone() {
            composer.push(Block::Mark(mark));
            for note in notes {
                composer.push(Block::Centred(note));
            }
            composer.push(Block::Gap);
        }
        composer
    }

    fn push(&mut self, block: Block) {
        self.slip.blocks.push(block);
    }

    fn reprint_mark(&mut self) {
        if self.head.reprint {
            self.push(Block::Mark(self.head.say(say::SLIP_MARK_REPRINT)));
        }
    }

    fn end(mut self) -> Slip {
        let head = self.head;
        self.push(Block::Rule);
        self.push(Block::Facts(vec![
            head.fact(say::SLIP_HOTLINE, Words::plain(&head.pack.hotline.number)),
            head.fact(say::SLIP_SUPERVISION, Words::plain(&head.pack.supervision_phone)),
            head.fact(say::SLIP_PRINTED_AT, head.time(head.printed_at, head.clock_trusted)),
            head.fact(
                say::SLIP_KIOSK,
                Words::plain(format!("{}-{:04}", head.pack.region, head.kiosk)),
            ),
            head.fact(say::SLIP_SERIAL, Words::plain(format!("{:06}", head.serial))),
        ]));
        self.push(Block::Gap);
        self.push(Block::Centred(head.say(say::SLIP_KEEP)));
        self.slip
    }
}

impl Head<'_> {
    fn say(&self, sentence: Sentence) -> Words {
        Words::say(sentence, self.lang)
    }

    fn words(&self, text: &Bilingual) -> Words {
        Words::of(text, self.lang)
    }

    fn hotline(&self, sentence: Sentence) -> Words {
        Words::fill(sentence, self.lang, &[("hotline", &self.pack.hotline.number)])
    }

    fn fact(&self, label: Sentence, value: Words) -> Fact {
        Fact { label: self.say(label), value, bold: false }
    }

    fn person(&self, applicant: &Applicant) -> [Fact; 2] {
        [
            self.fact(say::SLIP_NAME, Words::plain(applicant.name)),
            self.fact(say::SLIP_NUMBER, Words::plain(applicant.number)),
        ]
    }

    fn outlet(&self) -> Vec<Fact> {
        let Some(outlet) = self.pack.staffed().next() else { return Vec::new() };
        let hours = Words {
            zh: outlet.hours.words(Lang::Zh),
            en: (self.lang == Lang::En).then(|| outlet.hours.words(Lang::En)),
        };
        vec![
            self.fact(say::SLIP_OUTLET, self.words(&outlet.name)),
            self.fact(say::SLIP_ADDRESS, self.words(&outlet.address)),
            self.fact(say::SLIP_HOURS, hours),
            self.fact(say::SLIP_PHONE, Words::plain(&outlet.phone)),
        ]
    }

    /// A wall time in China, which has one fixed offset; unbreakable.
    fn time(&self, at: Timestamp, trusted: bool) -> Words {
        let time = clock_text(at);
        if trusted {
            Words::plain(time)
        } else {
            Words::fill(say::SLIP_CLOCK_UNTRUSTED, self.lang, &[("time", &time)])
        }
    }
}

/// `2026-11-22 02:14` in UTC+8, with a no-break space.
fn clock_text(at: Timestamp) -> String {
    clock::local(at).strftime("%Y-%m-%d\u{a0}%H:%M").to_string()
}

fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}……", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Paper;
    use crate::slip::layout::{as_text, columns, layout};
    use crate::slip::samples;

    const PAPERS: [(Paper, &str); 2] = [(Paper::Mm80, "80mm"), (Paper::Mm58, "58mm")];

    #[test]
    fn every_slip_looks_composed() {
        for lang in [Lang::Zh, Lang::En] {
            for (name, slip) in samples::all(lang) {
                for (paper, width) in PAPERS {
                    let lines = layout(&slip, paper);
                    for line in &lines {
                        assert!(line.columns() <= columns(paper), "{name} {line:?}");
                    }
                    let lang = if lang == Lang::Zh { "zh" } else { "en" };
                    insta::assert_snapshot!(
                        format!("{name}-{width}-{lang}"),
                        as_text(&lines, paper)
                    );
                }
            }
        }
    }

    fn text_of(status: CaseStatus, lang: Lang) -> String {
        let pack = samples::pack();
        let slip = samples::receipt_of(&samples::head(&pack, lang), status);
        as_text(&layout(&slip, Paper::Mm80), Paper::Mm80)
    }

    #[test]
    fn p1_a_received_case_is_never_called_accepted_or_completed() {
        // The sample case carries the times and words of every later status.
        for (lang, forbidden) in [
            (Lang::Zh, &["受理", "办结", "样例登记号"][..]),
            (Lang::En, &["受理", "办结", "样例登记号", "ccept", "omplete"][..]),
        ] {
            let text = text_of(CaseStatus::Received, lang);
            assert!(text.contains("已收件"), "{text}");
            for word in forbidden {
                assert!(!text.contains(word), "{word} in\n{text}");
            }
        }
        let accepted = text_of(CaseStatus::Accepted, Lang::Zh);
        assert!(accepted.contains("已受理") && !accepted.contains("已办结"), "{accepted}");
        assert!(text_of(CaseStatus::Completed, Lang::Zh).contains("已办结"));
        let returned = text_of(CaseStatus::Returned, Lang::Zh);
        assert!(returned.contains("退回") && !returned.contains("已办结"), "{returned}");
    }

    #[test]
    fn the_due_time_stands_on_a_slip_as_soon_as_the_platform_has_promised_it() {
        for (lang, label) in [(Lang::Zh, "承诺办结"), (Lang::En, "\nDue\n")] {
            for (status, expected) in [
                (CaseStatus::Received, false),
                (CaseStatus::Accepted, true),
                (CaseStatus::Completed, true),
                (CaseStatus::Returned, false),
            ] {
                let text = text_of(status, lang);
                assert_eq!(text.contains(label), expected, "{status:?}\n{text}");
            }
        }
        let pack = samples::pack();
        let head = samples::head(&pack, Lang::Zh);
        let facts = CaseFacts { due_at: None, ..samples::case(CaseStatus::Completed) };
        let applicant = Applicant { name: "王*例", number: "000000********1230" };
        let slip = receipt(&head, &samples::registration(), &facts, &applicant, &[]);
        let text = as_text(&layout(&slip, Paper::Mm80), Paper::Mm80);
        assert!(!text.contains("承诺办结"), "{text}");
    }

    #[test]
    fn p1_sample_and_demonstration_stand_on_top_and_in_every_rule() {
        let pack = samples::pack();
        for (demo, word) in [(false, "样例"), (true, "演示·样例")] {
            let head = Head { demo, ..samples::head(&pack, Lang::Zh) };
            let slip = samples::receipt_of(&head, CaseStatus::Received);
            assert_eq!(slip.across.as_deref(), Some(word));
            let lines = layout(&slip, Paper::Mm58);
            assert!(lines.iter().any(|l| l.size == 2 && l.text == word));
        }
    }

    #[test]
    fn p3_a_reprint_says_so() {
        let pack = samples::pack();
        for reprint in [false, true] {
            let head = Head { reprint, ..samples::head(&pack, Lang::Zh) };
            let lines = layout(&samples::receipt_of(&head, CaseStatus::Received), Paper::Mm80);
            assert_eq!(lines.iter().any(|l| l.size == 2 && l.text == "补打"), reprint);
        }
    }

    #[test]
    fn p5_every_slip_names_the_hotline_and_the_supervision_phone() {
        for (name, slip) in samples::all(Lang::Zh) {
            let text = as_text(&layout(&slip, Paper::Mm58), Paper::Mm58);
            assert!(text.contains("12333") && text.contains("0000-12345678"), "{name}\n{text}");
        }
    }

    #[test]
    fn p5_an_endless_answer_is_cut_short_and_says_where_the_rest_is() {
        let pack = samples::pack();
        let head = samples::head(&pack, Lang::Zh);
        let facts = CaseFacts {
            note: Some("很长。\n".repeat(50_000)),
            ..samples::case(CaseStatus::Returned)
        };
        let applicant = Applicant { name: "王*例", number: "000000********1230" };
        let slip = receipt(&head, &samples::registration(), &facts, &applicant, &[]);
        let lines = layout(&slip, Paper::Mm58);
        assert!(lines.len() < 200, "{} lines", lines.len());
        assert!(as_text(&lines, Paper::Mm58).contains("全文"));
    }

    #[test]
    fn p9_an_untrusted_clock_is_named() {
        let pack = samples::pack();
        let head = Head { clock_trusted: false, ..samples::head(&pack, Lang::Zh) };
        let lines = layout(&samples::receipt_of(&head, CaseStatus::Received), Paper::Mm80);
        assert!(as_text(&lines, Paper::Mm80).contains("时钟未校准"));
    }
}
