//! Every page of the journeys as a value, without a screen: what it says, in which order, and what
//! can be touched on it.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![cfg(feature = "simulators")]

#[path = "screens/fixture.rs"]
mod fixture;

use std::collections::BTreeSet;
use std::sync::Arc;

use kuaiban::config;
use kuaiban::domain::pack::{Accent, Bilingual, Branding, Pack, Sentences, Standing};
use kuaiban::screen::{PageView, Role, Tile, Tone, View, compose, out_of_service};
use kuaiban::testkit::{cases, packs};
use kuaiban::visit::{Event, Surroundings, Touch, Visit};

use fixture::Fixture;

/// Every page, in every mode and language, with its view.
fn all() -> Vec<(String, View)> {
    let mut views = Vec::new();
    for english in [false, true] {
        for assisted in [false, true] {
            for Fixture { name, visit, slip } in fixture::all(english, assisted) {
                let devices = fixture::devices(name);
                let view = compose(&visit, &fixture::moment(&slip, &devices, name));
                views.push((format!("{name}, English {english}, assisted {assisted}"), view));
            }
        }
    }
    views
}

fn view(name: &str) -> View {
    let fixture = fixture::all(false, false).into_iter().find(|page| page.name == name).unwrap();
    let devices = fixture::devices(name);
    compose(&fixture.visit, &fixture::moment(&fixture.slip, &devices, name))
}

#[test]
fn p4_no_page_says_who_stands_here() {
    for (name, view) in all() {
        for said in view.said() {
            assert!(!fixture::gives_away(&view, &said.text), "{name}: a personal datum is said");
        }
        for control in view.controls() {
            assert!(!fixture::gives_away(&view, &control.label), "{name}: {}", control.id);
        }
        // Nor does what a log may write of it.
        assert!(!fixture::gives_away(&view, &format!("{view:?} {:?}", view.page)), "{name}");
    }
}

#[test]
fn p11_every_control_has_one_id_a_name_and_a_reason_if_it_is_dead() {
    for (name, view) in all() {
        let controls = view.controls();
        let ids: BTreeSet<_> = controls.iter().map(|control| control.id.as_ref()).collect();
        assert_eq!(ids.len(), controls.len(), "{name}: {controls:?}");
        for control in controls {
            assert!(!control.label.is_empty(), "{name}: {} has no name", control.id);
            assert_eq!(control.enabled, control.why_not.is_empty(), "{name}: {}", control.id);
        }
    }
}

/// B31: from every page of a visit there is a way out, but for those of a few seconds on which the
/// queue is being written.
#[test]
fn every_page_has_a_way_out() {
    for (name, view) in all() {
        let waits = name.starts_with("working");
        let attract = view.name == "attract";
        let out = view.control("leave").is_some();
        assert_eq!(out, !waits && !attract, "{name}");
    }
}

#[test]
fn every_page_says_where_one_is_and_what_it_is_about() {
    for (name, view) in all() {
        let said = view.said();
        let roles: Vec<_> = said.iter().map(|said| said.role).collect();
        let first = |role| roles.iter().position(|other| *other == role);
        let headline = first(Role::Headline).or(first(Role::Title));
        assert!(headline.is_some(), "{name} says nothing");
        if view.sheet.is_none() && !view.frame.title.is_empty() {
            let (title, later) = (first(Role::Title), first(Role::Headline));
            assert!(title.is_some() && later.is_none_or(|at| title < Some(at)), "{name}");
        }
        // Of an English page only what is the citizen's own, or the platform's, may be Chinese.
        assert!(said.iter().all(|said| !said.text.contains('{')), "{name}: a place is not filled");
    }
}

/// B16: the hotline of the pack stands in every sentence that names one.
#[test]
fn the_hotline_is_the_packs() {
    for sentences in [include_str!("../ui/lang/screen.toml"), include_str!("../ui/lang/kiosk.toml")]
    {
        assert!(!sentences.contains("12333"), "a hotline is written into a sentence");
    }
    let help = view("help").said();
    assert!(help.iter().any(|said| said.text == "12333"), "the help names no hotline");
}

