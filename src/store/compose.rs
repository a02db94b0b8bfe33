//! The bodies of what is handed in, in the words of the contract. Made once, in the commit that
//! puts them into the outbox; from then on they are bytes.

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::case::{CaseNumber, QueryToken};
use crate::contract::{
    Answer, ApplicationRequest, CHANNEL_TERMINAL, Enterprise, EvaluationRequest, Limit, LimitUnit,
    PartRequest, Person, SOURCE_OTHER, encode,
};
use crate::domain::deadline;
use crate::domain::enterprise;
use crate::domain::evaluation::Level;
use crate::domain::fact::Private;
use crate::domain::request::Request;

/// What an application says.
pub(super) struct Application<'a> {
    pub(super) number: &'a CaseNumber,
    pub(super) query_token: &'a QueryToken,
    pub(super) item: &'a str,
    pub(super) pack_version: &'a str,
    /// Items of the parts of a package.
    pub(super) parts: &'a [String],
    /// How soon completion was promised.
    pub(super) limit: Option<deadline::Limit>,
    /// What the law allows.
    pub(super) legal: Option<deadline::Limit>,
    pub(super) received_at: Timestamp,
    pub(super) clock_trusted: bool,
    pub(super) applicant: Person,
    /// Name of each question and its answer.
    pub(super) answers: Vec<(&'a str, &'a str)>,
    pub(super) request: Option<Request>,
    pub(super) enterprise: Option<&'a enterprise::Enterprise>,
}

pub(super) fn application(a: Application<'_>) -> Zeroizing<Vec<u8>> {
    encode(&ApplicationRequest {
        case_number: a.number.clone(),
        query_token: a.query_token.as_str().to_owned(),
        item: a.item.to_owned(),
        pack_version: a.pack_version.to_owned(),
        parts: a.parts.iter().map(|item| part(item)).collect(),
        limit: a.limit.and_then(limit),
        legal_limit: a.legal.and_then(limit),
        source: SOURCE_OTHER,
        received_at: a.received_at,
        clock_trusted: a.clock_trusted,
        applicant: a.applicant,
        enterprise: a.enterprise.map(Enterprise::from),
        request: a.request.map(Into::into),
        answers: a
            .answers
            .into_iter()
            .map(|(question, answer)| Answer {
                question: question.to_owned(),
                answer: Private::new(answer),
            })
            .collect(),
        materials: Vec::new(),
    })
}

/// A limit in the words of the contract; `None` for one that they cannot say.
fn limit(limit: deadline::Limit) -> Option<Limit> {
    let unit = match limit.unit() {
        deadline::Unit::Minutes => LimitUnit::Minutes,
        deadline::Unit::WorkingDays => LimitUnit::WorkingDays,
        deadline::Unit::CalendarDays => LimitUnit::CalendarDays,
    };
    let value = u16::try_from(limit.amount()).ok()?;
    Some(Limit { value, unit })
}

fn part(item: &str) -> PartRequest {
    PartRequest {
        item: item.to_owned(),
        handling: None,
        limit: None,
        department: None,
        region: None,
    }
}

/// What an evaluation says.
pub(super) struct Evaluation {
    /// Idempotency key of the application that it is about.
    pub(super) application: Option<String>,
    pub(super) item: Option<String>,
    pub(super) level: Level,
    pub(super) tags: Vec<u16>,
    pub(super) pressed_at: Timestamp,
    pub(super) clock_trusted: bool,
}

pub(super) fn evaluation(e: Evaluation) -> Zeroizing<Vec<u8>> {
    encode(&EvaluationRequest {
        application_id: e.application,
        item: e.item,
        satisfaction: e.level.national_code(),
        tags: e.tags,
        channel: CHANNEL_TERMINAL,
        pressed_at: e.pressed_at,
        clock_trusted: e.clock_trusted,
    })
}
