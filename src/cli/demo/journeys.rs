//! The journeys of the product, walked without a display, and what each must have led to.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use kuaiban::case::CaseStatus;
use kuaiban::domain::evaluation::Level;
use kuaiban::domain::initials;
use kuaiban::say::Lang;
use kuaiban::screen::{
    Block, Blocks, CardMotion, Evaluation, Outcome, PageView, Question, Role, Tone, View,
};
use kuaiban::simulators::platform::BookedEvaluation;
use kuaiban::simulators::stand::Stand;

use super::walk::Walk;

/// How long to wait for what the platform does by itself.
pub const PLATFORM: Duration = Duration::from_secs(60);
/// Longest time, in the kiosk's own seconds, that a page may take for what it does by itself.
pub const LONG_S: u32 = 600;

pub type Journey = fn(&mut Walk) -> anyhow::Result<Option<String>>;

/// Each with its name.
pub const JOURNEYS: [(&str, Journey); 14] = [
    ("1-query-slip", query_slip),
    ("2-instant-item", instant_item),
    ("3-instant-item-offline", instant_item_offline),
    ("4-guide-without-card", guide_without_card),
    ("5-bad-evaluation", bad_evaluation),
    ("6-expired-card", expired_card),
    ("7-leaving-in-the-middle", leaving_in_the_middle),
    ("8-walking-away", walking_away),
    ("9-one-of-many", one_of_many),
    ("10-policies-and-outlets", policies_and_outlets),
    ("11-promised-item", promised_item),
    ("12-request", request),
    ("13-without-application", without_application),
    ("14-looked-at", looked_at),
];

// --- what stands on a page -----------------------------------------------------------------------

/// Reader, printer, network and panel were found.
pub fn all_is_well(view: &View) -> bool {
    let everything = matches!(&view.page, PageView::Attract(page) if page.offers.is_empty());
    everything && view.bar.offline.is_empty()
}

/// A page that looks as it is described.
macro_rules! page {
    ($view:expr, $kind:ident) => {
        match &$view.page {
            PageView::$kind(page) => Some(&**page),
            _ => None,
        }
    };
}

fn outcome(view: &View) -> Option<&Outcome> {
    page!(view, Outcome)
}

fn question(view: &View) -> Option<&Question> {
    page!(view, Question)
}

fn evaluation(view: &View) -> Option<&Evaluation> {
    page!(view, Evaluation)
}

fn received(view: &View) -> bool {
    outcome(view).is_some_and(|outcome| !outcome.number.is_empty())
}

fn completed(view: &View) -> bool {
    outcome(view).is_some_and(|outcome| outcome.clock.as_ref().is_some_and(|clock| clock.done))
}

/// Where a level is chosen, whether or not it can still be undone.
fn chosen(view: &View, level: Level) -> bool {
    let place = Level::ALL.iter().position(|other| *other == level).unwrap_or_default();
    evaluation(view).is_some_and(|page| page.levels[place].chosen == Some(true))
}

// --- the steps that journeys share ---------------------------------------------------------------

/// The control of an item on the page.
fn item_control(view: &View, name: &str) -> Option<String> {
    let controls = view.controls();
    let mut items = controls.iter().filter(|control| control.id.starts_with("item-"));
    items.find(|control| control.label.contains(name)).map(|control| control.id.to_string())
}

/// From the home page to an item: where it does not stand there, by the first letters of its name.
fn open_item(walk: &mut Walk, name: &str) -> anyhow::Result<()> {
    let home = walk.view()?;
    if let Some(item) = item_control(&home, name) {
        return walk.touch(&item);
    }
    ensure!(page!(home, Catalogue).is_some(), "no item {name:?} on the home page");
    if home.control("search").is_none() {
        walk.touch("part-2")?;
    }
    walk.touch("search")?;
    walk.until("the keys", |view| view.name == "search")?;
    for (_, key) in initials::keys(name, Lang::Zh) {
        let kind = if key.is_ascii_digit() { "digit" } else { "letter" };
        walk.touch(&format!("{kind}-{key}"))?;
    }
    walk.until("the item to be found", |view| item_control(view, name).is_some())?;
    walk.picture("search")?;
    let item = item_control(&walk.view()?, name).context("the item that was found")?;
    walk.touch(&item)
}