/// Buses and networks take seconds after the start: the first picture warns of nothing, a later one
/// does.
#[test]
fn the_first_attract_screen_warns_of_nothing_that_may_still_be_found() {
    let all = fixture::all(false, false);
    let page = |name: &str| all.iter().find(|page| page.name == name).unwrap();
    let devices = fixture::devices("attract-nothing-works");
    let mut moment = fixture::moment(&[], &devices, "attract-nothing-works");
    let offers = |view: &View| match &view.page {
        PageView::Attract(page) => page.offers.clone(),
        _ => panic!("no attract page"),
    };
    let warned = compose(&page("attract-nothing-works").visit, &moment);
    assert!(!warned.bar.offline.is_empty());
    assert!(offers(&warned).iter().all(|offer| offer.tone == Tone::Care));
    moment.settling = true;
    let first = compose(&page("attract-nothing-works").visit, &moment);
    assert!(first.bar.offline.is_empty() && offers(&first).is_empty());
    // Whoever goes on is told.
    let further = compose(&page("item-nothing-works").visit, &moment);
    assert!(!further.bar.offline.is_empty() && !further.bar.notice.is_empty());
}

/// B30: what cannot be done says why, and what can be done does not stand among it.
#[test]
fn each_offer_says_whether_it_can_be_taken_up_now_and_why_not() {
    let all = fixture::all(false, false);
    let tiles = |name: &str| {
        let visit = &all.iter().find(|page| page.name == name).unwrap().visit;
        let devices = fixture::devices(name);
        match compose(visit, &fixture::moment(&[], &devices, name)).page {
            PageView::Home(page) => page.tiles,
            _ => panic!("no home page"),
        }
    };
    assert!(tiles("home").iter().all(|tile| tile.note.is_empty() && tile.control.enabled));
    // Policies and outlets need nothing but the screen.
    let around = |tile: &Tile| ["policies", "near-outlets"].contains(&tile.control.id.as_ref());
    let (needless, nothing): (Vec<_>, Vec<_>) =
        tiles("home-nothing-works").into_iter().partition(around);
    assert!(needless.len() == 2 && needless.iter().all(|tile| tile.control.enabled));
    assert!(nothing.iter().all(|tile| !tile.note.is_empty()));
    for tile in &nothing {
        // The guide of an item can be read all the same; my cases have none.
        let readable = tile.control.id != "my-cases";
        assert_eq!(tile.control.enabled, readable, "{}", tile.control.id);
    }
    // Where it is dead, the reason stands on the page.
    for name in ["item-nothing-works", "public-fields-nothing-works"] {
        let view = view(name);
        let begin = view.control("begin").unwrap();
        assert!(view.said().iter().any(|said| said.text == begin.why_not), "{name}");
    }
}

/// `domain.md` §6.3: at most nine choices of one kind, four in large type; none is left out for it.
#[test]
fn p11_many_items_are_offered_a_few_at_a_time() {
    let all = fixture::all(false, true).into_iter().chain(fixture::all(false, false));
    for Fixture { name, visit, slip } in all {
        let devices = fixture::devices(name);
        let view = compose(&visit, &fixture::moment(&slip, &devices, name));
        let most = if view.assisted { 4 } else { 9 };
        let kinds = match &view.page {
            PageView::Catalogue(page) if view.assisted => vec![page.tiles().count()],
            PageView::Catalogue(page) => {
                vec![page.often.len(), page.areas.len(), page.others.len() + 1]
            }
            PageView::Area(page) => vec![page.tiles.len()],
            PageView::Search(page) => vec![page.tiles.len(), page.areas.len()],
            PageView::Home(page) => vec![page.tiles.len()],
            _ => continue,
        };
        assert!(kinds.iter().all(|count| *count <= most), "{name}: {kinds:?}");
        assert!(kinds.iter().any(|count| *count > 0) || name == "search-empty", "{name}");
    }
}

#[test]
fn an_item_has_its_number_wherever_it_stands() {
    for page in ["home", "home-full", "area", "search", "item"] {
        let said = view(page).said();
        let numbers = said.iter().filter(|said| said.text.starts_with("编号")).count();
        assert!(numbers > 0 && said.iter().any(|said| said.text.contains("样例")), "{page}");
    }
}

