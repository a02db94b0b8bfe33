//! The answer to a query (查询凭条).

use super::super::composer::{Composer, Head, shortened};
use super::super::{Block, Row, Slip, Words};
use crate::domain::answer::QueryAnswer;
use crate::domain::card::CardText;
use crate::domain::enterprise::Enterprise;
use crate::domain::fact::Value;
use crate::domain::pack::Item;
use crate::say;

/// Longest verification code, in characters.
const CODE_LIMIT: usize = 48;
/// Longest text of the platform in one place, in characters.
const TEXT_LIMIT: usize = 120;
/// Most facts, and most rows of all tables together: a faulty platform must not empty the roll, nor
/// fill the screen with what nobody can read.
pub const MOST_FACTS: usize = 40;
pub const MOST_ROWS: usize = 60;

/// What the platform answered: its facts and tables, and the code with which the slip can be
/// verified. The slip says itself that it is no sealed certificate, and where that one is to be
/// had.
pub fn query(
    head: &Head,
    item: &Item,
    card: &CardText,
    enterprise: Option<&Enterprise>,
    answer: &QueryAnswer,
) -> Slip {
    let mut slip = Composer::begin(head, Some(item));
    slip.push(Block::Title(head.words(&item.name)));
    slip.reprint_mark();
    slip.push(Block::Rule);
    let mut rows = Vec::new();
    rows.extend(enterprise.map(|of| head.row(say::ENTERPRISE, Words::plain(&of.name))));
    rows.extend(head.holder(card));
    rows.push(head.fact_row(say::SLIP_AS_OF, Value::Date(answer.as_of)));
    rows.extend(answer.facts_beyond(card).take(MOST_FACTS).map(|fact| {
        let Row { label, value, bold } = head.fact(fact);
        Row { label: cut(label), value: cut(value), bold }
    }));
    slip.push(Block::Rows(rows));
    let mut left = MOST_ROWS;
    for table in &answer.tables {
        slip.push(Block::Rule);
        slip.push(Block::Heading(cut(head.words(&table.title))));
        let rows: Vec<_> = (table.rows.iter().take(left))
            .map(|row| row.iter().map(|value| cut(Words::of_value(value, head.lang))).collect())
            .collect();
        left -= rows.len();
        slip.push(Block::Table {
            head: table.columns.iter().map(|column| cut(head.words(column))).collect(),
            rows,
        });
    }
    let all: usize = answer.tables.iter().map(|table| table.rows.len()).sum();
    if all > MOST_ROWS || answer.facts_beyond(card).count() > MOST_FACTS {
        slip.push(Block::Paragraph(head.with_hotline(say::SLIP_CUT_SHORT)));
    }
    slip.push(Block::Rule);
    if let Some(code) = &answer.verification_code {
        let code = shortened(code, CODE_LIMIT).0;
        let content = match &head.pack.verification_url {
            Some(url) => url.replace("{verification_code}", &code),
            None => code.clone(),
        };
        slip.push(Block::Number { label: head.say(say::SLIP_VERIFICATION_CODE), number: code });
        slip.push(Block::Qr { content, caption: head.say(say::SLIP_VERIFICATION_QR) });
        slip.push(Block::Gap);
    }
    slip.push(Block::Paragraph(head.say(say::SLIP_QUERY_ONLY)));
    slip.outlets();
    slip.end()
}

fn cut(words: Words) -> Words {
    let cut = |text: String| shortened(&text, TEXT_LIMIT).0;
    Words { zh: cut(words.zh), en: words.en.map(cut) }
}
