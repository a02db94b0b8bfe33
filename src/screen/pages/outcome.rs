//! What came of it: the sentence, the case number, its clock, and the slip.

use jiff::Timestamp;

use crate::case::{CaseFacts, CaseStatus};
use crate::domain::mask;
use crate::domain::pack::{Item, ItemKind};
use crate::journal::Obstacle;
use crate::say::{self, Sentence};
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::moment::{moment_words, time_words};
use crate::screen::pages::{Row, facts_said};
use crate::screen::said::{Control, Role, Speech};
use crate::slip::layout::{Line, columns};
use crate::visit::flows::{CaseResult, GuideSlip, InstantClock, OpenCase, QueryResult};
use crate::visit::{Flow, SlipOutcome, SlipProgress, Touch};

#[derive(Clone, PartialEq)]
pub struct Outcome {
    pub tone: Tone,
    pub drawing: Drawing,
    pub headline: String,
    pub detail: String,
    pub number_label: String,
    /// Case number in groups of four, or nothing.
    pub number: String,
    pub status: String,
    /// That the times are not certain, or nothing (promise P9).
    pub untrusted: String,
    pub clock: Option<Clock>,
    pub facts: Vec<Row>,
    pub slip: Slip,
}

/// `Debug` leaves out what is the citizen's.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome")
            .field("tone", &self.tone)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

/// The clock of an instant item.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// 0 to 1 of the limit used.
    pub fraction: f32,
    pub done: bool,
    /// Stands over `left` when that is a time.
    pub label: String,
    pub left: String,
    pub stages: Vec<Stage>,
}

/// A mark on the way of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    pub name: String,
    pub time: String,
    pub reached: bool,
}

/// The slip as it comes out, and what became of it.
#[derive(Clone, PartialEq)]
pub struct Slip {
    pub lines: Vec<Line>,
    /// Latin columns of the paper.
    pub columns: usize,
    /// It comes, or came.
    pub out: bool,
    pub sentence: String,
    pub tone: Tone,
    pub drawing: Drawing,
    pub reprint: Option<Control>,
}

/// A guide, printed without a card.
pub(super) fn guide(compose: &Compose, guide: &GuideSlip) -> Composed {
    let page = Outcome {
        drawing: Drawing::Document,
        headline: compose.text(say::GUIDE_HEADLINE),
        ..empty(compose)
    };
    Composed::new("result", compose.item_name(&guide.item), page)
        .about(compose.item(&guide.item))
        .action(compose.home())
}

/// The platform's answer to a query.
pub(super) fn query(compose: &Compose, result: &QueryResult) -> Composed {
    let answer = &result.answer;
    let mut facts = vec![
        compose.row(say::FIELD_NAME, mask::name(result.card.holder_name())),
        compose.row(say::FIELD_AS_OF, answer.as_of.to_string()),
    ];
    facts.extend(answer.facts.iter().map(|fact| compose.fact(fact)));
    // A row of a table is a fact: what it is about, and what is said of it.
    for row in answer.tables.iter().flat_map(|table| &table.rows) {
        let mut values = row.iter().map(|value| value.masked(compose.lang));
        let label = values.next().unwrap_or_default();
        let value = values.collect::<Vec<_>>().join(" · ");
        facts.push(Row { label, value, edit: None });
    }
    let page = Outcome {
        tone: Tone::Good,
        drawing: Drawing::Check,
        headline: compose.text(say::QUERY_DONE),
        facts,
        ..empty(compose)
    };
    let composed = Composed::new("result", compose.item_name(&result.item), page)
        .about(compose.item(&result.item));
    done(compose, composed)
}

/// A case of this visit.
pub(super) fn case(compose: &Compose, result: &CaseResult) -> Composed {
    let item = compose.item(&result.application.item);
    let facts = &*result.facts;
    let clock = item.and_then(|item| clock(compose, item, result));
    let mut page = of_case(compose, facts);
    (page.headline, page.detail) = headline(compose, item, result);
    page.clock = clock;
    let composed =
        Composed::new("result", compose.item_name(&result.application.item), page).about(item);
    done(compose, composed)
}

/// A case of an earlier visit.
pub(super) fn open_case(compose: &Compose, open: &OpenCase) -> Composed {
    let facts = &*open.facts;
    let item = compose.pack().item(&facts.item);
    let mut page = of_case(compose, facts);
    page.headline = compose.text(match facts.status {
        CaseStatus::Received => say::CASE_RECEIVED,
        CaseStatus::Accepted => say::CASE_ACCEPTED,
        CaseStatus::Completed => say::CASE_COMPLETED,
        CaseStatus::Returned => say::CASE_RETURNED,
    });
    page.detail = next_words(compose, facts.status);
    let mut times = vec![(say::STATUS_RECEIVED, Some(facts.received_at))];
    times.push((say::STATUS_ACCEPTED, facts.accepted_at));
    times.push((say::STATUS_COMPLETED, facts.completed_at));
    let times = times.into_iter().filter_map(|(label, at)| Some(compose.row(label, moment_words(at?))));
    page.facts.splice(0..0, times);
    let title = item.map_or_else(|| facts.item.to_string(), |item| compose.own(&item.name));
    Composed::new("case", title, page).about(item).action(compose.home())
}