/// What fits best comes first, how many there are is told, and only a few of them stand there.
#[test]
fn a_search_tells_how_many_are_found_and_what_to_do_where_nothing_is() {
    let search = |name: &str| match view(name).page {
        PageView::Search(page) => page,
        _ => panic!("no search page"),
    };
    let found = search("search");
    assert_eq!(found.tiles.len(), 5);
    assert!(found.told[0].contains("12"), "{:?}", found.told);
    assert_eq!(search("search-number").tiles[0].control.label, "专业技术人员资格考试报名");
    let empty = search("search-empty");
    assert!(empty.told[0].contains("SYDJ") && empty.tiles.is_empty() && empty.example.len() == 4);
    let nothing = search("search-none");
    let (_, what_to_do) = nothing.nothing.clone().unwrap();
    assert!(what_to_do.contains("12333") && nothing.areas.len() == 4);
    // Whoever typed something can take it back, and nothing else.
    for (page, any) in [("search-empty", false), ("search-none", true)] {
        for key in ["erase", "clear"] {
            assert_eq!(view(page).control(key).unwrap().enabled, any, "{page}");
        }
    }
}

/// B17: a time from a clock that nobody has set is marked.
#[test]
fn p9_an_untrusted_time_is_marked() {
    let all = fixture::all(false, false);
    for name in ["home", "completed", "attract"] {
        let page = all.iter().find(|page| page.name == name).unwrap();
        let devices = fixture::devices(name);
        for trusted in [false, true] {
            let mut moment = fixture::moment(&page.slip, &devices, name);
            moment.clock_trusted = trusted;
            let said = compose(&page.visit, &moment).said();
            let marked = said.iter().any(|said| said.text.contains("时间未校准"));
            assert_eq!(marked, !trusted, "{name}");
        }
    }
}

/// B37: who has no mobile of one's own goes on.
#[test]
fn p5_nobody_needs_a_mobile() {
    let mobile = view("phone-empty");
    assert!(!mobile.control("next").unwrap().enabled);
    let none = view("phone-none");
    assert!(none.control("next").unwrap().enabled && none.control("digit-1").is_none());
}

/// B36: trying again does not make an expired card valid.
#[test]
fn p5_an_expired_card_leads_to_people() {
    let expired = view("expired");
    assert_eq!(expired.frame.action.unwrap().control.id, "outlets");
    let outlets = view("outlets").said();
    assert!(outlets.iter().any(|said| said.text.contains("周一至周五")), "no hours are told");
}

/// B32: a card that somebody forgot is told to whoever comes, and is nobody else's to use.
#[test]
fn p4_a_forgotten_card_is_told_to_whoever_comes() {
    for name in ["attract-card-forgotten", "card-forgotten"] {
        let said = view(name).said();
        assert!(said.iter().any(|said| said.text.contains("他人遗忘的证件")), "{name}: {said:?}");
    }
}

/// B33: what a sentence offers is there to be touched.
#[test]
fn p3_an_unknown_slip_can_be_printed_again() {
    let unknown = view("slip-unknown");
    let reprint = unknown.control("reprint").unwrap();
    assert!(reprint.enabled);
    assert!(unknown.said().iter().any(|said| said.text.contains("补打")));
    assert!(view("printing").control("reprint").is_none());
    // B11: my cases offer it, and order it only when it is asked for.
    assert!(view("open-case").control("reprint").unwrap().enabled);
}

/// B34: conditions, materials and the other fields of the guide stand on the screen, the eight public
/// fields behind them.
#[test]
fn the_guide_stands_on_the_screen() {
    let said = view("item").said();
    for section in ["办理条件", "申请材料", "办理方式", "结果送达", "办理机构和地点"]
    {
        assert!(said.iter().any(|said| said.text == section), "{section}");
    }
    assert!(view("item").control("public-fields").is_some());
    for page in ["item", "item-nothing-works"] {
        let said = view(page).said();
        let labels =
            ["服务事项", "受理窗口", "政策依据", "服务流程", "收费依据", "承诺时限", "服务电话"];
        let all = labels.iter().all(|label| said.iter().any(|said| said.text == *label));
        assert!(all, "the public fields stand on {page} itself");
    }
    let fields = view("public-fields").said();
    assert_eq!(fields.iter().filter(|said| said.role == Role::Label).count(), 8);
}

