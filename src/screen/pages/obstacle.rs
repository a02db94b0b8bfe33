//! Something cannot go on as wished: what happened, what to do next, and whom to ask (promise P5).

use crate::domain::answer::Nothing;
use crate::say::{self, Sentence};
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::browse::print_guide;
use crate::screen::pages::{Block, Blocks, PageView};
use crate::screen::said::Control;
use crate::visit::flows::{Obstacle, ObstacleReason};
use crate::visit::{ItemRef, Touch};

/// Headline, what to do next, tone and drawing.
type Words = (Sentence, Sentence, Tone, Drawing);

pub(super) fn compose(compose: &Compose, obstacle: &Obstacle) -> Composed {
    let title = match &obstacle.item {
        Some(item) => compose.item_name(item),
        None => compose.text(say::MY_CASES),
    };
    let outlets =
        Control::new("outlets", compose.text(say::OUTLETS), Touch::Outlets).drawn(Drawing::People);
    let action = if obstacle.can_retry() {
        Control::new("retry", compose.text(say::RETRY), Touch::Retry).drawn(Drawing::Again)
    } else {
        outlets.clone()
    };
    let item = obstacle.item.as_ref().and_then(|item| compose.item(item));
    let call_me = obstacle.call_back(compose.session).map(|_| compose.call_me());
    let mut foot: Vec<_> = call_me.into_iter().chain([compose.home()]).collect();
    if let ObstacleReason::NotAuthorised(_) = obstacle.reason {
        let guide = obstacle.guide(compose.session).map(|_| print_guide(compose));
        let people = obstacle.can_retry().then_some(outlets);
        foot.splice(0..0, guide.into_iter().chain(people));
    }
    // More than three in a row are too narrow for their names.
    let more = foot.split_off(foot.len().min(3));
    let applied_for = item.is_some_and(|item| item.eligibility.asks_platform);
    let words = match (words_of(&obstacle.reason), &obstacle.reason) {
        ((title, _, tone, drawing), ObstacleReason::NotEntitled(_)) if applied_for => {
            (title, say::NOT_ENTITLED_APPLY_DETAIL, tone, drawing)
        }
        (words, _) => words,
    };
    let mut composed = page(compose, title, words, foot);
    if let PageView::Blocks(page) = &mut composed.page {
        if let Some(words) = own_words(compose, &obstacle.reason) {
            page.blocks.insert(0, Block::Lead(words));
        }
        if !more.is_empty() {
            page.blocks.push(Block::Buttons(more));
        }
    }
    composed.about(item).action(action)
}

/// The queue does not answer: nobody knows yet whether the application was received.
pub(super) fn store_silent(compose: &Compose, item: &ItemRef) -> Composed {
    let words = (say::STORE_SILENT, say::STORE_SILENT_DETAIL, Tone::Care, Drawing::Hourglass);
    page(compose, compose.item_name(item), words, Vec::new()).about(compose.item(item))
}

fn words_of(reason: &ObstacleReason) -> Words {
    match reason {
        ObstacleReason::CardExpired => {
            (say::CARD_EXPIRED, say::CARD_EXPIRED_DETAIL, Tone::Care, Drawing::Card)
        }
        ObstacleReason::NotEligible(_) => {
            (say::NOT_ELIGIBLE, say::NOT_ELIGIBLE_DETAIL, Tone::Care, Drawing::Person)
        }
        ObstacleReason::Query(answer) => nothing(answer.nothing),
        ObstacleReason::NotEntitled(_) => {
            (say::NOT_ENTITLED, say::NOT_ENTITLED_DETAIL, Tone::Care, Drawing::Person)
        }
        ObstacleReason::EntitlementUnknown => (
            say::ENTITLEMENT_UNKNOWN,
            say::ENTITLEMENT_UNKNOWN_DETAIL,
            Tone::Care,
            Drawing::NetworkOff,
        ),
        ObstacleReason::NotAuthorised(_) => {
            (say::NOT_AUTHORISED, say::NOT_AUTHORISED_DETAIL, Tone::Care, Drawing::People)
        }
        ObstacleReason::AuthorityUnknown => {
            (say::AUTHORITY_UNKNOWN, say::AUTHORITY_UNKNOWN_DETAIL, Tone::Care, Drawing::NetworkOff)
        }
        ObstacleReason::VacanciesFailed => {
            (say::VACANCIES_FAILED, say::VACANCIES_FAILED_DETAIL, Tone::Care, Drawing::NetworkOff)
        }
        ObstacleReason::NotStored => {
            (say::NOT_STORED, say::NOT_STORED_DETAIL, Tone::Stop, Drawing::Stop)
        }
        ObstacleReason::SearchFailed => {
            (say::SEARCH_FAILED, say::SEARCH_FAILED_DETAIL, Tone::Care, Drawing::Hourglass)
        }
    }
}

fn nothing(nothing: Nothing) -> Words {
    match nothing {
        Nothing::NotAvailable => {
            (say::QUERY_UNREACHABLE, say::QUERY_UNREACHABLE_DETAIL, Tone::Care, Drawing::NetworkOff)
        }
        Nothing::UnknownPerson => {
            (say::QUERY_UNKNOWN, say::QUERY_UNKNOWN_DETAIL, Tone::Care, Drawing::Person)
        }
        Nothing::NoRecord => {
            (say::QUERY_NOT_FOUND, say::QUERY_NOT_FOUND_DETAIL, Tone::Care, Drawing::Document)
        }
        Nothing::NotPermitted => {
            (say::QUERY_NOT_HERE, say::QUERY_NOT_HERE_DETAIL, Tone::Care, Drawing::People)
        }
    }
}

/// Why, in the words of the bureau or of its platform, where they have some.
fn own_words(compose: &Compose, reason: &ObstacleReason) -> Option<String> {
    match reason {
        ObstacleReason::NotEligible(why) => Some(compose.own(why)),
        ObstacleReason::NotEntitled(reason) | ObstacleReason::NotAuthorised(reason) => {
            reason.as_ref().map(|reason| reason.open().to_owned())
        }
        ObstacleReason::Query(answer) => {
            answer.detail.as_ref().map(|detail| detail.open().to_owned())
        }
        _ => None,
    }
}

fn page(
    compose: &Compose,
    title: String,
    (headline, detail, tone, drawing): Words,
    foot: Vec<Control>,
) -> Composed {
    let blocks = Blocks {
        hero: Some(drawing),
        tone,
        headline: compose.text(headline),
        detail: compose.text(detail),
        blocks: vec![Block::Facts(compose.people())],
        foot,
    };
    Composed::new("trouble", title, blocks)
}
