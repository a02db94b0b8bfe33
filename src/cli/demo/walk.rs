//! Walking through a journey as a person does: looking for a control on the real screen and
//! touching the place where it stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use kuaiban::screen::headless::{Control, Stage};
use kuaiban::screen::scene::{Page, Scene};
use kuaiban::screen::window::Screen;

/// How long a person waits before finding that nothing happens.
const PATIENCE: Duration = Duration::from_secs(15);
/// Long enough for the motion of a page to be over.
const SETTLE: Duration = Duration::from_millis(400);
/// Touches of the scroll button before giving up on finding a control.
const SCROLLS: u32 = 12;

/// The controls of a page: accessible id to `[x, y, width, height]`.
pub type Map = BTreeMap<String, BTreeMap<String, [f32; 4]>>;

pub struct Walk<'a> {
    stage: &'a Stage,
    screen: Rc<Screen>,
    dir: &'a Path,
    journey: &'static str,
    pub screens: Vec<String>,
    /// From each lifted finger to the frame that answers it.
    pub touches: &'a mut Vec<Duration>,
    pub controls: &'a mut Map,
}

impl<'a> Walk<'a> {
    pub fn new(
        stage: &'a Stage,
        screen: Rc<Screen>,
        dir: &'a Path,
        journey: &'static str,
        touches: &'a mut Vec<Duration>,
        controls: &'a mut Map,
    ) -> Walk<'a> {
        Walk { stage, screen, dir, journey, screens: Vec::new(), touches, controls }
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
        self.stage.settle(SETTLE);
        let file = format!("{}-{:02}-{name}.png", self.journey, self.screens.len() + 1);
        let path: PathBuf = self.dir.join(&file);
        self.stage.save(&path).with_context(|| path.display().to_string())?;
        let places = self.stage.controls(self.screen.window()).into_iter().map(|(id, control)| {
            let at = control.place;
            (id, [at.x, at.y, at.width, at.height])
        });
        self.controls.entry(format!("{}-{name}", self.journey)).or_default().extend(places);
        self.screens.push(file);
        Ok(())
    }

    /// Finds a control by its accessible id, scrolling as a person would, and touches it.
    pub fn touch(&mut self, id: &str) -> anyhow::Result<()> {
        let control = self.find(id)?;
        let before = self.scene();
        let up = Instant::now();
        self.stage.touch(control.place.centre());
        // The finger was down for a moment; what counts is from its lifting.
        let screen = self.screen.clone();
        let answered =
            self.stage.run_until(Duration::from_millis(500), || screen.shown() != before);
        if answered {
            self.touches.push(up.elapsed().saturating_sub(Stage::FINGER_DOWN));
        }
        Ok(())
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
                        self.stage.touch(down.place.centre());
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
