//! Out of service (暂停服务): the kiosk cannot serve, and says so with a number and whom to ask. Needs
//! no pack and no visit, and stands in both languages, since nobody can choose one.

use jiff::Timestamp;

use crate::clock;
use crate::domain::pack::{Accent, Bilingual};
use crate::say::{self, Lang, Sentence};
use crate::screen::frame::{Bar, Frame};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::{Block, Blocks, Row};
use crate::screen::view::View;
use crate::visit::PageToken;

/// What the page *out of service* knows. Everything but the number may be missing: what could not
/// be opened may be what would have known it.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfService {
    /// [`Cause::number`](crate::kiosk::startup::Cause::number), for whoever telephones; the table stands in `README.md`.
    pub number: u16,
    /// Number of this kiosk within its region, for the same call.
    pub kiosk: Option<u16>,
    /// The hotline to call.
    pub hotline: Option<String>,
    /// The nearest outlet with people, in one line: name, address, hours.
    pub outlet: Option<Bilingual>,
    /// Simulated devices or platform: 演示 (promise P1).
    pub demo: bool,
    /// Whether the hour can be believed.
    pub clock_trusted: bool,
}

/// The page for a cause.
pub fn out_of_service(why: &OutOfService, now: Timestamp) -> View {
    let row = |label: Sentence, value: String, spelled: bool| Row {
        label: both(label, " "),
        value,
        spelled,
        edit: None,
    };
    let mut facts = vec![row(say::OUT_CAUSE, why.number.to_string(), true)];
    if let Some(kiosk) = why.kiosk {
        facts.push(row(say::OUT_KIOSK, format!("{kiosk:04}"), true));
    }
    if let Some(hotline) = &why.hotline {
        facts.push(row(say::HELP_HOTLINE, hotline.clone(), true));
    }
    if let Some(outlet) = &why.outlet {
        facts.push(row(say::HELP_OUTLET, format!("{}\n{}", outlet.zh, outlet.en), false));
    }
    let page = Blocks {
        hero: Some(Drawing::Warning),
        tone: Tone::Care,
        headline: both(say::OUT_OF_SERVICE, "\n"),
        // Whom to ask is not pointed at where nothing is known of it.
        detail: match (&why.hotline, &why.outlet) {
            (None, None) => both(say::OUT_OF_SERVICE_ALONE, "\n"),
            _ => both(say::OUT_OF_SERVICE_DETAIL, "\n"),
        },
        blocks: vec![Block::Facts(facts)],
        foot: Vec::new(),
    };
    let clock = clock::local(now).strftime("%H:%M").to_string();
    let banner = if why.demo { both(say::BANNER_DEMO, "\n") } else { String::new() };
    let untrusted = if why.clock_trusted { String::new() } else { both(say::CLOCK_UNTRUSTED, " ") };
    View {
        token: PageToken::default(),
        name: "out-of-service",
        lang: Lang::Zh,
        assisted: false,
        night: false,
        accent: Accent::default(),
        bar: Bar { clock, banner, untrusted, ..Bar::default() },
        frame: Frame::default(),
        page: page.into(),
        sheet: None,
    }
}

/// Chinese first, English beside it.
fn both(sentence: Sentence, between: &str) -> String {
    format!("{}{between}{}", sentence.text(Lang::Zh), sentence.text(Lang::En))
}