fn to_item(walk: &mut Walk, name: &str) -> anyhow::Result<()> {
    walk.page("attract")?;
    walk.touch("start")?;
    walk.page("home")?;
    open_item(walk, name)?;
    walk.page("item")
}

fn identify(walk: &mut Walk, person: &str) -> anyhow::Result<()> {
    walk.page("consent")?;
    walk.touch("agree")?;
    walk.page("card")?;
    walk.lay(person)?;
    walk.until("the card to be read", |view| page!(view, Card).is_none())
}

/// Answers every question: the first choice, and a phone number.
fn answer_questions(walk: &mut Walk) -> anyhow::Result<()> {
    loop {
        walk.until("a question or the review", |view| {
            matches!(view.name, "question" | "window" | "review")
        })?;
        let view = walk.view()?;
        if view.name == "review" {
            return walk.page("review");
        }
        walk.picture(if view.name == "window" { "window" } else { "question" })?;
        if page!(view, Keys).is_some() {
            for digit in "13800000000".chars() {
                walk.touch(&format!("digit-{digit}"))?;
            }
        } else {
            walk.touch("choose-0")?;
        }
        walk.picture("answered")?;
        let step = view.frame.step;
        walk.touch("next")?;
        walk.until("the next step", |view| view.frame.step != step)?;
    }
}

fn slip_printed(walk: &mut Walk, slips_before: usize) -> anyhow::Result<()> {
    let stand = walk.stand;
    walk.until("the slip", |view| {
        outcome(view).is_some_and(|page| page.slip.out && page.slip.tone == Tone::Good)
    })?;
    ensure!(
        stand.slips_at_least(slips_before + 1, PLATFORM),
        "the screen says printed, and no slip was cut"
    );
    walk.picture("result")
}

/// 秒办 up to the printed slip.
fn print_certificate(walk: &mut Walk, person: &str) -> anyhow::Result<()> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    to_item(walk, "参保证明")?;
    walk.touch("begin")?;
    identify(walk, person)?;
    walk.page("identity")?;
    walk.touch("confirm")?;
    slip_printed(walk, slips)
}

/// The evaluation that the platform books after the first `before` ones.
fn evaluation_after(stand: &Stand, before: usize) -> anyhow::Result<BookedEvaluation> {
    let end = Instant::now() + PLATFORM;
    while stand.platform.books().evaluations.len() == before {
        ensure!(Instant::now() < end, "the evaluation did not reach the platform");
        std::thread::sleep(Duration::from_millis(20));
    }
    stand.platform.books().evaluations.pop().context("an evaluation")
}

/// Evaluates by a key of the panel and waits until the platform has it; the farewell after it.
fn evaluate(walk: &mut Walk, level: Level) -> anyhow::Result<View> {
    let stand = walk.stand;
    let before = stand.platform.books().evaluations.len();
    walk.touch("evaluate")?;
    walk.page("evaluation")?;
    walk.press(level);
    walk.until("the pressed key on the screen", |view| chosen(view, level))?;
    walk.picture("evaluation-pressed")?;
    walk.touch("next")?;
    walk.page("farewell")?;
    let farewell = walk.view()?;
    let booked = evaluation_after(stand, before)?;
    ensure!(booked.satisfaction == level.national_code(), "the platform booked another level");
    Ok(farewell)
}

// --- the journeys --------------------------------------------------------------------------------

/// 秒办: the slip with the answer, evaluated by a key.
fn query_slip(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    print_certificate(walk, "citizen")?;
    let farewell = evaluate(walk, Level::VerySatisfied)?;
    let reminds = matches!(&farewell.page, PageView::Farewell(page) if page.reminders.len() == 2);
    ensure!(reminds, "the farewell reminds of card and slip");
    Ok(None)
}