/// What is left to do on a result: another matter, or the evaluation.
fn done(compose: &Compose, composed: Composed) -> Composed {
    let another = Control::new("another", compose.text(say::ANOTHER_ITEM), Touch::Another)
        .drawn(Drawing::House);
    composed.instead_of_back(another).action(Control::new(
        "evaluate",
        compose.text(say::EVALUATE),
        Touch::Evaluate,
    ))
}

fn empty(compose: &Compose) -> Outcome {
    Outcome {
        tone: Tone::Plain,
        drawing: Drawing::Document,
        headline: String::new(),
        detail: String::new(),
        number_label: String::new(),
        number: String::new(),
        status: String::new(),
        untrusted: String::new(),
        clock: None,
        facts: Vec::new(),
        slip: slip(compose),
    }
}

fn of_case(compose: &Compose, facts: &CaseFacts) -> Outcome {
    let (_, tone) = status(facts.status);
    let note = facts.note.iter().map(|note| compose.row(say::FIELD_NOTE, note.as_str()));
    Outcome {
        tone,
        drawing: Drawing::of(tone),
        number_label: compose.text(say::CASE_NUMBER),
        number: facts.number.grouped(),
        status: compose.text(status(facts.status).0),
        untrusted: if facts.clock_trusted {
            String::new()
        } else {
            compose.text(say::TIMES_UNTRUSTED)
        },
        facts: note.collect(),
        ..empty(compose)
    }
}

/// The one word for how far a case has come (promise P1), and how it is meant.
pub(super) fn status(status: CaseStatus) -> (Sentence, Tone) {
    match status {
        CaseStatus::Received => (say::STATUS_RECEIVED, Tone::Info),
        CaseStatus::Accepted => (say::STATUS_ACCEPTED, Tone::Info),
        CaseStatus::Completed => (say::STATUS_COMPLETED, Tone::Good),
        CaseStatus::Returned => (say::STATUS_RETURNED, Tone::Care),
    }
}

/// What comes next for a case of an earlier visit.
pub(super) fn next_words(compose: &Compose, status: CaseStatus) -> String {
    let online = compose.session.surroundings().online;
    compose.text(match status {
        CaseStatus::Received if !online => say::CASE_RECEIVED_OFFLINE_DETAIL,
        CaseStatus::Received => say::CASE_RECEIVED_DETAIL,
        CaseStatus::Accepted => say::CASE_UNDER_WAY_DETAIL,
        CaseStatus::Completed => say::CASE_COMPLETED_DETAIL,
        CaseStatus::Returned => say::CASE_RETURNED_DETAIL,
    })
}

fn headline(compose: &Compose, item: Option<&Item>, result: &CaseResult) -> (String, String) {
    let offline = !compose.session.surroundings().online;
    let breached = item.and_then(|item| match item.kind {
        ItemKind::Instant { limit_min } => Some(result.clock(limit_min, !offline)),
        ItemKind::Query => None,
    });
    let (headline, detail) = match result.facts.status {
        CaseStatus::Received => (say::CASE_RECEIVED, say::CASE_RECEIVED_DETAIL),
        CaseStatus::Accepted if matches!(result.slip, SlipProgress::Done(_)) => {
            (say::CASE_ACCEPTED, say::CASE_UNDER_WAY_DETAIL)
        }
        CaseStatus::Accepted => (say::CASE_ACCEPTED, say::CASE_ACCEPTED_DETAIL),
        CaseStatus::Completed => (say::CASE_COMPLETED, say::CASE_COMPLETED_DETAIL),
        CaseStatus::Returned => (say::CASE_RETURNED, say::CASE_RETURNED_DETAIL),
    };
    let detail = match breached {
        Some(InstantClock::Breached(Obstacle::NoNetwork)) => say::CLOCK_OVER_NETWORK,
        Some(InstantClock::Breached(Obstacle::Platform)) => say::CLOCK_OVER,
        _ if result.facts.status == CaseStatus::Received && offline => {
            say::CASE_RECEIVED_OFFLINE_DETAIL
        }
        _ => detail,
    };
    (compose.text(headline), compose.text(detail))
}