/// The form filled in (样表) is one touch from its item, as a sample and whole.
#[test]
fn p1_the_sample_form_is_one_touch_away_and_says_that_it_is_one() {
    for (item, page, answers) in
        [("item", "sample-form", 3), ("item-longest", "sample-form-longest", 8)]
    {
        assert!(view(item).control("sample-form").is_some_and(|control| control.enabled), "{item}");
        let view = view(page);
        let said = view.said();
        let says = |words: &str| said.iter().any(|said| said.text.contains(words));
        assert!(says("填写示例（样表）") && says("样例数据") && says("虚构"), "{page}: {said:?}");
        assert!(says("演示"), "{page}");
        // One value is the bar's.
        let values = said.iter().filter(|said| said.role == Role::Value).count() - 1;
        assert_eq!(values, answers, "{page}: {said:?}");
        assert!(view.control("begin").is_some() && view.control("print-guide").is_some(), "{page}");
    }
    assert!(view("item-offline").control("sample-form").is_none(), "a query asks nothing");
}

/// A slip that fails while its citizen says good-bye is told, also where the printer is gone.
#[test]
fn a_slip_that_fails_at_the_farewell_is_told() {
    let says = |page: &str, words: &str| view(page).said().iter().any(|s| s.text.contains(words));
    assert!(says("farewell-no-slip", "凭条没有打印出来"));
    assert!(view("farewell-no-slip").control("reprint").is_none());
    assert!(view("farewell-slip-unknown").control("reprint").is_some());
    assert!(
        says("farewell-slip-unknown", "不能确定") && !says("farewell-slip-unknown", "请取走凭条")
    );
    assert!(!says("farewell", "没有打印"));
}

/// The frame says where one is in a matter, and another matter stands in the place of a way back
/// where there is none.
#[test]
fn the_frame_belongs_to_its_page() {
    let step = |page: &str| view(page).frame.step.map(|step| (step.step, step.of));
    assert_eq!(step("consent"), Some((1, 3)), "a query: consent, card, person");
    assert_eq!(
        step("identity-foreigner"),
        Some((3, 7)),
        "an item with three questions and a review"
    );
    assert_eq!(step("question"), Some((4, 7)));
    assert_eq!(step("review"), Some((7, 7)));
    assert_eq!(step("home"), None);
    assert!(view("consent").frame.step.unwrap().words.contains('3'));
    let result = view("completed");
    assert!(result.control("another").is_some() && result.control("back").is_none());
    assert!(view("item").control("back").is_some());
    for page in ["item-offline", "consent", "card", "identity", "query-result"] {
        assert_eq!(view(page).frame.title, "个人参保证明查询凭条", "{page}");
    }
    assert_eq!(view("cases").frame.title, "我的办件");
    assert_eq!(view("identity").frame.action.unwrap().control.id, "confirm");
}

/// A sample item says 样例 on each of its pages, also where the pack is an official one.
#[test]
fn p1_a_sample_item_in_an_official_pack_says_so() {
    let mut pack = (*packs::sample()).clone();
    pack.standing = Standing::Official;
    pack.items[0].standing = Standing::Official;
    let mut visit = Visit::new(Arc::new(pack), config::Visit::default());
    let around = Surroundings { online: true, reader: true, printer: true, panel: true };
    visit.handle(Event::Surroundings(around));
    let devices = fixture::devices("item");
    let mut moment = fixture::moment(&[], &devices, "item");
    moment.demo = false;
    let mut banner = |touch: Touch| {
        visit.handle(Event::Touched { page: visit.token(), touch });
        compose(&visit, &moment).bar.banner
    };
    assert_eq!(banner(Touch::Start), "");
    assert_eq!(banner(Touch::Item(0)), "");
    assert_eq!(banner(Touch::Back), "");
    assert!(banner(Touch::Item(1)).contains("样例"));
    assert!(banner(Touch::Begin).contains("样例"));
    assert!(banner(Touch::Agree).contains("样例"));
}

