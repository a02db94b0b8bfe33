//! Random citizens at kiosks with random packs: whatever the platform, the devices and the clock do,
//! each page can be read, what is sent was asked, and everything ends at the attract screen.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;
use proptest::prelude::*;

use super::{Devices, Kept, Moment, PageView, Role, View, compose};
use crate::case::CaseFacts;
use crate::config::{self, Paper};
use crate::devices::state::{DeviceState, Fault};
use crate::domain::evaluation::Level;
use crate::domain::form::{AnswerKind, Known, LAST_DAY, NO, PhoneWay, YES};
use crate::domain::pack::{Pack, Question};
use crate::domain::{bank_account, credit_code, identity};
use crate::slip::layout::{Kind, columns, layout};
use crate::slip::{Head, Slip, slips};
use crate::testkit::random::{Dice, Draft, replies, typed};
use crate::testkit::{now, people};
use crate::visit::flows::credit_code_question;
use crate::visit::{
    Answer, Application, CardTrouble, Effect, Event, Flow, Page, PageToken, SlipOrder, SlipOutcome,
    Surroundings, Touch, Visit,
};

fn cases(cases: u32) -> ProptestConfig {
    let more = std::env::var("PROPTEST_CASES").ok().and_then(|many| many.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(more.unwrap_or(cases))
    }
}

/// A visit under way, what is owed to it, and what else is true of the kiosk.
struct Kiosk {
    pack: Arc<Pack>,
    visit: Visit,
    owed: VecDeque<Effect>,
    /// Touches that are still to come, such as the keys of a number.
    fingers: VecDeque<Touch>,
    /// Of the clock of the reader's side; `None` where it cannot be believed.
    today: Option<Date>,
    devices: Devices,
    /// Where the visit stands, to tell where something went wrong.
    trail: Vec<String>,
}

type Verdict = Result<(), TestCaseError>;

impl Kiosk {
    fn new(dice: &mut Dice) -> Kiosk {
        let pack = Draft::rolled(dice).pack();
        let mut visit = Visit::new(pack.clone(), config::Visit::default());
        let today = (!dice.once_in(4)).then(|| jiff::civil::date(2026, 11, 22));
        visit.handle(Event::Surroundings(Surroundings {
            online: true,
            reader: true,
            printer: true,
            panel: true,
        }));
        let ready = DeviceState::Ready;
        let devices = Devices { reader: ready.clone(), printer: ready.clone(), panel: ready };
        let (owed, fingers, trail) = (VecDeque::new(), VecDeque::new(), Vec::new());
        Kiosk { pack, visit, owed, fingers, today, devices, trail }
    }

    fn view(&self, visit: &Visit) -> View {
        let moment = Moment {
            now: now(),
            clock_trusted: self.today.is_some(),
            devices: &self.devices,
            slip: &[],
            paper: Paper::Mm80,
            kept: Kept { returned: 30, finished: 365 },
            demo: false,
            settling: false,
        };
        compose(visit, &moment)
    }

    fn handle(&mut self, event: Event) -> Verdict {
        self.act(event)?;
        self.looks_well()
    }

    fn act(&mut self, event: Event) -> Verdict {
        let before = self.visit.clone();
        let effects = self.visit.handle(event);
        self.trail.push(format!("{:?}", self.visit.page()));
        for effect in effects {
            match &effect {
                Effect::Submit { application, .. } => {
                    submitted(
                        &self.pack,
                        application,
                        before.session().known(&application.applicant),
                    )?;
                }
                Effect::Print { order, .. } => self.printed(order)?,
                _ => {}
            }
            let asks = matches!(
                effect,
                Effect::Query { .. }
                    | Effect::AskEntitlement { .. }
                    | Effect::AskAuthority { .. }
                    | Effect::FindVacancies { .. }
                    | Effect::Submit { .. }
                    | Effect::FindCases { .. }
                    | Effect::Print { .. }
                    | Effect::RecordEvaluation { .. }
            );
            if asks {
                self.owed.push_back(effect);
            }
        }
        Ok(())
    }

