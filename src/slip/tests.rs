//! Every slip as a person sees it, and what each may and may not say.

use super::layout::{as_text, columns, layout};
use super::slips::{query, receipt};
use super::*;
use crate::case::{CaseFacts, CaseNumber, CaseStatus, QueryToken};
use crate::config::Paper;
use crate::domain::answer::{QueryAnswer, Table};
use crate::domain::pack::{Pack, Standing};

const PAPERS: [(Paper, &str); 2] = [(Paper::Mm80, "80mm"), (Paper::Mm58, "58mm")];

#[test]
fn every_slip_looks_composed() {
    for lang in [Lang::Zh, Lang::En] {
        for (name, slip) in samples::all(lang) {
            for (paper, width) in PAPERS {
                let lines = layout(&slip, paper);
                for line in &lines {
                    assert!(line.columns() <= columns(paper), "{name} {line:?}");
                }
                let lang = if lang == Lang::Zh { "zh" } else { "en" };
                insta::assert_snapshot!(format!("{name}-{width}-{lang}"), as_text(&lines, paper));
            }
        }
    }
}

fn text_of(status: CaseStatus, lang: Lang) -> String {
    let pack = samples::pack();
    let slip = samples::receipt_of(&samples::head(&pack, lang), status);
    as_text(&layout(&slip, Paper::Mm80), Paper::Mm80)
}

#[test]
fn p1_a_received_case_is_never_called_accepted_or_completed() {
    // The sample case carries the times and words of every later status.
    for (lang, forbidden) in [
        (Lang::Zh, &["受理", "办结", "样例登记号"][..]),
        (Lang::En, &["受理", "办结", "样例登记号", "ccept", "omplete"][..]),
    ] {
        let text = text_of(CaseStatus::Received, lang);
        assert!(text.contains("已收件"), "{text}");
        for word in forbidden {
            assert!(!text.contains(word), "{word} in\n{text}");
        }
    }
    let accepted = text_of(CaseStatus::Accepted, Lang::Zh);
    assert!(accepted.contains("已受理") && !accepted.contains("已办结"), "{accepted}");
    assert!(text_of(CaseStatus::Completed, Lang::Zh).contains("已办结"));
    let returned = text_of(CaseStatus::Returned, Lang::Zh);
    assert!(returned.contains("退回") && !returned.contains("已办结"), "{returned}");
}

#[test]
fn the_due_time_stands_on_a_slip_as_soon_as_the_platform_has_promised_it() {
    for (lang, label) in [(Lang::Zh, "承诺办结"), (Lang::En, "\nDue\n")] {
        for (status, expected) in [
            (CaseStatus::Received, false),
            (CaseStatus::Accepted, true),
            (CaseStatus::Completed, true),
            (CaseStatus::Returned, false),
        ] {
            let text = text_of(status, lang);
            assert_eq!(text.contains(label), expected, "{status:?}\n{text}");
        }
    }
    let pack = samples::pack();
    let head = samples::head(&pack, Lang::Zh);
    let facts = CaseFacts { due_at: None, ..samples::case(CaseStatus::Completed) };
    let slip = receipt(&head, Some(&pack), &facts, &samples::card("王小例"), &[]);
    let text = as_text(&layout(&slip, Paper::Mm80), Paper::Mm80);
    assert!(!text.contains("承诺办结"), "{text}");
}

#[test]
fn p1_sample_and_demonstration_stand_on_top_and_in_every_rule() {
    let pack = samples::pack();
    for (demo, word) in [(false, "样例"), (true, "演示·样例")] {
        let head = Head { demo, ..samples::head(&pack, Lang::Zh) };
        let slip = samples::receipt_of(&head, CaseStatus::Received);
        assert_eq!(slip.across.as_deref(), Some(word));
        let lines = layout(&slip, Paper::Mm58);
        assert!(lines.iter().any(|l| l.size == 2 && l.text == word));
    }
}

#[test]
fn p3_a_reprint_says_so() {
    let pack = samples::pack();
    for reprint in [false, true] {
        let head = Head { reprint, ..samples::head(&pack, Lang::Zh) };
        let lines = layout(&samples::receipt_of(&head, CaseStatus::Received), Paper::Mm80);
        assert_eq!(lines.iter().any(|l| l.size == 2 && l.text == "补打"), reprint);
    }
}

#[test]
fn p5_every_slip_names_the_hotline_and_the_supervision_phone() {
    for (name, slip) in samples::all(Lang::Zh) {
        let text = as_text(&layout(&slip, Paper::Mm58), Paper::Mm58);
        assert!(text.contains("12333") && text.contains("0000-12345678"), "{name}\n{text}");
    }
}

