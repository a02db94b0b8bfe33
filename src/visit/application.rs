//! What a citizen applies for and has answered.

use std::sync::Arc;

use crate::case::CaseStatus;
use crate::domain::card::CardText;
use crate::domain::enterprise::Enterprise;
use crate::domain::entitlement::Entitlement;
use crate::domain::fact::{Fact, Value};
use crate::domain::form::{Known, YES};
use crate::domain::pack::{AnswerKind, ItemRef, PhoneWay, Question, Regions};
use crate::domain::request::{IMMOBILE, Request, Requested};
use crate::domain::window::TimeWindow;
use crate::say;
use crate::visit::{Answer, Session};

/// An application for an instant item. Personal data: `Debug` leaves card and answers out, and
/// they are wiped with the last owner.
#[derive(Clone, PartialEq)]
pub struct Application {
    pub item: ItemRef,
    pub applicant: Arc<CardText>,
    /// One for each question of the item, in its order. One that is not asked keeps its answer for as
    /// long as the citizen may change back; it is neither shown nor printed nor sent.
    pub answers: Vec<Answer>,
    pub particulars: Particulars,
}

/// What an application has beside its answers, by the kind of its item.
#[derive(Clone, Default, PartialEq)]
pub struct Particulars {
    /// Of a request to people: what is asked of them, and when.
    pub request: Option<Request>,
    /// For whom the applicant acts.
    pub enterprise: Option<Arc<Enterprise>>,
    /// What the platform gives without application, and the citizen has confirmed.
    pub confirmed: Option<Arc<Entitlement>>,
    /// The platform was to say who is entitled and had no answer: it judges after acceptance (待核验).
    pub to_check: bool,
}

/// Whether a question is asked, by the answers so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Yes,
    No,
    /// What it depends on is not answered yet.
    Open,
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("item", &self.item).finish_non_exhaustive()
    }
}

impl Application {
    /// Whether it goes first (绿色通道): by the age of the applicant, as the pack says, or because
    /// they say that they can hardly get about.
    fn is_priority(&self, session: &Session) -> bool {
        let pack = session.pack();
        let by_age = pack
            .priority
            .is_some_and(|rule| rule.is_for(&self.applicant, session.today, pack.as_of));
        let questions = session.item(&self.item).map_or(&[][..], |item| &item.questions);
        let says_so = |(id, answer): &(String, String)| id == IMMOBILE && answer == YES;
        by_age || self.by_question(questions).iter().any(says_so)
    }

    /// Whether the applicant has left a number under which they can be called.
    fn is_by_phone(&self, session: &Session) -> bool {
        let questions = session.item(&self.item).map_or(&[][..], |item| &item.questions);
        self.asked(questions).any(|(_, answer)| answer.phone_way() != PhoneWay::None)
    }

    /// Notes what is asked of people, with what follows from the answers as they stand.
    pub(super) fn ask(&mut self, of: Requested, window: TimeWindow, session: &Session) {
        let (priority, by_phone) = (self.is_priority(session), self.is_by_phone(session));
        self.particulars.request = Some(Request { of, window, priority, by_phone });
    }