/// 即时办结: the public fields, one question a page, the durable queue, the platform, the slip; then
/// another matter on the same identification.
fn instant_item(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    to_item(walk, "失业登记")?;
    walk.touch("public-fields")?;
    walk.page("public-fields")?;
    let view = walk.view()?;
    let blocks: Option<&Blocks> = page!(view, Blocks);
    let facts = blocks.and_then(|page| page.blocks.first());
    ensure!(
        matches!(facts, Some(Block::Facts(rows)) if rows.len() == 8),
        "not eight public fields"
    );
    walk.touch("back")?;
    walk.page("item")?;
    walk.touch("begin")?;
    identify(walk, "rare")?;
    walk.page("identity")?;
    walk.touch("confirm")?;
    answer_questions(walk)?;
    walk.touch("submit")?;
    walk.until("the case to be received", received)?;
    walk.picture("received")?;
    let shown = outcome(&walk.view()?).is_some_and(|page| page.clock.is_some());
    ensure!(shown, "the clock of thirty minutes is shown");
    walk.until("the case to be completed", completed)?;
    slip_printed(walk, slips)?;
    let number = case_number(walk)?;
    booked_once(stand, &number, CaseStatus::Completed)?;
    evaluate(walk, Level::Satisfied)?;
    Ok(Some(number))
}

/// The number of the case on the page.
fn case_number(walk: &Walk) -> anyhow::Result<String> {
    let view = walk.view()?;
    let page = outcome(&view).context("a result")?;
    Ok(page.number.replace(' ', ""))
}

/// The same at 02:00 without network, in assisted mode; later the citizen comes again.
fn instant_item_offline(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    walk.set_online(false);
    walk.page("attract")?;
    walk.touch("start-assisted")?;
    walk.page("home")?;
    open_item(walk, "失业登记")?;
    walk.page("item")?;
    walk.touch("begin")?;
    identify(walk, "rare")?;
    walk.page("identity")?;
    walk.touch("confirm")?;
    answer_questions(walk)?;
    walk.touch("submit")?;
    walk.until("the case to be received", received)?;
    walk.pass_until(LONG_S, "the slip to be ordered", |view| {
        outcome(view).is_some_and(|page| page.slip.out)
    })?;
    slip_printed(walk, slips)?;
    let view = walk.view()?;
    ensure!(!view.bar.offline.is_empty(), "the screen says that the network is down");
    ensure!(!completed(&view), "without the platform a case is received, not more");
    let number = case_number(walk)?;
    ensure!(
        !stand.platform.books().cases.iter().any(|case| case.case_number.as_str() == number),
        "the case is at the platform although there is no network"
    );
    walk.touch("leave")?;
    walk.lift();
    walk.page("farewell")?;

    walk.set_online(true);
    let end = Instant::now() + PLATFORM;
    while booked_once(stand, &number, CaseStatus::Completed).is_err() {
        ensure!(Instant::now() < end, "the case was not delivered when the network came back");
        walk.until("anything", |_| true)?;
        std::thread::sleep(Duration::from_millis(20));
    }
    walk.pass_until(LONG_S, "the end of the visit", |view| view.name == "attract")?;
    walk.page("attract")?;
    walk.touch("start")?;
    walk.page("home")?;
    walk.touch("my-cases")?;
    identify(walk, "rare")?;
    walk.page("cases")?;
    walk.until("the new state of the case", first_case_is_done)?;
    walk.touch("case-0")?;
    walk.page("case")?;
    ensure!(case_number(walk)? == number, "another case stands on the page");
    let slips = stand.slips().len();
    walk.touch("reprint")?;
    slip_printed(walk, slips)?;
    walk.touch("home")?;
    walk.page("home")?;
    walk.touch("leave")?;
    walk.page("farewell")?;
    Ok(Some(number))
}

fn first_case_is_done(view: &View) -> bool {
    match page!(view, Blocks).and_then(|page| page.blocks.first()) {
        Some(Block::Case(case)) => case.badges.iter().any(|badge| badge.tone == Tone::Good),
        _ => false,
    }
}

/// Reading without a card, in English.
fn guide_without_card(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    walk.page("attract")?;
    walk.touch("toggle-language")?;
    walk.until("English", |view| view.lang == Lang::En)?;
    walk.picture("english")?;
    walk.touch("start")?;
    walk.page("home")?;
    let item = item_control(&walk.view()?, "").context("an item on the home page")?;
    walk.touch(&item)?;
    walk.page("item")?;
    walk.touch("print-guide")?;
    slip_printed(walk, slips)?;
    walk.touch("leave")?;
    walk.page("farewell")?;
    let view = walk.view()?;
    let no_card = matches!(&view.page, PageView::Farewell(page) if page.motion == CardMotion::None);
    ensure!(no_card, "no card was used");
    Ok(None)
}

