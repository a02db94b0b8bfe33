//! My cases (我的办件): number, item, state in words, time.

use crate::case::CaseFacts;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::moment::moment_words;
use crate::screen::pages::results::{limit_words, next_words, tone};
use crate::screen::pages::{Badge, Block, Blocks, Case};
use crate::screen::said::Control;
use crate::visit::Touch;

pub(super) fn list(compose: &Compose, found: &[CaseFacts], unreadable: u32) -> Composed {
    let blocks = if found.is_empty() {
        Blocks {
            hero: Some(Drawing::Search),
            tone: Tone::Plain,
            headline: compose.text(say::NO_CASES),
            detail: compose.text(say::NO_CASES_DETAIL),
            ..Blocks::default()
        }
    } else {
        let cases =
            found.iter().enumerate().map(|(row, facts)| Block::Case(case(compose, row, facts)));
        // What is there and cannot be shown is not passed over in silence.
        let hidden = (unreadable > 0).then(|| Block::Band {
            tone: Tone::Care,
            drawing: Drawing::Warning,
            text: compose.fill(say::CASES_HIDDEN, &[("count", &unreadable.to_string())]),
        });
        Blocks { blocks: hidden.into_iter().chain(cases).collect(), ..Blocks::default() }
    };
    Composed::new("cases", compose.text(say::MY_CASES), blocks).action(compose.home())
}

fn case(compose: &Compose, row: usize, facts: &CaseFacts) -> Case {
    let (word, tone) = (facts.status.word(), tone(facts.status));
    let item = compose.item_of(facts);
    // The last step whose time is known; only that of the reception is by this kiosk's clock.
    let (step, last, trusted) = match (facts.completed_at, facts.accepted_at) {
        (Some(at), _) => (word, at, true),
        (None, Some(at)) => (say::STATUS_ACCEPTED, at, true),
        (None, None) => (say::STATUS_RECEIVED, facts.received_at, facts.clock_trusted),
    };
    let limit = limit_words(compose, facts);
    let late = limit.as_ref().is_some_and(|(headline, _)| headline.is_some());
    let late = late.then(|| Badge {
        text: compose.text(say::OVERDUE),
        tone: Tone::Care,
        drawing: Some(Drawing::Warning),
    });
    let badge = Badge { text: compose.text(word), tone, drawing: Some(Drawing::of(tone)) };
    let (label, note) = match &facts.note {
        _ if limit.is_some() => (say::SLIP_NEXT, limit.unwrap_or_default().1),
        Some(note) => (say::FIELD_NOTE, note.clone()),
        None => (say::SLIP_NEXT, next_words(compose, facts)),
    };
    let mut times = moment_words(last);
    if !trusted {
        times = compose.fill(say::TIME_UNTRUSTED, &[("time", &times)]);
    }
    Case {
        item: item.map_or_else(|| facts.item.to_string(), |item| compose.own(&item.name)),
        badges: [badge].into_iter().chain(late).collect(),
        facts: vec![
            compose.code_row(say::CASE_NUMBER, facts.number.grouped()),
            compose.row(step, times),
            compose.row(label, note),
        ],
        controls: vec![
            Control::new(format!("case-{row}"), compose.text(say::OPEN_CASE), Touch::Case(row))
                .drawn(Drawing::Slip),
        ],
    }
}
