//! The questions of an item, one a page; nothing that the card knows, and none whose condition does
//! not hold. Where the platform says who is entitled (资格核验) it is asked before the first: who is not
//! goes no further, and where it has no answer the application goes on and says so. Going back loses
//! nothing; one answer is corrected from the review, and what that makes needful is asked before the
//! review stands again.

use std::sync::Arc;

use crate::domain::card::CardText;
use crate::domain::entitlement::Entitled;
use crate::domain::form::{NO, Wrong, YES};
use crate::domain::listing::Holder;
use crate::domain::pack::{AnswerKind, Question, Region};
use crate::visit::application::{Application, Asked, Particulars, asked, unanswered};
use crate::visit::flows::{
    ConfirmAuthority, Identify, Obstacle, ObstacleReason, Purpose, authority, entitlement, query,
    request,
};
use crate::visit::step::{Context, Handover, News, Step, Steps};
use crate::visit::{Answer, ItemRef, Page, Session, Touch};

/// `Debug` leaves the answers out: they are the citizen's.
#[derive(Clone, PartialEq)]
pub struct Form {
    pub item: ItemRef,
    /// `None` until the citizen is identified.
    applicant: Option<Arc<CardText>>,
    /// Who was read in the matter that leads here.
    read: Option<Arc<CardText>>,
    /// One for each question.
    pub answers: Vec<Answer>,
    /// What the application has beside them.
    particulars: Particulars,
    /// The question on the page.
    pub index: usize,
    /// Of a question about a region, the step on the page: the first has what lies in no other.
    pub region_step: usize,
    /// Came from the review to change one answer, and goes back there.
    correction: Option<Correction>,
    /// Why the answer as it stands is none.
    pub refused: Option<Wrong>,
    entitlement: Check,
}

/// Whether the platform was asked if the applicant is entitled.
#[derive(Clone, Copy, PartialEq)]
enum Check {
    NotYet,
    Asking(query::Asked),
    /// It was, or has nothing to say.
    Done,
}

/// What somebody has answered and went back from. `Debug` leaves it out.
#[derive(Clone, PartialEq)]
pub(in crate::visit) struct Draft {
    item: ItemRef,
    card: Arc<CardText>,
    answers: Vec<Answer>,
}

impl Draft {
    fn is_of(&self, item: &ItemRef, card: &Arc<CardText>) -> bool {
        self.item == *item && self.card == *card
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("item", &self.item).finish_non_exhaustive()
    }
}

