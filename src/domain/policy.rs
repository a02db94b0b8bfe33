//! Policies (政策): what is new, for whom, and what it comes to (四进两知, `domain.md` §1.0).

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::item::ItemId;
use crate::domain::limits;
use crate::domain::listing::Audience;
use crate::domain::pack::{Bilingual, Pack, Standing};
use crate::say::{self, Lang};

/// Most policies of a pack.
pub const MOST_POLICIES: usize = 200;

/// `policies/NN-name.toml`: one policy in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    #[schemars(with = "limits::Name")]
    pub id: String,
    pub standing: Standing,
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
    /// Whom it speaks to; without any, everybody.
    #[serde(default)]
    #[schemars(length(max = 12))]
    pub audience: Vec<Audience>,
    /// Ages of those whom it may matter to; nothing is decided by it.
    #[serde(default)]
    pub ages: Option<Ages>,
    /// The first day on which it holds.
    pub from: Date,
    /// The last day; without it, until further notice.
    #[serde(default)]
    pub to: Option<Date>,
    /// In plain words, at most 100 Han characters.
    #[schemars(with = "limits::Plain")]
    pub summary: Bilingual,
    /// Who gets it (谁能享受).
    #[schemars(with = "limits::Text")]
    pub who: Bilingual,
    /// What it comes to for one person, worked out (算得清).
    #[serde(default)]
    #[schemars(with = "limits::Text")]
    pub example: Option<Bilingual>,
    /// What it rests on (政策依据).
    #[schemars(with = "limits::Text")]
    pub basis: Bilingual,
    /// Items of the pack by which it is claimed.
    #[serde(default)]
    #[schemars(with = "Vec<limits::Name>", length(max = 10))]
    pub items: Vec<ItemId>,
}

/// Ages in full years, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    #[schemars(range(min = 0, max = 120))]
    pub min: u8,
    #[schemars(range(min = 0, max = 120))]
    pub max: u8,
}

/// Names a policy of one version of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRef {
    pub id: String,
    pub pack_version: String,
}

impl Policy {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// When it holds: `2026-11-02起`, `2026-11-02至2027-12-31`.
    pub fn holds(&self, lang: Lang) -> String {
        let from = self.from.to_string();
        match self.to {
            None => say::POLICY_SINCE.fill(lang, &[("from", &from)]),
            Some(to) => say::POLICY_FROM_TO.fill(lang, &[("from", &from), ("to", &to.to_string())]),
        }
    }

    /// Whether it speaks of somebody of this age. Of one that names no ages nothing is guessed.
    pub fn speaks_to(&self, age: u32) -> bool {
        self.ages.is_some_and(|ages| (u32::from(ages.min)..=u32::from(ages.max)).contains(&age))
    }
}

impl Pack {
    /// The policy with this identifier.
    pub fn policy(&self, id: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.id == id)
    }

    /// The policies that hold on a day, each with its place in the pack, the newest first.
    pub fn policies_on(&self, day: Date) -> Vec<(usize, &Policy)> {
        let hold = |(_, policy): &(usize, &Policy)| policy.holds_on(day);
        let mut holding: Vec<_> = self.policies.iter().enumerate().filter(hold).collect();
        holding.sort_by_key(|(_, policy)| std::cmp::Reverse(policy.from));
        holding
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn policy(id: &str, from: Date, to: Option<Date>, ages: Option<Ages>) -> Policy {
        let text = || Bilingual { zh: "样例".to_owned(), en: "Sample".to_owned() };
        Policy {
            id: id.to_owned(),
            standing: Standing::Sample,
            name: text(),
            audience: Vec::new(),
            ages,
            from,
            to,
            summary: text(),
            who: text(),
            example: None,
            basis: text(),
            items: Vec::new(),
        }
    }

    #[test]
    fn what_holds_today_stands_with_the_newest_first() {
        let pack = Pack {
            policies: vec![
                policy("ended", date(2026, 1, 1), Some(date(2026, 11, 21)), None),
                policy("old", date(2025, 1, 1), None, None),
                policy("last_day", date(2026, 2, 1), Some(date(2026, 11, 22)), None),
                policy("to_come", date(2026, 11, 23), None, None),
                policy("new", date(2026, 11, 22), None, None),
            ],
            ..crate::slip::samples::pack()
        };
        let ids = |day| {
            let all = pack.policies_on(day).into_iter();
            all.map(|(_, policy)| policy.id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(ids(date(2026, 11, 22)), ["new", "last_day", "old"]);
        assert_eq!(ids(date(2026, 11, 23)), ["to_come", "new", "old"]);
        assert_eq!(pack.policies_on(date(2026, 11, 22))[0].0, 4, "its place in the pack");
    }

    #[test]
    fn p6_a_policy_without_ages_is_guessed_to_be_nobodys() {
        let day = date(2026, 1, 1);
        let ages = Some(Ages { min: 16, max: 24 });
        let with = policy("with", day, None, ages);
        assert_eq!([15, 16, 24, 25].map(|age| with.speaks_to(age)), [false, true, true, false]);
        assert!(!policy("without", day, None, None).speaks_to(20));
    }
}