fn clock(compose: &Compose, item: &Item, result: &CaseResult) -> Option<Clock> {
    let ItemKind::Instant { limit_min } = item.kind else { return None };
    let limit_s = (limit_min * 60).max(1);
    let used = |left_s: u32| limit_s.saturating_sub(left_s) as f32 / limit_s as f32;
    let (fraction, done, label, left) = match result.clock(limit_min, compose.session.surroundings().online) {
        InstantClock::Returned => return None,
        InstantClock::Completed => (1.0, true, String::new(), compose.text(say::STATUS_COMPLETED)),
        // Nobody can promise an end for a platform that cannot be reached.
        InstantClock::Silent => (0.0, false, String::new(), compose.text(say::CLOCK_WAITING)),
        InstantClock::Breached(_) => {
            (1.0, false, String::new(), compose.text(say::CLOCK_OVER_WORD))
        }
        InstantClock::Counts { left_s } => {
            let minutes = left_s.div_ceil(60).to_string();
            let left = compose.fill(say::CLOCK_MINUTES_LEFT, &[("minutes", &minutes)]);
            (used(left_s), false, compose.text(say::CLOCK_LEFT), left)
        }
    };
    let facts = &result.facts;
    let stage = |name: Sentence, reached: bool, at: Option<Timestamp>| Stage {
        name: compose.text(name),
        time: match (reached, at) {
            (true, Some(at)) => time_words(at),
            (true, None) => String::new(),
            (false, _) => compose.text(say::STAGE_WAITING),
        },
        reached,
    };
    let reached = |status: CaseStatus| facts.status >= status;
    let stages = vec![
        stage(say::STATUS_RECEIVED, true, Some(facts.received_at)),
        stage(say::STATUS_ACCEPTED, reached(CaseStatus::Accepted), facts.accepted_at),
        stage(say::STATUS_COMPLETED, facts.status == CaseStatus::Completed, facts.completed_at),
    ];
    Some(Clock { fraction, done, label, left, stages })
}

/// The lines of the slip; of the number a screen shows less than the paper that is taken along.
fn masked(compose: &Compose) -> Vec<Line> {
    let card = match compose.visit.top() {
        Flow::QueryResult(result) => Some(&result.card),
        Flow::CaseResult(result) => Some(&result.application.applicant),
        Flow::OpenCase(case) => Some(&case.card),
        _ => None,
    };
    let mut lines = compose.moment.slip.to_vec();
    if let Some(card) = card {
        let (paper, screen) = (mask::slip_number(&card.number), mask::screen_number(&card.number));
        for line in &mut lines {
            line.text = line.text.replace(&paper, &screen);
        }
    }
    lines
}

/// The slip of the page.
fn slip(compose: &Compose) -> Slip {
    let progress = compose.visit.slip().unwrap_or_default();
    let can_reprint = compose.visit.can_reprint();
    let (tone, drawing, sentence) = match progress {
        SlipProgress::NotYet if can_reprint => {
            (Tone::Plain, Drawing::Printer, compose.text(say::SLIP_OFFERED))
        }
        SlipProgress::NotYet => (Tone::Plain, Drawing::Printer, String::new()),
        SlipProgress::Printing { .. } => {
            (Tone::Info, Drawing::Printer, compose.text(say::SLIP_PRINTING))
        }
        SlipProgress::Done(SlipOutcome::Printed) => {
            (Tone::Good, Drawing::Check, compose.text(say::SLIP_PRINTED))
        }
        SlipProgress::Done(SlipOutcome::NotPrinted) => {
            (Tone::Care, Drawing::Warning, not_printed(compose))
        }
        SlipProgress::Done(SlipOutcome::Unknown) => {
            let sentence = if can_reprint { say::SLIP_UNKNOWN } else { say::SLIP_UNKNOWN_LOOK };
            (Tone::Care, Drawing::Warning, compose.text(sentence))
        }
    };
    Slip {
        lines: masked(compose),
        columns: columns(compose.moment.paper),
        out: progress != SlipProgress::NotYet,
        sentence,
        tone,
        drawing,
        reprint: can_reprint.then(|| compose.reprint()),
    }
}

fn not_printed(compose: &Compose) -> String {
    match compose.moment.devices.printer_notice() {
        Some(why) => compose.fill(say::SLIP_NOT_PRINTED_WHY, &[("why", &compose.text(why))]),
        None => compose.text(say::SLIP_NOT_PRINTED),
    }
}

impl Compose<'_> {
    pub(super) fn reprint(&self) -> Control {
        Control::new("reprint", self.text(say::REPRINT), Touch::Reprint).drawn(Drawing::Printer)
    }
}