/// 八统一 and the sentences that are a bureau's own stand where the kiosk's own would.
#[test]
fn p10_a_bureau_has_its_colour_its_standard_and_its_sentences() {
    let mut pack = (*packs::sample()).clone();
    let both = |zh: &str| Some(Bilingual { zh: zh.to_owned(), en: "…".to_owned() });
    pack.branding = Branding { accent: Accent::Red, service_standard: both("一次告知") };
    pack.sentences =
        Sentences { welcome: both("欢迎您"), farewell: both("再会"), help: both("打电话") };
    let mut visit = Visit::new(Arc::new(pack), config::Visit::default());
    let devices = fixture::devices("item");
    let moment = fixture::moment(&[], &devices, "item");
    let said = |visit: &Visit, words: &str| {
        compose(visit, &moment).said().iter().any(|said| said.text == words)
    };
    let touch = |visit: &mut Visit, touch: Touch| {
        visit.handle(Event::Touched { page: visit.token(), touch });
    };
    assert_eq!(compose(&visit, &moment).accent, Accent::Red);
    assert!(said(&visit, "欢迎您"));
    touch(&mut visit, Touch::Help);
    assert!(said(&visit, "打电话") && said(&visit, "服务标准") && said(&visit, "一次告知"));
    touch(&mut visit, Touch::CloseSheet);
    let around = Surroundings { online: true, reader: true, printer: true, panel: true };
    visit.handle(Event::Surroundings(around));
    for at in [Touch::Start, Touch::Item(1), Touch::Begin, Touch::Agree] {
        touch(&mut visit, at);
    }
    visit.handle(Event::CardRead { card: cases::card(), today: None });
    for at in [Touch::Confirm, Touch::Leave] {
        touch(&mut visit, at);
    }
    visit.handle(Event::CardPresence { lies: Some(false) });
    assert!(said(&visit, "再会"), "{:?}", compose(&visit, &moment).said());
}

/// Nothing is passed over in silence: what is not shown, not printed, not on its way.
#[test]
fn p1_what_cannot_be_shown_or_done_is_told() {
    let says = |page: &str, words: &str| view(page).said().iter().any(|s| s.text.contains(words));
    assert!(says("cases", "另有 1 件办件暂时无法显示"));
    assert!(says("open-case-held", "工作人员核对") && !says("open-case-held", "正在送交平台"));
    assert!(says("open-case-no-printer", "现在不能补打：打印机"));
    assert!(says("query-long", "内容过长") && says("query-long", "缴费记录"));
    assert!(!says("query-result", "内容过长"));
}

/// What is read character by character says so, whoever reads it aloud later.
#[test]
fn numbers_and_codes_are_said_as_such() {
    for (page, code) in [
        ("identity", "511*************28"),
        ("received", "0000 0000 0100 0000 0175"),
        ("cases", "0000 0000 0100 0000 0175"),
    ] {
        let codes: Vec<_> =
            view(page).said().into_iter().filter(|said| said.role == Role::Code).collect();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
        assert!(!codes.is_empty(), "{page}");
        let alike = codes
            .iter()
            .any(|said| said.text.len() == code.len() && digits(&said.text) == digits(code));
        assert!(alike, "{page}: {:?}", codes.iter().map(|said| &said.text).collect::<Vec<_>>());
    }
}

#[test]
fn out_of_service_names_the_cause_and_whom_to_ask() {
    let view = out_of_service(&fixture::out_of_service(), fixture::now());
    let said: Vec<String> = view.said().into_iter().map(|said| said.text).collect();
    for word in ["303", "12333", "暂停服务", "Out of service", "示例市人社局", "演示", "时间未校准"]
    {
        assert!(said.iter().any(|said| said.contains(word)), "{word} is missing: {said:?}");
    }
    assert!(view.controls().is_empty());
}

