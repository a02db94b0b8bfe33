//! Everything once more before it is handed in; each answer can be changed.

use crate::domain::pack::AnswerKind;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::Drawing;
use crate::screen::pages::{Block, Blocks, Row};
use crate::screen::said::Control;
use crate::visit::{Application, Touch};

pub(super) fn compose(compose: &Compose, application: &Application) -> Composed {
    let item = compose.item(&application.item);
    let questions = item.map_or(&[][..], |item| &item.questions);
    let mut facts = compose.identity(&application.applicant);
    for (row, (question, answer)) in questions.iter().zip(&application.answers).enumerate() {
        let value = match &question.answer {
            AnswerKind::Choice { options } => options
                .iter()
                .find(|option| answer.choice() == Some(option.code.as_str()))
                .map(|option| compose.own(&option.label))
                .unwrap_or_default(),
            _ => compose.phone_answer(question, answer),
        };
        let edit = Control::new(format!("edit-{row}"), compose.text(say::EDIT), Touch::Edit(row))
            .drawn(Drawing::Pen);
        let label = compose.own(&question.label);
        facts.push(Row { label, value, spelled: false, edit: Some(edit) });
    }
    let blocks = Blocks {
        headline: compose.text(say::REVIEW_TITLE),
        detail: compose.text(say::REVIEW_DETAIL),
        blocks: vec![Block::Facts(facts)],
        ..Blocks::default()
    };
    Composed::new("review", compose.item_name(&application.item), blocks)
        .step(compose.step(item, 4 + questions.len()))
        .about(item)
        .action(Control::new("submit", compose.text(say::SUBMIT), Touch::Submit))
}
