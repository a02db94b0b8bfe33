//! The window of the kiosk: shows a [`View`] and takes touches from it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use slint::ComponentHandle;

use crate::domain::pack::Accent;
use crate::say::Lang;
use crate::screen::draw::{List, control, fact, label_ems, maybe, running, tone, whole};
use crate::screen::frame::{Bar, Frame};
use crate::screen::pages::Drawn;
use crate::screen::sheet::Sheet;
use crate::screen::view::View;
use crate::visit::{PageToken, Touch};

pub use crate::screen::draw::ui;

/// The window with the lists that stand behind it.
pub struct Screen {
    window: ui::KioskWindow,
    drawn: Drawn,
    help: List<ui::Fact>,
    shown: Rc<RefCell<Option<View>>>,
    turn: Cell<i32>,
}

impl Screen {
    /// Makes the window. `touched` is called on the thread of the window, with the page on which
    /// the finger was.
    ///
    /// # Errors
    /// When the platform has no display to open.
    pub fn new(
        short_side_mm: f32,
        touched: impl Fn(PageToken, Touch) + 'static,
    ) -> Result<Screen, slint::PlatformError> {
        let window = ui::KioskWindow::new()?;
        window.set_short_side_mm(short_side_mm);
        let shown: Rc<RefCell<Option<View>>> = Rc::default();
        let view = shown.clone();
        window.global::<ui::Kiosk>().on_touched(move |id| {
            let touch = match &*view.borrow() {
                Some(view) if id == READ => Some((view.token, Touch::Read)),
                Some(view) => view
                    .control(&id)
                    .filter(|control| control.enabled)
                    .map(|control| (view.token, control.touch)),
                None => None,
            };
            // What is shown may change while the touch is carried out.
            if let Some((token, touch)) = touch {
                touched(token, touch);
            }
        });
        Ok(Screen {
            window,
            drawn: Drawn::default(),
            help: List::default(),
            shown,
            turn: Cell::new(0),
        })
    }

    pub fn window(&self) -> &ui::KioskWindow {
        &self.window
    }

    /// What stands on the screen now; nothing before the first view.
    pub fn shown(&self) -> Option<View> {
        self.shown.borrow().clone()
    }

    /// Puts a view on the screen, changing only what differs from the one that stands there.
    pub fn show(&self, view: View) {
        if self.shown.borrow().as_ref() == Some(&view) {
            return;
        }
        let new_page = self
            .shown
            .borrow()
            .as_ref()
            .is_none_or(|old| old.token != view.token || old.page.file() != view.page.file());
        if new_page {
            self.turn.set(self.turn.get().wrapping_add(1));
        }
        let kiosk = self.window.global::<ui::Kiosk>();
        kiosk.set_english(view.lang == Lang::En);
        kiosk.set_assisted(view.assisted);
        kiosk.set_night(view.night);
        kiosk.set_accent(match view.accent {
            Accent::Blue => ui::Accent::Blue,
            Accent::Red => ui::Accent::Red,
            Accent::Green => ui::Accent::Green,
        });
        kiosk.set_bar(bar(&view.bar));
        kiosk.set_frame(frame(&view.frame));
        kiosk.set_sheet(self.sheet(view.sheet.as_ref()));
        self.drawn.draw(&view.page, &self.window);
        // The page last: whatever it shows is in place when it appears.
        kiosk.set_turn(self.turn.get());
        kiosk.set_page(view.page.file().into());
        let file = view.page.file();
        if let Some(old) = self.shown.replace(Some(view))
            && old.page.file() != file
        {
            self.drawn.forget(&old.page, &self.window);
        }
    }

