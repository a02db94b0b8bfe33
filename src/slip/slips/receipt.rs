//! The receipt for a case, by its status (收件凭条, 受理回执, 办结回执, 退回告知单).

use super::super::composer::{Composer, Head, shortened};
use super::super::{Block, Row, Slip, Words};
use crate::case::{CaseFacts, CaseStatus};
use crate::domain::card::CardText;
use crate::domain::fact::{Fact, Value};
use crate::domain::pack::{Item, ItemKind, Pack, Requested};
use crate::say::{self, Sentence};

/// Longest text of the platform that is printed, in characters; what is left out is to be had by
/// telephone. Without a limit a faulty platform could empty the paper roll with one answer.
const NOTE_LIMIT: usize = 400;
/// Longest number that the platform gives, in characters.
const NUMBER_LIMIT: usize = 64;

/// The receipt. Times and words of a later status than the case has are not printed, whatever the
/// other fields hold.
///
/// `pack`: the one that the case was begun with; `None` when it is not here any more, and then
/// nothing is said of what it promised. `answers`: what was answered on this visit, in
/// the order of the questions; none for a slip that is fetched later, when nobody keeps them.
pub fn receipt(
    head: &Head,
    pack: Option<&Pack>,
    facts: &CaseFacts,
    card: &CardText,
    answers: &[Fact],
) -> Slip {
    let status = facts.status;
    let item = pack.and_then(|pack| pack.item(&facts.item));
    // How it is called now is better than its id.
    let named = item.or_else(|| head.pack.item(&facts.item));
    let of = if item.is_some() { pack } else { None };
    let mut slip = Composer::begin_of(head, of.unwrap_or(head.pack), named);
    slip.version.clone_from(&facts.pack_version);
    slip.push(Block::Title(head.say(title(facts))));
    slip.reprint_mark();
    if facts.request.is_some_and(|request| request.priority) {
        slip.push(Block::Mark(head.say(say::SLIP_MARK_GREEN)));
    }
    slip.push(Block::Gap);
    slip.push(Block::Number {
        label: head.say(match facts.request {
            Some(_) => say::REQUEST_NUMBER,
            None => say::SLIP_CASE_NUMBER,
        }),
        number: facts.number.grouped(),
    });
    slip.push(Block::Rule);
    let name = named.map_or_else(|| Words::plain(&facts.item), |item| head.words(&item.name));
    let mut rows = vec![
        Row { bold: true, ..head.row(say::SLIP_STATUS, head.say(status.word())) },
        head.row(say::SLIP_ITEM, name),
    ];
    if let Some(enterprise) = &facts.enterprise {
        rows.push(head.row(say::ENTERPRISE, Words::plain(enterprise)));
    }
    let [mut name, number] = head.holder(card);
    if facts.enterprise.is_some() {
        // Whose name it is beside that of the enterprise.
        name.label = head.say(say::SLIP_AGENT);
    }
    rows.extend([name, number]);
    rows.extend(answers.iter().map(|answer| head.fact(answer)));
    slip.push(Block::Rows(rows));
    if let Some(request) = facts.request {
        let facts = request.facts(head.pack, item, head.day());
        slip.push(Block::Gap);
        slip.push(Block::Rows(facts.iter().map(|fact| head.fact(fact)).collect()));
    }
    slip.push(Block::Gap);
    slip.push(Block::Rows(times(head, pack, facts)));
    note(head, facts, &mut slip);
    what_next(head, item, facts, &mut slip);
    slip.push(Block::Gap);
    slip.push(Block::Qr {
        content: head.pack.query_url.replace("{query_token}", facts.query_token.as_str()),
        caption: head.say(say::SLIP_QR_CAPTION),
    });
    slip.end()
}

fn title(facts: &CaseFacts) -> Sentence {
    match facts.status {
        CaseStatus::Received | CaseStatus::Accepted if facts.request.is_some() => {
            say::SLIP_TITLE_REQUEST
        }
        CaseStatus::Received => say::SLIP_TITLE_RECEIVED,
        CaseStatus::Accepted => say::SLIP_TITLE_ACCEPTED,
        CaseStatus::Completed => say::SLIP_TITLE_COMPLETED,
        CaseStatus::Returned => say::SLIP_TITLE_RETURNED,
    }
}

