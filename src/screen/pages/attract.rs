//! Nobody is here: the hour, a greeting, two doors of equal rank, what can be done now, notices.

use jiff::civil::Date;

use crate::clock::local;
use crate::domain::pack::ItemKind;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::moment::date_words;
use crate::screen::said::{Control, Role, Speech};
use crate::visit::{Availability, Lack, Touch};

/// Most policies among the notices.
const NEW_POLICIES: usize = 2;
/// Most items that are named in one sentence.
const NAMED: usize = 4;

#[derive(Clone, Debug, PartialEq)]
pub struct Attract {
    pub greeting: String,
    /// `02:14`
    pub clock: String,
    pub date: String,
    /// That the time is not certain, or nothing.
    pub untrusted: String,
    pub invitation: String,
    pub start: Control,
    pub start_assisted: Control,
    /// A forgotten card; else what can be done now, and what cannot and why; empty while everything
    /// can.
    pub offers: Vec<OfferLine>,
    pub notices_title: String,
    /// Day and text.
    pub notices: Vec<(String, String)>,
    pub help: Control,
}

/// Whether some of the offers can be taken up now.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferLine {
    pub text: String,
    pub tone: Tone,
    pub drawing: Drawing,
}

pub(super) fn compose(compose: &Compose) -> Composed {
    let now = local(compose.moment.now);
    let greeting = match now.hour() {
        5..=10 => say::GREETING_MORNING,
        11..=13 => say::GREETING_NOON,
        14..=17 => say::GREETING_AFTERNOON,
        18..=22 => say::GREETING_EVENING,
        _ => say::GREETING_NIGHT,
    };
    let untrusted =
        if compose.moment.clock_trusted { String::new() } else { compose.text(say::CLOCK_UNTRUSTED) };
    // Buses and networks need a few seconds after the start.
    let all = if compose.moment.settling { Vec::new() } else { compose.offers() };
    let possible = |(_, availability): &(String, Availability)| availability.possible();
    let start_help = match all.is_empty() || all.iter().any(possible) {
        true => say::START_HELP,
        false => say::START_HELP_GUIDES,
    };
    let page = Attract {
        greeting: compose.worded(&compose.pack().sentences.welcome, greeting),
        clock: now.strftime("%H:%M").to_string(),
        date: date_words(compose.moment.now, compose.lang),
        untrusted,
        invitation: compose.text(say::TOUCH_TO_START),
        start: Control::new("start", compose.text(say::START), Touch::Start)
            .helped(compose.text(start_help))
            .drawn(Drawing::Card),
        start_assisted: Control::new(
            "start-assisted",
            compose.text(say::ASSISTED_MODE),
            Touch::StartAssisted,
        )
        .helped(compose.text(say::ASSISTED_MODE_HELP))
        .drawn(Drawing::Elder),
        offers: match (compose.session.card_left(), compose.moment.settling) {
            (true, _) => vec![card_left(compose)],
            (false, true) => Vec::new(),
            (false, false) => offers(compose, all),
        },
        notices_title: compose.text(say::NOTICES),
        notices: notices(compose),
        help: compose.help(),
    };
    Composed::new("attract", String::new(), page)
}

/// The newest policy that holds, of which everybody shall know (政策找人), then what else the bureau has
/// to tell, the newest day first. What is of a day to come waits for it.
fn notices(compose: &Compose) -> Vec<(String, String)> {
    let day = compose.day();
    let policies = compose.pack().policies_on(day);
    let has_policy = !policies.is_empty();
    let policies = policies.into_iter().take(NEW_POLICIES);
    let news = policies.map(|(_, policy)| {
        let name = compose.own(&policy.name);
        (policy.from, compose.fill(say::POLICY_NEWS, &[("name", &name)]))
    });
    let notices = compose.pack().notices.iter().filter(|notice| notice.date <= day);
    let notices = notices.map(|notice| (notice.date, compose.own(&notice.text)));
    let mut all: Vec<_> = news.chain(notices).collect();
    // The newest policy stands first of them, and stays there.
    let policy = usize::from(has_policy);
    all[policy..].sort_by_key(|(day, _)| std::cmp::Reverse(*day));
    let words = |(day, text): (Date, String)| (day.strftime("%m-%d").to_string(), text);
    all.into_iter().map(words).collect()
}

/// That a card was forgotten comes before everything else.
fn card_left(compose: &Compose) -> OfferLine {
    let sentences = [say::CARD_OF_ANOTHER, say::CARD_OF_ANOTHER_DETAIL];
    let stop = match compose.lang {
        say::Lang::Zh => "。",
        say::Lang::En => ". ",
    };
    OfferLine {
        text: sentences.map(|sentence| compose.text(sentence)).join(stop),
        tone: Tone::Care,
        drawing: Drawing::Warning,
    }
}

