//! What a person did or saw, in order: `steps.json` keeps it, so that the same journey can be walked
//! again, on another screen or as somebody else wrote it (`--steps FILE`). The test of the appliance
//! does so on the emulated panel.
//!
//! ```json
//! { "my-journey": [
//!     { "touch": "start" },
//!     { "see": "home.png", "page": "home" },
//!     { "lay": "citizen" }, { "lift": true },
//!     { "press": 0 },
//!     { "platform": "offline" },
//!     { "pass_s": 30 }
//! ] }
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use kuaiban::domain::evaluation::Level;
use kuaiban::file;
use kuaiban::testkit::people;
use serde::{Deserialize, Serialize};

use super::journeys::LONG_S;
use super::walk::Walk;

/// Largest file of steps.
const FILE_BYTES: u64 = 1024 * 1024;
/// Most steps of a journey.
const MOST_STEPS: usize = 10_000;

/// One step. What a hand writes may leave out `at` and `page`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step {
    /// The page looked like this picture.
    See {
        see: String,
        /// Which page it is: waited for, when the step is walked again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
    },
    /// A finger on a control, found by its accessible id; `at` is where it was, in pixels.
    Touch {
        touch: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<[f32; 2]>,
    },
    /// A person's card was laid on the reader.
    Lay { lay: String },
    /// The card was taken away.
    Lift { lift: bool },
    /// A key of the panel, counted from the left, from 0.
    Press { press: usize },
    /// The network to the platform.
    Platform { platform: Network },
    /// Seconds of the kiosk.
    Pass { pass_s: u32 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    Online,
    Offline,
}

/// Journeys by their names.
pub type Journeys = BTreeMap<String, Vec<Step>>;

/// Reads journeys that somebody wrote.
///
/// # Errors
/// The file cannot be read, or which step of which journey is none.
pub fn read(path: &Path) -> anyhow::Result<Journeys> {
    let shown = path.display();
    let text = file::read_text(path, FILE_BYTES).with_context(|| shown.to_string())?;
    let written: BTreeMap<String, Vec<serde_json::Value>> = serde_json::from_str(&text)
        .with_context(|| {
            format!("{shown}: an object of journeys, each a list of steps, is needed")
        })?;
    ensure!(!written.is_empty(), "{shown}: no journey stands in it");
    let people: Vec<&str> = people::all().iter().map(|person| person.id).collect();
    let mut journeys = Journeys::new();
    for (name, steps) in written {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(
            (1..=40).contains(&name.len()) && name.chars().all(plain),
            "{shown}: {name:?} names files: lower-case letters, digits and - are needed, at most 40"
        );
        ensure!(steps.len() <= MOST_STEPS, "{shown}: {name}: more than {MOST_STEPS} steps");
        let step = |(place, step): (usize, serde_json::Value)| {
            let told = format!("{shown}: {name}: step {}: {step}", place + 1);
            let step = Step::deserialize(step).map_err(|_| {
                anyhow::anyhow!(
                    "{told}: no step; there are see, touch, lay, lift, press, platform and pass_s"
                )
            })?;
            match &step {
                Step::Lay { lay } if !people.contains(&lay.as_str()) => {
                    bail!("{told}: nobody is called so; there are {}", people.join(", "))
                }
                Step::Press { press } if *press >= Level::ALL.len() => {
                    bail!("{told}: the panel has keys 0 to {}", Level::ALL.len() - 1)
                }
                Step::Pass { pass_s } if *pass_s > LONG_S => {
                    bail!("{told}: at most {LONG_S} seconds at once")
                }
                _ => Ok(step),
            }
        };
        let steps = steps.into_iter().enumerate().map(step).collect::<anyhow::Result<_>>()?;
        journeys.insert(name, steps);
    }
    Ok(journeys)
}

/// Walks what was written, step by step.
///
/// # Errors
/// Which step could not be done, and what stood on the screen.
pub fn walk(walk: &mut Walk<'_>, steps: &[Step]) -> anyhow::Result<()> {
    for (place, step) in steps.iter().enumerate() {
        let done = match step {
            Step::See { see, page } => {
                let page_there = match page {
                    Some(page) => walk.until(&format!("page {page:?}"), |view| view.name == page),
                    None => Ok(()),
                };
                page_there.and_then(|()| walk.picture(name_of(see)))
            }
            // Turning pages is part of finding a control.
            Step::Touch { touch, .. } if touch == "scroll-down" => Ok(()),
            Step::Touch { touch, .. } => walk.touch(touch),
            Step::Lay { lay } => walk.lay(lay),
            Step::Lift { .. } => {
                walk.lift();
                Ok(())
            }
            Step::Press { press } => {
                walk.press(Level::ALL[*press]);
                Ok(())
            }
            Step::Platform { platform } => {
                walk.set_online(*platform == Network::Online);
                Ok(())
            }
            Step::Pass { pass_s } => walk.pass(*pass_s),
        };
        done.with_context(|| format!("step {}", place + 1))?;
    }
    Ok(())
}

/// What a picture shows: `2-instant-item-03-consent.png` is `consent`.
fn name_of(picture: &str) -> &str {
    let stem = picture.strip_suffix(".png").unwrap_or(picture);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut at = 0;
    for part in stem.split('-') {
        at += part.len() + 1;
        if two(part) && at <= stem.len() {
            return &stem[at..];
        }
    }
    if stem.chars().all(plain) && !stem.is_empty() { stem } else { "page" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_called_what_it_shows() {
        assert_eq!(name_of("2-instant-item-03-consent.png"), "consent");
        assert_eq!(name_of("1-query-slip-12-slip-unknown.png"), "slip-unknown");
        assert_eq!(name_of("home.png"), "home");
        assert_eq!(name_of("../../etc/passwd"), "page");
        assert_eq!(name_of(""), "page");
    }

    #[test]
    fn what_is_no_step_is_named_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("steps.json");
        let fault = |text: &str| {
            std::fs::write(&file, text).unwrap();
            format!("{:#}", read(&file).err().unwrap())
        };
        for (text, told) in [
            ("[]", "an object of journeys"),
            ("{}", "no journey"),
            (r#"{"A b": []}"#, "lower-case letters"),
            (r#"{"a": [{"touch": "start"}, {"hop": 1}]}"#, "a: step 2: {\"hop\":1}: no step"),
            (r#"{"a": [{"lay": "nobody"}]}"#, "nobody is called so; there are citizen"),
            (r#"{"a": [{"press": 5}]}"#, "keys 0 to 4"),
            (r#"{"a": [{"pass_s": 601}]}"#, "at most 600 seconds"),
        ] {
            let fault = fault(text);
            assert!(fault.contains(told), "{text}: {fault}");
        }
        std::fs::write(&file, r#"{"a": [{"see": "x.png"}, {"touch": "b", "at": [1, 2]}]}"#)
            .unwrap();
        assert_eq!(read(&file).unwrap()["a"].len(), 2);
    }
}
