//! A kiosk on a screen: the one place where window and loop are tied together, for the appliance,
//! the demonstration and the walk without a display.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use slint::ComponentHandle;

use super::{Inbox, Input, Origin, Running, ScreenPort, Ticks, inbox, start};
use crate::screen::window::{Display, Screen};

/// The window, and the kiosk behind it: one after the other, if there are several.
pub struct OnScreen {
    screen: Rc<Screen>,
    display: Display,
    /// Where touches go.
    inbox: Rc<RefCell<Option<Inbox>>>,
}

impl OnScreen {
    /// Makes the window, on the thread that will run the event loop. `short_side_mm` holds until
    /// the kiosk has read its configuration.
    ///
    /// # Errors
    /// There is no display.
    pub fn new(short_side_mm: f32) -> Result<OnScreen, slint::PlatformError> {
        let inbox: Rc<RefCell<Option<Inbox>>> = Rc::default();
        let to = inbox.clone();
        let screen = Rc::new(Screen::new(short_side_mm, move |page, touch| {
            if let Some(inbox) = &*to.borrow() {
                inbox.put(Input::Touch { page, touch });
            }
        })?);
        let display = Display::of(screen.clone());
        Ok(OnScreen { screen, display, inbox })
    }

    pub fn screen(&self) -> &Rc<Screen> {
        &self.screen
    }

    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Starts a kiosk behind the window. `ended` is called when its loop has ended.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn start(
        &self,
        origin: Origin,
        ticks: Ticks,
        ended: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<Running> {
        let (to, inputs) = inbox();
        self.inbox.replace(Some(to.clone()));
        let display = self.display.clone();
        let window = self.screen.window().as_weak();
        let port = ScreenPort {
            show: Box::new(move |view| display.show(view)),
            set_short_side_mm: Box::new(move |short_side_mm| {
                // Fails only after the event loop has ended.
                let _ = window.upgrade_in_event_loop(move |window| {
                    window.set_short_side_mm(short_side_mm);
                });
            }),
            ended: Box::new(ended),
        };
        start(origin, to, inputs, ticks, port)
    }

    /// Puts the first view on the window before its loop begins, so that nobody sees a page
    /// without words. Waits for it at most for `patience`.
    pub fn show_first(&self, patience: Duration) {
        self.display.show_first(patience);
    }
}
