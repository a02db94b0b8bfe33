//! The results of a visit: a guide slip, an answer to a query, a case of today, one of an earlier
//! visit. All stand on the page [`Outcome`].

use jiff::Timestamp;

use crate::case::{CaseFacts, CaseStatus};
use crate::clock::local;
use crate::domain::answer::Document;
use crate::domain::mask;
use crate::domain::pack::{Item, ItemKind};
use crate::journal::Hindrance;
use crate::say::{self, Sentence};
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::moment::{moment_words, time_words};
use crate::screen::pages::Row;
use crate::screen::pages::outcome::{CaseStage, Clock, DocumentShown, Outcome};
use crate::screen::said::Control;
use crate::slip::slips::{MOST_FACTS, MOST_ROWS};
use crate::visit::flows::{CaseResult, GuideSlip, InstantClock, Leaflet, OpenCase, QueryResult};
use crate::visit::{Offer, Touch};

/// A limit is nearly over when this part of it is left, as the journal notes it.
const NEAR: u32 = 6;

/// A guide, a policy or the way to an outlet, printed without a card.
pub(super) fn guide(compose: &Compose, guide: &GuideSlip) -> Composed {
    let session = compose.session;
    let (drawing, headline, title, standing) = match &guide.about {
        Leaflet::Item(item) => {
            let standing = compose.item(item).map(|item| item.standing);
            let headline = compose.text(say::GUIDE_HEADLINE);
            (Drawing::Document, headline, compose.item_name(item), standing)
        }
        Leaflet::Policy(policy) => {
            let policy = session.policy(policy);
            let name = policy.map(|policy| compose.own(&policy.name)).unwrap_or_default();
            let standing = policy.map(|policy| policy.standing);
            (Drawing::Megaphone, name, compose.text(say::POLICIES_TITLE), standing)
        }
        Leaflet::Outlet(outlet) => {
            let outlet = session.outlet(outlet);
            let name = outlet.map(|outlet| compose.own(outlet.label())).unwrap_or_default();
            (Drawing::Map, name, compose.text(say::OUTLET_TITLE), None)
        }
    };
    let page = Outcome { drawing, headline, ..Outcome::empty(compose) };
    Composed::new("result", title, page).standing(standing).action(compose.home())
}

/// The platform's answer to a query.
pub(super) fn query(compose: &Compose, result: &QueryResult) -> Composed {
    let answer = &result.answer;
    let enterprise = result.enterprise.as_deref();
    let mut facts: Vec<Row> =
        enterprise.map(|of| compose.row(say::ENTERPRISE, of.name.as_str())).into_iter().collect();
    facts.extend([
        compose.row(say::FIELD_NAME, mask::name(result.card.holder_name())),
        compose.row(say::FIELD_AS_OF, answer.as_of.to_string()),
    ]);
    let said = answer.facts_beyond(&result.card);
    facts.extend(said.take(MOST_FACTS).map(|fact| compose.fact(fact)));
    // A row of a table is a fact: what it is about, and under which head what is said of it.
    let rows =
        answer.tables.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row)));
    let mut titled = None;
    for (table, row) in rows.take(MOST_ROWS) {
        // Which table a row is of, where there are several.
        if answer.tables.len() > 1 && titled != Some(&table.title) {
            titled = Some(&table.title);
            let label = compose.own(&table.title);
            facts.push(Row { label, value: String::new(), spelled: false, edit: None });
        }
        let mut cells = table.columns.iter().zip(row);
        let label = cells.next().map(|(_, value)| value.masked(compose.lang));
        let said = cells
            .map(|(head, value)| format!("{} {}", compose.own(head), value.masked(compose.lang)));
        let value = said.collect::<Vec<_>>().join(" · ");
        let label = label.unwrap_or_default();
        facts.push(Row { label, value, spelled: false, edit: None });
    }
    let all: usize = answer.tables.iter().map(|table| table.rows.len()).sum();
    let cut = all > MOST_ROWS || answer.facts_beyond(&result.card).count() > MOST_FACTS;
    let page = Outcome {
        tone: Tone::Good,
        drawing: Drawing::Check,
        headline: compose.text(say::QUERY_DONE),
        detail: if cut { compose.text(say::SLIP_CUT_SHORT) } else { String::new() },
        document: answer.document.as_ref().map(|document| document_of(compose, document)),
        facts,
        ..Outcome::empty(compose)
    };
    let composed = Composed::new("result", compose.item_name(&result.item), page)
        .about(compose.item(&result.item));
    done(compose, composed)
}

