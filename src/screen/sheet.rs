//! The sheet over a page: help, or the warning before an idle visit ends.

use crate::say;
use crate::screen::compose::Compose;
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::{Row, facts_said};
use crate::screen::said::{Control, Role, Speech};
use crate::visit::{Page, Touch};

/// A sheet; while it lies over the page nothing of the page can be touched.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub title: String,
    pub drawing: Drawing,
    pub tone: Tone,
    /// The hotline, or the seconds left.
    pub figure: String,
    /// 0 to 1 of the seconds left, if it counts any.
    pub ring: Option<f32>,
    pub detail: String,
    pub facts: Vec<Row>,
    pub leave: Option<Control>,
    pub stay: Control,
}

impl Sheet {
    /// The sheet that lies over the page now, if any: the warning before the help.
    pub(super) fn compose(compose: &Compose) -> Option<Sheet> {
        match compose.visit.warning_left_s() {
            Some(left_s) => Some(Sheet::warning(compose, left_s)),
            None => compose.session.help_open().then(|| Sheet::help(compose)),
        }
    }

    fn help(compose: &Compose) -> Sheet {
        let attract = compose.visit.page() == Page::Attract;
        let stay = if attract { say::CLOSE_HELP } else { say::CLOSE_SHEET };
        let mut facts = compose.people();
        if let Some(standard) = &compose.pack().branding.service_standard {
            facts.push(compose.row(say::SERVICE_STANDARD, compose.own(standard)));
        }
        Sheet {
            title: compose.text(say::HELP_TITLE),
            drawing: Drawing::Phone,
            tone: Tone::Info,
            figure: compose.pack().hotline.number.clone(),
            ring: None,
            detail: compose.worded(&compose.pack().sentences.help, say::HELP_DETAIL),
            facts,
            leave: compose.visit.can_leave().then(|| compose.exit()),
            stay: Control::new("close-sheet", compose.text(stay), Touch::CloseSheet),
        }
    }

    fn warning(compose: &Compose, left_s: u32) -> Sheet {
        let submitted = matches!(
            compose.visit.page(),
            Page::QueryResult
                | Page::CaseResult
                | Page::GuideSlip
                | Page::Evaluation
                | Page::Reasons
                | Page::Cases
                | Page::OpenCase
        );
        let detail = if submitted { say::WARNING_SUBMITTED } else { say::WARNING };
        let seconds = left_s.to_string();
        let total = compose.session.warning_total_s().max(1);
        Sheet {
            title: compose.text(say::WARNING_TITLE),
            drawing: Drawing::Hourglass,
            tone: Tone::Care,
            ring: Some(left_s as f32 / total as f32),
            detail: compose.fill(detail, &[("seconds", &seconds)]),
            figure: seconds,
            facts: Vec::new(),
            leave: Some(
                Control::new("leave", compose.text(say::LEAVE_NOW), Touch::Leave)
                    .drawn(Drawing::Door),
            ),
            stay: Control::new("more-time", compose.text(say::MORE_TIME), Touch::MoreTime),
        }
    }

    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Title, &self.title).say(Role::Headline, &self.figure);
        speech.say(Role::Text, &self.detail);
        facts_said(&self.facts, speech);
    }

    pub(super) fn controls(&self) -> impl Iterator<Item = &Control> {
        self.leave.iter().chain([&self.stay])
    }
}
