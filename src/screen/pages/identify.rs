//! What the card is read for, before it is read; and whether it is really its holder's.

use crate::domain::card::CardText;
use crate::domain::pack::ItemKind;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::moment::Kept;
use crate::screen::pages::{Block, Blocks};
use crate::screen::said::Control;
use crate::visit::Touch;
use crate::visit::flows::Purpose;

pub(super) fn consent(compose: &Compose, purpose: &Purpose) -> Composed {
    let item = compose.purpose_item(purpose);
    let asks_platform = item.is_some_and(|item| item.eligibility.asks_platform);
    let nothing_kept = || compose.text(say::CONSENT_KEPT_TEXT);
    let (why, sent, kept) = match (purpose, item.map(|item| item.kind)) {
        (Purpose::MyCases, _) => {
            (compose.text(say::CONSENT_WHY_CASES), say::CONSENT_SENT_CASES, nothing_kept())
        }
        (Purpose::Item(of), kind) => {
            let why = compose.fill(say::CONSENT_WHY_ITEM, &[("item", &compose.item_name(of))]);
            match kind.is_some_and(ItemKind::is_application) {
                true if kind == Some(ItemKind::NoApplication) || asks_platform => {
                    (why, say::CONSENT_SENT_ENTITLED, case_kept(compose))
                }
                true => (why, say::CONSENT_SENT_CASE, case_kept(compose)),
                false => (why, say::CONSENT_SENT_QUERY, nothing_kept()),
            }
        }
    };
    let facts = vec![
        compose.row(say::CONSENT_WHY, why),
        compose.row(say::CONSENT_WHAT, compose.text(say::CONSENT_WHAT_READ)),
        compose.row(say::CONSENT_SENT, compose.text(sent)),
        compose.row(say::CONSENT_KEPT, kept),
    ];
    // Whoever wants another matter (办理其他事项) was read for the one before.
    let (title, detail) = match compose.session.identified() {
        None => (say::CONSENT_TITLE, say::CONSENT_DETAIL),
        Some(_) => (say::CONSENT_TITLE_AGAIN, say::CONSENT_DETAIL_AGAIN),
    };
    let blocks = Blocks {
        hero: Some(Drawing::Shield),
        tone: Tone::Info,
        headline: compose.text(title),
        detail: compose.text(detail),
        blocks: vec![Block::Facts(facts)],
        foot: Vec::new(),
    };
    Composed::new("consent", compose.purpose_title(purpose), blocks)
        .step(compose.step(item, 1))
        .about(item)
        .action(Control::new("agree", compose.text(say::AGREE), Touch::Agree))
}

fn case_kept(compose: &Compose) -> String {
    let Kept { returned, finished } = compose.moment.kept;
    let (returned, finished) = (returned.to_string(), finished.to_string());
    let days = [("returned", returned.as_str()), ("finished", finished.as_str())];
    compose.fill(say::CONSENT_KEPT_CASE_TEXT, &days)
}

/// Is this you? Masked, so that a bystander learns nothing.
pub(super) fn confirm(compose: &Compose, purpose: &Purpose, card: &CardText) -> Composed {
    let item = compose.purpose_item(purpose);
    let not_me =
        Control::new("not-me", compose.text(say::NOT_ME), Touch::NotMe).drawn(Drawing::Again);
    let blocks = Blocks {
        hero: Some(Drawing::Person),
        tone: Tone::Info,
        headline: compose.text(say::IDENTITY_TITLE),
        detail: compose.text(say::IDENTITY_MASKED),
        blocks: vec![Block::Facts(compose.identity(card))],
        foot: vec![not_me],
    };
    Composed::new("identity", compose.purpose_title(purpose), blocks)
        .step(compose.step(item, 3))
        .about(item)
        .action(Control::new("confirm", compose.text(say::CONFIRM), Touch::Confirm))
}
