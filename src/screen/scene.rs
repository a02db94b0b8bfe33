//! A [`Scene`] is everything that stands on the screen, in words: composed from the visit, the
//! devices and the clock without touching the screen itself.

use jiff::Timestamp;

use crate::case::{CaseFacts, CaseStatus};
use crate::clock::local;
use crate::config::Paper;
use crate::devices::state::{DeviceState, Fault};
use crate::domain::answer::{NoAnswer, Nothing, QueryAnswer};
use crate::domain::card::{CardKind, CardText, Sex, ValidTo};
use crate::domain::evaluation::Level;
use crate::domain::mask;
use crate::domain::pack::{
    AnswerKind, Area, Bilingual, Item, ItemKind, Pack, PublicFields, Question, Standing, Tag,
};
use crate::kiosk::startup::OutOfService;
use crate::say::{self, Lang, Sentence};
use crate::slip::layout::Line;
use crate::visit::flows::{
    self as visit, Browse, EvaluateStep, IdentifyStep, ObstacleReason, Purpose,
};
use crate::visit::{
    Answer, CardTrouble, Flow, ItemRef, Offer, PageToken, SlipOutcome, SlipProgress, Visit,
};

/// What the screen shows besides the visit itself.
#[derive(Clone, Debug)]
pub struct Around<'a> {
    pub now: Timestamp,
    pub devices: Devices,
    /// The slip as it was sent to the printer.
    pub slip: &'a [Line],
    pub paper: Paper,
    /// Simulated devices or platform.
    pub demo: bool,
    /// Just after the start: something has not been found yet, and may still be.
    pub settling: bool,
}

/// The state of each device as last told by its driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Devices {
    pub reader: DeviceState,
    pub printer: DeviceState,
    pub panel: DeviceState,
}

impl Default for Devices {
    fn default() -> Self {
        Devices {
            reader: DeviceState::Starting,
            printer: DeviceState::Starting,
            panel: DeviceState::Starting,
        }
    }
}

/// See `ui/state.slint`, whose property names these fields carry. `Debug` tells the page only:
/// what stands on it is the citizen's.
#[derive(Clone, Default, PartialEq)]
pub struct Scene {
    pub page: Page,
    /// Goes with every touch made on it.
    pub token: PageToken,
    pub english: bool,
    pub assisted: bool,
    pub night: bool,
    pub bureau: String,
    pub outlet: String,
    pub clock: String,
    pub date: String,
    pub offline: bool,
    /// Something has not been found yet since the start; the attract screen says nothing of it so
    /// far, because a bus and a network need a few seconds.
    pub settling: bool,
    pub device_notice: String,
    pub banner: String,
    pub title: String,
    pub step: i32,
    pub steps: i32,
    pub hotline: String,
    pub back_enabled: bool,
    pub next_enabled: bool,
    pub greeting: String,
    pub offline_hint: String,
    pub notices: Vec<(String, String)>,
    pub items: Vec<ItemCard>,
    pub summary: String,
    pub badge: String,
    pub sample: bool,
    pub facts: Vec<Fact>,
    pub can_begin: bool,
    pub why_not: String,
    pub can_print: bool,
    pub card_phase: CardPhase,
    pub headline: String,
    pub detail: String,
    pub tone: Tone,
    pub drawing: Drawing,
    pub question: String,
    pub reason: String,
    pub asks_phone: bool,
    pub choices: Vec<ChoiceRow>,
    pub entry: String,
    pub entry_error: String,
    pub result_kind: ResultKind,
    pub case_number: String,
    pub case_status: String,
    pub clock_shown: bool,
    pub clock_fraction: f32,
    pub clock_left: String,
    /// Whether `clock_left` is a time, and no word for a state.
    pub clock_counts: bool,
    pub clock_stage: i32,
    pub received_at: String,
    pub accepted_at: String,
    pub completed_at: String,
    pub print_state: PrintState,
    pub print_sentence: String,
    pub slip: Vec<Line>,
    pub slip_columns: i32,
    pub can_reprint: bool,
    pub level: Option<Level>,
    pub undo_left: u32,
    pub undo_total: u32,
    pub panel_present: bool,
    pub tags: Vec<(String, bool)>,
    pub can_send: bool,
    pub take_card: bool,
    pub take_slip: bool,
    pub cases: Vec<CaseRow>,
    pub help_open: bool,
    pub help: Vec<Fact>,
    pub warning_left: u32,
    pub warning_total: u32,
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scene").field("page", &self.page).finish_non_exhaustive()
    }
}