/// When what happened, and until when what is promised. A case that the platform has not answered
/// carries no promise: it may wait for the network.
fn times(head: &Head, pack: Option<&Pack>, facts: &CaseFacts) -> Vec<Row> {
    let item = pack.and_then(|pack| pack.item(&facts.item));
    let status = facts.status;
    let mut rows = Vec::new();
    let answered = status != CaseStatus::Received;
    if let Some(number) = facts.acceptance_number.as_deref().filter(|_| answered) {
        let number = Value::Code(shortened(number, NUMBER_LIMIT).0);
        rows.push(head.fact_row(say::SLIP_ACCEPTANCE_NUMBER, number));
    }
    if let Some(route) = facts.route.as_ref().filter(|_| answered) {
        rows.extend(route.facts().iter().map(|fact| cut(head.fact(fact))));
    }
    rows.push(head.time_row(say::SLIP_RECEIVED_AT, facts.received_at, facts.clock_trusted));
    let mut time = |label, at: Option<_>, told: bool| {
        if let Some(at) = at.filter(|_| told) {
            // The platform's own clock.
            rows.push(head.time_row(label, at, true));
        }
    };
    time(say::SLIP_ACCEPTED_AT, facts.accepted_at, answered);
    let promised = matches!(status, CaseStatus::Accepted | CaseStatus::Completed);
    time(facts.due_label(), facts.due_at, promised);
    time(say::SLIP_COMPLETED_AT, facts.completed_at, status == CaseStatus::Completed);
    if let (Some(day), CaseStatus::Returned) = (facts.correct_by, status) {
        rows.push(head.fact_row(say::SLIP_CORRECT_BY, Value::Date(day)));
    }
    if let (Some(pack), Some(item), CaseStatus::Accepted) = (pack, item, status) {
        if let Some(due) = facts.promised_day(pack, &head.pack.calendar) {
            let words = Words::fill(due.sentence(), head.lang, &[("day", &due.day.to_string())]);
            rows.push(head.row(facts.due_label(), words));
            rows.push(head.row(say::DUE_WHY, head.words(&due.why())));
        }
        // Who is told that the law's limit holds is not promised another one beside it.
        let promise = item.promised().filter(|_| !facts.is_statutory());
        if let (true, Some(limit)) = (item.kind.is_application(), promise) {
            rows.push(head.row(say::PUBLIC_TIME_LIMIT, head.words(&limit.into())));
        }
        if item.kind == ItemKind::Promised {
            rows.push(head.row(say::LEGAL_LIMIT, head.words(&item.legal_in_words())));
        }
    }
    rows
}

/// The platform's words within what a slip holds.
fn cut(row: Row) -> Row {
    let short = |text: String| shortened(&text, NOTE_LIMIT).0;
    let Row { label, value: Words { zh, en }, bold } = row;
    Row { label, value: Words { zh: short(zh), en: en.map(short) }, bold }
}

/// The platform's words; before its first answer there can be none.
fn note(head: &Head, facts: &CaseFacts, slip: &mut Composer) {
    let heading = match facts.status {
        CaseStatus::Received => return,
        CaseStatus::Accepted => say::SLIP_ANSWER,
        CaseStatus::Completed => say::SLIP_RESULT,
        CaseStatus::Returned => say::SLIP_RETURN_REASON,
    };
    let Some(note) = facts.note.as_deref().filter(|note| !note.trim().is_empty()) else { return };
    let (note, cut) = shortened(note, NOTE_LIMIT);
    slip.push(Block::Gap);
    slip.push(Block::Heading(head.say(heading)));
    slip.push(Block::Paragraph(Words::plain(note)));
    if cut {
        slip.push(Block::Paragraph(head.with_hotline(say::SLIP_CUT_SHORT)));
    }
}

fn what_next(head: &Head, item: Option<&Item>, facts: &CaseFacts, slip: &mut Composer) {
    let requested = facts.request.map(|request| request.of);
    let given = item.is_some_and(|item| item.kind == ItemKind::NoApplication);
    slip.push(Block::Rule);
    slip.push(Block::Heading(head.say(say::SLIP_NEXT)));
    slip.push(Block::Paragraph(head.with_hotline(match facts.status {
        CaseStatus::Received if requested == Some(Requested::Appointment) => {
            say::SLIP_NEXT_APPOINTMENT_RECEIVED
        }
        CaseStatus::Accepted if requested == Some(Requested::Appointment) => {
            say::SLIP_NEXT_APPOINTMENT_ACCEPTED
        }
        CaseStatus::Received if requested.is_some() => say::SLIP_NEXT_REQUEST_RECEIVED,
        CaseStatus::Accepted if requested.is_some() => say::SLIP_NEXT_REQUEST_ACCEPTED,
        CaseStatus::Received if given => say::SLIP_NEXT_CONFIRMED_RECEIVED,
        CaseStatus::Accepted if given => say::SLIP_NEXT_CONFIRMED_ACCEPTED,
        CaseStatus::Received => say::SLIP_NEXT_RECEIVED,
        CaseStatus::Accepted => say::SLIP_NEXT_ACCEPTED,
        CaseStatus::Completed => say::SLIP_NEXT_COMPLETED,
        CaseStatus::Returned => say::SLIP_NEXT_RETURNED,
    })));
    if facts.status == CaseStatus::Accepted && facts.breach.is_some() {
        let phones = [
            ("hotline", head.pack.hotline.number.as_str()),
            ("supervision", head.pack.supervision_phone.as_str()),
        ];
        let words = Words::fill(say::OVERDUE_DETAIL, head.lang, &phones);
        slip.push(Block::Paragraph(words));
    }
    if facts.status == CaseStatus::Returned {
        slip.outlets();
    }
    slip.push(Block::Gap);
    slip.push(Block::Heading(head.say(say::SLIP_FOLLOW)));
    let by_phone = match requested {
        Some(_) => say::SLIP_FOLLOW_PHONE_REQUEST,
        None => say::SLIP_FOLLOW_PHONE,
    };
    for way in [say::SLIP_FOLLOW_CARD, say::SLIP_FOLLOW_QR, by_phone] {
        slip.push(Block::Bullet(head.with_hotline(way)));
    }
}