    /// Every page, in both languages, normal and assisted.
    fn looks_well(&self) -> Verdict {
        let mut visit = self.visit.clone();
        for touch in [
            Touch::ToggleLanguage,
            Touch::ToggleAssisted,
            Touch::ToggleLanguage,
            Touch::ToggleAssisted,
        ] {
            let page = visit.token();
            visit.handle(Event::Touched { page, touch });
            let view = self.view(&visit);
            self.reads_well(&view)?;
            if let (Flow::Review(review), None) = (visit.top(), &view.sheet) {
                let (questions, answers) = questions_and_answers(&self.pack, &review.application);
                let shown: BTreeSet<usize> = (0..questions.len())
                    .filter(|at| view.control(&format!("edit-{at}")).is_some())
                    .collect();
                prop_assert_eq!(shown, asked(questions, answers), "{:?}", self.trail);
            }
        }
        // The warning hides the page, and goes with the touch.
        self.reads_well(&self.view(&self.visit))
    }

    fn reads_well(&self, view: &View) -> Verdict {
        let at = format!("{} after {:?}", view.name, self.trail);
        let said = view.said();
        let roles = [Role::Title, Role::Headline];
        prop_assert!(said.iter().any(|said| roles.contains(&said.role)), "no headline: {}", at);
        if let PageView::Blocks(page) = &view.page {
            prop_assert!(
                !page.headline.trim().is_empty() || !view.frame.title.trim().is_empty(),
                "{}",
                at
            );
        }
        for said in &said {
            prop_assert!(!said.text.trim().is_empty(), "says nothing: {}", at);
            prop_assert!(!said.text.contains(['{', '}']), "{:?} in {}", said.text, at);
        }
        let controls = view.controls();
        let ids: BTreeSet<&str> = controls.iter().map(|control| control.id.as_ref()).collect();
        prop_assert_eq!(ids.len(), controls.len(), "one id twice: {} {:?}", at, controls);
        for control in controls {
            let texts = [&control.label, &control.help, &control.why_not];
            prop_assert!(!control.label.trim().is_empty(), "{:?} has no name in {}", control, at);
            prop_assert!(texts.iter().all(|text| !text.contains(['{', '}'])), "{:?} {}", texts, at);
            prop_assert_eq!(control.enabled, control.why_not.is_empty(), "{:?} {}", control, at);
        }
        Ok(())
    }

    fn printed(&self, order: &SlipOrder) -> Verdict {
        for (lang, clock_trusted) in
            [(crate::say::Lang::Zh, self.today.is_some()), (crate::say::Lang::En, true)]
        {
            let head = Head {
                pack: &self.pack,
                kiosk: 1,
                printed_at: now(),
                clock_trusted,
                serial: 123,
                lang,
                demo: false,
                reprint: clock_trusted,
            };
            if let Some(slip) = slips::ordered(&head, self.visit.session(), order) {
                fits_paper(&slip)?;
            }
        }
        Ok(())
    }

    /// What happens next.
    fn next(&mut self, dice: &mut Dice) -> Verdict {
        let page = self.visit.token();
        // Between two keys of a number nobody looks.
        while let Some(touch) = self.fingers.pop_front() {
            let event = Event::Touched { page: self.visit.token(), touch };
            match touch {
                Touch::Digit(_) | Touch::Letter(_) => self.act(event)?,
                _ => return self.handle(event),
            }
        }
        match dice.below(16) {
            // What the page offers.
            0..=3 => {
                let view = self.view(&self.visit);
                let controls = view.controls();
                let touch = dice.pick(&controls).touch;
                // Whoever ends each visit at once never comes far.
                let ends = matches!(touch, Touch::Leave | Touch::Home | Touch::Back | Touch::NotMe);
                if ends && !dice.once_in(4) {
                    return Ok(());
                }
                self.handle(Event::Touched { page: view.token, touch })
            }
            4..=10 => self.goes_on(dice),
            11 => self.reply(dice),
            12 => {
                let event = self.card(dice);
                self.handle(event)
            }
            13 => {
                for _ in 0..dice.within(1..=30) {
                    self.handle(Event::Second { today: None })?;
                }
                Ok(())
            }
            14 => self.something(dice),
            // A finger that comes late, or beside.
            _ => {
                let late = PageToken(page.0.saturating_sub(dice.below(2) as u64));
                let place = dice.below(13);
                let touch = *dice.pick(&[
                    Touch::Item(place),
                    Touch::Choose(place),
                    Touch::Digit(place as u8),
                    Touch::Letter('X'),
                    Touch::Edit(place),
                    Touch::Submit,
                    Touch::Next,
                    Touch::Turn(place),
                    Touch::Decline,
                    Touch::CallMe,
                    Touch::Package(place),
                    Touch::Further,
                ]);
                self.handle(Event::Touched { page: late, touch })
            }
        }
    }