/// The pages of `ui/screens/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Page {
    #[default]
    Attract,
    Home,
    Item,
    Consent,
    Card,
    Identity,
    Question,
    Review,
    Working,
    Result,
    Evaluation,
    Reasons,
    Farewell,
    Trouble,
    Cases,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Info,
    Good,
    Care,
    Stop,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drawing {
    #[default]
    None,
    Card,
    Warning,
    NetworkOff,
    Work,
    Shield,
    Skill,
    Scales,
    Hourglass,
    Document,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CardPhase {
    #[default]
    Waiting,
    Reading,
    Problem,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResultKind {
    #[default]
    Query,
    Instant,
    Guide,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrintState {
    #[default]
    None,
    Printing,
    Printed,
    NotPrinted,
    Unknown,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// Row that an edit leads to.
    pub edit: Option<usize>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemCard {
    pub name: String,
    pub summary: String,
    pub badge: String,
    pub area: String,
    pub drawing: Drawing,
    pub sample: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChoiceRow {
    pub label: String,
    pub help: String,
    pub selected: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseRow {
    pub number: String,
    pub item: String,
    pub status: String,
    pub time: String,
    pub tone: Tone,
    pub note: String,
}

/// The scene of a visit.
pub fn compose(visit: &Visit, around: &Around) -> Scene {
    let session = visit.session();
    let pack = session.pack();
    let lang = session.lang();
    let mut scene = frame(visit, around);
    let name =
        |item: &ItemRef| session.item(item).map_or(String::new(), |item| text_of(&item.name, lang));
    match visit.top() {
        Flow::Browse(Browse::Attract) => attract(&mut scene, visit, around),
        Flow::Browse(Browse::Home) => home(&mut scene, pack, lang),
        Flow::Browse(Browse::Item(item) | Browse::Guide(item) | Browse::PublicFields(item)) => {
            if let Some(item) = session.item(item) {
                item_page(&mut scene, visit, item, around);
            }
        }
        Flow::Browse(Browse::Outlets) => {
            let words = (say::HELP_OUTLET, say::HELP_ADDRESS, Tone::Plain, Drawing::None);
            trouble_page(&mut scene, say::HELP_OUTLET.text(lang), words, lang);
        }
        Flow::GuideSlip(guide) => {
            scene.page = Page::Result;
            scene.result_kind = ResultKind::Guide;
            scene.title = name(&guide.item);
            scene.headline = text(say::GUIDE_HEADLINE, lang);
            show_slip(&mut scene, visit, around, lang);
        }
        Flow::Identify(identify) => {
            let purpose = &identify.purpose;
            scene.title = purpose_title(visit, purpose, lang);
            match &identify.step {
                IdentifyStep::Consent => consent(&mut scene, visit, purpose),
                IdentifyStep::Card(phase) => {
                    scene.page = Page::Card;
                    scene.drawing = Drawing::Card;
                    (scene.step, scene.steps) = steps(visit, purpose, 2);
                    card_phase(&mut scene, *phase, &around.devices.reader, lang);
                }
                IdentifyStep::Confirm(card) => {
                    scene.page = Page::Identity;
                    (scene.step, scene.steps) = steps(visit, purpose, 3);
                    scene.headline = text(say::IDENTITY_HEADLINE, lang);
                    scene.facts = identity_facts(card, lang);
                }
            }
        }
        Flow::Form(form) => {
            scene.page = Page::Question;
            scene.title = name(&form.item);
            let purpose = Purpose::Item(form.item.clone());
            (scene.step, scene.steps) = steps(visit, &purpose, 4 + form.index as i32);
            if let Some((question, answer)) = form.question(session) {
                question_page(&mut scene, question, answer, form.refused, lang);
            }
        }
        Flow::Review(review) => {
            let application = &review.application;
            scene.page = Page::Review;
            scene.title = name(&application.item);
            scene.headline = text(say::REVIEW_HEADLINE, lang);
            scene.facts = identity_facts(&application.applicant, lang);
            let questions = session.item(&application.item).map_or(&[][..], |item| &item.questions);
            let last = 4 + questions.len() as i32;
            let purpose = Purpose::Item(application.item.clone());
            (scene.step, scene.steps) = steps(visit, &purpose, last);
            for (row, (question, answer)) in questions.iter().zip(&application.answers).enumerate()
            {
                let value = match &question.answer {
                    AnswerKind::Choice { options } => options
                        .iter()
                        .find(|option| Some(option.code.as_str()) == answer.choice())
                        .map(|option| option.label.text(lang).to_owned())
                        .unwrap_or_default(),
                    AnswerKind::Phone { .. } => grouped_phone(answer.digits()),
                };
                let label = question.label.text(lang).to_owned();
                scene.facts.push(Fact { label, value, edit: Some(row) });
            }
        }
        Flow::Submit(submit) if submit.store_is_silent() => {
            trouble_page(&mut scene, &name(&submit.application.item), STORE_SILENT, lang);
            scene.next_enabled = false;
        }
        Flow::Submit(submit) => {
            working(&mut scene, &name(&submit.application.item), say::STORING, lang);
        }
        Flow::Query(query) => working(&mut scene, &name(&query.item), say::QUERYING, lang),
        Flow::Cases(cases) => match cases.found() {
            None => working(&mut scene, say::MY_CASES_TITLE.text(lang), say::SEARCHING, lang),
            Some(cases) => {
                scene.page = Page::Cases;
                scene.title = text(say::MY_CASES_TITLE, lang);
                scene.cases = cases.iter().map(|facts| case_row(pack, facts, lang)).collect();
            }
        },
        Flow::QueryResult(result) => {
            scene.page = Page::Result;
            scene.result_kind = ResultKind::Query;
            scene.title = name(&result.item);
            scene.headline = text(say::QUERY_DONE, lang);
            scene.tone = Tone::Good;
            scene.facts = participation_facts(&result.card, &result.answer, lang);
            show_slip(&mut scene, visit, around, lang);
        }
        Flow::CaseResult(result) => {
            if let Some(item) = session.item(&result.application.item) {
                case_result(&mut scene, item, &result.facts, result.age_s, lang);
            }
            show_slip(&mut scene, visit, around, lang);
        }
        Flow::OpenCase(case) => {
            if let Some(item) = pack.item(&case.facts.item) {
                case_result(&mut scene, item, &case.facts, 0, lang);
                scene.clock_shown = false;
            }
            show_slip(&mut scene, visit, around, lang);
        }
        Flow::Evaluate(evaluate) => {
            scene.title = name(&evaluate.about.item);
            match &evaluate.step {
                EvaluateStep::Keys { pressed } => {
                    scene.page = Page::Evaluation;
                    scene.headline = text(say::EVALUATION_HEADLINE, lang);
                    if let Some(pressed) = pressed {
                        scene.level = Some(pressed.level);
                        scene.undo_left = pressed.undo_left_s;
                    }
                }
                EvaluateStep::Reasons { level, ticked } => {
                    scene.page = Page::Reasons;
                    scene.headline = text(say::REASONS_HEADLINE, lang);
                    scene.level = Some(*level);
                    let tag = |(index, tag): (usize, &Tag)| {
                        (tag.text.text(lang).to_owned(), ticked.contains(&index))
                    };
                    scene.tags = session.reasons(*level).enumerate().map(tag).collect();
                    scene.can_send = !ticked.is_empty();
                }
            }
        }
        Flow::Farewell(farewell) => {
            scene.page = Page::Farewell;
            scene.headline =
                text(if farewell.thanked { say::FAREWELL_THANKED } else { say::FAREWELL }, lang);
            scene.take_card = session.card_used();
            scene.take_slip = session.slip_given();
        }
        Flow::Obstacle(obstacle) => {
            let title =
                obstacle.item.as_ref().map_or_else(|| text(say::MY_CASES_TITLE, lang), name);
            trouble_page(&mut scene, &title, words_of(&obstacle.reason), lang);
        }
    }
    scene
}

fn question_page(
    scene: &mut Scene,
    question: &Question,
    answer: &Answer,
    refused: bool,
    lang: Lang,
) {
    scene.question = question.text.text(lang).to_owned();
    scene.reason = question.reason.text(lang).to_owned();
    scene.next_enabled = *answer != Answer::Missing;
    match &question.answer {
        AnswerKind::Choice { options } => {
            scene.choices = options
                .iter()
                .map(|option| ChoiceRow {
                    label: option.label.text(lang).to_owned(),
                    help: option.help.text(lang).to_owned(),
                    selected: Some(option.code.as_str()) == answer.choice(),
                })
                .collect();
        }
        AnswerKind::Phone { .. } => {
            scene.asks_phone = true;
            scene.entry = grouped_phone(answer.digits());
            if refused {
                scene.entry_error = text(say::PHONE_REFUSED, lang);
            }
        }
    }
}

/// What stands around every page.
fn frame(visit: &Visit, around: &Around) -> Scene {
    let session = visit.session();
    let pack = session.pack();
    let lang = session.lang();
    let local = local(around.now);
    let outlet = pack.staffed().next();
    let fact = |label: Sentence, value: &str| Fact {
        label: text(label, lang),
        value: value.to_owned(),
        edit: None,
    };
    Scene {
        token: visit.token(),
        english: lang == Lang::En,
        assisted: session.assisted(),
        // A dark room wants a dark page; assisted mode keeps the one with the most contrast.
        night: !session.assisted() && !(6..22).contains(&local.hour()),
        bureau: pack.bureau.text(lang).to_owned(),
        outlet: pack.place.name.text(lang).to_owned(),
        clock: local.strftime("%H:%M").to_string(),
        date: date_words(around.now, lang),
        offline: !session.surroundings().online,
        settling: around.settling,
        device_notice: device_notice(&around.devices, lang),
        banner: banner(pack, around.demo, lang),
        hotline: pack.hotline.number.clone(),
        back_enabled: visit.can_go_back(),
        next_enabled: true,
        sample: false,
        undo_total: session.undo_total_s(),
        panel_present: around.devices.panel.usable(),
        help_open: session.help_open(),
        help: vec![
            fact(say::HELP_HOTLINE, &pack.hotline.number),
            fact(say::HELP_OUTLET, outlet.map_or("", |outlet| outlet.name.text(lang))),
            fact(say::HELP_ADDRESS, outlet.map_or("", |outlet| outlet.address.text(lang))),
            fact(
                say::HELP_HOURS,
                &outlet.map(|outlet| outlet.hours.words(lang)).unwrap_or_default(),
            ),
            fact(say::HELP_PHONE, outlet.map_or("", |outlet| &outlet.phone)),
            fact(say::HELP_SUPERVISION, &pack.supervision_phone),
        ],
        warning_left: visit.warning_left_s().unwrap_or(0),
        warning_total: session.warning_total_s(),
        ..Scene::default()
    }
}

fn attract(scene: &mut Scene, visit: &Visit, around: &Around) {
    let lang = visit.session().lang();
    scene.page = Page::Attract;
    if scene.settling {
        scene.offline = false;
        scene.device_notice.clear();
    }
    scene.greeting = text(
        match local(around.now).hour() {
            5..=10 => say::GREETING_MORNING,
            11..=13 => say::GREETING_NOON,
            14..=17 => say::GREETING_AFTERNOON,
            18..=22 => say::GREETING_EVENING,
            _ => say::GREETING_NIGHT,
        },
        lang,
    );
    if scene.offline {
        scene.offline_hint = text(say::OFFLINE_HINT, lang);
    }
    scene.notices = visit
        .session()
        .pack()
        .notices
        .iter()
        .map(|notice| {
            (notice.date.strftime("%m-%d").to_string(), notice.text.text(lang).to_owned())
        })
        .collect();
}

fn home(scene: &mut Scene, pack: &Pack, lang: Lang) {
    scene.page = Page::Home;
    scene.title = text(say::TITLE_HOME, lang);
    scene.items = pack
        .items
        .iter()
        .map(|item| ItemCard {
            name: item.name.text(lang).to_owned(),
            summary: item.summary.text(lang).to_owned(),
            badge: badge(item, lang),
            area: text(
                match item.area {
                    Area::Employment => say::AREA_EMPLOYMENT,
                    Area::SocialInsurance => say::AREA_SOCIAL_INSURANCE,
                    Area::Skills => say::AREA_SKILLS,
                    Area::LabourRelations => say::AREA_LABOUR_RELATIONS,
                },
                lang,
            ),
            drawing: match item.area {
                Area::Employment => Drawing::Work,
                Area::SocialInsurance => Drawing::Shield,
                Area::Skills => Drawing::Skill,
                Area::LabourRelations => Drawing::Scales,
            },
            sample: item.standing == Standing::Sample,
        })
        .collect();
}

fn item_page(scene: &mut Scene, visit: &Visit, item: &Item, around: &Around) {
    let session = visit.session();
    let lang = session.lang();
    scene.page = Page::Item;
    scene.title = item.name.text(lang).to_owned();
    scene.summary = item.summary.text(lang).to_owned();
    scene.badge = badge(item, lang);
    scene.sample = item.standing == Standing::Sample;
    scene.facts = public_facts(&item.public, lang);
    scene.can_begin = session.availability(Offer::Begin(item)).possible();
    scene.next_enabled = scene.can_begin;
    scene.can_print = session.may_print() && around.devices.printer.usable();
    if !scene.can_begin {
        let why =
            if session.surroundings().reader { say::WHY_NOT_OFFLINE } else { say::WHY_NOT_READER };
        scene.why_not = text(why, lang);
    } else if !scene.can_print {
        scene.why_not = text(say::NO_SLIP_NOW, lang);
    }
}

/// The eight public fields (八公开), in the order of the programme.
fn public_facts(public: &PublicFields, lang: Lang) -> Vec<Fact> {
    [
        (say::PUBLIC_SERVICE, &public.service),
        (say::PUBLIC_WINDOW, &public.window),
        (say::PUBLIC_BASIS, &public.basis),
        (say::PUBLIC_PROCESS, &public.process),
        (say::PUBLIC_FEE, &public.fee),
        (say::PUBLIC_TIME_LIMIT, &public.time_limit),
        (say::PUBLIC_SERVICE_PHONE, &public.service_phone),
        (say::PUBLIC_SUPERVISION_PHONE, &public.supervision_phone),
    ]
    .into_iter()
    .map(|(label, value)| Fact {
        label: text(label, lang),
        value: value.text(lang).to_owned(),
        edit: None,
    })
    .collect()
}

fn consent(scene: &mut Scene, visit: &Visit, purpose: &Purpose) {
    let session = visit.session();
    let lang = session.lang();
    scene.page = Page::Consent;
    (scene.step, scene.steps) = steps(visit, purpose, 1);
    scene.headline = text(say::CONSENT_HEADLINE, lang);
    let item = match purpose {
        Purpose::MyCases => None,
        Purpose::Item(item) => session.item(item),
    };
    let why = match item {
        None => text(say::CONSENT_WHY_CASES, lang),
        Some(item) => say::CONSENT_WHY_ITEM.fill(lang, &[("item", item.name.text(lang))]),
    };
    let sent = match item.map(|item| item.kind) {
        None => say::CONSENT_SENT_CASES,
        Some(ItemKind::Query) => say::CONSENT_SENT_QUERY,
        Some(ItemKind::Instant { .. }) => say::CONSENT_SENT_CASE,
    };
    let kept = match sent {
        say::CONSENT_SENT_CASE => say::CONSENT_KEPT_CASE_TEXT,
        _ => say::CONSENT_KEPT_TEXT,
    };
    scene.facts = [
        (say::CONSENT_WHY, why),
        (say::CONSENT_WHAT, text(say::CONSENT_WHAT_READ, lang)),
        (say::CONSENT_SENT, text(sent, lang)),
        (say::CONSENT_KEPT, text(kept, lang)),
    ]
    .into_iter()
    .map(|(label, value)| Fact { label: text(label, lang), value, edit: None })
    .collect();
}

fn card_phase(scene: &mut Scene, phase: visit::CardPhase, reader: &DeviceState, lang: Lang) {
    let (phase, headline, detail) = if !reader.usable() {
        (CardPhase::Problem, say::READER_GONE, say::READER_GONE_DETAIL)
    } else {
        match phase {
            visit::CardPhase::Reading => {
                (CardPhase::Reading, say::CARD_READING, say::CARD_READING_DETAIL)
            }
            visit::CardPhase::Waiting => (CardPhase::Waiting, say::CARD_LAY, say::CARD_LAY_DETAIL),
            visit::CardPhase::Trouble(trouble) => {
                let (headline, detail) = match trouble {
                    CardTrouble::WrongCard => (say::CARD_WRONG, say::CARD_WRONG_DETAIL),
                    CardTrouble::NotGenuine => {
                        (say::CARD_NOT_GENUINE, say::CARD_NOT_GENUINE_DETAIL)
                    }
                    CardTrouble::MovedAway => (say::CARD_MOVED, say::CARD_MOVED_DETAIL),
                    CardTrouble::StillThere => {
                        (say::CARD_STILL_THERE, say::CARD_STILL_THERE_DETAIL)
                    }
                    CardTrouble::Unreadable => (say::CARD_UNREADABLE, say::CARD_UNREADABLE_DETAIL),
                };
                (CardPhase::Problem, headline, detail)
            }
        }
    };
    scene.card_phase = phase;
    scene.headline = text(headline, lang);
    scene.detail = text(detail, lang);
    if phase == CardPhase::Problem {
        scene.tone = Tone::Care;
    }
}

/// The holder, masked: a public screen stands in a public room.
fn identity_facts(card: &CardText, lang: Lang) -> Vec<Fact> {
    let mut rows = Vec::new();
    let mut row = |label: Sentence, value: String| {
        if !value.is_empty() {
            rows.push(Fact { label: text(label, lang), value, edit: None });
        }
    };
    row(say::FIELD_NAME, mask::name(shown_name(card)));
    row(say::FIELD_NUMBER, mask::screen_number(&card.number));
    row(
        say::FIELD_DOCUMENT,
        text(
            match card.kind {
                CardKind::Citizen => say::DOCUMENT_CITIZEN,
                CardKind::HmtPermit => say::DOCUMENT_HMT,
                CardKind::Foreigner2017 | CardKind::Foreigner2023 => say::DOCUMENT_FOREIGNER,
            },
            lang,
        ),
    );
    row(
        say::FIELD_SEX,
        match card.sex {
            Sex::Male => text(say::SEX_MALE, lang),
            Sex::Female => text(say::SEX_FEMALE, lang),
            Sex::Unknown | Sex::Unstated => String::new(),
        },
    );
    row(say::FIELD_NATIONALITY, card.nationality.clone().unwrap_or_default());
    row(
        say::FIELD_VALID_TO,
        match card.valid_to {
            ValidTo::Until(date) => date.to_string(),
            ValidTo::LongTerm => text(say::LONG_TERM, lang),
            ValidTo::Unreadable => String::new(),
        },
    );
    rows
}

/// The name to show: the Chinese one where there is one.
pub fn shown_name(card: &CardText) -> &str {
    if card.name.is_empty() { &card.name_latin } else { &card.name }
}

fn participation_facts(card: &CardText, answer: &QueryAnswer, lang: Lang) -> Vec<Fact> {
    let mut rows = vec![
        Fact {
            label: text(say::FIELD_NAME, lang),
            value: mask::name(shown_name(card)),
            edit: None,
        },
        Fact { label: text(say::FIELD_AS_OF, lang), value: answer.as_of.to_string(), edit: None },
    ];
    let facts = answer.facts.iter().map(|fact| (fact.label.text(lang), fact.value.shown(lang)));
    rows.extend(facts.map(|(label, value)| Fact { label: label.to_owned(), value, edit: None }));
    for cells in answer.tables.iter().flat_map(|table| &table.rows) {
        let cells: Vec<String> = cells.iter().map(|value| value.shown(lang)).collect();
        if let Some((label, values)) = cells.split_first() {
            rows.push(Fact { label: label.clone(), value: values.join(" · "), edit: None });
        }
    }
    rows
}

fn working(scene: &mut Scene, title: &str, headline: Sentence, lang: Lang) {
    scene.page = Page::Working;
    scene.title = title.to_owned();
    scene.headline = text(headline, lang);
    scene.detail = text(say::WORKING_DETAIL, lang);
    scene.drawing = Drawing::Hourglass;
}

fn case_result(scene: &mut Scene, item: &Item, facts: &CaseFacts, age_s: u32, lang: Lang) {
    scene.page = Page::Result;
    scene.result_kind = ResultKind::Instant;
    scene.title = item.name.text(lang).to_owned();
    scene.case_number = facts.number.grouped();
    scene.case_status = text(status_word(facts.status), lang);
    let (headline, detail, tone) = match facts.status {
        CaseStatus::Received if scene.offline => {
            (say::CASE_RECEIVED, say::CASE_RECEIVED_OFFLINE_DETAIL, Tone::Info)
        }
        CaseStatus::Received => (say::CASE_RECEIVED, say::CASE_RECEIVED_DETAIL, Tone::Info),
        CaseStatus::Accepted => (say::CASE_ACCEPTED, say::CASE_ACCEPTED_DETAIL, Tone::Info),
        CaseStatus::Completed => (say::CASE_COMPLETED, say::CASE_COMPLETED_DETAIL, Tone::Good),
        CaseStatus::Returned => (say::CASE_RETURNED, say::CASE_RETURNED_DETAIL, Tone::Care),
    };
    scene.headline = text(headline, lang);
    scene.detail = text(detail, lang);
    scene.tone = tone;
    if let Some(note) = &facts.note {
        scene.facts.push(Fact {
            label: text(say::FIELD_NOTE, lang),
            value: note.clone(),
            edit: None,
        });
    }
    let ItemKind::Instant { limit_min } = item.kind else { return };
    let limit_s = limit_min * 60;
    let used_s = age_s.min(limit_s);
    scene.clock_shown = facts.status != CaseStatus::Returned;
    scene.clock_fraction = used_s as f32 / limit_s as f32;
    scene.clock_stage = match facts.status {
        CaseStatus::Received | CaseStatus::Returned => 0,
        CaseStatus::Accepted => 1,
        CaseStatus::Completed => 2,
    };
    (scene.clock_counts, scene.clock_left) = match facts.status {
        CaseStatus::Completed => (false, text(say::CLOCK_DONE, lang)),
        // Nobody can promise thirty minutes for a platform that cannot be reached.
        CaseStatus::Received if scene.offline => (false, text(say::CLOCK_WAITING, lang)),
        _ => {
            let left_min = (limit_s - used_s).div_ceil(60);
            let left = say::CLOCK_MINUTES_LEFT.fill(lang, &[("minutes", &left_min.to_string())]);
            (true, left)
        }
    };
    let time = |at: Option<Timestamp>| at.map(time_words).unwrap_or_default();
    scene.received_at = time(Some(facts.received_at));
    scene.accepted_at = time(facts.accepted_at);
    scene.completed_at = time(facts.completed_at);
}

/// The one word for how far a case has come (promise P1).
pub fn status_word(status: CaseStatus) -> Sentence {
    match status {
        CaseStatus::Received => say::STATUS_RECEIVED,
        CaseStatus::Accepted => say::STATUS_ACCEPTED,
        CaseStatus::Completed => say::STATUS_COMPLETED,
        CaseStatus::Returned => say::STATUS_RETURNED,
    }
}

fn case_row(pack: &Pack, facts: &CaseFacts, lang: Lang) -> CaseRow {
    let next = match facts.status {
        CaseStatus::Received => text(say::CASE_RECEIVED_DETAIL, lang),
        CaseStatus::Accepted => text(say::CASE_ACCEPTED_DETAIL, lang),
        CaseStatus::Completed | CaseStatus::Returned => String::new(),
    };
    CaseRow {
        number: facts.number.grouped(),
        item: pack
            .item(&facts.item)
            .map_or_else(|| facts.item.clone(), |item| item.name.text(lang).to_owned()),
        status: text(status_word(facts.status), lang),
        time: moment_words(facts.completed_at.or(facts.accepted_at).unwrap_or(facts.received_at)),
        tone: match facts.status {
            CaseStatus::Received | CaseStatus::Accepted => Tone::Info,
            CaseStatus::Completed => Tone::Good,
            CaseStatus::Returned => Tone::Care,
        },
        note: facts.note.clone().unwrap_or(next),
    }
}

fn show_slip(scene: &mut Scene, visit: &Visit, around: &Around, lang: Lang) {
    let slip = visit.slip().unwrap_or_default();
    scene.slip = around.slip.to_vec();
    scene.slip_columns = match around.paper {
        Paper::Mm80 => 48,
        Paper::Mm58 => 32,
    };
    let (state, sentence) = match slip {
        SlipProgress::NotYet => (PrintState::None, String::new()),
        SlipProgress::Printing { .. } => (PrintState::Printing, text(say::SLIP_PRINTING, lang)),
        SlipProgress::Done(SlipOutcome::Printed) => {
            (PrintState::Printed, text(say::SLIP_PRINTED, lang))
        }
        SlipProgress::Done(SlipOutcome::NotPrinted) => (
            PrintState::NotPrinted,
            match printer_notice(&around.devices.printer) {
                Some(why) => say::SLIP_NOT_PRINTED_WHY.fill(lang, &[("why", why.text(lang))]),
                None => text(say::SLIP_NOT_PRINTED, lang),
            },
        ),
        SlipProgress::Done(SlipOutcome::Unknown) => {
            (PrintState::Unknown, text(say::SLIP_UNKNOWN, lang))
        }
    };
    scene.print_state = state;
    scene.print_sentence = sentence;
    scene.can_reprint = visit.can_reprint();
}

/// Headline, what to do next, tone and drawing of a trouble (promise P5).
type TroubleWords = (Sentence, Sentence, Tone, Drawing);

const STORE_SILENT: TroubleWords =
    (say::STORE_SILENT, say::STORE_SILENT_DETAIL, Tone::Care, Drawing::Hourglass);

fn words_of(trouble: &ObstacleReason) -> TroubleWords {
    match trouble {
        ObstacleReason::CardExpired => {
            (say::CARD_EXPIRED, say::CARD_EXPIRED_DETAIL, Tone::Care, Drawing::Card)
        }
        ObstacleReason::Query(NoAnswer { nothing: Nothing::NotAvailable, .. }) => {
            (say::QUERY_UNREACHABLE, say::QUERY_UNREACHABLE_DETAIL, Tone::Care, Drawing::NetworkOff)
        }
        ObstacleReason::Query(NoAnswer {
            nothing: Nothing::UnknownPerson | Nothing::NoRecord,
            ..
        }) => (say::QUERY_NOT_FOUND, say::QUERY_NOT_FOUND_DETAIL, Tone::Care, Drawing::Document),
        ObstacleReason::Query(_) | ObstacleReason::NotEligible(_) => {
            (say::QUERY_REFUSED, say::QUERY_REFUSED_DETAIL, Tone::Care, Drawing::Warning)
        }
        ObstacleReason::NotStored => {
            (say::NOT_STORED, say::NOT_STORED_DETAIL, Tone::Stop, Drawing::Warning)
        }
        ObstacleReason::SearchFailed => {
            (say::SEARCH_FAILED, say::SEARCH_FAILED_DETAIL, Tone::Care, Drawing::Hourglass)
        }
    }
}

fn trouble_page(scene: &mut Scene, title: &str, words: TroubleWords, lang: Lang) {
    let (headline, detail, tone, drawing) = words;
    scene.page = Page::Trouble;
    scene.title = title.to_owned();
    scene.headline = text(headline, lang);
    scene.detail = text(detail, lang);
    scene.tone = tone;
    scene.drawing = drawing;
    scene.facts = scene.help.clone();
}

/// The page *out of service*: nobody is served, and why.
pub fn out_of_service(page: &OutOfService, english: bool, now: Timestamp) -> Scene {
    let lang = if english { Lang::En } else { Lang::Zh };
    let local = local(now);
    let mut scene = Scene {
        english,
        clock: local.strftime("%H:%M").to_string(),
        date: date_words(now, lang),
        hotline: page.hotline.clone().unwrap_or_default(),
        outlet: page.outlet.as_ref().map(|o| o.text(lang).to_owned()).unwrap_or_default(),
        banner: if page.demo { text(say::BANNER_DEMO, lang) } else { String::new() },
        ..Scene::default()
    };
    let words = (say::OUT_OF_SERVICE, say::OUT_OF_SERVICE_DETAIL, Tone::Stop, Drawing::Warning);
    trouble_page(&mut scene, &page.number.to_string(), words, lang);
    scene
}

/// What a citizen needs to know of the devices before beginning, one sentence; empty when all is
/// well.
fn device_notice(devices: &Devices, lang: Lang) -> String {
    let reader = match &devices.reader {
        DeviceState::Failed(_) | DeviceState::Absent => Some(say::NOTICE_READER),
        _ => None,
    };
    [reader, printer_notice(&devices.printer)]
        .into_iter()
        .flatten()
        .map(|sentence| sentence.text(lang))
        .collect::<Vec<_>>()
        .join(if lang == Lang::Zh { "；" } else { "; " })
}

fn printer_notice(printer: &DeviceState) -> Option<Sentence> {
    match printer {
        DeviceState::Failed(Fault::PaperOut) => Some(say::NOTICE_PAPER_OUT),
        DeviceState::Failed(Fault::CoverOpen) => Some(say::NOTICE_COVER_OPEN),
        DeviceState::Failed(Fault::CutterJam) => Some(say::NOTICE_CUTTER_JAM),
        DeviceState::Failed(_) | DeviceState::Absent => Some(say::NOTICE_PRINTER),
        DeviceState::Starting | DeviceState::Ready | DeviceState::Warning(_) => None,
    }
}

fn banner(pack: &Pack, demo: bool, lang: Lang) -> String {
    match (demo, pack.standing) {
        (true, _) => text(say::BANNER_DEMO, lang),
        (false, Standing::Sample) => text(say::BANNER_SAMPLE, lang),
        (false, Standing::Official) => String::new(),
    }
}

fn badge(item: &Item, lang: Lang) -> String {
    match item.kind {
        ItemKind::Query => text(say::BADGE_QUERY, lang),
        ItemKind::Instant { limit_min } => {
            say::BADGE_INSTANT.fill(lang, &[("minutes", &limit_min.to_string())])
        }
    }
}

fn purpose_title(visit: &Visit, purpose: &Purpose, lang: Lang) -> String {
    match purpose {
        Purpose::Item(item) => {
            visit.session().item(item).map_or(String::new(), |item| text_of(&item.name, lang))
        }
        Purpose::MyCases => text(say::MY_CASES_TITLE, lang),
    }
}

fn text_of(words: &Bilingual, lang: Lang) -> String {
    words.text(lang).to_owned()
}

/// Which step of how many: consent, card, identity, then for instant items each question and the
/// review.
fn steps(visit: &Visit, purpose: &Purpose, step: i32) -> (i32, i32) {
    let item = match purpose {
        Purpose::MyCases => None,
        Purpose::Item(item) => visit.session().item(item),
    };
    let total = match item.map(|item| (item.kind, item.questions.len())) {
        None => 2,
        Some((ItemKind::Query, _)) => 3,
        Some((ItemKind::Instant { .. }, questions)) => 4 + questions as i32,
    };
    (step, total)
}

/// 138 0000 0000.
pub fn grouped_phone(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place == 3 || place == 7 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

fn time_words(at: Timestamp) -> String {
    local(at).strftime("%H:%M:%S").to_string()
}

fn moment_words(at: Timestamp) -> String {
    local(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn date_words(at: Timestamp, lang: Lang) -> String {
    let local = local(at);
    let weekday = local.weekday().to_monday_zero_offset() as usize;
    match lang {
        Lang::Zh => {
            let name = ["一", "二", "三", "四", "五", "六", "日"][weekday];
            format!("{}月{}日 星期{name}", local.month(), local.day())
        }
        Lang::En => local.strftime("%a %-d %b").to_string(),
    }
}

fn text(sentence: Sentence, lang: Lang) -> String {
    sentence.text(lang).to_owned()
}
