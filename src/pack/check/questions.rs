//! Questions where nobody reads the answers, that somebody cannot answer, or that nobody can.

use jiff::civil::{Date, date};

use super::{Findings, Rule};
use crate::domain::form::{DayBound, FIRST_DAY, LAST_DAY, PhoneWay};
use crate::domain::pack::{AnswerKind, Item, Question, Regions};

/// Most bytes of all answers with their names: what the store takes of a case beside the text of a card.
const MOST_ANSWER_BYTES: usize = 2_000;

pub(super) fn check(item: &Item, regions: Option<&Regions>, found: &mut Findings) {
    if !item.kind.is_application() && !item.questions.is_empty() {
        let problem = "nothing is handed in here, and nobody would read the answers; take the \
                       questions out, or write kind = { type = \"instant\", … }";
        found.value(Rule::Question, "/questions", problem);
    }
    let longest: usize = item.questions.iter().map(longest).sum();
    if longest > MOST_ANSWER_BYTES {
        let problem = format!(
            "the longest answers take up to {longest} bytes, and {MOST_ANSWER_BYTES} are stored of a \
             case; ask less, or shorten ids and codes"
        );
        found.value(Rule::Question, "/questions", problem);
    }
    for (place, question) in item.questions.iter().enumerate() {
        let pointer = format!("/questions/{place}");
        answer(&question.answer, &format!("{pointer}/answer"), regions, found);
        if question.message.is_some() && !is_bounded(question) {
            let problem = "is never said: this kind of answer has no bounds that a pack sets; take it \
                           out";
            found.value(Rule::Question, format!("{pointer}/message"), problem);
        }
    }
}

fn answer(kind: &AnswerKind, pointer: &str, regions: Option<&Regions>, found: &mut Findings) {
    let mut bounds = |name: &str, problem: String| {
        found.value(Rule::ImpossibleBounds, format!("{pointer}/{name}"), problem);
    };
    match kind {
        AnswerKind::Choice { .. }
        | AnswerKind::YesNo
        | AnswerKind::IdentityNumber
        | AnswerKind::CreditCode
        | AnswerKind::BankAccount => {}
        AnswerKind::Several { options, at_least, at_most, alone } => {
            let (least, most) = (usize::from(*at_least), at_most.map(usize::from));
            let all = options.len() - usize::from(alone.is_some());
            if least > all {
                bounds("at_least", format!("{least} of {all} options that can be ticked together"));
            } else if let Some(most) = most.filter(|most| *most < least) {
                bounds("at_most", format!("{most} is less than at_least, {least}"));
            } else if let Some(most) = most.filter(|most| *most > all) {
                bounds("at_most", format!("{most} of {all} options; take it out"));
            }
            if let Some(alone) = alone.as_ref()
                && options.iter().all(|option| option.code != *alone)
            {
                let problem = format!("no option has the code \"{alone}\"");
                found.value(Rule::DanglingReference, format!("{pointer}/alone"), problem);
            }
        }
        AnswerKind::Date { earliest, latest } => dates(*earliest, *latest, pointer, found),
        AnswerKind::Number { min, max, .. } => {
            if min > max {
                bounds("min", format!("{min} is more than max, {max}: no number is that"));
            }
        }
        AnswerKind::Amount { min_yuan, max_yuan } => {
            if min_yuan > max_yuan || *max_yuan == 0 {
                bounds("max_yuan", format!("{max_yuan} allows no amount from {min_yuan} on"));
            }
        }
        AnswerKind::Phone { ways } => {
            if ways.iter().all(|option| option.way != PhoneWay::None) {
                let problem = "shuts out who has no telephone; add an entry with way = \"none\"";
                found.value(Rule::Question, format!("{pointer}/ways"), problem);
            }
        }
        AnswerKind::Region { under, .. } => match (regions, under) {
            // The list has a fault of its own.
            (None, _) => {}
            (Some(regions), _) if regions.is_empty() => {
                let problem = "a region is asked for and none is listed; add regions.toml";
                found.value(Rule::RegionsMissing, pointer, problem);
            }
            (Some(regions), Some(under)) if regions.within(Some(under)).next().is_none() => {
                let problem = match regions.find(under) {
                    Some(_) => format!("regions.toml lists nothing within {under}"),
                    None => format!("{under} is none of regions.toml"),
                };
                found.value(Rule::DanglingReference, format!("{pointer}/under"), problem);
            }
            (Some(_), _) => {}
        },
    }
}

/// Bounds of a date admit none if they do not on any day; one day of each month is asked, and the last
/// of February.
fn dates(
    earliest: Option<DayBound>,
    latest: Option<DayBound>,
    pointer: &str,
    found: &mut Findings,
) {
    for (name, bound) in [("earliest", earliest), ("latest", latest)] {
        if let Some(DayBound::On(day)) = bound
            && !(FIRST_DAY..=LAST_DAY).contains(&day)
        {
            let problem =
                format!("{day} cannot be; a day from {FIRST_DAY} to {LAST_DAY} is needed");
            return found.value(Rule::ImplausibleDate, format!("{pointer}/{name}"), problem);
        }
    }
    let (Some(earliest), Some(latest)) = (earliest, latest) else { return };
    let is_fixed = |bound| matches!(bound, DayBound::On(_));
    if is_fixed(earliest) != is_fixed(latest) {
        return;
    }
    let days = (2024..=2025)
        .flat_map(|year| (1..=12).map(move |month| date(year, month, 1)))
        .chain([date(2024, 2, 29), date(2025, 2, 28)]);
    let never = |day: Date| earliest.as_of(day) > latest.as_of(day);
    if days.into_iter().all(never) {
        let problem = "is after latest: no day is between them";
        found.value(Rule::ImpossibleBounds, format!("{pointer}/earliest"), problem);
    }
}

/// Bytes of a question's id and its longest answer, as they are sent.
fn longest(question: &Question) -> usize {
    let codes = question.answer.codes().into_iter().map(str::len);
    question.id.len()
        + match &question.answer {
            AnswerKind::Several { at_most, .. } => {
                let mut codes: Vec<usize> = codes.map(|code| code + 1).collect();
                codes.sort_unstable_by(|a, b| b.cmp(a));
                codes.iter().take(at_most.map_or(usize::MAX, usize::from)).sum()
            }
            AnswerKind::Phone { .. } => {
                question.way_id().len() + codes.max().unwrap_or(0) + question.answer.most_keys()
            }
            AnswerKind::Date { .. } => 10,
            AnswerKind::Region { .. } => 6,
            kind => codes.max().unwrap_or(0).max(kind.most_keys()),
        }
}

/// Whether an answer can break what the pack has set.
fn is_bounded(question: &Question) -> bool {
    match &question.answer {
        AnswerKind::Several { at_least, at_most, .. } => *at_least > 1 || at_most.is_some(),
        AnswerKind::Date { earliest, latest } => earliest.is_some() || latest.is_some(),
        AnswerKind::Number { .. } | AnswerKind::Amount { .. } | AnswerKind::IdentityNumber => true,
        AnswerKind::Choice { .. }
        | AnswerKind::YesNo
        | AnswerKind::Phone { .. }
        | AnswerKind::CreditCode
        | AnswerKind::BankAccount
        | AnswerKind::Region { .. } => false,
    }
}