    /// Identifier of each question that was asked and its answer as it goes to the platform; an
    /// unanswered one is left out. A telephone number comes with the way to be reached under a name
    /// of its own.
    pub fn by_question(&self, questions: &[Question]) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for (question, answer) in self.asked(questions) {
            all.extend(answer.sent(question).map(|value| (question.id.clone(), value)));
            if let (AnswerKind::Phone { ways }, Answer::Phone { way, .. }) =
                (&question.answer, answer)
                && let Some(option) = ways.iter().find(|option| option.way == *way)
            {
                all.push((question.way_id(), option.code.clone()));
            }
        }
        all
    }

    /// The answers in the words of the pack, for the slip.
    pub fn facts(&self, questions: &[Question], regions: &Regions) -> Vec<Fact> {
        let fact = |(question, answer): (&Question, &Answer)| {
            Some(Fact::new(question.label.clone(), answer.value(question, regions)?))
        };
        let confirmed = self.particulars.confirmed.iter().flat_map(|given| given.facts.iter());
        confirmed.cloned().chain(self.asked(questions).filter_map(fact)).collect()
    }

    /// That entitlement is still to be checked (待核验), for the slip of a case that is not decided.
    pub fn still_to_check(&self, status: CaseStatus) -> Option<Fact> {
        let open = matches!(status, CaseStatus::Received | CaseStatus::Accepted);
        let value = Value::State(say::ENTITLEMENT_TO_CHECK.into());
        (open && self.particulars.to_check).then(|| Fact::new(say::ENTITLEMENT_CHECK.into(), value))
    }

    /// The first question that is asked and has no answer that can stand.
    pub(super) fn unanswered(&self, questions: &[Question], known: &Known<'_>) -> Option<usize> {
        unanswered(questions, &self.answers, known)
    }

    /// The questions that are asked, with their answers.
    fn asked<'a>(
        &'a self,
        questions: &'a [Question],
    ) -> impl Iterator<Item = (&'a Question, &'a Answer)> {
        let asked = asked(questions, &self.answers).into_iter();
        let all = questions.iter().zip(&self.answers).zip(asked);
        all.filter_map(|(both, asked)| (asked == Asked::Yes).then_some(both))
    }
}

/// Which questions are asked. A condition looks back, so each follows from those before it.
pub fn asked(questions: &[Question], answers: &[Answer]) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::with_capacity(questions.len());
    for question in questions {
        let one = |condition: &crate::domain::pack::Condition| {
            let at = questions[..all.len()].iter().position(|q| q.id == condition.question)?;
            let codes = answers.get(at).map_or(Vec::new(), |answer| answer.codes(&questions[at]));
            Some(match all[at] {
                Asked::Yes if codes.is_empty() => Asked::Open,
                Asked::Yes if condition.holds(&codes) => Asked::Yes,
                Asked::Yes | Asked::No => Asked::No,
                Asked::Open => Asked::Open,
            })
        };
        let mut state = Asked::Yes;
        for condition in &question.when {
            state = match (state, one(condition).unwrap_or(Asked::No)) {
                (Asked::No, _) | (_, Asked::No) => Asked::No,
                (Asked::Open, _) | (_, Asked::Open) => Asked::Open,
                (Asked::Yes, Asked::Yes) => Asked::Yes,
            };
        }
        all.push(state);
    }
    all
}

/// Why a question is not asked, as `reason is contract_expired`; `None` of one that is.
pub fn why_not_asked(questions: &[Question], answers: &[Answer], at: usize) -> Option<String> {
    let all = asked(questions, answers);
    if all.get(at) != Some(&Asked::No) {
        return None;
    }
    let fails = |condition: &&crate::domain::pack::Condition| {
        let Some(at) = questions.iter().position(|q| q.id == condition.question) else {
            return true;
        };
        all[at] == Asked::No || !condition.holds(&answers[at].codes(&questions[at]))
    };
    let condition = questions[at].when.iter().find(fails)?;
    let before = questions.iter().position(|q| q.id == condition.question)?;
    Some(match all[before] {
        Asked::No => format!("{} is not asked", condition.question),
        Asked::Yes | Asked::Open => {
            let codes = answers[before].codes(&questions[before]);
            format!("{} is {}", condition.question, codes.join(","))
        }
    })
}

/// The first question that is asked and has no answer that can stand.
pub(super) fn unanswered(
    questions: &[Question],
    answers: &[Answer],
    known: &Known<'_>,
) -> Option<usize> {
    let all = questions.iter().zip(answers).zip(asked(questions, answers));
    let stands = |question: &Question, answer: &Answer| answer.judge(question, known).is_ok();
    all.into_iter()
        .position(|((question, answer), asked)| asked == Asked::Yes && !stands(question, answer))
}
