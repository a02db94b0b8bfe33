//! Visits of people who know their way.

use std::time::{Duration, Instant};

use kuaiban::simulators::stand::Stand;
use kuaiban::testkit::cases;

use crate::kiosk::Kiosk;

/// Longest wait for a page; only a kiosk that is broken needs it all.
const PATIENCE: Duration = Duration::from_secs(30);

/// An instant item from the first touch to the last, evaluated with the best key.
pub fn registration(kiosk: &mut Kiosk, stand: &Stand) -> anyhow::Result<()> {
    stand.reader.lift();
    kiosk.all(&["wait attract", "touch start", "wait home", "touch item-1", "wait item"])?;
    kiosk.all(&["touch begin", "wait consent", "touch agree", "wait card"])?;
    stand.lay("citizen");
    kiosk.all(&["wait identity", "touch confirm", "wait question"])?;
    answer_questions(kiosk)?;
    kiosk.all(&["wait review", "touch submit", "wait result", "touch evaluate"])?;
    kiosk.all(&["wait evaluation", "touch level-0", "touch next", "wait farewell"])?;
    leave(kiosk, stand)
}

/// Takes the card from the reader and goes; the touch waits until the kiosk has seen that.
fn leave(kiosk: &mut Kiosk, stand: &Stand) -> anyhow::Result<()> {
    stand.reader.lift();
    kiosk.all(&["touch leave", "wait attract"])
}

/// The first option of each question, and a phone number.
fn answer_questions(kiosk: &mut Kiosk) -> anyhow::Result<()> {
    loop {
        let controls = kiosk.ask("controls")?;
        let has = |wanted: &str| controls.split(' ').any(|id| id == wanted);
        if has("submit") {
            return Ok(());
        }
        if has("digit-1") {
            for digit in cases::PHONE.chars() {
                kiosk.ask(&format!("touch digit-{digit}"))?;
            }
        } else {
            kiosk.ask("touch choose-0")?;
        }
        let step = kiosk.ask("step")?;
        kiosk.ask("touch next")?;
        // Its controls stand until the next page does.
        let end = Instant::now() + PATIENCE;
        while kiosk.ask("step")? == step {
            anyhow::ensure!(Instant::now() < end, "{step} does not end");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Looks at every page once.
pub fn every_screen(kiosk: &mut Kiosk, stand: &Stand) -> anyhow::Result<()> {
    kiosk.all(&["wait attract", "touch toggle-language", "touch toggle-language"])?;
    std::thread::sleep(Duration::from_secs(1));
    kiosk.all(&[
        "touch start",
        "wait home",
        "touch item-0",
        "wait item",
        "touch begin",
        "wait consent",
        "touch agree",
        "wait card",
    ])?;
    stand.lay("rare");
    kiosk.all(&["wait identity", "touch confirm", "wait result", "touch evaluate"])?;
    kiosk.all(&["wait evaluation", "touch level-4", "wait reasons", "touch reason-0"])?;
    kiosk.all(&["touch send-reasons", "wait evaluation", "touch next", "wait farewell"])?;
    leave(kiosk, stand)?;
    kiosk.all(&["touch start", "wait home", "touch help", "touch close-sheet", "touch item-1"])?;
    kiosk.all(&["wait item", "touch begin", "wait consent", "touch agree", "wait card"])?;
    stand.lay("foreigner");
    kiosk.all(&["wait identity", "touch confirm", "wait question", "touch toggle-assisted"])?;
    answer_questions(kiosk)?;
    kiosk.all(&["wait review", "touch submit", "wait result", "touch leave", "wait farewell"])?;
    leave(kiosk, stand)?;
    kiosk.all(&["touch start", "wait home", "touch my-cases", "wait consent", "touch agree"])?;
    stand.lay("expired");
    kiosk.all(&["wait cases", "touch home", "wait home", "touch item-0", "touch begin"])?;
    stand.reader.lift();
    kiosk.all(&["touch agree", "wait card"])?;
    std::thread::sleep(Duration::from_millis(400));
    stand.lay("expired");
    kiosk.all(&["wait trouble", "touch leave", "wait farewell"])?;
    leave(kiosk, stand)
}
