//! Walking through a journey as a person does: looking for a control on the real screen and
//! touching the place where it stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use kuaiban::domain::evaluation::Level;
use kuaiban::kiosk::Hand;
use kuaiban::screen::View;
use kuaiban::screen::headless::{Found, Stage};
use kuaiban::screen::window::Screen;
use kuaiban::simulators::stand::Stand;
use serde::Serialize;

use super::steps::{Network, Step};

/// How long a person waits before finding that nothing happens: for the simulated devices and the
/// platform, however slow the machine is.
const PATIENCE: Duration = Duration::from_secs(60);
/// Long enough, on the screen's own clock, for every motion of a page to be over.
const SETTLE: Duration = Duration::from_secs(2);
/// How long a touch may take to change something; one that changes nothing costs as long.
const ANSWER: Duration = Duration::from_millis(300);
/// Questions in vain by which the kiosk knows that the last card was lifted.
const LIFT_SEEN: usize = 2;
/// Touches of the scroll button before giving up on finding a control.
const SCROLLS: u32 = 12;

/// The controls of a page: accessible id to `[x, y, width, height]`.
pub type Map = BTreeMap<String, BTreeMap<String, [f32; 4]>>;

/// Screen to the words that stood on it.
pub type Texts = BTreeMap<String, Vec<String>>;

/// A touch that something answered.
#[derive(Serialize)]
pub struct Touched {
    journey: String,
    /// The page that was touched.
    page: &'static str,
    control: String,
    /// From the lifted finger to the frame that answers it.
    pub answered_ms: f64,
}

pub struct Walk<'a> {
    stage: &'a Stage,
    /// To look at what came out of the devices and into the platform's books.
    pub stand: &'a Stand,
    screen: Rc<Screen>,
    /// Lets the seconds of the kiosk pass.
    seconds: Hand,
    dir: &'a Path,
    journey: String,
    pub screens: Vec<String>,
    pub steps: Vec<Step>,
    pub touches: &'a mut Vec<Touched>,
    pub controls: &'a mut Map,
    /// Every word that stood on each screen.
    pub texts: &'a mut Texts,
}

impl<'a> Walk<'a> {
    pub fn new(
        stage: &'a Stage,
        stand: &'a Stand,
        (screen, seconds): (Rc<Screen>, Hand),
        dir: &'a Path,
        journey: String,
        record: (&'a mut Vec<Touched>, &'a mut Map, &'a mut Texts),
    ) -> Walk<'a> {
        let (touches, controls, texts) = record;
        let (screens, steps) = Default::default();
        Walk {
            stage,
            stand,
            screen,
            seconds,
            dir,
            journey,
            screens,
            steps,
            touches,
            controls,
            texts,
        }
    }

    /// What stands on the screen.
    pub fn view(&self) -> anyhow::Result<View> {
        self.screen.shown().context("nothing stands on the screen")
    }

    /// Waits until something is so on the screen.
    pub fn until(&self, what: &str, so: impl Fn(&View) -> bool) -> anyhow::Result<()> {
        let screen = &self.screen;
        if self.stage.run_until(PATIENCE, || screen.shown().is_some_and(|view| so(&view))) {
            Ok(())
        } else {
            let page = self.view()?.name;
            bail!("{}: waited {PATIENCE:?} for {what}; the screen shows {page:?}", self.journey)
        }
    }

    /// Lets seconds of the kiosk pass, one after the other, until something is so on the screen; at
    /// most `seconds`.
    pub fn pass_until(
        &mut self,
        seconds: u32,
        what: &str,
        so: impl Fn(&View) -> bool,
    ) -> anyhow::Result<()> {
        let screen = self.screen.clone();
        let done = || screen.shown().is_some_and(|view| so(&view));
        let mut passed = 0;
        while passed < seconds && !done() {
            anyhow::ensure!(self.seconds.second(), "the kiosk takes no seconds any more");
            passed += 1;
            // Long enough for the loop to show what the second brought, and if not, the next one
            // finds it.
            self.stage.run_until(Duration::from_millis(10), done);
        }
        if passed > 0 {
            self.steps.push(Step::Pass { pass_s: passed });
        }
        self.until(what, so)
    }