/// What holds now, where one can go, and both taken along, without a card.
fn policies_and_outlets(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    walk.page("attract")?;
    walk.touch("start")?;
    walk.page("home")?;
    walk.touch("policies")?;
    walk.page("policies")?;
    walk.touch("policy-0")?;
    walk.page("policy")?;
    let slips = stand.slips().len();
    walk.touch("print")?;
    slip_printed(walk, slips)?;
    walk.touch("home")?;
    walk.page("home")?;
    walk.touch("near-outlets")?;
    walk.page("outlets-near")?;
    walk.picture("nearest")?;
    walk.touch("outlet-1")?;
    walk.page("outlet")?;
    let view = walk.view()?;
    let drawn = matches!(&view.page, PageView::Place(page) if page.sketch.is_some());
    ensure!(drawn, "nobody sees in which direction the outlet lies");
    walk.touch("print")?;
    slip_printed(walk, slips + 1)?;
    walk.touch("leave")?;
    walk.page("farewell")?;
    Ok(None)
}

/// 限时办结: received, accepted with the day by which it is done, on the slip too.
fn promised_item(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    to_item(walk, "社保卡补领")?;
    walk.touch("begin")?;
    identify(walk, "citizen")?;
    walk.page("identity")?;
    walk.touch("confirm")?;
    answer_questions(walk)?;
    walk.touch("submit")?;
    walk.until("the case to be received", received)?;
    slip_printed(walk, slips)?;
    let number = case_number(walk)?;
    walk.touch("leave")?;
    walk.page("farewell")?;
    Ok(Some(number))
}

/// 请人回电: a numbered request with a time, by somebody who is served first.
fn request(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    to_item(walk, "请人回电")?;
    walk.touch("begin")?;
    identify(walk, "elderly")?;
    walk.page("identity")?;
    walk.touch("confirm")?;
    answer_questions(walk)?;
    walk.touch("submit")?;
    walk.until("the request to be received", received)?;
    slip_printed(walk, slips)?;
    let number = case_number(walk)?;
    walk.touch("leave")?;
    walk.page("farewell")?;
    Ok(Some(number))
}

/// 免申即办: the platform says who is entitled, and one confirmation is enough.
fn without_application(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    to_item(walk, "代缴基本医疗")?;
    walk.touch("begin")?;
    identify(walk, "citizen")?;
    walk.page("identity")?;
    walk.touch("confirm")?;
    walk.page("offered")?;
    walk.touch("submit")?;
    walk.until("the confirmation to be received", received)?;
    walk.picture("received")?;
    let number = case_number(walk)?;
    walk.touch("leave")?;
    walk.page("farewell")?;
    Ok(Some(number))
}

/// What is only looked at: vacancies, a matter of several items, what is handed on.
fn looked_at(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    to_item(walk, "招聘岗位")?;
    walk.touch("begin")?;
    walk.page("vacancies")?;
    walk.touch("further")?;
    walk.picture("further")?;
    walk.touch("home")?;
    walk.page("home")?;
    walk.touch("packages")?;
    walk.page("packages")?;
    walk.touch("package-0")?;
    walk.page("package")?;
    walk.touch("home")?;
    walk.page("home")?;
    open_item(walk, "社会保险费缴纳")?;
    walk.page("item")?;
    walk.touch("leave")?;
    Ok(None)
}

/// A bad evaluation has a reason and can be undone.
fn bad_evaluation(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let before = stand.platform.books().evaluations.len();
    print_certificate(walk, "foreigner")?;
    walk.touch("evaluate")?;
    walk.page("evaluation")?;
    walk.press(Level::VeryDissatisfied);
    walk.page("reasons")?;
    let can_send = |view: &View| view.control("send-reasons").is_some_and(|send| send.enabled);
    ensure!(!can_send(&walk.view()?), "no reason was chosen, and it can be sent");
    walk.touch("reason-0")?;
    walk.picture("reason-chosen")?;
    walk.touch("send-reasons")?;
    walk.page("evaluation")?;
    let undoable = |view: &View| evaluation(view).is_some_and(|page| page.countdown.is_some());
    ensure!(undoable(&walk.view()?), "it can be undone");
    walk.touch("undo")?;
    walk.until("the press to be undone", |view| !undoable(view))?;
    ensure!(stand.platform.books().evaluations.len() == before, "an undone press was recorded");
    // Once more, and this time it stands.
    std::thread::sleep(Duration::from_millis(400));
    walk.press(Level::Dissatisfied);
    walk.page("reasons")?;
    walk.touch("reason-1")?;
    walk.touch("send-reasons")?;
    walk.until("the countdown", undoable)?;
    walk.touch("next")?;
    walk.page("farewell")?;
    let booked = evaluation_after(stand, before)?;
    ensure!(booked.satisfaction == 2 && booked.tags.len() == 1, "level or reasons are others");
    Ok(None)
}