    fn sheet(&self, sheet: Option<&Sheet>) -> ui::SheetView {
        let facts = sheet.map_or(&[][..], |sheet| &sheet.facts);
        let rows = self.help.show(facts.iter().map(fact));
        match sheet {
            None => ui::SheetView { facts: rows, ..ui::SheetView::default() },
            Some(sheet) => ui::SheetView {
                shown: true,
                title: whole(&sheet.title),
                strokes: sheet.drawing.strokes().into(),
                tone: tone(sheet.tone),
                figure: sheet.figure.as_str().into(),
                ring: sheet.ring.unwrap_or(-1.0),
                detail: running(&sheet.detail),
                label_ems: label_ems(facts),
                facts: rows,
                leave: maybe(sheet.leave.as_ref()),
                stay: control(&sheet.stay),
            },
        }
    }
}

/// What the screen reports when somebody turns a page or swipes.
const READ: &str = "read";

fn bar(bar: &Bar) -> ui::BarView {
    ui::BarView {
        bureau: whole(&bar.bureau),
        outlet: whole(&bar.outlet),
        clock: bar.clock.as_str().into(),
        offline: bar.offline.as_str().into(),
        untrusted: bar.untrusted.as_str().into(),
        notice: running(&bar.notice),
        banner: bar.banner.as_str().into(),
        assisted: maybe(bar.assisted.as_ref()),
        language: maybe(bar.language.as_ref()),
    }
}

fn frame(frame: &Frame) -> ui::FrameView {
    let step = frame.step.as_ref();
    let number = |number: usize| i32::try_from(number).unwrap_or_default();
    ui::FrameView {
        title: whole(&frame.title),
        step_words: step.map_or("", |step| step.words.as_str()).into(),
        step: step.map_or(0, |step| number(step.step)),
        steps: step.map_or(0, |step| number(step.of)),
        back: maybe(frame.back.as_ref()),
        exit: maybe(frame.exit.as_ref()),
        help: maybe(frame.help.as_ref()),
        action: maybe(frame.action.as_ref().map(|action| &action.control)),
        action_primary: frame.action.as_ref().is_some_and(|action| action.primary),
    }
}

thread_local! {
    static SCREEN: RefCell<Option<Rc<Screen>>> = const { RefCell::new(None) };
}

/// Puts views on the screen from any thread. Views that come faster than the screen can show
/// them replace each other, so nothing piles up.
#[derive(Clone, Default)]
pub struct Display {
    waiting: Arc<Mutex<Option<View>>>,
    last_shown: Arc<Mutex<Option<Instant>>>,
}

impl Display {
    /// Makes `screen` the one of this thread, which must run the event loop. Until then views wait.
    pub fn attach(&self, screen: Rc<Screen>) {
        SCREEN.with(|slot| *slot.borrow_mut() = Some(screen));
    }

    pub fn show(&self, view: View) {
        let was_waiting = match self.waiting.lock() {
            Ok(mut slot) => slot.replace(view).is_some(),
            Err(_) => return,
        };
        if was_waiting {
            return;
        }
        let display = self.clone();
        // Fails before there is a window, then `show_first` takes what waits; and after the event
        // loop has ended, when there is no screen to show anything.
        let _ = slint::invoke_from_event_loop(move || {
            display.put_what_waits();
        });
    }

    /// Puts the view that waits, if any, on the screen of this thread. True if there was one.
    fn put_what_waits(&self) -> bool {
        let Some(view) = self.waiting.lock().ok().and_then(|mut slot| slot.take()) else {
            return false;
        };
        SCREEN.with(|slot| {
            if let Some(screen) = slot.borrow().as_ref() {
                screen.show(view);
                if let Ok(mut last) = self.last_shown.lock() {
                    *last = Some(Instant::now());
                }
            }
        });
        true
    }

    /// Puts the first view on the screen before its loop begins, so that nobody sees a page without
    /// words. Waits for it at most for `patience`; on the thread of the screen.
    pub fn show_first(&self, patience: Duration) {
        let end = Instant::now() + patience;
        while !self.put_what_waits() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// When a view was last put on the screen.
    pub fn last_shown(&self) -> Option<Instant> {
        self.last_shown.lock().ok().and_then(|last| *last)
    }
}