/// The way to a sealed document, while it is open as far as the clock can tell.
fn document_of(compose: &Compose, document: &Document) -> DocumentShown {
    let is_over = compose.moment.trusted().is_some_and(|now| now >= local(document.until));
    let (detail, link) = match is_over {
        true => (compose.text(say::DOCUMENT_OVER), String::new()),
        false => {
            let until = moment_words(document.until);
            let detail = compose.fill(say::DOCUMENT_DETAIL, &[("until", &until)]);
            (detail, document.link.open().to_owned())
        }
    };
    DocumentShown { title: compose.own(&document.title), detail, link }
}

/// A case of this visit.
pub(super) fn case(compose: &Compose, result: &CaseResult) -> Composed {
    let item = compose.item(&result.application.item);
    let facts = &*result.facts;
    let clock = item.and_then(|item| clock(compose, item, result));
    let mut page = of_case(compose, facts);
    page.detail = detail(compose, item, result);
    page.clock = clock;
    let about = about(compose, item, facts);
    let confirmed = result.application.particulars.confirmed.as_ref();
    let given = confirmed.into_iter().flat_map(|given| &given.facts);
    page.facts.splice(0..0, given.map(|fact| compose.fact(fact)).collect::<Vec<_>>());
    page.facts.splice(0..0, about.into_iter().chain(due(compose, item, facts)));
    page.facts.extend(correct_by(compose, facts));
    let composed =
        Composed::new("result", compose.item_name(&result.application.item), page).about(item);
    done(compose, composed)
}

/// A case of an earlier visit.
pub(super) fn open_case(compose: &Compose, open: &OpenCase) -> Composed {
    let facts = &*open.facts;
    let item = compose.item_of(facts);
    let mut page = of_case(compose, facts);
    page.detail = next_words(compose, facts);
    if let Some((headline, detail)) = limit_words(compose, facts) {
        page.tone = Tone::Care;
        page.drawing = Drawing::of(Tone::Care);
        page.headline = headline.map_or(page.headline, |words| compose.text(words));
        page.detail = detail;
    }
    let times = [
        (say::STATUS_RECEIVED, Some(facts.received_at)),
        (say::STATUS_ACCEPTED, facts.accepted_at),
        (say::STATUS_COMPLETED, facts.completed_at),
    ];
    let times =
        times.into_iter().filter_map(|(label, at)| Some(compose.row(label, moment_words(at?))));
    let about = about(compose, item, facts).into_iter();
    page.facts.splice(0..0, about.chain(times).chain(due(compose, item, facts)));
    if let Some(number) = &facts.acceptance_number {
        page.facts.push(compose.code_row(say::SLIP_ACCEPTANCE_NUMBER, number.as_str()));
    }
    page.facts.extend(correct_by(compose, facts));
    let title = item.map_or_else(|| facts.item.to_string(), |item| compose.own(&item.name));
    Composed::new("case", title, page).about(item).action(compose.home())
}

/// What is said of a limit that is nearly over or has passed, as far as this kiosk knows; the headline
/// where it has.
pub(super) fn limit_words(
    compose: &Compose,
    facts: &CaseFacts,
) -> Option<(Option<Sentence>, String)> {
    let pack = compose.session.pack_of(&facts.pack_version);
    let now = compose.moment.trusted();
    let left = now.and_then(|now| facts.instant_left(pack, now));
    if facts.is_overdue(pack, &compose.pack().calendar, now) {
        let supervision = compose.pack().supervision_phone.as_str();
        let detail = match (left, facts.breach) {
            (Some(_), Some(Hindrance::NoNetwork)) => compose.text(say::CLOCK_OVER_NETWORK),
            (Some(_), _) => compose.text(say::CLOCK_OVER),
            (None, _) => compose.fill(say::OVERDUE_DETAIL, &[("supervision", supervision)]),
        };
        return Some((Some(say::OVERDUE), detail));
    }
    let ItemKind::Instant { limit_min } = pack?.item(&facts.item)?.kind else { return None };
    let left = left.filter(|_| !facts.status.is_final())?;
    let near = left.as_secs() * i64::from(NEAR) <= i64::from(limit_min) * 60;
    near.then(|| (None, near_words(compose, left.as_secs())))
}

/// Whether the minutes of an instant item are nearly over.
fn is_near(item: Option<&Item>, left_s: u32) -> bool {
    item.is_some_and(|item| match item.kind {
        ItemKind::Instant { limit_min } => left_s * NEAR <= limit_min * 60,
        _ => false,
    })
}

fn near_words(compose: &Compose, left_s: i64) -> String {
    let minutes = ((left_s + 59) / 60).to_string();
    compose.fill(say::CLOCK_NEAR, &[("minutes", &minutes)])
}