impl Outcome {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech
            .say(Role::Headline, &self.headline)
            .say(Role::Text, &self.detail)
            .say(Role::Label, &self.number_label)
            .say(Role::Value, &self.number)
            .say(Role::Mark, &self.status);
        if let Some(clock) = &self.clock {
            speech.say(Role::Label, &clock.label).say(Role::Value, &clock.left);
            for stage in &clock.stages {
                speech.say(Role::Label, &stage.name).say(Role::Value, &stage.time);
            }
        }
        speech.say(Role::Mark, &self.untrusted);
        facts_said(&self.facts, speech);
        speech.say(Role::Text, &self.slip.sentence);
        if self.slip.out {
            for line in &self.slip.lines {
                speech.say(Role::Slip, line.text.trim());
            }
        }
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        self.slip.reprint.iter().collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use std::cell::RefCell;

    use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

    use super::{Clock, Outcome, Slip};
    use crate::screen::draw::{List, fact, label_ems, maybe, running, tone, ui, whole};
    use crate::slip::layout::{Align, Kind, Line};

    #[derive(Default)]
    pub struct Drawn {
        facts: List<ui::Fact>,
        stages: List<ui::StageView>,
        lines: List<ui::SlipLine>,
        /// The QR code that was drawn last, and its picture.
        qr: RefCell<(String, Image)>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Outcome, window: &ui::KioskWindow) {
            window.global::<ui::Outcome>().set_view(ui::OutcomeView {
                tone: tone(page.tone),
                strokes: page.drawing.strokes().into(),
                headline: whole(&page.headline),
                detail: running(&page.detail),
                number_label: page.number_label.as_str().into(),
                number: page.number.as_str().into(),
                status: page.status.as_str().into(),
                untrusted: running(&page.untrusted),
                clock: self.clock(page.clock.as_ref()),
                label_ems: label_ems(&page.facts),
                facts: self.facts.show(page.facts.iter().map(fact)),
                slip: self.slip(&page.slip),
            });
        }

        fn clock(&self, clock: Option<&Clock>) -> ui::ClockView {
            let stages = clock.map_or(&[][..], |clock| &clock.stages);
            let stages = self.stages.show(stages.iter().map(|stage| ui::StageView {
                name: stage.name.as_str().into(),
                time: stage.time.as_str().into(),
                reached: stage.reached,
            }));
            match clock {
                None => ui::ClockView { stages, ..ui::ClockView::default() },
                Some(clock) => ui::ClockView {
                    shown: true,
                    fraction: clock.fraction,
                    done: clock.done,
                    label: clock.label.as_str().into(),
                    left: clock.left.as_str().into(),
                    stages,
                },
            }
        }

        fn slip(&self, slip: &Slip) -> ui::SlipView {
            ui::SlipView {
                lines: self.lines.show(slip.lines.iter().map(line)),
                columns: slip.columns as i32,
                qr: self.picture(slip),
                out: slip.out,
                sentence: running(&slip.sentence),
                tone: tone(slip.tone),
                strokes: slip.drawing.strokes().into(),
                reprint: maybe(slip.reprint.as_ref()),
            }
        }

        fn picture(&self, slip: &Slip) -> Image {
            let content = slip.lines.iter().find_map(|line| match &line.kind {
                Kind::Qr(content) => Some(content.as_str()),
                _ => None,
            });
            let Some(content) = content else { return Image::default() };
            let mut drawn = self.qr.borrow_mut();
            if drawn.0 != content {
                *drawn = (content.to_owned(), qr_image(content).unwrap_or_default());
            }
            drawn.1.clone()
        }
    }

    fn line(line: &Line) -> ui::SlipLine {
        ui::SlipLine {
            text: line.text.as_str().into(),
            size: i32::from(line.size),
            bold: line.bold,
            centred: line.align == Align::Centre,
            kind: match line.kind {
                Kind::Text | Kind::Mark => 0,
                Kind::Rule => 1,
                Kind::Qr(_) => 2,
                Kind::Feed => 3,
            },
        }
    }

    /// One pixel a module, with the quiet zone; the screen enlarges it.
    fn qr_image(content: &str) -> Option<Image> {
        const QUIET: usize = 4;
        let code = qrcode::QrCode::new(content).ok()?;
        let side = code.width() + 2 * QUIET;
        let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side as u32, side as u32);
        pixels.make_mut_slice().fill(Rgb8Pixel::new(255, 255, 255));
        for (index, colour) in code.to_colors().into_iter().enumerate() {
            if colour == qrcode::Color::Dark {
                let (x, y) = (index % code.width() + QUIET, index / code.width() + QUIET);
                pixels.make_mut_slice()[y * side + x] = Rgb8Pixel::new(0x16, 0x20, 0x2a);
            }
        }
        Some(Image::from_rgb8(pixels))
    }
}
#[cfg(feature = "screen")]
pub use drawn::Drawn;