/// What is typed or ticked wrong is said in words, beside it, and nothing of it is lost.
#[test]
fn p5_a_refused_answer_says_what_to_do() {
    for (page, words) in [
        ("question-date-refused", "请填写最近两年以内、今天以前的日期"),
        ("question-several-refused", "最多选择 2 项"),
        ("question-identity-refused", "逐位核对"),
        ("question-credit-code-refused", "逐位核对"),
    ] {
        let view = view(page);
        let said = view.said();
        let error = said.iter().find(|said| said.text.contains(words)).unwrap();
        assert_eq!(error.role, Role::Mark, "{page}");
        assert!(view.control("next").unwrap().enabled, "{page}: it can be tried again");
        if let PageView::Keys(keys) = &view.page {
            assert!(keys.fields.iter().all(|field| !field.text.is_empty()), "{page}");
        }
    }
    // What helps stands there before anything is wrong.
    let says = |page: &str, words: &str| view(page).said().iter().any(|s| s.text.contains(words));
    assert!(says("question-several", "最多 2 项") && says("question-amount", "200,000.00元"));
    assert!(says("question-date-typed", "星期四") && says("question-date", "年四位"));
    assert!(says("question-credit-code", "已输入 16 位，共 18 位"));
    assert!(says("question-region-district", "已选：示例市"));
}

/// As long as it is open which questions are asked the steps are the most there can be.
#[test]
fn the_steps_of_a_form_are_never_too_few() {
    let step = |page: &str| view(page).frame.step.unwrap();
    assert!(step("question-amount").words.contains("最多 15 步"));
    assert!(step("question-number").words.contains("共 15 步"));
    let review = step("review-every-kind");
    assert_eq!((review.step, review.of), (15, 15));
    assert_eq!(step("question-region").step, step("question-region-district").step);
}

/// A key that would not be heard is dead and says why.
#[test]
fn a_key_stands_only_where_it_means_something() {
    let enabled = |page: &str, key: &str| view(page).control(key).map(|key| key.enabled);
    assert_eq!(enabled("question-amount", "letter-."), Some(false), "one point");
    assert_eq!(enabled("question-identity-empty", "letter-X"), Some(false));
    assert_eq!(enabled("question-identity-empty", "erase"), Some(false));
    assert_eq!(enabled("question-credit-code", "letter-Y"), Some(true));
    assert_eq!(enabled("question-credit-code", "letter-I"), None);
    assert_eq!(enabled("question-bank", "letter-X"), None);
}

#[test]
fn p4_the_review_shows_what_was_asked_and_hides_what_others_could_use() {
    let said: Vec<_> = view("review-every-kind").said().into_iter().map(|said| said.text).collect();
    let after = |label: &str| said[said.iter().position(|text| text == label).unwrap() + 1].clone();
    assert_eq!(after("收款银行卡"), "**** **** **** 0000");
    assert_eq!(after("配偶身份证号码"), "110*************8X");
    assert_eq!(after("单位信用代码"), "9100 0000 M000 1007 RE");
    assert_eq!(after("经济补偿金"), "1,234.50元");
    assert_eq!(after("培训意愿"), "养老护理、网店经营");
    assert_eq!(after("常住地"), "示例市北山区（样例）");
    assert_eq!(after("失业保险"), "是");
}

/// 四进两知: what is new stands on the attract screen as soon as its pack is in use, and goes when it
/// ends; without a clock only what the day of the data knows.
#[test]
fn a_policy_that_holds_stands_among_the_notices() {
    let devices = fixture::devices("attract");
    let notices = |pack: Pack, trusted: bool| {
        let visit = Visit::new(Arc::new(pack), config::Visit::default());
        let mut moment = fixture::moment(&[], &devices, "attract");
        moment.clock_trusted = trusted;
        match compose(&visit, &moment).page {
            PageView::Attract(page) => page.notices,
            _ => panic!("no attract page"),
        }
    };
    let pack = (*packs::sample()).clone();
    let told = notices(pack.clone(), true);
    assert_eq!((told[0].0.as_str(), told.len()), ("11-02", 4));
    assert!(told[0].1.contains("新政策：灵活就业社会保险补贴"), "{told:?}");
    // Of 2 November, and the data is of the 1st.
    assert!(
        !notices(pack.clone(), false).iter().any(|(_, text)| text.contains("灵活就业社会保险"))
    );
    let mut newer = pack.clone();
    newer.policies[1].from = jiff::civil::date(2026, 11, 22);
    assert!(notices(newer.clone(), true)[0].1.contains("青年职业技能培训补贴"));
    newer.policies[1].from = jiff::civil::date(2026, 11, 23);
    assert!(!notices(newer, true).iter().any(|(_, text)| text.contains("青年职业技能")));
}

