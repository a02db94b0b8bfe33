//! One question and its answers: one of several, any of several, or a name of a list.

use crate::domain::evaluation::Level;
use crate::domain::pack::{self, AnswerKind, Choice};
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::pages::{Blocks, typed};
use crate::screen::said::{Control, Role, Speech};
use crate::visit::flows::{ConfirmAuthority, Form, credit_code_question};
use crate::visit::{About, Answer, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub question: String,
    /// Why it is asked.
    pub reason: String,
    pub shape: Shape,
    pub choices: Vec<Control>,
    /// How many may be ticked, or what is chosen so far.
    pub hint: String,
    /// Why what is ticked is no answer; stands in the place of the hint.
    pub error: String,
    /// Another way on, below the choices.
    pub other: Option<Control>,
}

/// How the choices are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One of a few, each with room for a help.
    One,
    /// Any of them may be ticked.
    Several,
    /// One of many short names.
    Names,
    /// Two words, large and side by side.
    YesNo,
}

pub(super) fn compose(compose: &Compose, form: &Form) -> Composed {
    let item = compose.item(&form.item);
    let title = compose.item_name(&form.item);
    let composed = |page: crate::screen::PageView| {
        Composed::new("question", title, page)
            .step(compose.question_step(item, &form.answers, form.index))
            .about(item)
    };
    // Without its question the pack has changed under the visit; back and the exit remain.
    let Some((question, answer)) = form.question(compose.session) else {
        return composed(Blocks::default().into());
    };
    let next = |enabled, why| {
        let label = compose.text(if enabled { say::NEXT } else { why });
        Control::new("next", &label, Touch::Next).only_if(enabled, label)
    };
    match &question.answer {
        AnswerKind::Choice { .. }
        | AnswerKind::Several { .. }
        | AnswerKind::YesNo
        | AnswerKind::Region { .. } => {
            let page = choices(compose, form, question, answer);
            let chosen = page.choices.iter().any(|choice| choice.chosen == Some(true));
            composed(page.into()).action(next(chosen, say::NEXT_NEEDS_CHOICE))
        }
        AnswerKind::Phone { .. } => {
            let (page, enabled) = typed::compose(compose, question, answer, form.refused);
            composed(page.into()).action(next(enabled, say::NEXT_NEEDS_NUMBER))
        }
        _ => {
            let (page, enabled) = typed::compose(compose, question, answer, form.refused);
            composed(page.into()).action(next(enabled, say::NEXT_NEEDS_ENTRY))
        }
    }
}

/// For which enterprise somebody acts.
pub(super) fn credit_code(compose: &Compose, asked: &ConfirmAuthority) -> Composed {
    let question = credit_code_question();
    let (page, enabled) = typed::compose(compose, &question, &asked.answer, asked.refused);
    let label = compose.text(if enabled { say::NEXT } else { say::NEXT_NEEDS_ENTRY });
    Composed::new("credit-code", compose.item_name(&asked.item), page)
        .about(compose.item(&asked.item))
        .action(Control::new("next", &label, Touch::Next).only_if(enabled, label))
}

fn choices(
    compose: &Compose,
    form: &Form,
    question: &pack::Question,
    answer: &Answer,
) -> Question {
    let control = |(row, (label, chosen)): (usize, (String, bool))| {
        Control::new(format!("choose-{row}"), label, Touch::Choose(row)).choice(chosen)
    };
    let of = |options: &[Choice]| -> Vec<Control> {
        let codes = answer.codes(question);
        let labelled = options
            .iter()
            .map(|option| (compose.own(&option.label), codes.contains(&option.code.as_str())));
        let controls = labelled.enumerate().map(control).zip(options);
        controls.map(|(control, option)| control.helped(compose.own(&option.help))).collect()
    };
    let mut hint = String::new();
    let (shape, choices) = match &question.answer {
        AnswerKind::Several { options, at_least, at_most, .. } => {
            let (least, most) = (at_least.to_string(), at_most.map(|most| most.to_string()));
            hint = match (*at_least, &most) {
                (1, None) => compose.text(say::TICK_ANY),
                (_, None) => compose.fill(say::TICK_AT_LEAST, &[("n", &least)]),
                (1, Some(most)) => compose.fill(say::TICK_AT_MOST, &[("n", most)]),
                (_, Some(most)) => {
                    compose.fill(say::TICK_BETWEEN, &[("least", &least), ("most", most)])
                }
            };
            (Shape::Several, of(options))
        }
        AnswerKind::Region { .. } => {
            let (path, offered) = form.regions(compose.session);
            let before = &path[..path.len().min(form.region_step)];
            if !before.is_empty() {
                let names: Vec<_> = before.iter().map(|region| compose.own(&region.name)).collect();
                hint = compose.fill(say::REGION_SO_FAR, &[("names", &names.join(" › "))]);
            }
            let chosen = path.get(form.region_step).map(|region| &region.code);
            let names = offered
                .iter()
                .map(|region| (compose.own(&region.name), chosen == Some(&region.code)));
            (Shape::Names, names.enumerate().map(control).collect())
        }
        AnswerKind::Choice { options } => (Shape::One, of(options)),
        _ => {
            let codes = answer.codes(question);
            let both = [(say::YES, pack::YES), (say::NO, pack::NO)]
                .map(|(word, code)| (compose.text(word), codes.contains(&code)));
            (Shape::YesNo, both.into_iter().enumerate().map(control).collect())
        }
    };
    let error = form.refused.map(|wrong| compose.refusal(question, wrong));
    Question {
        question: compose.own(&question.text),
        reason: compose.own(&question.reason),
        shape,
        choices,
        hint,
        error: error.unwrap_or_default(),
        other: None,
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
        shape: Shape::Several,
        choices: choices.collect(),
        hint: String::new(),
        error: String::new(),
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
        if self.error.is_empty() {
            speech.say(Role::Text, &self.hint);
        }
        speech.say(Role::Mark, &self.error);
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

    use super::{Question, Shape};
    use crate::screen::draw::{List, control, maybe, running, ui, whole};
    use crate::screen::look::Drawing;

    #[derive(Default)]
    pub struct Drawn {
        choices: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Question, window: &ui::KioskWindow) {
            window.global::<ui::Question>().set_view(ui::QuestionView {
                question: whole(&page.question),
                reason: running(&page.reason),
                many: page.shape == Shape::Several,
                names: page.shape == Shape::Names,
                yes_no: page.shape == Shape::YesNo,
                choices: self.choices.show(page.choices.iter().map(control)),
                hint: whole(&page.hint),
                error: running(&page.error),
                error_strokes: Drawing::Stop.strokes().into(),
                other: maybe(page.other.as_ref()),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