    /// What somebody does who wants to come to an end: a good answer, the way on.
    fn goes_on(&mut self, dice: &mut Dice) -> Verdict {
        match self.visit.page() {
            Page::Card => {
                let people = people::all();
                let card = Box::new(dice.pick(&people).card.clone());
                return self.handle(Event::CardRead { card, today: self.today });
            }
            Page::Querying | Page::Storing | Page::Searching => {
                // Those that nobody waits for any more come first.
                while self.owed.len() > 1 {
                    self.owed.pop_front();
                }
                return self.reply(dice);
            }
            _ => {}
        }
        let session = self.visit.session();
        let touches: Vec<Touch> = match self.visit.top() {
            Flow::Form(form) => match form.question(session) {
                Some((question, _)) => {
                    let known = Known {
                        today: session_today(&self.visit, self.today),
                        since: self.pack.as_of,
                        own_number: "",
                        regions: &self.pack.regions,
                    };
                    let mut touches = keys_of(question, &known, dice);
                    touches.push(Touch::Next);
                    touches
                }
                None => Vec::new(),
            },
            Flow::ConfirmAuthority(asked) if !asked.is_asking() => {
                let known = Known {
                    today: self.today,
                    since: self.pack.as_of,
                    own_number: "",
                    regions: &self.pack.regions,
                };
                let mut touches = keys_of(&credit_code_question(), &known, dice);
                touches.push(Touch::Next);
                touches
            }
            _ => match self.visit.page() {
                Page::Attract => vec![Touch::Start],
                Page::Home if dice.once_in(8) => vec![Touch::MyCases],
                Page::Home | Page::Area | Page::Search => {
                    vec![Touch::Item(dice.below(self.pack.items.len())), Touch::Begin]
                }
                Page::Cases => vec![Touch::Case(dice.below(3))],
                Page::CaseResult | Page::QueryResult => {
                    vec![*dice.pick(&[Touch::Evaluate, Touch::Another, Touch::Reprint])]
                }
                Page::Obstacle
                | Page::Outlets
                | Page::NearOutlets
                | Page::Outlet
                | Page::Policies
                | Page::Policy
                | Page::Packages
                | Page::Package
                | Page::GuideSlip
                | Page::OpenCase
                | Page::Declined
                | Page::PublicFields
                | Page::Vacancies => vec![Touch::Home],
                Page::Farewell => vec![Touch::Leave],
                Page::Item => vec![Touch::Begin],
                Page::Consent => vec![Touch::Agree],
                Page::Identity => vec![Touch::Confirm],
                Page::Window => vec![Touch::Choose(dice.below(6)), Touch::Next],
                Page::Review | Page::Offered => vec![Touch::Submit],
                _ => vec![Touch::Next],
            },
        };
        self.fingers.extend(touches);
        Ok(())
    }

    fn card(&mut self, dice: &mut Dice) -> Event {
        match dice.below(8) {
            0 => Event::CardReading,
            1 => Event::CardTrouble(*dice.pick(&[
                CardTrouble::WrongCard,
                CardTrouble::NotGenuine,
                CardTrouble::MovedAway,
                CardTrouble::StillThere,
                CardTrouble::Unreadable,
            ])),
            2 => Event::CardPresence { lies: *dice.pick(&[None, Some(true), Some(false)]) },
            _ => {
                let people = people::all();
                let card = Box::new(dice.pick(&people).card.clone());
                Event::CardRead { card, today: self.today }
            }
        }
    }

    /// The network, a key of the panel, a case that moved.
    fn something(&mut self, dice: &mut Dice) -> Verdict {
        match dice.below(3) {
            0 => {
                let works = |dice: &mut Dice| !dice.once_in(4);
                let around = Surroundings {
                    online: works(dice),
                    reader: works(dice),
                    printer: works(dice),
                    panel: works(dice),
                };
                let state = |works| if works { DeviceState::Ready } else { DeviceState::Absent };
                self.devices = Devices {
                    reader: state(around.reader),
                    printer: match around.printer {
                        true => DeviceState::Ready,
                        false => DeviceState::Failed(Fault::PaperOut),
                    },
                    panel: state(around.panel),
                };
                self.handle(Event::Surroundings(around))
            }
            1 => self.handle(Event::Pressed(*dice.pick(&Level::ALL))),
            _ => {
                let facts = self.case(dice);
                self.handle(Event::CaseAdvanced(facts))
            }
        }
    }

