//! Take the card, take the slip, good-bye.

use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::CardMotion;
use crate::screen::said::{Control, Role, Speech};
use crate::visit::{SlipOutcome, SlipProgress, Touch, flows};

#[derive(Clone, Debug, PartialEq)]
pub struct Farewell {
    pub motion: CardMotion,
    /// Of the light around the reader.
    pub tone: Tone,
    /// A slip hangs from its slot.
    pub slip: bool,
    pub headline: String,
    pub detail: String,
    /// What to take along.
    pub reminders: Vec<(Drawing, String)>,
    pub reprint: Option<Control>,
}

pub(super) fn compose(compose: &Compose, farewell: &flows::Farewell) -> Composed {
    let session = compose.session;
    let (lies, given) = (session.card_lies(), session.slip_given());
    let progress = compose.visit.slip();
    let printing = progress.is_some_and(SlipProgress::is_printing);
    let unknown = progress == Some(SlipProgress::Done(SlipOutcome::Unknown));
    let mut reminders = Vec::new();
    if lies {
        reminders.push((Drawing::Card, compose.text(say::CARD_LEFT)));
    } else if session.card_to_take() {
        reminders.push((Drawing::Card, compose.text(say::TAKE_CARD)));
    }
    if printing {
        reminders.push((Drawing::Printer, compose.text(say::SLIP_PRINTING)));
    } else if given && !unknown {
        reminders.push((Drawing::Slip, compose.text(say::TAKE_SLIP)));
    }
    let not_printed = progress == Some(SlipProgress::Done(SlipOutcome::NotPrinted));
    let reprint = ((unknown || not_printed) && compose.visit.can_reprint())
        .then(|| compose.reprint());
    let headline = match (lies, farewell.rated) {
        (true, _) => say::CARD_LEFT_HEADLINE,
        (false, Some(true)) => say::FAREWELL_THANKED,
        (false, Some(false)) => say::FAREWELL_NOT_RATED,
        (false, None) => say::FAREWELL_TITLE,
    };
    let page = Farewell {
        motion: if lies { CardMotion::Lift } else { CardMotion::None },
        tone: if lies { Tone::Care } else { Tone::Good },
        slip: given && !printing && !unknown,
        headline: match headline {
            say::FAREWELL_TITLE => compose.worded(&compose.pack().sentences.farewell, headline),
            _ => compose.text(headline),
        },
        detail: compose.text(match (unknown, not_printed, &reprint) {
            (true, _, Some(_)) => say::FAREWELL_SLIP_UNKNOWN,
            (true, _, None) => say::FAREWELL_SLIP_LOOK,
            (_, true, Some(_)) => say::FAREWELL_NOT_PRINTED,
            // The printer cannot print now; nobody is sent away without a word of it.
            (_, true, None) => say::FAREWELL_NO_SLIP,
            (false, false, _) => say::FAREWELL_DETAIL,
        }),
        reminders,
        reprint,
    };
    let done = Control::new("leave", compose.text(say::DONE), Touch::Leave)
        .drawn(Drawing::Check)
        .only_if(compose.visit.can_leave(), compose.text(say::CARD_LEFT));
    Composed::new("farewell", String::new(), page).action(done)
}

impl Farewell {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Headline, &self.headline);
        for (_, reminder) in &self.reminders {
            speech.say(Role::Text, reminder);
        }
        speech.say(Role::Text, &self.detail);
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        self.reprint.iter().collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Farewell;
    use crate::screen::draw::{List, maybe, running, tone, ui, whole};
    use crate::screen::pages::card::drawn::motion;

    #[derive(Default)]
    pub struct Drawn {
        reminders: List<ui::ReminderRow>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Farewell, window: &ui::KioskWindow) {
            window.global::<ui::Farewell>().set_view(ui::FarewellView {
                motion: motion(page.motion),
                tone: tone(page.tone),
                slip: page.slip,
                headline: whole(&page.headline),
                detail: running(&page.detail),
                reminders: self.reminders.show(page.reminders.iter().map(|(drawing, text)| {
                    ui::ReminderRow { text: whole(text), strokes: drawing.strokes().into() }
                })),
                reprint: maybe(page.reprint.as_ref()),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
