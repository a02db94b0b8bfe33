//! What stands around every page: the status bar on top, where am I, and the controls that never
//! move.

use crate::clock::local;
use crate::devices::state::DeviceState;
use crate::domain::pack::Standing;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::Drawing;
use crate::screen::said::{Control, Role, Speech};
use crate::visit::{Page, Touch};

/// The top of every page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    pub bureau: String,
    pub outlet: String,
    /// `02:14`; empty where the page itself shows the time.
    pub clock: String,
    /// 离线, or nothing.
    pub offline: String,
    /// That the time is not certain, or nothing (promise P9).
    pub untrusted: String,
    /// What does not work now, one sentence.
    pub notice: String,
    /// The permanent 演示 or 样例 (promise P1).
    pub banner: String,
    pub assisted: Option<Control>,
    pub language: Option<Control>,
}

/// The frame of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    pub title: String,
    pub step: Option<Step>,
    /// Goes one page back, or does what stands in its place.
    pub back: Option<Control>,
    pub exit: Option<Control>,
    pub help: Option<Control>,
    pub action: Option<Action>,
}

/// Which step of how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub step: usize,
    pub of: usize,
    pub words: String,
}

/// The one action of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    pub control: Control,
    /// What most people want here; drawn in the colour of the house.
    pub primary: bool,
}

impl Bar {
    pub(super) fn compose(compose: &Compose, sample: bool) -> Bar {
        let (session, moment, pack) = (compose.session, compose.moment, compose.pack());
        let attract = compose.visit.page() == Page::Attract;
        let offline = !(session.surroundings().online || attract && moment.settling);
        let banner = match (moment.demo, pack.standing, sample) {
            (true, ..) => compose.text(say::BANNER_DEMO),
            (false, Standing::Sample, _) => compose.text(say::BANNER_SAMPLE),
            (false, Standing::Official, true) => compose.text(say::BANNER_SAMPLE_ITEM),
            (false, Standing::Official, false) => String::new(),
        };
        let mode = if session.assisted() { say::STANDARD_MODE } else { say::ASSISTED_MODE };
        Bar {
            bureau: compose.own(&pack.bureau),
            outlet: compose.own(&pack.place.name),
            clock: if attract {
                String::new()
            } else {
                local(moment.now).strftime("%H:%M").to_string()
            },
            offline: if offline { compose.text(say::OFFLINE) } else { String::new() },
            untrusted: if moment.clock_trusted || attract {
                String::new()
            } else {
                compose.text(say::CLOCK_UNTRUSTED)
            },
            // The attract page says for each offer what it means.
            notice: if attract { String::new() } else { moment.devices.notice(compose.lang) },
            banner,
            assisted: Some(
                Control::new("toggle-assisted", compose.text(mode), Touch::ToggleAssisted)
                    .drawn(Drawing::Elder),
            ),
            language: Some(Control::new(
                "toggle-language",
                compose.text(say::OTHER_LANGUAGE),
                Touch::ToggleLanguage,
            )),
        }
    }

    pub(super) fn said(&self, speech: &mut Speech) {
        speech
            .say(Role::Mark, &self.banner)
            .say(Role::Text, &self.bureau)
            .say(Role::Text, &self.outlet)
            .say(Role::Value, &self.clock)
            .say(Role::Mark, &self.untrusted)
            .say(Role::Mark, &self.offline)
            .say(Role::Text, &self.notice);
    }

    pub(super) fn controls(&self) -> impl Iterator<Item = &Control> {
        self.assisted.iter().chain(&self.language)
    }
}

impl Frame {
    pub(super) fn compose(compose: &Compose, composed: &mut Composed) -> Frame {
        let visit = compose.visit;
        let action = composed.action.take();
        let back = composed.instead_of_back.take().or_else(|| {
            let label = compose.text(say::BACK);
            visit
                .can_go_back()
                .then(|| Control::new("back", label, Touch::Back).drawn(Drawing::Back))
        });
        // One way out is enough on a page whose foot has it.
        let in_foot = [&back, &action.as_ref().map(|action| action.control.clone())]
            .into_iter()
            .flatten()
            .any(|control| control.touch == Touch::Leave);
        let exit = (visit.can_leave() && !in_foot).then(|| compose.exit());
        Frame {
            title: std::mem::take(&mut composed.title),
            step: composed.step.take(),
            back,
            exit,
            help: Some(compose.help()),
            action,
        }
    }

    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Title, &self.title);
        if let Some(step) = &self.step {
            speech.say(Role::Text, &step.words);
        }
    }

    pub(super) fn controls(&self) -> impl Iterator<Item = &Control> {
        let action = self.action.as_ref().map(|action| &action.control);
        self.exit.iter().chain(&self.back).chain(&self.help).chain(action)
    }
}

impl Compose<'_> {
    /// The way out of the visit.
    pub fn exit(&self) -> Control {
        Control::new("leave", self.text(say::FINISH), Touch::Leave).drawn(Drawing::Door)
    }

    /// The way back to the choice of items.
    pub fn home(&self) -> Control {
        Control::new("home", self.text(say::BACK_HOME), Touch::Home).drawn(Drawing::House)
    }

    /// Somebody shall call, since the kiosk cannot do it (首问负责).
    pub fn call_me(&self) -> Control {
        Control::new("call-me", self.text(say::CALL_ME), Touch::CallMe).drawn(Drawing::Phone)
    }

    pub fn help(&self) -> Control {
        let label = self.text(say::HELP_HOTLINE_KEY);
        Control::new("help", label, Touch::Help).drawn(Drawing::Phone)
    }

    pub fn panel_present(&self) -> bool {
        matches!(self.moment.devices.panel, DeviceState::Ready | DeviceState::Warning(_))
    }
}
