//! The whole screen as one value.

use crate::clock::local;
use crate::domain::pack::Accent;
use crate::say::Lang;
use crate::screen::compose::Compose;
use crate::screen::frame::{Bar, Frame};
use crate::screen::moment::Moment;
use crate::screen::pages::{self, PageView};
use crate::screen::said::{Control, Said, Speech};
use crate::screen::sheet::Sheet;
use crate::visit::{PageToken, Visit};

/// Everything that stands on the screen. `Debug` tells the page only: what stands on it is the
/// citizen's.
#[derive(Clone, PartialEq)]
pub struct View {
    /// The page of the visit that this shows; each touch made on it carries it.
    pub token: PageToken,
    /// Name of the page in scripts and pictures.
    pub name: &'static str,
    pub lang: Lang,
    pub assisted: bool,
    /// Dark surroundings: a dark ground.
    pub night: bool,
    /// The colour of the house.
    pub accent: Accent,
    pub bar: Bar,
    pub frame: Frame,
    pub page: PageView,
    pub sheet: Option<Sheet>,
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The screen of a visit.
pub fn compose(visit: &Visit, moment: &Moment) -> View {
    let compose = Compose::new(visit, moment);
    let mut composed = pages::compose(&compose);
    let assisted = compose.session.assisted();
    View {
        token: visit.token(),
        name: composed.name,
        lang: compose.lang,
        assisted,
        // A dark room wants a dark page; assisted mode keeps the one with the most contrast.
        night: !assisted && !(6..22).contains(&local(moment.now).hour()),
        accent: compose.pack().branding.accent,
        bar: Bar::compose(&compose, composed.sample),
        frame: Frame::compose(&compose, &mut composed),
        page: composed.page,
        sheet: Sheet::compose(&compose),
    }
}

impl View {
    /// What the screen says, in the order in which a person reads it: of the sheet alone while one
    /// lies over the page.
    pub fn said(&self) -> Vec<Said> {
        let mut speech = Speech::default();
        match &self.sheet {
            Some(sheet) => sheet.said(&mut speech),
            None => {
                self.bar.said(&mut speech);
                self.frame.said(&mut speech);
                self.page.said(&mut speech);
            }
        }
        speech.into_said()
    }

    /// What can be touched, in the order of the tactile keys: of the sheet alone while one lies
    /// over the page.
    pub fn controls(&self) -> Vec<&Control> {
        match &self.sheet {
            Some(sheet) => sheet.controls().collect(),
            None => {
                let page = self.page.controls();
                self.bar.controls().chain(page).chain(self.frame.controls()).collect()
            }
        }
    }

    /// The control with this id.
    pub fn control(&self, id: &str) -> Option<&Control> {
        self.controls().into_iter().find(|control| control.id == id)
    }
}
