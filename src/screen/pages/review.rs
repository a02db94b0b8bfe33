//! Everything once more before it is handed in; each answer can be changed.

use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::Drawing;
use crate::screen::pages::{Block, Blocks, Row};
use crate::screen::said::Control;
use crate::visit::flows::Review;
use crate::visit::{Asked, Touch};

pub(super) fn compose(compose: &Compose, review: &Review) -> Composed {
    let application = &review.application;
    let item = compose.item(&application.item);
    let questions = item.map_or(&[][..], |item| &item.questions);
    let mut facts = compose.identity(&application.applicant);
    let edit = |row: usize| {
        Control::new(format!("edit-{row}"), compose.text(say::EDIT), Touch::Edit(row))
            .drawn(Drawing::Pen)
    };
    let asked = review.asked(compose.session);
    for (row, (question, answer)) in questions.iter().zip(&application.answers).enumerate() {
        if asked.get(row) != Some(&Asked::Yes) {
            continue;
        }
        let (value, spelled) = compose.answered(question, answer);
        let (label, edit) = (compose.own(&question.label), Some(edit(row)));
        facts.push(Row { label, value, spelled, edit });
    }
    if let Some(request) = &application.particulars.request {
        let window = compose.row(say::FIELD_WINDOW, request.window.words(compose.lang));
        facts.push(Row { edit: Some(edit(questions.len())), ..window });
        if request.priority {
            let lane = compose.text(say::REQUEST_LANE_GREEN);
            facts.push(compose.row(say::REQUEST_LANE, lane));
        }
    }
    if application.particulars.to_check {
        let open = compose.text(say::ENTITLEMENT_TO_CHECK);
        facts.push(compose.row(say::ENTITLEMENT_CHECK, open));
    }
    if let Some(enterprise) = &application.particulars.enterprise {
        // Whose name it is beside that of the enterprise.
        let name = compose.text(say::FIELD_NAME);
        if let Some(agent) = facts.first_mut().filter(|row| row.label == name) {
            agent.label = compose.text(say::SLIP_AGENT);
        }
        let name = compose.row(say::ENTERPRISE, enterprise.name.as_str());
        let code = compose.code_row(say::CREDIT_CODE_LABEL, enterprise.credit_code.as_str());
        facts.splice(0..0, [name, Row { edit: review.enterprise_row().map(edit), ..code }]);
    }
    let blocks = Blocks {
        headline: compose.text(say::REVIEW_TITLE),
        detail: compose.text(say::REVIEW_DETAIL),
        blocks: vec![Block::Facts(facts)],
        ..Blocks::default()
    };
    Composed::new("review", compose.item_name(&application.item), blocks)
        .step(compose.review_step(item, &application.answers))
        .about(item)
        .action(Control::new("submit", compose.text(say::SUBMIT), Touch::Submit))
}
