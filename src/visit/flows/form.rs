//! The questions of an instant item, one a page; nothing that the card knows.

use std::sync::Arc;

use crate::domain::card::CardText;
use crate::domain::pack::{AnswerKind, Question};
use crate::visit::application::{Answer, Application};
use crate::visit::flows::{Identify, Obstacle, Purpose, Review};
use crate::visit::step::{Context, Handover, Step, Steps};
use crate::visit::{ItemRef, Page, Session, Touch};

/// `Debug` leaves the answers out: they are the citizen's.
#[derive(Clone, PartialEq)]
pub struct Form {
    pub item: ItemRef,
    /// `None` until the citizen is identified.
    applicant: Option<Arc<CardText>>,
    /// One for each question.
    pub answers: Vec<Answer>,
    /// The question on the page.
    pub index: usize,
    /// Came from the review and goes back there; the answer as it stood there.
    edited: Option<Answer>,
    /// The answer as it stands is none.
    pub refused: bool,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form")
            .field("item", &self.item)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl Form {
    pub(super) fn new(item: ItemRef, questions: &[Question]) -> Form {
        Form {
            item,
            applicant: None,
            answers: questions.iter().map(Answer::blank).collect(),
            index: 0,
            edited: None,
            refused: false,
        }
    }

    /// Back from the review to this question; `to_edit`: for this one alone.
    pub(super) fn reopened(application: Application, index: usize, to_edit: bool) -> Form {
        let Application { item, applicant, answers } = application;
        let edited = answers.get(index).filter(|_| to_edit).cloned();
        Form { item, applicant: Some(applicant), answers, index, edited, refused: false }
    }

    /// The question on the page and its answer so far.
    pub fn question<'a>(&'a self, session: &'a Session) -> Option<(&'a Question, &'a Answer)> {
        let question = session.item(&self.item)?.questions.get(self.index)?;
        Some((question, self.answers.get(self.index)?))
    }

    fn review(&mut self) -> Step {
        let Some(applicant) = self.applicant.clone() else { return Step::Stay };
        let (item, answers) = (self.item.clone(), std::mem::take(&mut self.answers));
        Step::Replace(Review { application: Application { item, applicant, answers } }.into())
    }

    fn turn(&mut self, index: usize) -> Step {
        self.index = index;
        self.refused = false;
        Step::Stay
    }

    fn next(&mut self, session: &Session) -> Step {
        let Some((question, answer)) = self.question(session) else { return Step::Stay };
        if !answer.answers(question) {
            self.refused = true;
            return Step::Stay;
        }
        if self.edited.is_some() || self.index + 1 >= self.answers.len() {
            self.review()
        } else {
            self.turn(self.index + 1)
        }
    }

    fn answer(&mut self, touch: Touch, session: &Session) {
        let questions = session.item(&self.item).map_or(&[][..], |item| &item.questions);
        let (Some(question), Some(answer)) =
            (questions.get(self.index), self.answers.get_mut(self.index))
        else {
            return;
        };
        match (&question.answer, touch) {
            (AnswerKind::Choice { options }, Touch::Choose(choice)) => {
                if let Some(option) = options.get(choice) {
                    *answer = Answer::Choice(option.code.clone());
                }
            }
            (AnswerKind::Phone { ways }, Touch::PhoneWay(way)) => {
                if let Some(option) = ways.get(way) {
                    *answer = Answer::phone(option.way);
                }
            }
            (AnswerKind::Phone { .. }, Touch::Digit(digit @ 0..=9)) => answer.push(digit),
            (AnswerKind::Phone { .. }, Touch::Erase) => answer.erase(),
            (AnswerKind::Phone { .. }, Touch::Clear) => answer.clear(),
            _ => return,
        }
        self.refused = false;
    }
}

impl Steps for Form {
    fn page(&self) -> Page {
        Page::Question(self.index)
    }

    fn entered(&mut self, _: &mut Context<'_>) -> Step {
        match self.applicant {
            Some(_) => Step::Stay,
            None => Step::Push(Identify::new(Purpose::Item(self.item.clone())).into()),
        }
    }

    fn resumed(&mut self, handover: Handover, context: &mut Context<'_>) -> Step {
        let Handover::Identified(card) = handover else { return Step::Done(Handover::Back) };
        if let Some(obstacle) = Obstacle::ineligible(&self.item, &card, context.session) {
            return Step::Replace(obstacle.into());
        }
        // Another person's answers are nobody else's.
        if self.applicant.replace(card.clone()).is_some_and(|before| before != card) {
            let questions = context.session.item(&self.item).map(|item| &item.questions);
            self.answers = questions.into_iter().flatten().map(Answer::blank).collect();
        }
        if self.answers.is_empty() { self.review() } else { Step::Stay }
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Next => self.next(context.session),
            _ => {
                self.answer(touch, context.session);
                Step::Stay
            }
        }
    }

    fn back(&mut self, _: &mut Context<'_>) -> Step {
        if let (Some(before), Some(answer)) = (self.edited.take(), self.answers.get_mut(self.index))
        {
            // What was half changed is no answer.
            *answer = before;
            return self.review();
        }
        match (self.index.checked_sub(1), self.applicant.clone()) {
            (Some(previous), _) => self.turn(previous),
            (None, Some(card)) => {
                Step::Push(Identify::again(Purpose::Item(self.item.clone()), card).into())
            }
            (None, None) => Step::Done(Handover::Back),
        }
    }
}
