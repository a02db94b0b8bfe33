//! The page of what came of it: the sentence, the case number, its clock, and the slip. What it says
//! of which result is composed in `results.rs`.

use crate::domain::mask;
use crate::say::{self, Sentence};
use crate::screen::compose::Compose;
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::{Row, facts_said};
use crate::screen::said::{Control, Role, Speech};
use crate::slip::layout::{Line, columns};
use crate::visit::{Availability, Flow, Offer, SlipOutcome, SlipProgress, Touch};

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
    pub document: Option<DocumentShown>,
    pub facts: Vec<Row>,
    pub slip: SlipShown,
}

/// The way to a sealed document, as a QR code.
#[derive(Clone, PartialEq)]
pub struct DocumentShown {
    pub title: String,
    /// Until when it can be had, and what to do without a telephone.
    pub detail: String,
    /// Nothing when its time has passed.
    pub link: String,
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
    pub stages: Vec<CaseStage>,
}

/// A mark on the way of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseStage {
    pub name: String,
    pub time: String,
    pub reached: bool,
}

/// The slip as it comes out, and what became of it.
#[derive(Clone, PartialEq)]
pub struct SlipShown {
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

/// The lines of the slip; of a document's number a screen shows less than the paper that is taken
/// along, whoever's it is.
fn masked(compose: &Compose) -> Vec<Line> {
    let numbers = match compose.visit.top() {
        Flow::QueryResult(result) => {
            let others = result.answer.id_numbers().map(str::to_owned);
            [result.card.number.clone()].into_iter().chain(others).collect()
        }
        Flow::CaseResult(result) => {
            let application = &result.application;
            let item = compose.item(&application.item);
            let questions = item.map_or(&[][..], |item| &item.questions);
            let facts = application.facts(questions, &compose.pack().regions);
            let others = facts.iter().filter_map(|fact| fact.value.id_number()).map(str::to_owned);
            [application.applicant.number.clone()].into_iter().chain(others).collect()
        }
        Flow::OpenCase(case) => vec![case.card.number.clone()],
        _ => Vec::new(),
    };
    let mut lines = compose.moment.slip.to_vec();
    for number in &numbers {
        let (paper, screen) = (mask::slip_number(number), mask::screen_number(number));
        for line in &mut lines {
            line.text = line.text.replace(&paper, &screen);
        }
    }
    lines
}

/// The slip of the page.
fn slip(compose: &Compose) -> SlipShown {
    let progress = compose.visit.slip().unwrap_or_default();
    let can_reprint = compose.visit.can_reprint();
    let (tone, drawing, sentence) = match progress {
        SlipProgress::NotYet if can_reprint => {
            (Tone::Plain, Drawing::Printer, compose.text(say::SLIP_OFFERED))
        }
        SlipProgress::NotYet => {
            // Of an earlier case it was promised; of this visit's it is still to come.
            let why = match compose.session.availability(Offer::Print) {
                Availability::NotNow(lacks) if matches!(compose.visit.top(), Flow::OpenCase(_)) => {
                    compose.fill(say::REPRINT_NOT_NOW, &[("why", &compose.lacks(&lacks))])
                }
                _ => String::new(),
            };
            (Tone::Plain, Drawing::Printer, why)
        }
        SlipProgress::Printing { .. } => {
            (Tone::Info, Drawing::Printer, compose.text(say::SLIP_PRINTING))
        }
        SlipProgress::Done(SlipOutcome::Printed) => {
            (Tone::Good, Drawing::Check, compose.text(say::SLIP_PRINTED))
        }
        SlipProgress::Done(SlipOutcome::NotPrinted) => {
            let why = compose.moment.devices.printer_notice();
            (Tone::Care, Drawing::Warning, not_printed(compose, why))
        }
        SlipProgress::Refused => {
            (Tone::Care, Drawing::Warning, not_printed(compose, Some(say::LACK_SLIPS)))
        }
        SlipProgress::Done(SlipOutcome::Unknown) => {
            let sentence = if can_reprint { say::SLIP_UNKNOWN } else { say::SLIP_UNKNOWN_LOOK };
            (Tone::Care, Drawing::Warning, compose.text(sentence))
        }
    };
    let out = progress.was_ordered();
    SlipShown {
        lines: if out { masked(compose) } else { Vec::new() },
        columns: columns(compose.moment.paper),
        out,
        sentence,
        tone,
        drawing,
        reprint: can_reprint.then(|| compose.reprint()),
    }
}

fn not_printed(compose: &Compose, why: Option<Sentence>) -> String {
    match why {
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
    /// Nothing but the slip, if there is one.
    pub(super) fn empty(compose: &Compose) -> Outcome {
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
            document: None,
            facts: Vec::new(),
            slip: slip(compose),
        }
    }

    pub(super) fn said(&self, speech: &mut Speech) {
        speech
            .say(Role::Headline, &self.headline)
            .say(Role::Text, &self.detail)
            .say(Role::Label, &self.number_label)
            .say(Role::Code, &self.number)
            .say(Role::Mark, &self.status);
        if let Some(clock) = &self.clock {
            speech.say(Role::Label, &clock.label).say(Role::Value, &clock.left);
            for stage in &clock.stages {
                speech.say(Role::Label, &stage.name).say(Role::Value, &stage.time);
            }
        }
        if let Some(document) = &self.document {
            speech.say(Role::Label, &document.title).say(Role::Text, &document.detail);
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

    use super::{Clock, DocumentShown, Outcome, SlipShown};
    use crate::screen::draw::{List, fact, label_ems, maybe, running, tone, ui, whole};
    use crate::slip::layout::{Align, Kind, Line};

    #[derive(Default)]
    pub struct Drawn {
        facts: List<ui::Fact>,
        stages: List<ui::StageView>,
        lines: List<ui::SlipLine>,
        /// The QR code of the slip that was drawn last, and its picture.
        qr: QrPicture,
        /// That of the document.
        link: QrPicture,
    }

    type QrPicture = RefCell<(String, Image)>;

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
                document: self.document(page.document.as_ref()),
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

        fn slip(&self, slip: &SlipShown) -> ui::SlipView {
            ui::SlipView {
                lines: self.lines.show(slip.lines.iter().map(line)),
                columns: slip.columns as i32,
                qr: self.slip_picture(slip),
                out: slip.out,
                sentence: running(&slip.sentence),
                tone: tone(slip.tone),
                strokes: slip.drawing.strokes().into(),
                reprint: maybe(slip.reprint.as_ref()),
            }
        }

        fn slip_picture(&self, slip: &SlipShown) -> Image {
            let content = slip.lines.iter().find_map(|line| match &line.kind {
                Kind::Qr(content) => Some(content.as_str()),
                _ => None,
            });
            picture(&self.qr, content.unwrap_or_default())
        }

        /// A link that is shown no longer does not stay.
        fn document(&self, document: Option<&DocumentShown>) -> ui::DocumentView {
            let link = document.map(|document| document.link.as_str()).unwrap_or_default();
            let qr = picture(&self.link, link);
            match document {
                None => ui::DocumentView { qr, ..ui::DocumentView::default() },
                Some(document) => ui::DocumentView {
                    shown: true,
                    title: running(&document.title),
                    detail: running(&document.detail),
                    linked: !link.is_empty(),
                    qr,
                },
            }
        }
    }

    /// The picture of a QR code, which is made once; none of nothing.
    fn picture(drawn: &QrPicture, content: &str) -> Image {
        let mut drawn = drawn.borrow_mut();
        if drawn.0 != content {
            *drawn = (content.to_owned(), qr_image(content).unwrap_or_default());
        }
        drawn.1.clone()
    }

    fn line(line: &Line) -> ui::SlipLine {
        ui::SlipLine {
            text: line.text.as_str().into(),
            size: i32::from(line.size),
            bold: line.bold,
            centred: line.align == Align::Centre,
            kind: match line.kind {
                Kind::Text => 0,
                Kind::Rule => 1,
                Kind::Qr(_) => 2,
                Kind::Feed => 3,
            },
        }
    }

    /// One pixel a module, with the quiet zone; the screen enlarges it.
    fn qr_image(content: &str) -> Option<Image> {
        const QUIET: usize = 4;
        let code = qrcode::QrCode::new(content).ok().filter(|_| !content.is_empty())?;
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
pub(super) use drawn::Drawn;