#[derive(Clone, PartialEq)]
struct Correction {
    /// The answer as it stood on the review.
    before: Answer,
    /// The questions that led to the one on the page: the corrected one, then what it made needful.
    trail: Vec<usize>,
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
        Form::after(item, questions, None)
    }

    /// A matter that follows from one in which somebody was read.
    pub(super) fn after(
        item: ItemRef,
        questions: &[Question],
        read: Option<Arc<CardText>>,
    ) -> Form {
        Form {
            item,
            applicant: None,
            read,
            answers: questions.iter().map(Answer::blank).collect(),
            particulars: Particulars::default(),
            index: 0,
            region_step: 0,
            correction: None,
            refused: None,
            entitlement: Check::NotYet,
        }
    }

    /// From the beginning with somebody who was identified already.
    pub(super) fn of(item: ItemRef, questions: &[Question], applicant: Arc<CardText>) -> Form {
        Form { applicant: Some(applicant), ..Form::new(item, questions) }
    }

    /// From the review to one question, and back there when it is answered.
    pub(super) fn corrected(application: Application, index: usize) -> Form {
        let mut form = Form::of_application(application);
        form.index = index;
        form.correction = (form.answers.get(index).cloned())
            .map(|before| Correction { before, trail: Vec::new() });
        form
    }

    /// With everything that was answered; whoever is not entitled did not come so far.
    fn of_application(application: Application) -> Form {
        let Application { item, applicant, answers, particulars } = application;
        Form { answers, particulars, entitlement: Check::Done, ..Form::of(item, &[], applicant) }
    }

    /// Back from the review to the last question that is asked; `None` where none is.
    pub(super) fn reopened(application: &Application, session: &Session) -> Option<Form> {
        let mut form = Form::of_application(application.clone());
        let last = form.asked(session).iter().rposition(|asked| *asked == Asked::Yes)?;
        form.turn_back(last, session);
        Some(form)
    }

    /// The question on the page and its answer so far.
    pub fn question<'a>(&'a self, session: &'a Session) -> Option<(&'a Question, &'a Answer)> {
        let question = self.questions(session).get(self.index)?;
        Some((question, self.answers.get(self.index)?))
    }

    fn questions<'a>(&self, session: &'a Session) -> &'a [Question] {
        session.item(&self.item).map_or(&[], |item| &item.questions)
    }

    /// Whether the platform is being asked.
    pub fn is_asking(&self) -> bool {
        matches!(self.entitlement, Check::Asking(_))
    }

    /// Asks the platform who is entitled, where the item wants it and it was not asked; then the
    /// questions.
    fn begin(&mut self, context: &mut Context<'_>) -> Step {
        let item = context.session.item(&self.item);
        let asks = item.is_some_and(|item| item.eligibility.asks_platform);
        match (&self.applicant, self.entitlement) {
            (Some(card), Check::NotYet) if asks && context.session.surroundings.online => {
                let enterprise = self.particulars.enterprise.clone();
                let asked = entitlement::ask(&self.item, card.clone(), enterprise, context);
                self.entitlement = Check::Asking(asked);
                Step::Stay
            }
            (Some(_), Check::NotYet) => self.checked(asks, context.session),
            _ => self.questions_or_review(context.session),
        }
    }

    /// `open`: the platform was to be asked and has not answered.
    fn checked(&mut self, open: bool, session: &Session) -> Step {
        self.entitlement = Check::Done;
        self.particulars.to_check = open;
        self.questions_or_review(session)
    }

    fn questions_or_review(&mut self, session: &Session) -> Step {
        if self.answers.is_empty() { self.review(false, session) } else { Step::Stay }
    }

    fn is_for_enterprise(&self, session: &Session) -> bool {
        session.item(&self.item).is_some_and(|item| item.holder == Holder::Enterprise)
    }

    /// For whom the applicant acts is not said yet.
    fn lacks_enterprise(&self, session: &Session) -> bool {
        self.is_for_enterprise(session) && self.particulars.enterprise.is_none()
    }

    /// Which questions are asked.
    pub fn asked(&self, session: &Session) -> Vec<Asked> {
        asked(self.questions(session), &self.answers)
    }

    /// Of a question about a region: the steps that are chosen, and what is offered on this one.
    pub fn regions<'a>(&self, session: &'a Session) -> (Vec<&'a Region>, Vec<&'a Region>) {
        let Some(question) = self.questions(session).get(self.index) else {
            return (Vec::new(), Vec::new());
        };
        let AnswerKind::Region { under, .. } = &question.answer else {
            return (Vec::new(), Vec::new());
        };
        let all = &session.pack().regions;
        let chosen = self.answers.get(self.index).and_then(Answer::choice).unwrap_or_default();
        let path = all.path(chosen, under.as_deref());
        let outer = match self.region_step.checked_sub(1) {
            Some(before) => path.get(before).map(|region| region.code.as_str()),
            None => under.as_deref(),
        };
        (path, all.within(outer).collect())
    }

    /// Everything is answered; `corrected`: the review stood already.
    fn review(&mut self, corrected: bool, session: &Session) -> Step {
        let Some(applicant) = self.applicant.clone() else { return Step::Stay };
        let (item, answers) = (self.item.clone(), std::mem::take(&mut self.answers));
        let particulars = std::mem::take(&mut self.particulars);
        let application = Application { item, applicant, answers, particulars };
        request::onward(application, corrected, session)
    }

    fn turn(&mut self, index: usize) -> Step {
        self.index = index;
        self.region_step = 0;
        self.refused = None;
        Step::Stay
    }

    /// To an earlier question, as it was left.
    fn turn_back(&mut self, index: usize, session: &Session) -> Step {
        self.turn(index);
        self.region_step = self.regions(session).0.len().saturating_sub(1);
        Step::Stay
    }

    fn next(&mut self, session: &Session) -> Step {
        let Some((question, answer)) = self.question(session) else { return Step::Stay };
        let Some(applicant) = &self.applicant else { return Step::Stay };
        let known = session.known(applicant);
        if let AnswerKind::Region { level, .. } = question.answer {
            let (path, _) = self.regions(session);
            let here = path.get(self.region_step).map(|region| region.code.as_str());
            if here.is_some_and(|code| !session.pack().regions.is_final(code, level)) {
                self.region_step += 1;
                self.refused = None;
                return Step::Stay;
            }
        }
        if let Err(wrong) = answer.judge(question, &known) {
            self.refused = Some(wrong);
            return Step::Stay;
        }
        let questions = self.questions(session);
        let next = match &self.correction {
            Some(_) => unanswered(questions, &self.answers, &known),
            None => {
                let asked = self.asked(session);
                (self.index + 1..asked.len()).find(|at| asked[*at] == Asked::Yes)
            }
        };
        let Some(next) = next else { return self.review(self.correction.is_some(), session) };
        if let Some(correction) = &mut self.correction {
            correction.trail.push(self.index);
        }
        self.turn(next)
    }

    fn answer(&mut self, touch: Touch, session: &Session) {
        let questions = self.questions(session);
        let offered = self.regions(session).1;
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
            (AnswerKind::YesNo, Touch::Choose(choice)) => {
                if let Some(code) = [YES, NO].get(choice) {
                    *answer = Answer::Choice((*code).to_owned());
                }
            }
            (AnswerKind::Several { options, alone, .. }, Touch::Choose(choice)) => {
                if let Some(option) = options.get(choice) {
                    answer.tick(options, alone.as_deref(), &option.code);
                }
            }
            (AnswerKind::Region { under, .. }, Touch::Choose(choice)) => {
                let Some(region) = offered.get(choice) else { return };
                let chosen = answer.choice().unwrap_or_default();
                let path = session.pack().regions.path(chosen, under.as_deref());
                // What was chosen further on stands while its outer region does.
                if path.get(self.region_step).is_none_or(|before| before.code != region.code) {
                    *answer = Answer::Region(region.code.clone());
                }
            }
            (AnswerKind::Phone { ways }, Touch::PhoneWay(way)) => {
                if let Some(option) = ways.get(way) {
                    *answer = Answer::phone(option.way);
                }
            }
            (kind, Touch::Digit(digit @ 0..=9)) => answer.push(kind, char::from(b'0' + digit)),
            (kind, Touch::Letter(letter)) => answer.push(kind, letter),
            (_, Touch::Erase) => answer.erase(),
            (_, Touch::Clear) => answer.clear(),
            _ => return,
        }
        self.refused = None;
    }
}

