//! One question and its answers: one of several, or any of several.

use crate::domain::evaluation::Level;
use crate::domain::pack::AnswerKind;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::pages::{Blocks, phone};
use crate::screen::said::{Control, Role, Speech};
use crate::visit::flows::Form;
use crate::visit::{About, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub question: String,
    /// Why it is asked.
    pub reason: String,
    /// Any of the choices may be ticked.
    pub many: bool,
    pub choices: Vec<Control>,
    /// Another way on, below the choices.
    pub other: Option<Control>,
}

pub(super) fn compose(compose: &Compose, form: &Form) -> Composed {
    let item = compose.item(&form.item);
    let title = compose.item_name(&form.item);
    let composed = |page: crate::screen::PageView| {
        Composed::new("question", title, page)
            .step(compose.step(item, 4 + form.index))
            .about(item)
    };
    // Without its question the pack has changed under the visit; back and the exit remain.
    let Some((question, answer)) = form.question(compose.session) else {
        return composed(Blocks::default().into());
    };
    let asked = (compose.own(&question.text), compose.own(&question.reason));
    let next = |enabled, why| {
        let label = compose.text(if enabled { say::NEXT } else { why });
        Control::new("next", &label, Touch::Next).only_if(enabled, label)
    };
    match &question.answer {
        AnswerKind::Choice { options } => {
            let chosen = answer.choice();
            let choices = options.iter().enumerate().map(|(row, option)| {
                Control::new(format!("choose-{row}"), compose.own(&option.label), Touch::Choose(row))
                    .helped(compose.own(&option.help))
                    .choice(chosen == Some(option.code.as_str()))
            });
            let page = Question {
                question: asked.0,
                reason: asked.1,
                many: false,
                choices: choices.collect(),
                other: None,
            };
            composed(page.into()).action(next(chosen.is_some(), say::NEXT_NEEDS_CHOICE))
        }
        _ => {
            let (page, enabled) = phone::compose(compose, question, answer, asked, form.refused);
            composed(page.into()).action(next(enabled, say::NEXT_NEEDS_NUMBER))
        }
    }
}

/// Why not satisfied: a reason, so that somebody can act on it; or none, and somebody asks.
pub(super) fn reasons(
    compose: &Compose,
    about: &About,
    level: Level,
    ticked: &[usize],
) -> Composed {
    let choices = compose.session.reasons(level).enumerate().map(|(row, tag)| {
        Control::new(format!("reason-{row}"), compose.own(&tag.text), Touch::Reason(row))
            .choice(ticked.contains(&row))
    });
    let page = Question {
        question: compose.text(say::REASONS_TITLE),
        reason: compose.text(say::REASONS_DETAIL),
        many: true,
        choices: choices.collect(),
        other: Some(Control::new("no-reason", compose.text(say::NO_REASON), Touch::NoReason)),
    };
    let can_send = !ticked.is_empty();
    let label = compose.text(if can_send { say::SEND_REASONS } else { say::NEXT_NEEDS_CHOICE });
    Composed::new("reasons", compose.item_name(&about.item), page)
        .about(compose.item(&about.item))
        .action(
            Control::new("send-reasons", &label, Touch::SendReasons).only_if(can_send, label),
        )
}

impl Question {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Headline, &self.question).say(Role::Text, &self.reason);
        for choice in &self.choices {
            speech.say(Role::Label, &choice.label).say(Role::Text, &choice.help);
        }
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        self.choices.iter().chain(&self.other).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Question;
    use crate::screen::draw::{List, control, maybe, running, ui, whole};

    #[derive(Default)]
    pub struct Drawn {
        choices: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Question, window: &ui::KioskWindow) {
            window.global::<ui::Question>().set_view(ui::QuestionView {
                question: whole(&page.question),
                reason: running(&page.reason),
                many: page.many,
                choices: self.choices.show(page.choices.iter().map(control)),
                other: maybe(page.other.as_ref()),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
