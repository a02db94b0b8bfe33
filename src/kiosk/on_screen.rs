//! A kiosk on a screen: the one place where window and loop are tied together, for the appliance,
//! the demonstration and the walk without a display.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use slint::ComponentHandle;

use super::{Inbox, Input, Inputs, Origin, Running, ScreenPort, Ticks, inbox, start};
use crate::screen::window::{Display, Screen, ui};

thread_local! {
    /// The window of this thread.
    static WINDOW: RefCell<slint::Weak<ui::KioskWindow>> = RefCell::default();
}

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
        OnScreen::around(Display::default(), None, short_side_mm)
    }

    /// Starts a kiosk and makes its window meanwhile: disk and panel take their time side by side.
    /// `ended` is called when the loop has ended.
    ///
    /// # Errors
    /// There is no display, or the system gives no threads.
    pub fn with_kiosk(
        short_side_mm: f32,
        origin: Origin,
        ticks: Ticks,
        ended: impl FnOnce() + Send + 'static,
    ) -> anyhow::Result<(OnScreen, Running)> {
        let display = Display::default();
        let (to, inputs) = inbox();
        let kiosk = run(&display, origin, (to.clone(), inputs), ticks, ended)?;
        match OnScreen::around(display, Some(to), short_side_mm) {
            Ok(window) => Ok((window, kiosk)),
            Err(error) => {
                kiosk.stop()?;
                Err(error.into())
            }
        }
    }

    fn around(
        display: Display,
        inbox: Option<Inbox>,
        short_side_mm: f32,
    ) -> Result<OnScreen, slint::PlatformError> {
        let inbox = Rc::new(RefCell::new(inbox));
        let to = inbox.clone();
        let screen = Rc::new(Screen::new(short_side_mm, move |page, touch| {
            if let Some(inbox) = &*to.borrow() {
                inbox.put(Input::Touch { page, touch });
            }
        })?);
        WINDOW.with(|window| window.replace(screen.window().as_weak()));
        display.attach(screen.clone());
        Ok(OnScreen { screen, display, inbox })
    }

    pub fn screen(&self) -> &Rc<Screen> {
        &self.screen
    }

    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Starts a kiosk behind the window that is there. `ended` is called when its loop has ended.
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
        run(&self.display, origin, (to, inputs), ticks, ended)
    }

    /// Puts the first view on the window before its loop begins, so that nobody sees a page
    /// without words. Waits for it at most for `patience`.
    pub fn show_first(&self, patience: Duration) {
        self.display.show_first(patience);
    }
}

fn run(
    display: &Display,
    origin: Origin,
    (inbox, inputs): (Inbox, Inputs),
    ticks: Ticks,
    ended: impl FnOnce() + Send + 'static,
) -> std::io::Result<Running> {
    let display = display.clone();
    let port = ScreenPort {
        show: Box::new(move |view| display.show(view)),
        set_short_side_mm: Box::new(|short_side_mm| {
            // Fails before there is a window, which is then made by the same configuration, and
            // after the event loop has ended.
            let _ = slint::invoke_from_event_loop(move || {
                if let Some(window) = WINDOW.with(|window| window.borrow().upgrade()) {
                    window.set_short_side_mm(short_side_mm);
                }
            });
        }),
        ended: Box::new(ended),
    };
    start(origin, inbox, inputs, ticks, port)
}
