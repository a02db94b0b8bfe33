//! The pages. One that has a shape of its own is a file here, with what it shows as a value and how
//! that is handed to the screen, and a file of the same name in `ui/pages/`; it is listed below
//! once. One that is made of data is composed of [`Blocks`], in a file of what it is about.

mod browse;
mod cases;
mod entitlement;
mod identify;
mod obstacle;
mod out_of_service;
mod outlets;
mod packages;
mod policies;
mod request;
mod results;
mod review;
mod tile;
mod typed;
mod vacancies;
mod waiting;

pub(super) use self::blocks::facts_said;
pub use self::out_of_service::{OutOfService, out_of_service};
pub use self::tile::{Marks, Tile};
use crate::screen::compose::{Compose, Composed};
use crate::screen::said::{Control, Speech};
use crate::visit::Flow;
use crate::visit::flows::{EvaluateStep, IdentifyStep};

/// Makes [`PageView`] and what draws it from the list of pages: the name of the value, and of the
/// files that have it.
macro_rules! pages {
    ($($kind:ident in $file:ident),+ $(,)?) => {
        $(mod $file;
        pub use self::$file::*;)+

        /// What stands between the status bar and the foot.
        #[derive(Clone, Debug, PartialEq)]
        pub enum PageView {
            $($kind(Box<$kind>)),+
        }

        impl PageView {
            /// Name of the file in `ui/pages/` that draws it.
            pub fn file(&self) -> &'static str {
                match self {
                    $(PageView::$kind(_) => stringify!($file)),+
                }
            }

            pub(super) fn said(&self, speech: &mut Speech) {
                match self {
                    $(PageView::$kind(page) => page.said(speech)),+
                }
            }

            pub(super) fn controls(&self) -> Vec<&Control> {
                match self {
                    $(PageView::$kind(page) => page.controls()),+
                }
            }
        }

        $(impl From<$kind> for PageView {
            fn from(page: $kind) -> PageView {
                PageView::$kind(Box::new(page))
            }
        })+

        /// The lists behind the pages on the screen; each stays the same list while a page stands.
        #[cfg(feature = "screen")]
        #[derive(Default)]
        pub(super) struct Drawn {
            $($file: std::cell::RefCell<$file::Drawn>),+
        }

        #[cfg(feature = "screen")]
        impl Drawn {
            /// Hands a page to the screen.
            pub fn draw(&self, page: &PageView, window: &crate::screen::draw::ui::KioskWindow) {
                match page {
                    $(PageView::$kind(page) => self.$file.borrow().draw(page, window)),+
                }
            }

            /// Takes a page that stands no more out of the screen's memory: it was a citizen's
            /// (promise P4).
            pub fn forget(&self, page: &PageView, window: &crate::screen::draw::ui::KioskWindow) {
                use slint::ComponentHandle as _;
                match page {
                    $(PageView::$kind(_) => {
                        window.global::<crate::screen::draw::ui::$kind>().set_view(Default::default());
                        self.$file.replace(Default::default());
                    }),+
                }
            }
        }
    };
}

pages! {
    Area in area,
    Attract in attract,
    Blocks in blocks,
    Card in card,
    Catalogue in catalogue,
    Evaluation in evaluation,
    Farewell in farewell,
    Home in home,
    Keys in keys,
    Listing in listing,
    Outcome in outcome,
    Place in place,
    Question in question,
    Search in search,
}

/// The page of a visit.
pub(super) fn compose(compose: &Compose) -> Composed {
    match compose.visit.top() {
        Flow::Browse(browse) => browse::compose(compose, browse),
        Flow::AreaItems(list) => area::compose(compose, list),
        Flow::Search(search) => search::compose(compose, search),
        Flow::Packages(packages) => packages::compose(compose, packages),
        Flow::Policies(policies) => policies::compose(compose, policies),
        Flow::Outlets(outlets) => outlets::compose(compose, outlets),
        Flow::GuideSlip(guide) => results::guide(compose, guide),
        Flow::Identify(identify) => match &identify.step {
            IdentifyStep::Consent => identify::consent(compose, &identify.purpose),
            IdentifyStep::Card(phase) => card::compose(compose, &identify.purpose, *phase),
            IdentifyStep::Confirm(card) => identify::confirm(compose, &identify.purpose, card),
        },
        Flow::Query(query) => waiting::querying(compose, &query.item),
        Flow::QueryResult(result) => results::query(compose, result),
        Flow::Form(form) if form.is_asking() => waiting::querying(compose, &form.item),
        Flow::Form(form) => question::compose(compose, form),
        Flow::ChooseWindow(window) => request::window(compose, window),
        Flow::ConfirmAuthority(asked) if asked.is_asking() => {
            waiting::querying(compose, &asked.item)
        }
        Flow::ConfirmAuthority(asked) => question::credit_code(compose, asked),
        Flow::CheckEntitlement(asked) => waiting::querying(compose, &asked.item),
        Flow::Offered(offered) => entitlement::compose(compose, offered),
        Flow::Vacancies(flow) => match flow.found() {
            Some(page) => vacancies::compose(compose, flow, page),
            None => waiting::querying(compose, &flow.item),
        },
        Flow::Review(review) => review::compose(compose, review),
        Flow::Submit(submit) if submit.store_is_silent() => {
            obstacle::store_silent(compose, &submit.application.item)
        }
        Flow::Submit(submit) => waiting::storing(compose, &submit.application.item),
        Flow::CaseResult(result) => results::case(compose, result),
        Flow::Cases(cases) => match cases.found() {
            Some(found) => cases::list(compose, found, cases.unreadable()),
            None => waiting::searching(compose),
        },
        Flow::OpenCase(case) => results::open_case(compose, case),
        Flow::Evaluate(evaluate) => match &evaluate.step {
            EvaluateStep::Keys { pressed } => {
                evaluation::compose(compose, &evaluate.about, pressed.as_ref())
            }
            EvaluateStep::Reasons { level, ticked } => {
                question::reasons(compose, &evaluate.about, *level, ticked)
            }
        },
        Flow::Farewell(farewell) => farewell::compose(compose, farewell),
        Flow::Obstacle(obstacle) => obstacle::compose(compose, obstacle),
    }
}
