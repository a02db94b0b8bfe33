//! What can happen to a visit.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CaseFacts;
use crate::domain::answer::{NoAnswer, QueryAnswer};
use crate::domain::card::CardText;
use crate::domain::enterprise::Authority;
use crate::domain::entitlement::Entitled;
use crate::domain::evaluation::Level;
use crate::domain::outlet::Reach;
use crate::domain::pack::Area;
use crate::domain::vacancy::VacancyPage;

/// Ties a reply to the effect that asked for it, so that an answer that comes after its citizen
/// has left reaches nobody (promise P4).
pub type Ticket = u64;

/// Names one showing of one page. A touch carries the token of the page it was made on; one that
/// was made on another page than the present one falls away, because what stood under the finger
/// is no longer there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(pub u64);

/// Everything that can happen. A recorded list of events replays a visit exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    Touched {
        page: PageToken,
        touch: Touch,
    },
    /// A key of the evaluation panel.
    Pressed(Level),
    /// A card was found and is being read.
    CardReading,
    CardRead {
        card: Box<CardText>,
        /// Today in China; `None` while the clock cannot be trusted (promise P9).
        today: Option<Date>,
    },
    CardTrouble(CardTrouble),
    /// Whether a card lies on the reader, as answer to `Effect::WatchCard` and at every change.
    CardPresence {
        /// `None`: the reader cannot tell.
        lies: Option<bool>,
    },
    /// One second of the monotonic clock has passed (promise P9).
    Second {
        /// Today in China by a trusted clock.
        today: Option<Date>,
    },
    Surroundings(Surroundings),
    Stored {
        ticket: Ticket,
        /// `None`: the queue could not take the case.
        facts: Option<CaseFacts>,
    },
    /// The platform moved a case. Comes for any case of this kiosk.
    CaseAdvanced(CaseFacts),
    Queried {
        ticket: Ticket,
        answer: Result<QueryAnswer, NoAnswer>,
    },
    /// Whether somebody is given something without application.
    Entitled {
        ticket: Ticket,
        answer: Entitled,
    },
    /// Whether somebody may act for an enterprise.
    AuthorityTold {
        ticket: Ticket,
        answer: Authority,
    },
    VacanciesFound {
        ticket: Ticket,
        /// `None`: the platform has no answer.
        page: Option<VacancyPage>,
    },
    CasesFound {
        ticket: Ticket,
        /// `None`: the store could not say, which is not the same as no case.
        cases: Option<Vec<CaseFacts>>,
        /// Cases that are there and cannot be read.
        unreadable: u32,
    },
    SlipDone {
        ticket: Ticket,
        outcome: SlipOutcome,
    },
    /// Whether an evaluation is in the queue.
    EvaluationStored {
        ticket: Ticket,
        stored: bool,
    },
}

/// What a person touched. Numbers are positions on the page that the token of the touch names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Touch {
    // On every page.
    ToggleAssisted,
    ToggleLanguage,
    Help,
    CloseSheet,
    MoreTime,
    /// Turned a page or swiped: the citizen reads, and nothing else changes.
    Read,
    /// One page back.
    Back,
    /// To the choice of items; the matter under way is given up.
    Home,
    /// The visit ends.
    Leave,
    /// Goes on where a page has one way on.
    Next,

    // Browsing.
    Start,
    StartAssisted,
    /// An item in the order of the pack.
    Item(usize),
    /// The items of an area.
    Area(Area),
    /// Looking for an item by letters or its number.
    Search,
    /// Another part of a list that does not stand on one page, counted from 0.
    Turn(usize),
    MyCases,
    Begin,
    /// The eight public fields (八公开).
    PublicFields,
    /// The form of an item, filled in (样表).
    SampleForm,
    /// Prints what the page tells, which is nobody's own: a guide, a policy, the way to an outlet.
    PrintGuide,
    /// Places with people (人工网点).
    Outlets,
    /// 请人联系我: somebody shall call, since the kiosk cannot do it.
    CallMe,
    /// The outlets around, the nearest first; of an item, those where it is done.
    NearOutlets,
    /// Those of the outlets around that are open longer, nearer to home, or machines.
    Reaching(Reach),
    /// An outlet in the order of the pack.
    OutletAt(usize),
    /// Packages (打包办).
    Packages,
    /// A package in the order of the pack.
    Package(usize),
    /// The policies that hold today.
    Policies,
    /// A policy in the order of the pack.
    Policy(usize),
    /// Whether policies that may concern the person are marked, from now on the other way.
    MarkPolicies,

    // Identification.
    Agree,
    Confirm,
    NotMe,

    // Questions.
    Choose(usize),
    Digit(u8),
    /// A capital letter of a code, of a check character or of what is looked for, or the point of an
    /// amount.
    Letter(char),
    Erase,
    Clear,
    /// Another answer than a mobile number of one's own (没有手机): a place in
    /// `Form::phone_ways`.
    PhoneWay(usize),
    Edit(usize),
    Submit,

    // Results.
    Reprint,
    Evaluate,
    /// Another matter on the same identification (办理其他事项).
    Another,
    /// A case of the list (我的办件).
    Case(usize),
    Retry,

    // Without application, and looking on.
    /// What is given without application is not wanted.
    Decline,
    /// The page of a list before this one.
    Earlier,
    /// The page after.
    Further,

    // Evaluation.
    Level(Level),
    Undo,
    Reason(usize),
    SendReasons,
    /// 不想说明: the press is kept for follow-up without a reason.
    NoReason,
}

/// Why a laid card did not become an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardTrouble {
    /// Not an identity card: a bank card, a phone.
    WrongCard,
    /// Card and reader could not authenticate each other.
    NotGenuine,
    /// Taken away while it was read.
    MovedAway,
    /// Read before and not lifted since.
    StillThere,
    Unreadable,
}

/// What stands around the citizen now; decides what can be begun (promise P8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surroundings {
    pub online: bool,
    pub reader: bool,
    pub printer: bool,
    pub panel: bool,
}

/// What became of a slip (promise P3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SlipOutcome {
    Printed,
    NotPrinted,
    Unknown,
}