    /// Lets as many seconds of the kiosk pass.
    pub fn pass(&mut self, seconds: u32) -> anyhow::Result<()> {
        for _ in 0..seconds {
            anyhow::ensure!(self.seconds.second(), "the kiosk takes no seconds any more");
            self.stage.run_until(Duration::from_millis(10), || false);
        }
        self.steps.push(Step::Pass { pass_s: seconds });
        Ok(())
    }

    /// Waits for a page, lets it settle, and takes its picture.
    pub fn page(&mut self, page: &str) -> anyhow::Result<()> {
        self.until(&format!("page {page:?}"), |view| view.name == page)?;
        self.picture(page)
    }

    /// Takes a picture of the screen as it stands, and keeps every word that stands on it.
    pub fn picture(&mut self, name: &str) -> anyhow::Result<()> {
        self.stage.settle(SETTLE);
        let file = format!("{}-{:02}-{name}.png", self.journey, self.screens.len() + 1);
        let path: PathBuf = self.dir.join(&file);
        self.stage.save(&path).with_context(|| path.display().to_string())?;
        let window = self.screen.window();
        let places = self.stage.controls(window).into_iter().map(|(id, control)| {
            let at = control.place;
            (id, [at.x, at.y, at.width, at.height])
        });
        self.controls.entry(format!("{}-{name}", self.journey)).or_default().extend(places);
        let mut texts = self.stage.words(window);
        texts.extend(self.view()?.said().into_iter().map(|said| said.text));
        self.texts.insert(file.clone(), texts);
        let page = Some(self.view()?.name.to_owned());
        self.steps.push(Step::See { see: file.clone(), page });
        self.screens.push(file);
        Ok(())
    }

    /// Lays a card on the reader, once the kiosk has seen the one before go: no person is faster.
    pub fn lay(&mut self, person: &str) -> anyhow::Result<()> {
        let reader = &self.stand.reader;
        let free = self.stage.run_until(PATIENCE, || reader.finds_in_vain() >= LIFT_SEEN);
        anyhow::ensure!(free, "{}: nobody asked for the next card", self.journey);
        self.stand.lay(person);
        self.steps.push(Step::Lay { lay: person.to_owned() });
        Ok(())
    }

    pub fn lift(&mut self) {
        self.stand.reader.lift();
        self.steps.push(Step::Lift { lift: true });
    }

    /// Presses a key of the panel.
    pub fn press(&mut self, level: Level) {
        self.stand.panel.press(level);
        let press = Level::ALL.iter().position(|key| *key == level).unwrap_or_default();
        self.steps.push(Step::Press { press });
    }

    pub fn set_online(&mut self, online: bool) {
        self.stand.set_online(online);
        let platform = if online { Network::Online } else { Network::Offline };
        self.steps.push(Step::Platform { platform });
    }

    /// Finds a control by its accessible id, turning pages as a person would, and touches it.
    pub fn touch(&mut self, id: &str) -> anyhow::Result<()> {
        let control = self.find(id)?;
        let before = self.screen.shown();
        let answered = self.put_finger(id, &control);
        let lifted = Instant::now();
        let screen = &self.screen;
        if self.stage.run_until(ANSWER, || screen.shown() != before) {
            self.touches.push(Touched {
                journey: self.journey.clone(),
                page: before.map_or("none", |view| view.name),
                control: id.to_owned(),
                answered_ms: (answered + lifted.elapsed()).as_secs_f64() * 1000.0,
            });
        }
        Ok(())
    }

    /// How long the frame after the lifting of the finger took.
    fn put_finger(&mut self, id: &str, control: &Found) -> Duration {
        let at = control.place.centre();
        self.steps.push(Step::Touch { touch: id.to_owned(), at: Some(at.into()) });
        let [_, lifted] = self.stage.touch(at);
        lifted
    }

    fn find(&mut self, id: &str) -> anyhow::Result<Found> {
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
                    self.view()?.name
                );
            }
            self.stage.run_until(Duration::from_millis(10), || false);
        }
    }
}