/// 看得懂、算得清: for whom, since when, who gets it, an example, the basis, and by which item.
#[test]
fn p1_a_policy_says_everything_in_plain_words_and_that_it_is_a_sample() {
    let texts =
        |page: &str| view(page).said().into_iter().map(|said| said.text).collect::<Vec<_>>();
    let policy = texts("policy");
    for words in [
        "每月补贴100元",
        "谁能享受",
        "合计300元",
        "灵活就业人员、高校毕业生",
        "2026-11-02至",
        "待公布（样例）",
        "2026-11-01",
        "样例",
    ] {
        assert!(policy.iter().any(|text| text.contains(words)), "{words}: {policy:?}");
    }
    assert!(!policy.iter().any(|text| text.contains("可能与您有关")));
    assert!(
        view("policy").control("item-2").is_some() && view("policy").control("print").is_some()
    );
    // Only for somebody known, by age, and no more once it is switched off.
    let marks = |page: &str| texts(page).iter().filter(|text| *text == "可能与您有关").count();
    assert_eq!(["policies", "policies-match", "policies-match-off"].map(marks), [0, 2, 0]);
    assert_eq!(marks("policy-match"), 1);
    let switch = |page: &str| view(page).control("mark-policies").and_then(|switch| switch.chosen);
    let pages = ["policies", "policies-match", "policies-match-off"];
    assert_eq!(pages.map(switch), [None, Some(true), Some(false)]);
    assert!(
        view("policies-match")
            .control("mark-policies")
            .unwrap()
            .help
            .contains("只用您证件上的年龄")
    );
    assert!(texts("policies-empty").iter().any(|text| text.contains("没有已发布的政策")));
}

/// 15分钟服务圈、5公里服务圈: the nearest first, what is inside is marked, and none is said plainly.
#[test]
fn outlets_stand_with_the_nearest_first_and_the_circle_is_told() {
    let texts =
        |page: &str| view(page).said().into_iter().map(|said| said.text).collect::<Vec<_>>();
    let says = |page: &str, words: &str| texts(page).iter().any(|text| text.contains(words));
    let ids = |page: &str| {
        let view = view(page);
        let outlets =
            view.controls().into_iter().filter(|control| control.id.starts_with("outlet-"));
        outlets.map(|control| control.id.to_string()).collect::<Vec<_>>()
    };
    let nearest = ["outlet-0", "outlet-2", "outlet-1", "outlet-3", "outlet-4", "outlet-5"];
    assert_eq!(ids("outlets-near"), nearest);
    assert_eq!(ids("outlets-no-place").len(), 6);
    assert_eq!(ids("outlets-no-place")[1], "outlet-1", "in the order of the pack");
    assert!(
        says("outlets-near", "步行约9分钟") && says("outlets-near", "有\u{2009}4\u{2009}个网点")
    );
    assert_eq!(texts("outlets-near").iter().filter(|text| *text == "15分钟圈").count(), 4);
    assert!(says("outlets-far", "服务圈内没有网点") && !says("outlets-far", "15分钟圈"));
    assert!(says("outlets-rural", "直线2.6公里") && !says("outlets-rural", "步行约"));
    assert_eq!(ids("outlets-of-item"), ["outlet-0", "outlet-1"]);
    assert_eq!(ids("outlets-nobody-said").len(), 6);
    assert!(says("outlets-nobody-said", "没有注明哪些网点能办"));
    assert!(says("outlets-empty", "没有登记网点") && says("outlets-empty", "12333"));
    assert!(says("outlet", "东北方向约650米（直线距离），步行约9分钟"));
    assert!(says("outlet", "不是地图") && says("outlet", "0000-12345620"));
    assert!(says("outlet-rural", "东南方向约2.6公里（直线距离）"));
    assert!(says("outlet-no-place", "没有位置数据") && says("outlet-here", "就在本机附近"));
    // A clock that nobody has set tells the hours and not what is open.
    let all = fixture::all(false, false);
    let page = all.iter().find(|page| page.name == "outlets-near").unwrap();
    let devices = fixture::devices("outlets-near");
    let mut moment = fixture::moment(&[], &devices, "outlets-near");
    for trusted in [true, false] {
        moment.clock_trusted = trusted;
        let said = compose(&page.visit, &moment).said();
        let now = said.iter().any(|said| said.text.contains("现在开放"));
        assert_eq!(now, trusted);
    }
}

