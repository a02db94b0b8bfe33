//! Requests to people: when somebody shall come or call.

use crate::domain::request::Requested;
use crate::domain::window::TimeWindow;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::pages::{Question, Shape};
use crate::screen::said::Control;
use crate::visit::Touch;
use crate::visit::flows::ChooseWindow;

pub(super) fn window(compose: &Compose, page: &ChooseWindow) -> Composed {
    let item = compose.item(&page.application.item);
    let choices = page.windows.iter().enumerate().map(|(row, window)| {
        Control::new(format!("choose-{row}"), window.label(compose.lang), Touch::Choose(row))
            .helped(window.times())
            .choice(page.chosen == Some(row))
    });
    let enabled = page.chosen.is_some();
    let label = compose.text(if enabled { say::NEXT } else { say::NEXT_NEEDS_CHOICE });
    let next = Control::new("next", &label, Touch::Next).only_if(enabled, label);
    let question = Question {
        question: compose.text(say::WINDOW_TITLE),
        reason: reason(compose, page),
        shape: Shape::One,
        choices: choices.collect(),
        hint: String::new(),
        error: String::new(),
        other: None,
    };
    Composed::new("window", compose.item_name(&page.application.item), question)
        .step(compose.window_step(item, &page.application.answers))
        .about(item)
        .action(next)
}

/// Who will be there, and why a window has no date, or one that may not hold.
fn reason(compose: &Compose, page: &ChooseWindow) -> String {
    let pack = compose.pack();
    let item = compose.item(&page.application.item);
    let outlet = item
        .and_then(|item| pack.outlet_for(item, compose.day()))
        .map(|outlet| compose.own(outlet.label()));
    let who = match page.of {
        Requested::Appointment => say::WINDOW_APPOINTMENT,
        Requested::DoorToDoor => say::WINDOW_DOOR_TO_DOOR,
        Requested::Agency => say::WINDOW_AGENCY,
        Requested::CallBack => say::WINDOW_CALL_BACK,
    };
    let who = outlet.map(|outlet| compose.fill(who, &[("outlet", &outlet)]));
    let unannounced = |window: &TimeWindow| match window {
        TimeWindow::On { provisional, .. } => *provisional,
        TimeWindow::AnyTime | TimeWindow::NextWorkingDay { .. } => false,
    };
    let dates = if page.windows.iter().any(|window| window.is_undated()) {
        let known = compose.moment.clock_trusted;
        Some(if known { say::WINDOW_CLOSED } else { say::WINDOW_CLOCK })
    } else {
        page.windows.iter().any(unannounced).then_some(say::WINDOW_HOLIDAYS)
    };
    let sentences = who.into_iter().chain(dates.map(|sentence| compose.text(sentence)));
    sentences.collect::<Vec<_>>().join(match compose.lang {
        say::Lang::Zh => "",
        say::Lang::En => " ",
    })
}
