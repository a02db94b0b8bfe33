//! What the card has told is never asked again (让群众少填). The fields of the cards are few and fixed, so
//! a question about one is told by its id or its label.

use super::{Findings, Rule};
use crate::domain::listing::Holder;
use crate::domain::pack::{AnswerKind, Item, Question};

/// Ids of the fields of a card.
const IDS: [&str; 24] = [
    "name",
    "full_name",
    "own_name",
    "applicant_name",
    "sex",
    "gender",
    "nation",
    "ethnicity",
    "ethnic_group",
    "nationality",
    "birth",
    "birthday",
    "birth_date",
    "date_of_birth",
    "age",
    "address",
    "card_address",
    "id_number",
    "identity_number",
    "own_identity_number",
    "id_card",
    "id_card_number",
    "document_number",
    "card_valid_to",
];

/// Labels of the fields of a card, as they would stand on the review page.
const ZH: [&str; 16] = [
    "姓名",
    "性别",
    "民族",
    "国籍",
    "出生",
    "出生日期",
    "出生年月",
    "生日",
    "年龄",
    "住址",
    "身份证",
    "身份证号",
    "身份证号码",
    "公民身份号码",
    "社会保障号码",
    "证件号码",
];
const EN: [&str; 14] = [
    "name",
    "full name",
    "sex",
    "gender",
    "nation",
    "ethnic group",
    "nationality",
    "date of birth",
    "birth date",
    "birthday",
    "age",
    "address",
    "id number",
    "identity number",
];

/// Says whose it is, and is the citizen's own all the same.
const OWN: [&str; 8] =
    ["您的", "您", "本人的", "本人", "申请人的", "申请人", "your ", "applicant's "];

/// Ids and labels by which a question is about the enterprise itself, whose code was confirmed before
/// anything is asked. Codes of other enterprises may be asked for.
const OWN_CODE: [&str; 5] =
    ["credit_code", "employer_code", "enterprise_code", "own_credit_code", "unit_code"];
const OWN_CODE_ZH: [&str; 4] =
    ["统一社会信用代码", "社会信用代码", "单位统一社会信用代码", "本单位统一社会信用代码"];

pub(super) fn check(item: &Item, found: &mut Findings) {
    for (i, question) in item.questions.iter().enumerate() {
        if item.holder == Holder::Enterprise && asks_own_code(question) {
            let asked = "the code of the enterprise is confirmed before anything is asked; take \
                         the question out, or say whose code it is, such as partner_code";
            found.value(Rule::KnownFact, format!("/questions/{i}/id"), asked);
        }
        let asked = "is on the card, and what is known is not asked; take the question out, or say \
                     whose it is, such as spouse_name";
        if IDS.contains(&question.id.as_str()) {
            found.value(Rule::KnownFact, format!("/questions/{i}/id"), asked);
        } else if ZH.contains(&own(question.label.zh.trim())) {
            found.value(Rule::KnownFact, format!("/questions/{i}/label/zh"), asked);
        } else if EN.contains(&own(&question.label.en.trim().to_lowercase())) {
            found.value(Rule::KnownFact, format!("/questions/{i}/label/en"), asked);
        }
    }
}

fn asks_own_code(question: &Question) -> bool {
    matches!(question.answer, AnswerKind::CreditCode)
        && (OWN_CODE.contains(&question.id.as_str())
            || OWN_CODE_ZH.contains(&question.label.zh.trim()))
}

/// Without what says that it is the citizen's own.
fn own(label: &str) -> &str {
    OWN.iter().find_map(|prefix| label.strip_prefix(prefix)).unwrap_or(label)
}
