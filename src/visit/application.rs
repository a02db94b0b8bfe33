//! What a citizen applies for and has answered.

use std::sync::Arc;

use crate::domain::card::CardText;
use crate::domain::fact::Fact;
use crate::domain::form::Known;
use crate::domain::pack::{AnswerKind, ItemRef, Question, Regions};
use crate::visit::Answer;

/// An application for an instant item. Personal data: `Debug` leaves card and answers out, and
/// they are wiped with the last owner.
#[derive(Clone, PartialEq)]
pub struct Application {
    pub item: ItemRef,
    pub applicant: Arc<CardText>,
    /// One for each question of the item, in its order. One that is not asked keeps its answer for as
    /// long as the citizen may change back; it is neither shown nor printed nor sent.
    pub answers: Vec<Answer>,
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
        self.asked(questions).filter_map(fact).collect()
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