    fn case(&self, dice: &mut Dice) -> CaseFacts {
        match self.visit.top() {
            Flow::CaseResult(result) if !dice.once_in(4) => {
                let case = replies::case(dice, &result.facts.item, &result.facts.pack_version);
                let (number, request) = (result.facts.number.clone(), result.facts.request);
                let enterprise = result.facts.enterprise.clone();
                CaseFacts { number, request, enterprise, ..case }
            }
            _ => {
                let item = dice.pick(&self.pack.items).id.clone();
                let version = *dice.pick(&[self.pack.version.as_str(), "gone"]);
                replies::case(dice, item.as_str(), version)
            }
        }
    }

    /// The oldest question of the visit is answered, in one way or another.
    fn reply(&mut self, dice: &mut Dice) -> Verdict {
        let Some(asked) = self.owed.pop_front() else { return Ok(()) };
        let event = match asked {
            Effect::Query { ticket, .. } => Event::Queried {
                ticket,
                answer: match dice.once_in(3) {
                    true => Err(replies::nothing(dice)),
                    false => Ok(replies::answer(dice)),
                },
            },
            Effect::AskEntitlement { ticket, .. } => {
                Event::Entitled { ticket, answer: replies::entitled(dice) }
            }
            Effect::AskAuthority { ticket, .. } => {
                Event::AuthorityTold { ticket, answer: replies::authority(dice) }
            }
            Effect::FindVacancies { ticket, .. } => {
                Event::VacanciesFound { ticket, page: replies::vacancies(dice) }
            }
            Effect::Submit { ticket, application } => {
                let item = application.item.clone();
                let facts = CaseFacts {
                    status: crate::case::CaseStatus::Received,
                    request: application.particulars.request,
                    enterprise: (application.particulars.enterprise.as_ref())
                        .map(|enterprise| enterprise.name.clone()),
                    clock_trusted: self.today.is_some(),
                    ..replies::case(dice, item.id.as_str(), &item.pack_version)
                };
                Event::Stored { ticket, facts: (!dice.once_in(5)).then_some(facts) }
            }
            Effect::FindCases { ticket, .. } => {
                let cases = (0..dice.below(8)).map(|_| self.case(dice)).collect();
                let unreadable = dice.below(2) as u32;
                Event::CasesFound { ticket, cases: (!dice.once_in(5)).then_some(cases), unreadable }
            }
            Effect::Print { ticket, .. } => Event::SlipDone {
                ticket,
                outcome: *dice.pick(&[
                    SlipOutcome::Printed,
                    SlipOutcome::NotPrinted,
                    SlipOutcome::Unknown,
                ]),
            },
            Effect::RecordEvaluation { ticket, .. } => {
                Event::EvaluationStored { ticket, stored: !dice.once_in(4) }
            }
            _ => return Ok(()),
        };
        self.handle(event)
    }

    /// Back as often as there is a way back, home and the way out, and time alone: all of them end at
    /// the attract screen.
    fn ends(&self) -> Verdict {
        let touched = |visit: &mut Visit, touch| {
            let page = visit.token();
            visit.handle(Event::Touched { page, touch });
        };
        let wait = |visit: &mut Visit| {
            for _ in 0..1200 {
                visit.handle(Event::Second { today: None });
            }
        };
        let mut back = self.visit.clone();
        for _ in 0..200 {
            if !back.can_go_back() {
                break;
            }
            touched(&mut back, Touch::Back);
            self.reads_well(&self.view(&back))?;
        }
        prop_assert!(!back.can_go_back(), "no end of going back: {:?}", self.trail);
        let mut home = back.clone();
        if home.can_go_home() {
            touched(&mut home, Touch::Home);
            prop_assert_eq!(home.page(), Page::Home);
            touched(&mut home, Touch::Leave);
            // The farewell points at what is forgotten, and then lets go.
            if home.page() == Page::Farewell {
                wait(&mut home);
            }
            prop_assert_eq!(home.page(), Page::Attract, "{:?}", self.trail);
        }
        for mut visit in [self.visit.clone(), back] {
            wait(&mut visit);
            prop_assert_eq!(visit.page(), Page::Attract, "{:?}", self.trail);
            self.reads_well(&self.view(&visit))?;
        }
        Ok(())
    }
}

