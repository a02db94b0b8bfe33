//! Walking through a journey as a person does: looking for a control on the real screen and
//! touching the place where it stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use kuaiban::domain::evaluation::Level;
use kuaiban::screen::headless::{Control, Stage};
use kuaiban::screen::scene::{Page, PrintState, Scene};
use kuaiban::screen::window::Screen;
use kuaiban::simulators::stand::Stand;
use serde::Serialize;

/// How long a person waits before finding that nothing happens.
const PATIENCE: Duration = Duration::from_secs(15);
/// Long enough for the motion of a page to be over.
const SETTLE: Duration = Duration::from_millis(250);
/// How long the reader may take to notice that a card was lifted.
const LIFT_SEEN: Duration = Duration::from_millis(1200);
/// What is left, when a slip is printed, of its sliding out of the slot.
const SLIP_OUT: Duration = Duration::from_secs(1);
/// Touches of the scroll button before giving up on finding a control.
const SCROLLS: u32 = 12;

/// The controls of a page: accessible id to `[x, y, width, height]`.
pub type Map = BTreeMap<String, BTreeMap<String, [f32; 4]>>;

/// What a person did or saw, in order. `steps.json` keeps it, so that the same journey can be
/// walked again on another screen: the test of the appliance does so on the emulated panel.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Step {
    /// The page looked like this picture.
    See { see: String },
    /// A finger on a control, at this place in pixels.
    Touch { touch: String, at: [f32; 2] },
    /// A person's card was laid on the reader.
    Lay { lay: String },
    /// The card was taken away.
    Lift { lift: bool },
    /// A key of the panel, counted from the left, from 0.
    Press { press: usize },
    /// The network to the platform: `online` or `offline`.
    Platform { platform: &'static str },
}

pub struct Walk<'a> {
    stage: &'a Stage,
    /// To look at what came out of the devices and into the platform's books.
    pub stand: &'a Stand,
    screen: Rc<Screen>,
    dir: &'a Path,
    journey: &'static str,
    /// When the last card was taken away, at the latest.
    lifted: Instant,
    pub screens: Vec<String>,
    pub steps: Vec<Step>,
    /// From each lifted finger to the frame that answers it.
    pub touches: &'a mut Vec<Duration>,
    pub controls: &'a mut Map,
}

impl<'a> Walk<'a> {
    pub fn new(
        stage: &'a Stage,
        stand: &'a Stand,
        screen: Rc<Screen>,
        dir: &'a Path,
        journey: &'static str,
        touches: &'a mut Vec<Duration>,
        controls: &'a mut Map,
    ) -> Walk<'a> {
        let (screens, steps) = Default::default();
        let lifted = Instant::now();
        Walk { stage, stand, screen, dir, journey, lifted, screens, steps, touches, controls }
    }

    pub fn scene(&self) -> Scene {
        self.screen.shown()
    }

    /// Waits until something is so on the screen.
    pub fn until(&self, what: &str, so: impl Fn(&Scene) -> bool) -> anyhow::Result<()> {
        let screen = self.screen.clone();
        if self.stage.run_until(PATIENCE, || so(&screen.shown())) {
            Ok(())
        } else {
            let page = self.scene().page;
            bail!("{}: waited {PATIENCE:?} for {what}; the screen shows {page:?}", self.journey)
        }
    }

    /// Waits for a page, lets it settle, and takes its picture.
    pub fn page(&mut self, page: Page) -> anyhow::Result<()> {
        self.until(&format!("page {page:?}"), |scene| scene.page == page)?;
        self.picture(&format!("{page:?}").to_lowercase())
    }

    /// Takes a picture of the screen as it stands.
    pub fn picture(&mut self, name: &str) -> anyhow::Result<()> {
        let scene = self.scene();
        let slip = scene.page == Page::Result && scene.print_state == PrintState::Printed;
        self.stage.settle(if slip { SLIP_OUT } else { SETTLE });
        let file = format!("{}-{:02}-{name}.png", self.journey, self.screens.len() + 1);
        let path: PathBuf = self.dir.join(&file);
        self.stage.save(&path).with_context(|| path.display().to_string())?;
        let places = self.stage.controls(self.screen.window()).into_iter().map(|(id, control)| {
            let at = control.place;
            (id, [at.x, at.y, at.width, at.height])
        });
        self.controls.entry(format!("{}-{name}", self.journey)).or_default().extend(places);
        self.steps.push(Step::See { see: file.clone() });
        self.screens.push(file);
        Ok(())
    }

    pub fn lay(&mut self, person: &str) {
        self.stand.lay(person);
        self.steps.push(Step::Lay { lay: person.to_owned() });
    }

    pub fn lift(&mut self) {
        self.stand.reader.lift();
        self.lifted = Instant::now();
        self.steps.push(Step::Lift { lift: true });
    }

    /// Waits until the reader has seen the last card go: no person lays the next one sooner.
    pub fn after_the_last_card(&self) {
        self.stage.run_for(LIFT_SEEN.saturating_sub(self.lifted.elapsed()));
    }

    /// Presses a key of the panel.
    pub fn press(&mut self, level: Level) {
        self.stand.panel.press(level);
        let press = Level::ALL.iter().position(|key| *key == level).unwrap_or_default();
        self.steps.push(Step::Press { press });
    }

    pub fn set_online(&mut self, online: bool) {
        self.stand.set_online(online);
        let platform = if online { "online" } else { "offline" };
        self.steps.push(Step::Platform { platform });
    }

    /// Finds a control by its accessible id, scrolling as a person would, and touches it.
    pub fn touch(&mut self, id: &str) -> anyhow::Result<()> {
        let control = self.find(id)?;
        let before = self.scene();
        let up = Instant::now();
        self.put_finger(id, &control);
        // The finger was down for a moment; what counts is from its lifting.
        let screen = self.screen.clone();
        let answered =
            self.stage.run_until(Duration::from_millis(500), || screen.shown() != before);
        if answered {
            self.touches.push(up.elapsed().saturating_sub(Stage::FINGER_DOWN));
        }
        Ok(())
    }

    fn put_finger(&mut self, id: &str, control: &Control) {
        let at = control.place.centre();
        self.steps.push(Step::Touch { touch: id.to_owned(), at: at.into() });
        self.stage.touch(at);
    }

    fn find(&mut self, id: &str) -> anyhow::Result<Control> {
        let end = Instant::now() + PATIENCE;
        let mut scrolls = 0;
        loop {
            let mut controls = self.stage.controls(self.screen.window());
            match controls.remove(id) {
                Some(control) if control.enabled => return Ok(control),
                Some(_) => {}
                None => {
                    if let Some(down) = controls.remove("scroll-down")
                        && down.enabled
                        && scrolls < SCROLLS
                    {
                        scrolls += 1;
                        self.put_finger("scroll-down", &down);
                        self.stage.settle(SETTLE);
                        continue;
                    }
                }
            }
            if Instant::now() >= end {
                bail!(
                    "{}: no control {id:?} that can be touched on page {:?}",
                    self.journey,
                    self.scene().page
                );
            }
            self.stage.run_for(Duration::from_millis(30));
        }
    }
}