/// What is left to do on a result: another matter, or the evaluation.
fn done(compose: &Compose, composed: Composed) -> Composed {
    let another = Control::new("another", compose.text(say::ANOTHER_ITEM), Touch::Another)
        .drawn(Drawing::House);
    composed.instead_of_back(another).action(Control::new(
        "evaluate",
        compose.text(say::EVALUATE),
        Touch::Evaluate,
    ))
}

/// For whom a case is, what is asked of people, and who handles it.
fn about(compose: &Compose, item: Option<&Item>, facts: &CaseFacts) -> Vec<Row> {
    let enterprise = facts.enterprise.as_deref();
    let enterprise = enterprise.map(|name| compose.row(say::ENTERPRISE, name));
    let request = facts.request.map(|request| request.facts(compose.pack(), item, compose.day()));
    let route = facts.route.as_ref().map(|route| route.facts());
    let said = [request, route].into_iter().flatten().flatten();
    enterprise.into_iter().chain(said.map(|fact| compose.fact(&fact))).collect()
}

fn of_case(compose: &Compose, facts: &CaseFacts) -> Outcome {
    let tone = tone(facts.status);
    let note = facts.note.iter().map(|note| compose.row(say::FIELD_NOTE, note.as_str()));
    Outcome {
        tone,
        drawing: Drawing::of(tone),
        headline: compose.text(match facts.status {
            CaseStatus::Received if facts.request.is_some() => say::REQUEST_RECEIVED,
            CaseStatus::Accepted if facts.request.is_some() => say::REQUEST_ACCEPTED,
            CaseStatus::Completed if facts.request.is_some() => say::REQUEST_COMPLETED,
            CaseStatus::Received => say::CASE_RECEIVED,
            CaseStatus::Accepted => say::CASE_ACCEPTED,
            CaseStatus::Completed => say::CASE_COMPLETED,
            CaseStatus::Returned => say::CASE_RETURNED,
        }),
        number_label: compose.text(match facts.request {
            Some(_) => say::REQUEST_NUMBER,
            None => say::CASE_NUMBER,
        }),
        number: facts.number.grouped(),
        status: compose.text(facts.status.word()),
        untrusted: if facts.clock_trusted {
            String::new()
        } else {
            compose.text(say::TIMES_UNTRUSTED)
        },
        facts: note.collect(),
        ..Outcome::empty(compose)
    }
}

/// How a status is meant.
pub(super) fn tone(status: CaseStatus) -> Tone {
    match status {
        CaseStatus::Received | CaseStatus::Accepted => Tone::Info,
        CaseStatus::Completed => Tone::Good,
        CaseStatus::Returned => Tone::Care,
    }
}

/// What comes next for a case.
pub(super) fn next_words(compose: &Compose, facts: &CaseFacts) -> String {
    let online = compose.session.surroundings().online;
    compose.text(match facts.status {
        CaseStatus::Received | CaseStatus::Accepted if facts.held.is_some() => {
            say::CASE_HELD_DETAIL
        }
        CaseStatus::Received if facts.request.is_some() && !online => {
            say::REQUEST_RECEIVED_OFFLINE_DETAIL
        }
        CaseStatus::Received if facts.request.is_some() => say::REQUEST_RECEIVED_DETAIL,
        CaseStatus::Accepted if facts.request.is_some() => say::REQUEST_ACCEPTED_DETAIL,
        CaseStatus::Received if !online => say::CASE_RECEIVED_OFFLINE_DETAIL,
        CaseStatus::Received => say::CASE_RECEIVED_DETAIL,
        CaseStatus::Accepted => say::CASE_UNDER_WAY_DETAIL,
        CaseStatus::Completed => say::CASE_COMPLETED_DETAIL,
        CaseStatus::Returned if facts.note.is_none() => say::CASE_RETURNED_UNSAID,
        CaseStatus::Returned => say::CASE_RETURNED_DETAIL,
    })
}