/// Leaving in the middle of a form: a warning, and then nothing of the visit is left.
fn leaving_in_the_middle(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    to_item(walk, "失业登记")?;
    walk.touch("begin")?;
    identify(walk, "hmt")?;
    walk.page("identity")?;
    walk.touch("confirm")?;
    walk.page("question")?;
    walk.touch("choose-0")?;
    walk.pass_until(LONG_S, "the warning", |view| view.sheet.is_some())?;
    walk.picture("warning")?;
    walk.lift();
    walk.pass_until(LONG_S, "the end of the visit", |view| view.name == "attract")?;
    // The next person begins the same item and finds none of the answers.
    walk.touch("start")?;
    walk.until("the home page", |view| view.name == "home")?;
    open_item(walk, "失业登记")?;
    walk.touch("begin")?;
    identify(walk, "citizen")?;
    walk.touch("confirm")?;
    walk.until("the first question", |view| view.name == "question")?;
    let view = walk.view()?;
    let page = question(&view).context("a question with choices")?;
    ensure!(
        page.choices.iter().all(|choice| choice.chosen == Some(false)),
        "an answer of the one before is there"
    );
    Ok(None)
}

/// Walking away from an open evaluation records nothing.
fn walking_away(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let before = stand.platform.books().evaluations.len();
    print_certificate(walk, "foreigner-2017")?;
    walk.touch("evaluate")?;
    walk.page("evaluation")?;
    walk.lift();
    walk.pass_until(LONG_S, "the end of the visit", |view| view.name == "attract")?;
    ensure!(stand.platform.books().evaluations.len() == before, "something was recorded");
    Ok(None)
}

/// A card whose time has passed leads to people, not to a form.
fn expired_card(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    to_item(walk, "参保证明")?;
    walk.touch("begin")?;
    identify(walk, "expired")?;
    walk.page("trouble")?;
    let action = walk.view()?.frame.action.map(|action| action.control.id);
    ensure!(action.as_deref() == Some("outlets"), "the main action leads to no people");
    walk.touch("outlets")?;
    walk.page("outlets")?;
    walk.touch("leave")?;
    walk.page("farewell")?;
    Ok(None)
}

/// Finding an item without a card: by its area, where its page keeps its place, or of a pack with few
/// items on the home page; its eight public fields stand on its page.
fn one_of_many(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    walk.page("attract")?;
    walk.touch("start")?;
    walk.page("home")?;
    if page!(walk.view()?, Catalogue).is_some() {
        walk.touch("area-1")?;
        walk.page("area")?;
        if walk.view()?.control("scroll-down").is_some_and(|down| down.enabled) {
            walk.touch("scroll-down")?;
            walk.picture("area-second-page")?;
        }
    }
    let list = walk.view()?;
    let item = item_control(&list, "").context("an item on the page")?;
    walk.touch(&item)?;
    walk.page("item")?;
    let labels = walk.view()?.said().iter().filter(|said| said.role == Role::Label).count();
    ensure!(labels >= 8, "the eight public fields do not stand on the page");
    walk.touch("back")?;
    walk.until("the page with the item", |view| view.name == list.name)?;
    ensure!(walk.view()?.control(&item).is_some(), "the page has not kept its place");
    walk.touch("leave")?;
    walk.until("the end of the visit", |view| view.name == "attract")?;
    Ok(None)
}

/// The platform has the case, once, in this state.
fn booked_once(stand: &Stand, number: &str, status: CaseStatus) -> anyhow::Result<()> {
    let books = stand.platform.books();
    let booked: Vec<_> =
        books.cases.iter().filter(|case| case.case_number.as_str() == number).collect();
    match booked[..] {
        [case] if case.state.status == status => Ok(()),
        [case] => bail!("the platform has the case as {:?}", case.state.status),
        _ => bail!("the platform has the case {} times", booked.len()),
    }
}
