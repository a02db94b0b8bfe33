//! The preview as it is written: one HTML file that needs nothing else, streamed to the disk figure by
//! figure.

use std::collections::HashMap;
use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::ensure;
use jiff::Timestamp;
use kuaiban::config::{self, Charset, Paper};
use kuaiban::devices::printer::encode::encode;
use kuaiban::devices::printer::glyphs::Glyphs;
use kuaiban::devices::state::DeviceState;
use kuaiban::say::{Lang, Sentence};
use kuaiban::screen::headless::Stage;
use kuaiban::screen::window::Screen;
use kuaiban::screen::{Devices, Kept, Moment, Role, View, compose};
use kuaiban::simulators::paper;
use kuaiban::slip::layout::{Kind, Line};
use kuaiban::visit::{PageToken, Visit};
use slint::{ComponentHandle, PhysicalSize};
use sm3::{Digest as _, Sm3};

use super::folder::Folder;
use super::picture::{self, Picture};
use super::words;

/// The panel that is drawn, and how much smaller its pictures are.
const PANEL: PhysicalSize = PhysicalSize { width: 1080, height: 1920 };
const SMALLER: u32 = 2;
const SHORT_SIDE_MM: f32 = 268.0;
/// Longest motion of the screen that is waited for; what never ends is taken as it is then.
const MOTION: Duration = Duration::from_millis(1200);
/// Most screens of one page that is longer than the panel.
const MOST_SCREENS: usize = 30;

/// What stands under a figure.
pub struct Caption {
    pub title: String,
    /// What more there is to know.
    pub note: String,
    /// Only the first screen: the others are told elsewhere.
    pub first_screen: bool,
}

impl Caption {
    pub fn noted(self, note: impl Into<String>) -> Caption {
        Caption { note: note.into(), ..self }
    }

    /// Only the first screen, with why the others are left out.
    pub fn first_screen(self, why: String) -> Caption {
        Caption { note: why, first_screen: true, ..self }
    }
}

/// What a figure may be called by: words in a language, or a sentence in both.
pub trait Titled {
    fn titled(self, lang: Lang) -> Caption;
}

impl Titled for Sentence {
    fn titled(self, lang: Lang) -> Caption {
        Caption::from(self.text(lang).to_owned())
    }
}

impl Titled for String {
    fn titled(self, _: Lang) -> Caption {
        Caption::from(self)
    }
}

impl Titled for Caption {
    fn titled(self, _: Lang) -> Caption {
        self
    }
}

impl From<String> for Caption {
    fn from(title: String) -> Caption {
        Caption { title, note: String::new(), first_screen: false }
    }
}

pub struct Booklet {
    to: Folder,
    pub lang: Lang,
    pub now: Timestamp,
    stage: Stage,
    screen: Rc<Screen>,
    devices: Devices,
    /// The figure in which a picture stands, by its digest.
    seen: HashMap<[u8; 32], usize>,
    figures: usize,
    pictures: usize,
    tokens: u64,
    stopped: Arc<AtomicBool>,
}

/// What a finished preview is.
pub struct Made {
    pub to: Folder,
    pub figures: usize,
    /// Those of which several figures show the same are counted once.
    pub pictures: usize,
}

impl Booklet {
    /// # Errors
    /// This process has a screen already.
    pub fn new(
        to: Folder,
        lang: Lang,
        now: Timestamp,
        stopped: Arc<AtomicBool>,
    ) -> anyhow::Result<Booklet> {
        let stage = Stage::driven(PANEL)?;
        let screen = Rc::new(Screen::new(SHORT_SIDE_MM, |_, _| ())?);
        screen.window().show()?;
        let ready = || DeviceState::Ready;
        let devices = Devices { reader: ready(), printer: ready(), panel: ready() };
        let (seen, figures, pictures, tokens) = (HashMap::new(), 0, 0, 0);
        Ok(Booklet {
            to,
            lang,
            now,
            stage,
            screen,
            devices,
            seen,
            figures,
            pictures,
            tokens,
            stopped,
        })
    }

    pub fn finish(self) -> Made {
        let Booklet { to, figures, pictures, .. } = self;
        Made { to, figures, pictures }
    }

    pub fn say(&self, sentence: Sentence) -> String {
        sentence.text(self.lang).to_owned()
    }

    pub fn fill(&self, sentence: Sentence, values: &[(&str, &str)]) -> String {
        sentence.fill(self.lang, values)
    }

    /// HTML as it is; whatever comes from a pack went through [`escaped`].
    pub fn html(&mut self, html: &str) -> anyhow::Result<()> {
        Ok(self.to.write_all(html.as_bytes())?)
    }

    pub fn paragraph(&mut self, text: &str) -> anyhow::Result<()> {
        self.html(&format!("<p>{}</p>\n", escaped(text)))
    }