impl Steps for Form {
    fn page(&self) -> Page {
        if self.is_asking() {
            return Page::Querying;
        }
        match self.region_step {
            0 => Page::Question(self.index),
            step => Page::Region { question: self.index, step },
        }
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        match (&self.applicant, self.read.take(), self.entitlement) {
            (None, Some(card), _) if !self.is_for_enterprise(context.session) => {
                Step::Push(Identify::read(Purpose::Item(self.item.clone()), card).into())
            }
            (None, _, _) => authority::identify(&self.item, context.session),
            (Some(card), _, _) if self.lacks_enterprise(context.session) => {
                Step::Push(ConfirmAuthority::of(self.item.clone(), card.clone()).into())
            }
            (Some(_), _, Check::NotYet) => self.begin(context),
            (Some(_), _, _) => Step::Stay,
        }
    }

    fn resumed(&mut self, handover: Handover, context: &mut Context<'_>) -> Step {
        let Some((card, enterprise)) = handover.identified() else {
            // Whoever comes back to the matter finds what they have answered.
            context.session.draft = self.applicant.take().map(|card| Draft {
                item: self.item.clone(),
                card,
                answers: std::mem::take(&mut self.answers),
            });
            return Step::Done(Handover::Back);
        };
        if let Some(obstacle) = Obstacle::ineligible(&self.item, &card, context.session) {
            return Step::Replace(obstacle.into());
        }
        if let Some(draft) = context.session.draft.take_if(|draft| draft.is_of(&self.item, &card)) {
            self.answers = draft.answers;
            self.applicant = Some(draft.card);
        }
        // Another person's answers are nobody else's.
        if self.applicant.replace(card.clone()).is_some_and(|before| before != card) {
            self.answers = self.questions(context.session).iter().map(Answer::blank).collect();
            self.particulars = Particulars::default();
            self.entitlement = Check::NotYet;
        }
        if enterprise.is_some() {
            if self.particulars.enterprise != enterprise {
                self.entitlement = Check::NotYet;
            }
            self.particulars.enterprise = enterprise;
        } else if self.lacks_enterprise(context.session) {
            // Somebody else, who has not said yet for whom they act.
            return Step::Push(ConfirmAuthority::of(self.item.clone(), card).into());
        }
        self.begin(context)
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            _ if self.is_asking() => Step::Stay,
            Touch::Next => self.next(context.session),
            _ => {
                self.answer(touch, context.session);
                Step::Stay
            }
        }
    }

    fn news(&mut self, news: News, context: &mut Context<'_>) -> Step {
        let (News::Entitled { ticket, answer }, Check::Asking(asked)) = (news, self.entitlement)
        else {
            return Step::Stay;
        };
        if asked.ticket != ticket {
            return Step::Stay;
        }
        context.session.idle_s = 0;
        match (answer, &self.applicant) {
            (Entitled::No { reason }, Some(card)) => {
                let reason = ObstacleReason::NotEntitled(reason);
                let obstacle = Obstacle::new(reason, Some(self.item.clone()));
                Step::Replace(obstacle.of(card.clone()).into())
            }
            (answer, _) => self.checked(answer == Entitled::Unknown, context.session),
        }
    }

    fn second(&mut self, context: &mut Context<'_>) -> Step {
        let Check::Asking(asked) = &mut self.entitlement else { return Step::Stay };
        if !asked.has_waited() {
            return Step::Stay;
        }
        context.session.idle_s = 0;
        self.checked(true, context.session)
    }

    fn waits(&self) -> bool {
        self.is_asking()
    }

    fn back(&mut self, context: &mut Context<'_>) -> Step {
        let session = &*context.session;
        if self.region_step > 0 {
            self.region_step -= 1;
            self.refused = None;
            return Step::Stay;
        }
        if let Some(correction) = &mut self.correction {
            if let Some(before) = correction.trail.pop() {
                return self.turn_back(before, session);
            }
            // What was half changed is no answer.
            if let (Some(Correction { before, .. }), Some(answer)) =
                (self.correction.take(), self.answers.get_mut(self.index))
            {
                *answer = before;
            }
            return self.review(true, session);
        }
        let asked = self.asked(session);
        let previous = (0..self.index).rev().find(|at| asked.get(*at) == Some(&Asked::Yes));
        match (previous, self.applicant.clone()) {
            (Some(previous), _) => self.turn_back(previous, session),
            (None, Some(card)) => {
                Step::Push(Identify::again(Purpose::Item(self.item.clone()), card).into())
            }
            (None, None) => Step::Done(Handover::Back),
        }
    }
}
