//! Five faces, left to right as the keys below the screen. Nothing is counted without a press
//! (promise P6).

use crate::domain::evaluation::Level;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::frame::Action;
use crate::screen::look::Drawing;
use crate::screen::said::{Control, Role, Speech};
use crate::visit::flows::Pressed;
use crate::visit::{About, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    pub question: String,
    /// By the screen, or by the keys too.
    pub how: String,
    /// From very satisfied to very dissatisfied.
    pub levels: Vec<Control>,
    /// While none is pressed.
    pub note: String,
    pub countdown: Option<Countdown>,
}

/// The time in which a press can be undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Countdown {
    pub left_s: u32,
    /// 0 to 1 of the time.
    pub ring: f32,
    pub hint: String,
    pub undo: Control,
}

pub(super) fn compose(compose: &Compose, about: &About, pressed: Option<&Pressed>) -> Composed {
    let how =
        if compose.panel_present() { say::EVALUATION_KEYS } else { say::EVALUATION_TOUCH };
    let words = [
        say::LEVEL_VERY_SATISFIED,
        say::LEVEL_SATISFIED,
        say::LEVEL_FAIR,
        say::LEVEL_DISSATISFIED,
        say::LEVEL_VERY_DISSATISFIED,
    ];
    let levels = Level::ALL.iter().zip(words).enumerate().map(|(place, (level, words))| {
        Control::new(format!("level-{place}"), compose.text(words), Touch::Level(*level))
            .choice(pressed.is_some_and(|pressed| pressed.level == *level))
            .only_if(pressed.is_none(), compose.text(say::UNDO))
    });
    let page = Evaluation {
        question: compose.text(say::EVALUATION_TITLE),
        how: compose.text(how),
        levels: levels.collect(),
        note: compose.text(say::EVALUATION_FREE),
        countdown: pressed.map(|pressed| Countdown {
            left_s: pressed.undo_left_s,
            ring: pressed.undo_left_s as f32 / compose.session.undo_total_s().max(1) as f32,
            hint: compose.text(say::UNDO_HINT),
            undo: Control::new("undo", compose.text(say::UNDO), Touch::Undo).drawn(Drawing::Undo),
        }),
    };
    let composed = Composed::new("evaluation", compose.item_name(&about.item), page)
        .about(compose.item(&about.item));
    if pressed.is_some() {
        composed.action(Control::new("next", compose.text(say::SEND_REASONS), Touch::Next))
    } else {
        let skip = Control::new("leave", compose.text(say::NO_EVALUATION), Touch::Leave);
        Composed { action: Some(Action { control: skip, primary: false }), ..composed }
    }
}

impl Evaluation {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Headline, &self.question).say(Role::Text, &self.how);
        for level in &self.levels {
            speech.say(Role::Label, &level.label);
        }
        match &self.countdown {
            Some(countdown) => {
                speech
                    .say(Role::Value, &countdown.left_s.to_string())
                    .say(Role::Text, &countdown.hint);
            }
            None => {
                speech.say(Role::Text, &self.note);
            }
        }
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        let undo = self.countdown.as_ref().map(|countdown| &countdown.undo);
        self.levels.iter().chain(undo).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Evaluation;
    use crate::screen::draw::{List, control, maybe, running, ui, whole};

    #[derive(Default)]
    pub struct Drawn {
        levels: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Evaluation, window: &ui::KioskWindow) {
            let countdown = page.countdown.as_ref();
            window.global::<ui::Evaluation>().set_view(ui::EvaluationView {
                question: whole(&page.question),
                how: running(&page.how),
                levels: self.levels.show(page.levels.iter().map(control)),
                pressed: countdown.is_some(),
                note: running(&page.note),
                left: countdown.map(|c| c.left_s.to_string()).unwrap_or_default().into(),
                ring: countdown.map_or(0.0, |c| c.ring),
                hint: countdown.map_or("", |c| c.hint.as_str()).into(),
                undo: maybe(countdown.map(|c| &c.undo)),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
