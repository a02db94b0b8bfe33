//! The pages of a visit.

/// What stands on the screen, without what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    Attract,
    Home,
    Area,
    Search,
    Item,
    PublicFields,
    /// The form of an item, filled in.
    SampleForm,
    Outlets,
    NearOutlets,
    Outlet,
    Packages,
    Package,
    Policies,
    Policy,
    GuideSlip,
    Consent,
    Card,
    Identity,
    /// One question, counted from 0.
    Question(usize),
    /// A further step of a question about a region.
    Region {
        question: usize,
        step: usize,
    },
    /// When somebody shall come or call.
    Window,
    /// Of which enterprise somebody is the agent.
    CreditCode,
    /// What is given without application.
    Offered,
    Declined,
    Vacancies,
    Review,
    Storing,
    /// The queue does not answer.
    StoreSilent,
    Querying,
    QueryResult,
    CaseResult,
    Searching,
    Cases,
    OpenCase,
    Evaluation,
    Reasons,
    Farewell,
    Obstacle,
}