/// What can be done and what cannot, each with why, by the one judgement of the visit.
fn offers(compose: &Compose, all: Vec<(String, Availability)>) -> Vec<OfferLine> {
    let (mut now, mut not, mut limits) = (Vec::new(), Vec::<(Vec<Lack>, Vec<String>)>::new(), Vec::new());
    for (name, availability) in all {
        match availability {
            Availability::Now => now.push(name),
            Availability::Limited(lacks) => {
                now.push(name);
                limits.extend(lacks);
            }
            Availability::NotNow(lacks) => match not.iter_mut().find(|(why, _)| *why == lacks) {
                Some((_, names)) => names.push(name),
                None => not.push((lacks, vec![name])),
            },
        }
    }
    let mut offers: Vec<OfferLine> = not
        .iter()
        .map(|(lacks, names)| OfferLine {
            text: compose.fill(
                say::OFFER_NOT_NOW,
                &[("items", &compose.named(names)), ("why", &compose.lacks(lacks))],
            ),
            tone: Tone::Care,
            drawing: if lacks.contains(&Lack::Network) {
                Drawing::NetworkOff
            } else {
                Drawing::Warning
            },
        })
        .collect();
    let hints: Vec<String> = [
        (Lack::Network, say::OFFER_WITHOUT_NETWORK),
        (Lack::Printer, say::OFFER_WITHOUT_PRINTER),
    ]
    .into_iter()
    .filter(|(lack, _)| limits.contains(lack))
    .map(|(_, sentence)| compose.text(sentence))
    .collect();
    if !(now.is_empty() || offers.is_empty() && hints.is_empty()) {
        let items = compose.fill(say::OFFER_NOW, &[("items", &compose.named(&now))]);
        let text = [vec![items], hints].concat().join(match compose.lang {
            say::Lang::Zh => "",
            say::Lang::En => " ",
        });
        offers.push(OfferLine { text, tone: Tone::Good, drawing: Drawing::Check });
    }
    offers
}

impl Compose<'_> {
    /// Everything that the kiosk offers, with whether it can be done now.
    fn offers(&self) -> Vec<(String, Availability)> {
        // What is handed on is done elsewhere.
        let here = self.pack().items.iter().filter(|item| item.kind != ItemKind::Handoff);
        let items = here.map(|item| {
            let offer = crate::visit::Offer::Begin(item);
            (self.own(&item.name), self.session.availability(offer))
        });
        let mine = self.session.availability(crate::visit::Offer::MyCases);
        // That the search needs no network is nothing to tell on the attract screen.
        let mine = match mine {
            Availability::Limited(_) => Availability::Now,
            other => other,
        };
        items.chain([(self.text(say::MY_CASES), mine)]).collect()
    }

    /// The first few of some names.
    fn named(&self, names: &[String]) -> String {
        let few = names.iter().take(NAMED).cloned().collect::<Vec<_>>();
        let (list, more) = match self.lang {
            say::Lang::Zh => ("、", "等"),
            say::Lang::En => (", ", " …"),
        };
        few.join(list) + if names.len() > NAMED { more } else { "" }
    }
}

impl Attract {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech
            .say(Role::Text, &self.greeting)
            .say(Role::Value, &self.clock)
            .say(Role::Text, &self.date)
            .say(Role::Mark, &self.untrusted)
            .say(Role::Headline, &self.invitation);
        for offer in &self.offers {
            speech.say(Role::Text, &offer.text);
        }
        speech.say(Role::Label, &self.notices_title);
        for (date, text) in &self.notices {
            speech.say(Role::Value, date).say(Role::Text, text);
        }
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        vec![&self.start, &self.start_assisted]
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Attract;
    use crate::screen::draw::{List, control, running, tone, ui};

    #[derive(Default)]
    pub struct Drawn {
        offers: List<ui::OfferRow>,
        notices: List<ui::NoticeRow>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Attract, window: &ui::KioskWindow) {
            window.global::<ui::Attract>().set_view(ui::AttractView {
                greeting: page.greeting.as_str().into(),
                clock: page.clock.as_str().into(),
                date: page.date.as_str().into(),
                untrusted: page.untrusted.as_str().into(),
                invitation: page.invitation.as_str().into(),
                start: control(&page.start),
                start_assisted: control(&page.start_assisted),
                offers: self.offers.show(page.offers.iter().map(|offer| ui::OfferRow {
                    text: running(&offer.text),
                    tone: tone(offer.tone),
                    strokes: offer.drawing.strokes().into(),
                })),
                notices_title: page.notices_title.as_str().into(),
                notices: self.notices.show(page.notices.iter().map(|(date, text)| {
                    ui::NoticeRow { date: date.as_str().into(), text: running(text) }
                })),
                help: control(&page.help),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
