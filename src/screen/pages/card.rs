//! Lay the card: a drawing, two sentences, a bar that moves while the card is read.

use crate::say::{self, Sentence};
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::said::{Control, Role, Speech};
use crate::visit::flows::{CardPhase, Purpose};
use crate::visit::{CardTrouble, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub motion: CardMotion,
    /// Of the light around the reader.
    pub tone: Tone,
    /// Beside the headline.
    pub drawing: Option<Drawing>,
    pub headline: String,
    pub detail: String,
    pub reading: bool,
}

/// What the card in the drawing does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardMotion {
    None,
    /// Slides onto the reader.
    Lay,
    Lie,
    /// Is taken from the reader.
    Lift,
}

pub(super) fn compose(compose: &Compose, purpose: &Purpose, phase: CardPhase) -> Composed {
    let item = compose.purpose_item(purpose);
    let page = if compose.moment.devices.reader.usable() {
        match phase {
            CardPhase::Waiting | CardPhase::Trouble(CardTrouble::StillThere)
                if compose.session.card_left() =>
            {
                in_care(page(
                    compose,
                    CardMotion::Lift,
                    say::CARD_OF_ANOTHER,
                    say::CARD_OF_ANOTHER_DETAIL,
                ))
            }
            CardPhase::Waiting => page(compose, CardMotion::Lay, say::CARD_LAY, say::CARD_LAY_DETAIL),
            CardPhase::Reading => Card {
                reading: true,
                ..page(compose, CardMotion::Lie, say::CARD_READING, say::CARD_READING_DETAIL)
            },
            CardPhase::Trouble(trouble) => troubled(compose, trouble),
        }
    } else {
        in_care(page(compose, CardMotion::None, say::READER_GONE, say::READER_GONE_DETAIL))
    };
    let again = matches!(phase, CardPhase::Trouble(_)) && page.drawing.is_some();
    let composed = Composed::new("card", compose.purpose_title(purpose), page)
        .step(compose.step(item, 2))
        .about(item);
    if again {
        composed.action(
            Control::new("retry", compose.text(say::RETRY), Touch::Retry).drawn(Drawing::Again),
        )
    } else {
        composed
    }
}

/// A trouble; where the card has to be lifted, the drawing shows it.
fn troubled(compose: &Compose, trouble: CardTrouble) -> Card {
    let lift = match compose.session.card_lies() {
        true => CardMotion::Lift,
        false => CardMotion::Lay,
    };
    let (motion, headline, detail) = match trouble {
        CardTrouble::WrongCard => (lift, say::CARD_WRONG, say::CARD_WRONG_DETAIL),
        CardTrouble::NotGenuine => (lift, say::CARD_NOT_GENUINE, say::CARD_NOT_GENUINE_DETAIL),
        CardTrouble::MovedAway => (CardMotion::Lay, say::CARD_MOVED, say::CARD_MOVED_DETAIL),
        CardTrouble::StillThere => {
            (CardMotion::Lift, say::CARD_STILL_THERE, say::CARD_STILL_THERE_DETAIL)
        }
        CardTrouble::Unreadable => (lift, say::CARD_UNREADABLE, say::CARD_UNREADABLE_DETAIL),
    };
    in_care(page(compose, motion, headline, detail))
}

fn page(compose: &Compose, motion: CardMotion, headline: Sentence, detail: Sentence) -> Card {
    Card {
        motion,
        tone: Tone::Info,
        drawing: None,
        headline: compose.text(headline),
        detail: compose.text(detail),
        reading: false,
    }
}

fn in_care(card: Card) -> Card {
    Card { tone: Tone::Care, drawing: Some(Drawing::Warning), ..card }
}

impl Card {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Headline, &self.headline).say(Role::Text, &self.detail);
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        Vec::new()
    }
}

#[cfg(feature = "screen")]
pub(super) mod drawn {
    use slint::ComponentHandle;

    use super::{Card, CardMotion};
    use crate::screen::draw::{running, strokes, tone, ui, whole};

    #[derive(Default)]
    pub struct Drawn;

    impl Drawn {
        pub fn draw(&self, page: &Card, window: &ui::KioskWindow) {
            window.global::<ui::Card>().set_view(ui::CardView {
                motion: motion(page.motion),
                tone: tone(page.tone),
                strokes: strokes(page.drawing),
                headline: whole(&page.headline),
                detail: running(&page.detail),
                reading: page.reading,
            });
        }
    }

    pub fn motion(motion: CardMotion) -> ui::CardMotion {
        match motion {
            CardMotion::None => ui::CardMotion::None,
            CardMotion::Lay => ui::CardMotion::Lay,
            CardMotion::Lie => ui::CardMotion::Lie,
            CardMotion::Lift => ui::CardMotion::Lift,
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
