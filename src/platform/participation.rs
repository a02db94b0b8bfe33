//! What the platform answers to a participation query (参保查询): one row an insurance.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::answer::{QueryAnswer, Table};
use crate::domain::fact::Value;
use crate::domain::pack::Bilingual;
use crate::say::Sentence;

/// The answer as a whole; the citizen it belongs to is named by whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participation {
    /// Day up to which the bureau's data are complete.
    pub as_of: Date,
    /// In the platform's order; an insurance that the platform does not name is not shown.
    pub rows: Vec<InsuranceRow>,
    /// Code with which anybody can have the slip verified (验证码); made by the platform.
    pub verification_code: String,
}

/// One insurance of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsuranceRow {
    pub insurance: Insurance,
    pub status: InsuranceStatus,
    /// Months paid altogether (累计缴费月数).
    pub months: u32,
}

/// The five social insurances (五险).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Insurance {
    /// 养老保险
    Pension,
    /// 医疗保险
    Medical,
    /// 失业保险
    Unemployment,
    /// 工伤保险
    Injury,
    /// 生育保险
    Maternity,
}

/// Whether a person is insured now (当前参保状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsuranceStatus {
    /// 参保缴费
    Insured,
    /// 暂停缴费
    Paused,
    /// 终止参保
    Ended,
    /// 未参保
    None,
}

impl From<Participation> for QueryAnswer {
    fn from(participation: Participation) -> QueryAnswer {
        let row = |row: &InsuranceRow| {
            vec![
                Value::State(row.insurance.name().into()),
                Value::State(row.status.name().into()),
                Value::Number { count: row.months.into(), unit: None },
            ]
        };
        let columns = [Sentence { zh: "险种", en: "Insurance" }, Sentence { zh: "参保状态", en: "Status" }, Sentence { zh: "缴费月数", en: "Months" }];
        let table = Table {
            title: Sentence { zh: "参保情况", en: "Your insurances" }.into(),
            columns: columns.map(Bilingual::from).to_vec(),
            rows: participation.rows.iter().map(row).collect(),
        };
        QueryAnswer {
            as_of: participation.as_of,
            facts: Vec::new(),
            tables: vec![table],
            verification_code: Some(participation.verification_code),
        }
    }
}

impl Insurance {
    fn name(self) -> Sentence {
        match self {
            Insurance::Pension => Sentence { zh: "养老保险", en: "Pension" },
            Insurance::Medical => Sentence { zh: "医疗保险", en: "Medical" },
            Insurance::Unemployment => Sentence { zh: "失业保险", en: "Unemployment" },
            Insurance::Injury => Sentence { zh: "工伤保险", en: "Work injury" },
            Insurance::Maternity => Sentence { zh: "生育保险", en: "Maternity" },
        }
    }
}

impl InsuranceStatus {
    fn name(self) -> Sentence {
        match self {
            InsuranceStatus::Insured => Sentence { zh: "参保缴费", en: "Insured" },
            InsuranceStatus::Paused => Sentence { zh: "暂停缴费", en: "Paused" },
            InsuranceStatus::Ended => Sentence { zh: "终止参保", en: "Ended" },
            InsuranceStatus::None => Sentence { zh: "未参保", en: "None" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_reads_as_the_platform_writes_it() {
        let text = r#"{"as_of":"2026-10-31","rows":[
            {"insurance":"pension","status":"insured","months":120},
            {"insurance":"maternity","status":"none","months":0}],
            "verification_code":"K7M2-9QXD"}"#;
        let answer: Participation = serde_json::from_str(text).unwrap();
        assert_eq!(answer.rows[0].insurance, Insurance::Pension);
        assert_eq!(answer.rows[1].status, InsuranceStatus::None);
        let again: Participation =
            serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
        assert_eq!(again, answer);
    }
}