fn session_today(visit: &Visit, today: Option<Date>) -> Option<Date> {
    // The day came with the card.
    today.filter(|_| visit.page() != Page::Attract)
}

/// The touches of a good answer.
fn keys_of(question: &Question, known: &Known<'_>, dice: &mut Dice) -> Vec<Touch> {
    let keys = |text: String| {
        let key = |key: char| match key.to_digit(10) {
            Some(digit) => Touch::Digit(digit as u8),
            None => Touch::Letter(key),
        };
        std::iter::once(Touch::Clear).chain(text.chars().map(key)).collect::<Vec<_>>()
    };
    match &question.answer {
        AnswerKind::Choice { options } => vec![Touch::Choose(dice.below(options.len()))],
        AnswerKind::YesNo => vec![Touch::Choose(dice.below(2))],
        AnswerKind::Several { options, at_least, .. } => {
            let first = dice.below(options.len());
            let ticks = 0..usize::from(*at_least);
            ticks.map(|more| Touch::Choose((first + more) % options.len())).collect()
        }
        AnswerKind::Phone { ways } => {
            let at = dice.below(ways.len());
            let number = typed(&question.answer, Some(ways[at].way), known, dice);
            let mut touches = vec![Touch::PhoneWay(at)];
            touches.extend(keys(number.unwrap_or_default()));
            touches
        }
        AnswerKind::Region { .. } => vec![Touch::Choose(dice.below(6))],
        kind => keys(typed(kind, None, known, dice).unwrap_or_default()),
    }
}

fn questions_and_answers<'a>(
    pack: &'a Pack,
    application: &'a Application,
) -> (&'a [Question], &'a [Answer]) {
    let item = pack.item(&application.item.id);
    (item.map_or(&[], |item| &item.questions), &application.answers)
}

/// The places of the questions that are asked, worked out apart from the visit: by what is chosen.
fn asked(questions: &[Question], answers: &[Answer]) -> BTreeSet<usize> {
    let mut all = BTreeSet::new();
    for (at, question) in questions.iter().enumerate() {
        let holds = question.when.iter().all(|condition| {
            let before = questions.iter().position(|q| q.id == condition.question);
            before.is_some_and(|before| {
                let codes = answers[before].codes(&questions[before]);
                all.contains(&before) && codes.iter().any(|c| condition.is.iter().any(|is| is == c))
            })
        });
        if holds {
            all.insert(at);
        }
    }
    all
}

/// What is sent is what was asked, all of it, and each answer is one.
fn submitted(pack: &Pack, application: &Application, known: Known<'_>) -> Verdict {
    let (questions, answers) = questions_and_answers(pack, application);
    let all = application.by_question(questions);
    let sent: BTreeMap<&str, &str> =
        all.iter().map(|(id, answer)| (id.as_str(), answer.as_str())).collect();
    prop_assert_eq!(sent.len(), all.len(), "an id twice");
    let asked = asked(questions, answers);
    let mut expected = BTreeSet::new();
    for at in &asked {
        let question = &questions[*at];
        let way = sent.get(question.way_id().as_str()).copied();
        if let AnswerKind::Phone { .. } = question.answer {
            expected.insert(question.way_id());
            if way == Some("none") {
                continue;
            }
        }
        expected.insert(question.id.clone());
        let answer = sent.get(question.id.as_str()).copied().unwrap_or_default();
        prop_assert!(stands(&question.answer, answer, way, &known), "{}: {:?}", answer, question);
    }
    let ids: BTreeSet<String> = sent.keys().map(|id| (*id).to_owned()).collect();
    prop_assert_eq!(ids, expected);
    let given = application.particulars.confirmed.as_ref().map_or(0, |given| given.facts.len());
    let facts = application.facts(questions, &pack.regions);
    prop_assert_eq!(facts.len(), asked.len() + given, "on the slip");
    Ok(())
}

