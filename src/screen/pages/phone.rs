//! A telephone number: whose, the number as it grows, and the keys.

use crate::domain::pack::{self, AnswerKind, PhoneOption, PhoneWay};
use crate::say;
use crate::screen::compose::Compose;
use crate::screen::look::Drawing;
use crate::screen::said::{Control, Role, Speech};
use crate::visit::{Answer, Touch};

#[derive(Clone, PartialEq)]
pub struct Phone {
    pub question: String,
    pub reason: String,
    /// Of one's own, a landline, of a relative, none.
    pub ways: Vec<Control>,
    /// The digits so far, in groups.
    pub entry: String,
    /// Stands in the empty field.
    pub hint: String,
    /// Why the number is none.
    pub error: String,
    /// Where no number is wanted, what happens instead.
    pub note: String,
    /// 1 to 9, clear, 0, erase; none where no number is wanted.
    pub keys: Vec<Control>,
}

/// `Debug` leaves the number out.
impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Phone").field("ways", &self.ways).finish_non_exhaustive()
    }
}

/// The page, and whether one may go on.
pub(super) fn compose(
    compose: &Compose,
    question: &pack::Question,
    answer: &Answer,
    (text, reason): (String, String),
    refused: bool,
) -> (Phone, bool) {
    let way = answer.phone_way();
    let digits = answer.digits();
    let chosen = ways(question).iter().find(|option| option.way == way);
    let help = chosen.map(|option| &option.help).filter(|help| !help.zh.is_empty());
    let ways = ways(question).iter().enumerate().map(|(row, option)| {
        Control::new(format!("way-{row}"), compose.own(&option.label), Touch::PhoneWay(row))
            .choice(option.way == way)
    });
    let wanted = way != PhoneWay::None;
    let error = match way {
        _ if !refused || answer.answers(question) => None,
        PhoneWay::Landline => Some(say::LANDLINE_REFUSED),
        PhoneWay::Mobile => Some(say::PHONE_REFUSED),
        PhoneWay::Relative => Some(say::RELATIVE_REFUSED),
        PhoneWay::None => None,
    };
    let page = Phone {
        question: text,
        reason,
        ways: ways.collect(),
        entry: grouped(way, digits),
        hint: match (way, help) {
            _ if !wanted || !digits.is_empty() => String::new(),
            (_, Some(help)) => compose.own(help),
            (PhoneWay::Landline, None) => compose.text(say::LANDLINE_EMPTY),
            (_, None) => compose.text(say::PHONE_EMPTY),
        },
        error: error.map(|error| compose.text(error)).unwrap_or_default(),
        note: if wanted { String::new() } else { compose.text(say::PHONE_NONE_NOTE) },
        keys: if wanted { keys(compose, digits) } else { Vec::new() },
    };
    (page, !wanted || !digits.is_empty())
}

fn keys(compose: &Compose, digits: &str) -> Vec<Control> {
    let digit = |digit: u8| {
        Control::new(format!("digit-{digit}"), digit.to_string(), Touch::Digit(digit))
    };
    let any = !digits.is_empty();
    let empty = compose.text(say::PHONE_EMPTY);
    let mut keys: Vec<Control> = (1..=9).map(digit).collect();
    keys.push(Control::new("clear", compose.text(say::CLEAR), Touch::Clear).only_if(any, &empty));
    keys.push(digit(0));
    keys.push(
        Control::new("erase", compose.text(say::ERASE), Touch::Erase)
            .drawn(Drawing::Erase)
            .only_if(any, &empty),
    );
    keys
}

/// The ways to be reached that a question offers.
fn ways(question: &pack::Question) -> &[PhoneOption] {
    match &question.answer {
        AnswerKind::Phone { ways } => ways,
        _ => &[],
    }
}

/// A number as it is read aloud: `138 0000 0000`, `0000 1234 5678`.
fn grouped(way: PhoneWay, digits: &str) -> String {
    let breaks: &[usize] = match way {
        // Area codes 010 and 02x have three digits.
        PhoneWay::Landline | PhoneWay::Relative if digits.starts_with('0') && !(digits.starts_with("01") || digits.starts_with("02")) => {
            &[4, 8]
        }
        _ => &[3, 7],
    };
    let mut text = String::with_capacity(digits.len() + breaks.len());
    for (place, digit) in digits.chars().enumerate() {
        if breaks.contains(&place) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

impl Compose<'_> {
    /// The answer to a question about a telephone, for the citizen to check.
    pub(super) fn phone_answer(&self, question: &pack::Question, answer: &Answer) -> String {
        let way = answer.phone_way();
        let number = grouped(way, answer.digits());
        let ways = ways(question);
        let label = ways.iter().find(|option| option.way == way);
        match label.map(|option| self.own(&option.label)) {
            // The first way is what anybody expects.
            Some(label) if number.is_empty() => label,
            Some(label) if ways.first().is_some_and(|first| first.way != way) => {
                format!("{number} · {label}")
            }
            _ => number,
        }
    }
}

impl Phone {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Headline, &self.question).say(Role::Text, &self.reason);
        for way in &self.ways {
            speech.say(Role::Label, &way.label);
        }
        speech
            .say(Role::Text, &self.hint)
            .say(Role::Value, &self.entry)
            .say(Role::Mark, &self.error)
            .say(Role::Text, &self.note);
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        self.ways.iter().chain(&self.keys).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Phone;
    use crate::screen::draw::{List, control, running, ui, whole};
    use crate::screen::look::Drawing;

    #[derive(Default)]
    pub struct Drawn {
        ways: List<ui::Control>,
        keys: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Phone, window: &ui::KioskWindow) {
            window.global::<ui::Phone>().set_view(ui::PhoneView {
                question: whole(&page.question),
                reason: running(&page.reason),
                ways: self.ways.show(page.ways.iter().map(control)),
                entry: page.entry.as_str().into(),
                hint: page.hint.as_str().into(),
                error: running(&page.error),
                error_strokes: Drawing::Stop.strokes().into(),
                note: running(&page.note),
                keys: self.keys.show(page.keys.iter().map(control)),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_the_groups_in_which_they_are_read() {
        for (way, digits, shown) in [
            (PhoneWay::Mobile, "13800000000", "138 0000 0000"),
            (PhoneWay::Relative, "1380", "138 0"),
            (PhoneWay::Relative, "075512345678", "0755 1234 5678"),
            (PhoneWay::Landline, "01012345678", "010 1234 5678"),
            (PhoneWay::Landline, "075512345678", "0755 1234 5678"),
            (PhoneWay::None, "", ""),
        ] {
            assert_eq!(grouped(way, digits), shown);
        }
    }
}