/// Who is not known as an agent gets the guide for the enterprise, an outlet, and a call where somebody
/// calls back.
#[test]
fn p5_an_agent_who_is_not_known_has_a_way_on() {
    for (name, more) in
        [("enterprise-not-confirmed", "home"), ("enterprise-not-confirmed-call-me", "call-me")]
    {
        let view = view(name);
        for id in ["print-guide", "outlets", "retry", "home", more] {
            assert!(view.control(id).is_some_and(|control| control.enabled), "{name}: {id}");
        }
    }
}

/// For whom somebody acts stands on the review, and can be corrected there.
#[test]
fn the_review_names_the_enterprise_and_its_code() {
    let view = view("enterprise-review");
    let said = view.said();
    assert!(said.iter().any(|said| said.text == "91000000MA0000000N" && said.role == Role::Code));
    assert!(view.control("edit-4").is_some());
}

/// A page as it reads: what it says by its roles, then what can be touched.
fn as_text(view: &View) -> String {
    let said = view.said();
    // Slips have snapshots of their own.
    let said = said.iter().filter(|said| said.role != Role::Slip);
    let mut lines: Vec<String> =
        said.map(|said| format!("{:?}: {}", said.role, said.text)).collect();
    lines.push(String::new());
    for control in view.controls() {
        let parts = [&control.label, &control.help, &control.why_not];
        let words: Vec<&str> =
            parts.into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        let mark = match (control.enabled, control.chosen) {
            (false, _) => " (dead)",
            (true, Some(true)) => " (chosen)",
            (true, _) => "",
        };
        lines.push(format!("[{}{mark}] {}", control.id, words.join(" | ")));
    }
    lines.join("\n")
}

/// The pages of each kind of handling, as a person reads them in both languages.
#[test]
fn pages_of_each_kind_of_handling_read_well() {
    let names = [
        // Looked up and looked at.
        "query-result",
        "query-document",
        "no-record",
        "unknown-person",
        "not-available",
        "not-permitted",
        "vacancies",
        "policy",
        "outlets-near",
        "outlet",
        // Done at once, promised, handed on.
        "item",
        "completed",
        "item-promised",
        "promised",
        "returned",
        "item-handed-on",
        "cases-overdue",
        "case-overdue",
        "case-routed",
        "case-statutory",
        // Requests to people.
        "item-request",
        "request-window",
        "request-window-days",
        "request-review",
        "request-received",
        "request-appointment",
        "not-eligible-call-me",
        "item-offline-call-me",
        // Given without application; for an enterprise.
        "no-application-entitled",
        "no-application-declined",
        "no-application-none",
        "no-application-unknown",
        "no-application-confirmed",
        "enterprise-code",
        "enterprise-not-confirmed",
        "enterprise-review",
        // Finding an item.
        "home-full",
        "area",
        "search",
        "packages",
        "package",
    ];
    let pages = [false, true].map(|english| fixture::all(english, false));
    for name in names {
        let both = pages.each_ref().map(|pages| {
            let page = pages.iter().find(|page| page.name == name);
            let Fixture { visit, slip, .. } = page.unwrap_or_else(|| panic!("no page {name}"));
            let devices = fixture::devices(name);
            as_text(&compose(visit, &fixture::moment(slip, &devices, name)))
        });
        insta::assert_snapshot!(name, both.join("\n\n"));
    }
}