/// What comes next for a case of this visit.
fn detail(compose: &Compose, item: Option<&Item>, result: &CaseResult) -> String {
    let online = compose.session.surroundings().online;
    let breach = item.and_then(|item| match item.kind {
        ItemKind::Instant { limit_min } => Some(result.clock(limit_min, online)),
        _ => None,
    });
    match (breach, result.facts.status) {
        _ if result.facts.request.is_some() => next_words(compose, &result.facts),
        (Some(InstantClock::Breached(Hindrance::NoNetwork)), _) => {
            compose.text(say::CLOCK_OVER_NETWORK)
        }
        (Some(InstantClock::Breached(Hindrance::Platform)), _) => compose.text(say::CLOCK_OVER),
        (Some(InstantClock::Counts { left_s }), _) if is_near(item, left_s) => {
            near_words(compose, left_s.into())
        }
        // Its slip is still to come.
        (_, CaseStatus::Accepted)
            if !result.slip.is_settled()
                && compose.session.availability(Offer::Print).possible() =>
        {
            compose.text(say::CASE_ACCEPTED_DETAIL)
        }
        (_, CaseStatus::Accepted) => promise_words(compose, item, &result.facts)
            .unwrap_or_else(|| next_words(compose, &result.facts)),
        _ => next_words(compose, &result.facts),
    }
}

/// How long a promised item may take, where the platform has not said that it takes as long as the law
/// allows.
fn promise_words(compose: &Compose, item: Option<&Item>, facts: &CaseFacts) -> Option<String> {
    let promised = |item: &&Item| item.kind == ItemKind::Promised && !facts.is_statutory();
    let item = item.filter(promised)?;
    let limit = item.promise?.words(compose.lang);
    Some(compose.fill(say::CASE_PROMISED_DETAIL, &[("limit", &limit)]))
}

/// Until when a case is to be completed, while it is not; how that was counted, and what the law allows.
fn due(compose: &Compose, item: Option<&Item>, facts: &CaseFacts) -> Vec<Row> {
    let promised = |item: &&Item| item.kind == ItemKind::Promised;
    let Some(item) = item.filter(promised).filter(|_| facts.status == CaseStatus::Accepted) else {
        return Vec::new();
    };
    let legal = compose.row(say::LEGAL_LIMIT, compose.own(&item.legal_in_words()));
    if let Some(at) = facts.due_at {
        return vec![compose.row(facts.due_label(), moment_words(at)), legal];
    }
    let pack = compose.session.pack_of(&facts.pack_version);
    let due = pack.and_then(|pack| facts.promised_day(pack, &compose.pack().calendar));
    let Some(due) = due else { return vec![legal] };
    let day = compose.fill(due.sentence(), &[("day", &due.day.to_string())]);
    vec![
        compose.row(facts.due_label(), day),
        compose.row(say::DUE_WHY, compose.own(&due.why())),
        legal,
    ]
}

/// Until when a returned case can be corrected.
fn correct_by(compose: &Compose, facts: &CaseFacts) -> Option<Row> {
    let day = facts.correct_by.filter(|_| facts.status == CaseStatus::Returned)?;
    Some(compose.row(say::SLIP_CORRECT_BY, day.to_string()))
}

fn clock(compose: &Compose, item: &Item, result: &CaseResult) -> Option<Clock> {
    let ItemKind::Instant { limit_min } = item.kind else { return None };
    let limit_s = (limit_min * 60).max(1);
    let used = |left_s: u32| limit_s.saturating_sub(left_s) as f32 / limit_s as f32;
    let (fraction, done, label, left) = match result
        .clock(limit_min, compose.session.surroundings().online)
    {
        InstantClock::Returned => return None,
        InstantClock::Completed => (1.0, true, String::new(), compose.text(say::STATUS_COMPLETED)),
        // Nobody can promise an end for a platform that cannot be reached.
        InstantClock::Silent => (0.0, false, String::new(), compose.text(say::CLOCK_WAITING)),
        InstantClock::Breached(_) => {
            (1.0, false, String::new(), compose.text(say::CLOCK_OVER_WORD))
        }
        InstantClock::Counts { left_s } => {
            let minutes = left_s.div_ceil(60).to_string();
            let left = compose.fill(say::CLOCK_MINUTES_LEFT, &[("minutes", &minutes)]);
            (used(left_s), false, compose.text(say::CLOCK_LEFT), left)
        }
    };
    let facts = &result.facts;
    let stage = |name: Sentence, reached: bool, at: Option<Timestamp>| CaseStage {
        name: compose.text(name),
        time: match (reached, at) {
            (true, Some(at)) => time_words(at),
            (true, None) => String::new(),
            (false, _) => compose.text(say::STAGE_WAITING),
        },
        reached,
    };
    let reached = |status: CaseStatus| facts.status >= status;
    let stages = vec![
        stage(say::STATUS_RECEIVED, true, Some(facts.received_at)),
        stage(say::STATUS_ACCEPTED, reached(CaseStatus::Accepted), facts.accepted_at),
        stage(say::STATUS_COMPLETED, facts.status == CaseStatus::Completed, facts.completed_at),
    ];
    Some(Clock { fraction, done, label, left, stages })
}