#[test]
fn p5_an_endless_answer_is_cut_short_and_says_where_the_rest_is() {
    let pack = samples::pack();
    let head = samples::head(&pack, Lang::Zh);
    let facts = CaseFacts {
        note: Some("很长。\n".repeat(50_000)),
        ..samples::case(CaseStatus::Returned)
    };
    let slip = receipt(&head, Some(&pack), &facts, &samples::card("王小例"), &[]);
    let lines = layout(&slip, Paper::Mm58);
    assert!(lines.len() < 200, "{} lines", lines.len());
    assert!(as_text(&lines, Paper::Mm58).contains("全文"));
}

#[test]
fn p9_an_untrusted_clock_is_named() {
    let pack = samples::pack();
    let head = Head { clock_trusted: false, ..samples::head(&pack, Lang::Zh) };
    let lines = layout(&samples::receipt_of(&head, CaseStatus::Received), Paper::Mm80);
    assert!(as_text(&lines, Paper::Mm80).contains("时钟未校准"));
}

fn text_on(slip: &Slip, paper: Paper) -> String {
    as_text(&layout(slip, paper), paper)
}

/// A text as it reads across its line breaks.
fn run_on(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn p1_a_case_without_an_answer_is_promised_no_time() {
    for (lang, kept, promise) in
        [(Lang::Zh, "联网后本机自动送交", "分钟"), (Lang::En, "sentbyitself", "minutes")]
    {
        let text = run_on(&text_of(CaseStatus::Received, lang));
        assert!(text.contains(kept), "{text}");
        assert!(!text.contains(promise), "{text}");
        assert!(run_on(&text_of(CaseStatus::Accepted, lang)).contains(promise));
    }
}

#[test]
fn p1_a_sample_item_in_an_official_pack_stays_a_sample() {
    let mut official = Pack { standing: Standing::Official, ..samples::pack() };
    for (standing, marked) in [(Standing::Sample, true), (Standing::Official, false)] {
        for item in &mut official.items {
            item.standing = standing;
        }
        let head = samples::head(&official, Lang::Zh);
        let (registration, card) = (&official.items[0], samples::card("王小例"));
        let slips = [
            slips::guide(&head, registration),
            receipt(&head, Some(&official), &samples::case(CaseStatus::Received), &card, &[]),
            query(&head, &official.items[1], &card, None, &empty()),
        ];
        let gone = CaseFacts { item: "gone".to_owned(), ..samples::case(CaseStatus::Received) };
        let gone = receipt(&head, Some(&official), &gone, &card, &[]);
        assert_eq!(gone.across, None, "of what the pack no longer has, the pack's standing counts");
        for slip in slips {
            assert_eq!(slip.across.is_some(), marked);
            let mark = layout(&slip, Paper::Mm58).iter().any(|line| line.text == "样例");
            assert_eq!(mark, marked);
        }
    }
}

#[test]
fn p4_a_slip_names_its_holder_masked() {
    let pack = samples::pack();
    let head = samples::head(&pack, Lang::En);
    let card = samples::card("王小例");
    let slips = [
        receipt(&head, None, &samples::case(CaseStatus::Accepted), &card, &samples::answers()),
        query(&head, &samples::query(), &card, None, &empty()),
    ];
    for slip in slips {
        let text = text_on(&slip, Paper::Mm58);
        assert!(text.contains("王*例") && text.contains("000000********1230"), "{text}");
        for open in ["王小例", "19900101", "13800005678"] {
            assert!(!text.contains(open), "{open} in\n{text}");
        }
    }
}

#[test]
fn the_code_on_the_slip_holds_what_nobody_can_guess() {
    let pack = samples::pack();
    let head = samples::head(&pack, Lang::Zh);
    let facts = samples::case(CaseStatus::Received);
    let slip = receipt(&head, None, &facts, &samples::card("王小例"), &[]);
    let lines = layout(&slip, Paper::Mm80);
    let code = lines.iter().find_map(|line| match &line.kind {
        layout::Kind::Qr(content) => Some(content.as_str()),
        _ => None,
    });
    let token = QueryToken::from_bits(17);
    assert_eq!(code, Some(format!("https://example.invalid/case/{}", token.as_str()).as_str()));
    assert!(!code.unwrap().contains(facts.number.as_str()));
}

#[test]
fn a_case_of_an_item_that_the_pack_no_longer_has_still_has_its_slip() {
    let pack = samples::pack();
    let head = Head { reprint: true, ..samples::head(&pack, Lang::Zh) };
    let facts = CaseFacts { item: "gone".to_owned(), ..samples::case(CaseStatus::Accepted) };
    let text = text_on(&receipt(&head, None, &facts, &samples::card("王小例"), &[]), Paper::Mm80);
    assert!(text.contains("补打") && text.contains("gone"), "{text}");
}

/// A case keeps the pack that it was begun with; where that is gone its slip says what is stored.
#[test]
fn p1_a_slip_promises_what_the_pack_of_its_case_promised() {
    let then = Pack { version: "then".to_owned(), ..samples::pack() };
    let mut now =
        Pack { version: "now".to_owned(), standing: Standing::Official, ..samples::pack() };
    for item in &mut now.items {
        item.standing = Standing::Official;
        item.promise = "9wd".parse().ok();
        item.name.zh += "（新）";
    }
    let facts = CaseFacts {
        item: "hard_to_employ".to_owned(),
        pack_version: "then".to_owned(),
        due_at: None,
        ..samples::case(CaseStatus::Accepted)
    };
    let head = samples::head(&now, Lang::Zh);
    let slip = |pack| receipt(&head, pack, &facts, &samples::card("王小例"), &[]);
    let text = |pack| run_on(&text_on(&slip(pack), Paper::Mm80));
    let kept = text(Some(&then));
    assert!(kept.contains("承诺办结") && !kept.contains("9个工作日"), "{kept}");
    assert!(!kept.contains("（新）") && kept.contains("样例"), "{kept}");
    let gone = text(None);
    assert!(gone.contains("（新）") && !gone.contains("承诺"), "{gone}");
    for text in [kept, gone] {
        assert!(text.contains("事项版本then"), "the version of the case: {text}");
    }
    let guide = text_on(&slips::guide(&head, &now.items[0]), Paper::Mm80);
    assert!(run_on(&guide).contains("事项版本now"), "{guide}");
}

#[test]
fn the_case_number_is_read_in_fours() {
    let number = CaseNumber::new("511703", 9999, 1).expect("parts within their ranges");
    let pack = samples::pack();
    let head = samples::head(&pack, Lang::Zh);
    let facts = CaseFacts { number: number.clone(), ..samples::case(CaseStatus::Received) };
    let slip = receipt(&head, None, &facts, &samples::card("王小例"), &[]);
    for paper in [Paper::Mm80, Paper::Mm58] {
        let lines = layout(&slip, paper);
        let large: Vec<_> = lines
            .iter()
            .filter(|line| line.size == 2 && line.text.starts_with(|c: char| c.is_ascii_digit()))
            .map(|line| line.text.clone())
            .collect();
        assert_eq!(large.join(" "), number.grouped(), "{paper:?}");
        assert!(large.iter().flat_map(|line| line.split(' ')).all(|group| group.len() == 4));
    }
}

fn empty() -> QueryAnswer {
    QueryAnswer {
        as_of: jiff::civil::date(2026, 10, 31),
        facts: Vec::new(),
        tables: Vec::new(),
        verification_code: None,
        document: None,
    }
}

#[test]
fn p8_an_endless_query_answer_does_not_empty_the_roll() {
    let pack = samples::pack();
    let head = samples::head(&pack, Lang::Zh);
    let words = |text: &str| Bilingual { zh: text.repeat(2000), en: String::new() };
    let value = || Value::Text(words("长"));
    let table = Table {
        title: words("题"),
        columns: vec![words("列"); 3],
        rows: (0..5000).map(|_| vec![value(), value(), value()]).collect(),
    };
    let answer = QueryAnswer {
        facts: (0..5000).map(|_| Fact::new(words("项"), value())).collect(),
        tables: vec![table.clone(), table],
        verification_code: Some("9".repeat(5000)),
        ..empty()
    };
    let slip = query(&head, &samples::query(), &samples::card("王小例"), None, &answer);
    let lines = layout(&slip, Paper::Mm58);
    assert!(lines.len() < 6000, "{} lines", lines.len());
    assert!(text_on(&slip, Paper::Mm58).contains("全文"));
}

#[test]
fn one_outlet_stands_apart_from_the_next() {
    let mut pack = samples::pack();
    let outlet = pack.staffed(pack.as_of).next().expect("an outlet with people").clone();
    pack.outlets = vec![outlet; 3];
    let gaps = |pack: &Pack| {
        let slip = samples::receipt_of(&samples::head(pack, Lang::Zh), CaseStatus::Returned);
        slip.blocks.iter().filter(|block| **block == Block::Gap).count()
    };
    let several = gaps(&pack);
    pack.outlets.truncate(1);
    assert_eq!(several, gaps(&pack) + 1, "two of them are named");
}

#[test]
fn p5_a_slip_that_sends_somebody_away_names_where_people_are_and_when() {
    let pack = samples::pack();
    let head = samples::head(&pack, Lang::Zh);
    let returned = samples::receipt_of(&head, CaseStatus::Returned);
    for slip in [returned, samples::query_of(&head), slips::guide(&head, &samples::registration())]
    {
        let text = text_on(&slip, Paper::Mm80);
        assert!(text.contains("服务大厅") && text.contains("周一至周五 09:00-12:00"), "{text}");
    }
}