/// Whether an answer as it is sent stands, apart from how the form judges what is typed.
fn stands(kind: &AnswerKind, sent: &str, way: Option<&str>, known: &Known<'_>) -> bool {
    match kind {
        AnswerKind::Choice { options } => options.iter().any(|option| option.code == sent),
        AnswerKind::YesNo => sent == YES || sent == NO,
        AnswerKind::Several { options, at_least, at_most, alone } => {
            let ticked: Vec<&str> = sent.split(',').collect();
            let places: Option<Vec<usize>> = ticked
                .iter()
                .map(|code| options.iter().position(|option| option.code == *code))
                .collect();
            let in_order = places.is_some_and(|places| places.windows(2).all(|p| p[0] < p[1]));
            let range = usize::from(*at_least)..=at_most.map_or(options.len(), usize::from);
            in_order
                && match alone.as_deref().filter(|alone| ticked.contains(alone)) {
                    Some(_) => ticked.len() == 1,
                    None => range.contains(&ticked.len()),
                }
        }
        AnswerKind::Date { earliest, latest } => sent.parse::<Date>().is_ok_and(|day| {
            let earliest = earliest.map(|bound| bound.as_earliest(known.today, known.since));
            let latest = latest.and_then(|bound| bound.as_latest(known.today, known.since));
            earliest.is_none_or(|first| day >= first)
                && latest.is_none_or(|last| day <= last)
                && day.year() >= 1900
                && day.year() <= 2099
        }),
        AnswerKind::Number { min, max, .. } => sent
            .parse::<u32>()
            .is_ok_and(|number| number >= *min && number <= *max && number.to_string() == sent),
        AnswerKind::Amount { min_yuan, max_yuan } => {
            sent.split_once('.').is_some_and(|(yuan, fen)| {
                let all = format!("{yuan}{fen}").parse::<u64>();
                fen.len() == 2
                    && all.is_ok_and(|all| {
                        all >= u64::from(*min_yuan) * 100 && all <= u64::from(*max_yuan) * 100
                    })
            })
        }
        AnswerKind::Phone { ways } => ways.iter().any(|option| {
            way == Some(&option.code)
                && option.way != PhoneWay::None
                && option.way.is_number(sent)
                && !sent.is_empty()
        }),
        AnswerKind::IdentityNumber => {
            identity::check(sent, LAST_DAY).is_ok() && sent != known.own_number
        }
        AnswerKind::CreditCode => credit_code::check(sent).is_ok(),
        AnswerKind::BankAccount => bank_account::check(sent).is_ok(),
        AnswerKind::Region { under, level } => {
            let regions = known.regions;
            let within = under.as_deref().is_none_or(|under| {
                sent != under && sent.starts_with(under.trim_end_matches("00"))
            });
            regions.find(sent).is_some_and(|region| {
                within && (region.level() >= *level || regions.within(Some(sent)).next().is_none())
            })
        }
    }
}

/// No line is wider than the paper, on either, and nothing is left unfilled.
fn fits_paper(slip: &Slip) -> Verdict {
    for paper in [Paper::Mm80, Paper::Mm58] {
        for line in layout(slip, paper) {
            prop_assert!(line.columns() <= columns(paper), "{:?}", line);
            let text = match &line.kind {
                Kind::Qr(content) => content,
                _ => &line.text,
            };
            prop_assert!(!text.contains(['{', '}']), "{:?}", line);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn p5_whatever_the_pack_each_page_can_be_read_and_left(
        mut pack in Dice::any(1200),
        mut dice in Dice::any(600),
    ) {
        let mut kiosk = Kiosk::new(&mut pack);
        kiosk.looks_well()?;
        for _ in 0..120 {
            kiosk.next(&mut dice)?;
        }
        kiosk.ends()?;
    }
}

proptest! {
    #![proptest_config(cases(64))]

    /// Whatever the platform says, a slip fits its paper.
    #[test]
    fn p8_whatever_the_platform_says_a_slip_fits_its_paper(mut dice in Dice::any(600)) {
        let pack = crate::slip::samples::pack();
        let name: &&str = dice.pick(&["王小例", "𠮷小㛃", "Anastasia Maria"]);
        let card = crate::slip::samples::card(name);
        for lang in [crate::say::Lang::Zh, crate::say::Lang::En] {
            let head = crate::slip::samples::head(&pack, lang);
            let answer = replies::answer(&mut dice);
            fits_paper(&slips::query(&head, &crate::slip::samples::query(), &card, None, &answer))?;
            let item = dice.pick(&pack.items).id.clone();
            let version = *dice.pick(&["test", "gone"]);
            let mut facts = replies::case(&mut dice, item.as_str(), version);
            facts.received_at += SignedDuration::from_hours(dice.below(48) as i64);
            let answers = replies::facts(&mut dice, 12);
            fits_paper(&slips::receipt(&head, Some(&pack), &facts, &card, &answers))?;
        }
    }
}