    /// The page of a visit, all of its screens; with the slip that lies beside it.
    ///
    /// # Errors
    /// It cannot be written, or somebody has stopped the preview.
    pub fn page(
        &mut self,
        visit: &Visit,
        slip: &[Line],
        caption: impl Titled,
    ) -> anyhow::Result<()> {
        let caption = caption.titled(self.lang);
        let moment = Moment {
            now: self.now,
            clock_trusted: true,
            devices: &self.devices,
            slip,
            paper: Paper::Mm80,
            kept: Kept::by(&config::Store::at("kiosk.db".into())),
            // An invented case of a real bureau must not look like one.
            demo: true,
            settling: false,
        };
        // Every page is a new one to the screen, and read from its beginning.
        self.tokens += 1;
        let view = View { token: PageToken(self.tokens), ..compose(visit, &moment) };
        let words = words_of(&view);
        // Lists that the visit turns have their own keys for it.
        // Nor is a slip on the screen read there: it is a figure of its own, and whole.
        let one_screen =
            view.control("scroll-down").is_some() || !slip.is_empty() || caption.first_screen;
        self.screen.show(view);
        self.stage.settle(MOTION);
        for part in 1..=MOST_SCREENS {
            ensure!(!self.stopped.load(Ordering::Relaxed), "stopped; nothing is written");
            let picture = picture::of_page(&self.stage.shrunk(SMALLER), PANEL.width / SMALLER);
            let title = match part {
                1 => caption.title.clone(),
                _ => {
                    let values = [("title", &*caption.title), ("part", &*part.to_string())];
                    self.fill(words::PART, &values)
                }
            };
            let caption = Caption::from(title).noted(&*caption.note);
            let words = if part == 1 { &*words } else { "" };
            self.figure("page", &picture, &caption, (words::PAGE_WORDS, words))?;
            if one_screen {
                break;
            }
            let down = self.stage.control(self.screen.window(), "scroll-down");
            let Some(down) = down.filter(|down| down.enabled) else { break };
            self.stage.touch(down.place.centre());
            self.stage.settle(MOTION);
        }
        Ok(())
    }

    /// A slip as it comes out of a printer.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn slip(&mut self, lines: &[Line], caption: impl Titled) -> anyhow::Result<()> {
        let bytes = encode(lines, Paper::Mm80, Charset::Gbk, &mut Glyphs::new(&[]));
        let image = paper::render(&bytes, Paper::Mm80)?;
        let words: Vec<String> = (lines.iter())
            .map(|line| match &line.kind {
                Kind::Qr(content) => format!("[QR] {content}"),
                Kind::Text | Kind::Rule | Kind::Feed => line.text.trim().to_owned(),
            })
            .filter(|line| !line.is_empty())
            .collect();
        let words = words.join("\n");
        let picture = picture::of_slip(&image);
        self.figure("slip", &picture, &caption.titled(self.lang), (words::SLIP_WORDS, &words))
    }

    fn figure(
        &mut self,
        class: &str,
        picture: &Picture,
        caption: &Caption,
        (label, words): (Sentence, &str),
    ) -> anyhow::Result<()> {
        self.figures += 1;
        let number = self.figures;
        let name = self.fill(words::FIGURE, &[("number", &number.to_string())]);
        let title = escaped(&caption.title);
        self.html(&format!("<figure class=\"{class}\" id=\"f{number}\">\n"))?;
        let digest = Sm3::digest(&picture.png).into();
        match self.seen.get(&digest) {
            Some(first) => {
                let other = self.fill(words::FIGURE, &[("number", &first.to_string())]);
                let link = format!("<a href=\"#f{first}\">{other}</a>");
                let same = self.fill(words::SAME_AS, &[("figure", &link)]);
                self.html(&format!("<p class=\"same\">{same}</p>\n"))?;
            }
            None => {
                self.seen.insert(digest, number);
                self.pictures += 1;
                let Picture { width, height, png } = picture;
                self.html(&format!(
                    "<img alt=\"{name} {title}\" width=\"{width}\" height=\"{height}\" \
                     src=\"data:image/png;base64,"
                ))?;
                self.to.write_all(&base64(png))?;
                self.html("\">\n")?;
            }
        }
        self.html(&format!("<figcaption><span class=\"number\">{name}</span> <b>{title}</b>"))?;
        if !caption.note.is_empty() {
            self.html(&format!("<br>{}", escaped(&caption.note)))?;
        }
        self.html("</figcaption>\n")?;
        if !words.is_empty() {
            let (label, words) = (label.text(self.lang), escaped(words));
            self.html(&format!(
                "<details><summary>{label}</summary><pre>{words}</pre></details>\n"
            ))?;
        }
        self.html("</figure>\n")
    }
}

/// What the page says, in the order in which a person reads it; then what can be touched and does not
/// stand there yet, but for the keys of a keyboard.
fn words_of(view: &View) -> String {
    let said = view.said();
    let mut lines: Vec<&str> =
        said.iter().filter(|said| said.role != Role::Slip).map(|said| &*said.text).collect();
    let controls = view.controls();
    for line in controls.iter().flat_map(|control| [&*control.label, &*control.help]) {
        if line.chars().nth(1).is_some() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n").replace('\u{2060}', "")
}

/// Text as it may stand in HTML, also between quotation marks.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// RFC 4648 §4.
fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| {
            bits << 8 | usize::from(three.get(at).copied().unwrap_or_default())
        });
        for place in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * place) & 63];
            text.push(if place <= three.len() { digit } else { b'=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_a_pack_is_no_html() {
        let text = "<script>alert('\"&')</script>";
        let html = "&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;";
        assert_eq!(escaped(text), html);
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text.as_bytes(), "{bytes}");
        }
    }
}
