//! The rules of a pack by name: what `pack check --json` says, and what a bureau looks up.

use serde::{Deserialize, Serialize};

/// What a fault is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A file or folder that cannot be read, or holds too much.
    FileUnreadable,
    /// A file whose name says nothing, or says something else than what is in it.
    FileMisnamed,
    /// A file that nobody needs.
    FileIgnored,
    NotToml,
    InvisibleCharacter,
    UnknownField,
    ValueMissing,
    /// One of the eight public fields (八公开).
    PublicFieldMissing,
    GuideMissing,
    /// One of the eleven fields of the guide (办事指南).
    GuideFieldMissing,
    /// What the staff does (操作规程).
    ProcedureMissing,
    /// One of the two languages.
    TranslationMissing,
    /// A value of another type, length, range or form than the schema allows.
    Malformed,
    LinkMalformed,
    /// A name, code, number or day that stands twice.
    Twice,
    ImplausibleDate,
    /// Ages that nobody has.
    ImplausibleAge,
    /// 即时办结 within 30 minutes.
    #[serde(rename = "instant_above_30_min")]
    InstantAbove30Min,
    /// What does not go with how an item is handled.
    Handling,
    /// 6+1
    CategoryOutsideSixPlusOne,
    /// 提速办: at most half of what the law allows.
    PromiseAboveHalf,
    /// 信用承诺 wherever money is paid.
    PayoutWithoutCreditCommitment,
    /// A form that nobody sees filled in (样表).
    SampleFormMissing,
    /// A worked example that comes out otherwise.
    ExampleFails,
    /// 容缺: what may follow asks for a commitment.
    MissingMaterialWithoutCommitment,
    /// A proof that was abolished and is asked for all the same.
    CancelledProof,
    /// A material that stands twice in one list.
    MaterialTwice,
    /// An item that the pack does not have.
    UnknownItem,
    /// A name of something else that the pack does not have.
    DanglingReference,
    /// A code list that no question names.
    ListUnused,
    /// 失业一件事 has exactly eight items.
    UnemploymentPackageNotEight,
    /// Working days are promised of a year whose holidays nobody has written down.
    NoCalendar,
    /// A citizen is told to try another department.
    SendAway,
    /// A telephone number among the public fields.
    PhoneMissing,
    /// A question that shuts somebody out, or that nobody asks.
    Question,
    /// A condition that can never hold.
    UnreachableQuestion,
    /// Bounds of an answer that admit none.
    ImpossibleBounds,
    /// A region is asked for, and the pack lists none.
    RegionsMissing,
    /// What the card has told is asked (已知信息不再填写).
    KnownFact,
    /// Opening hours, and places with people.
    Outlet,
    /// 好差评
    EvaluationTag,
    /// A signature that is missing, somebody else's, or older than a file.
    Signature,
    /// An official pack that names no office that answers for it.
    SignerMissing,
    /// What an official pack may not borrow from a sample.
    Standing,
}

impl Rule {
    /// The rule that a keyword of the schema names under `x-rule`.
    pub(super) fn named(name: &str) -> Option<Rule> {
        serde_json::from_value(name.into()).ok()
    }

    /// Of a value that is not of the form that the schema asks for.
    pub(super) fn of_malformed(pointer: &str, value: &serde_json::Value) -> Rule {
        if pointer == "/procedure" && value.as_array().is_some_and(Vec::is_empty) {
            return Rule::ProcedureMissing;
        }
        let empty = value.as_str().is_some_and(|text| text.trim().is_empty());
        match pointer.rsplit('/').next() {
            Some("zh" | "en") if empty => Rule::TranslationMissing,
            Some(name) if name == "url" || name.ends_with("_url") => Rule::LinkMalformed,
            _ => Rule::Malformed,
        }
    }

    /// Of a value that is missing at this JSON pointer.
    pub(super) fn of_missing(pointer: &str) -> Rule {
        let parts: Vec<&str> = pointer.split('/').skip(1).collect();
        match parts[..] {
            [.., "zh" | "en"] => Rule::TranslationMissing,
            ["public"] | ["public", _] => Rule::PublicFieldMissing,
            ["guide"] => Rule::GuideMissing,
            ["guide", _] | ["materials"] => Rule::GuideFieldMissing,
            ["procedure"] => Rule::ProcedureMissing,
            _ => Rule::ValueMissing,
        }
    }
}
