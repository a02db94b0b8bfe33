//! `kuaiban pack preview`: every page and slip that a pack can show, in one HTML file, for approval
//! before publication.
//!
//! The pages are those of the kiosk: the same visit, composed and drawn by the same code, with invented
//! people and a platform, a store and a printer that always answer. One file: an official can send it on
//! and open it anywhere, and what was signed off is one thing. With its pictures as palettes it stays
//! within what a browser opens at once.

mod answers;
mod booklet;
mod folder;
mod picture;
mod player;
mod tour;
mod words;

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use kuaiban::clock;
use kuaiban::domain::listing::Level;
use kuaiban::domain::pack::{Area, Item, ItemId, Pack, Standing};
use kuaiban::domain::signer::SignerKey;
use kuaiban::pack::{self, Checked, PackFault};
use kuaiban::say::{Lang, Sentence};

use self::booklet::{Booklet, Made, escaped};
use self::folder::{Folder, MARK};
use self::tour::{Tour, area_name};

const STYLE: &str = include_str!("style.css");
const FILTER: &str = include_str!("filter.js");

/// The hour at which the pages are seen: by day, and while most places are open.
const HOUR: i8 = 10;

/// # Errors
/// `out` holds something else, nothing can be written, or an item is unknown.
pub fn run(folder: &Path, out: &Path, items: &[ItemId], lang: Lang) -> anyhow::Result<ExitCode> {
    let made = make(folder, out, items, lang);
    progress_over();
    made
}

fn make(folder: &Path, out: &Path, items: &[ItemId], lang: Lang) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    // Whoever approves a pack sits at a computer whose clock is right.
    let made = Timestamp::now();
    let today = clock::local(made).date();
    let Checked { pack, warnings, signer } = pack::check(folder, Some(today), &[]);
    let pack = match pack {
        Ok(pack) => Arc::from(pack),
        Err(errors) => {
            let mut out = std::io::stdout().lock();
            warnings.iter().try_for_each(|warning| writeln!(out, "{warning} (no fault)"))?;
            writeln!(out, "{errors}")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let chosen = places(&pack, items)?;
    // As citizens will see it: not before the pack is in force, nor before its own data.
    let day = today.max(pack.in_force_from()).max(pack.as_of);
    let now =
        clock::BEIJING.to_timestamp(day.at(HOUR, 0, 0, 0)).context("a day of the calendar")?;
    let stopped = Arc::new(AtomicBool::new(false));
    let _listening = stop_on_interrupt(stopped.clone())?;

    let mut book = Booklet::new(Folder::open(out)?, lang, now, stopped)?;
    let (whole, warnings, chosen) = (items.is_empty(), &warnings, &chosen);
    let about = About { pack: &pack, warnings, signer, made, day, chosen, whole };
    about.head(&mut book)?;
    let mut tour = Tour::new(&mut book, pack.clone(), whole);
    if whole {
        tour.first()?;
    }
    let mut done = 0;
    for area in Area::ALL {
        let places: Vec<usize> =
            chosen.iter().copied().filter(|place| pack.items[*place].area == area).collect();
        if places.is_empty() {
            continue;
        }
        tour.begin_area(area)?;
        for place in places {
            done += 1;
            progress(done, chosen.len(), pack.items[place].id.as_str());
            tour.item(place)?;
        }
        tour.end()?;
    }
    if whole {
        tour.lists()?;
        tour.common()?;
    }
    book.html(&format!("</main>\n<script>\n{FILTER}</script>\n</body>\n</html>\n"))?;
    let Made { to, figures, pictures } = book.finish();
    let (file, bytes) = to.finish()?;
    progress_over();
    writeln!(
        std::io::stdout().lock(),
        "{}: {} items, {figures} figures, {pictures} pictures, {:.1} MB, made in {} s",
        file.display(),
        chosen.len(),
        bytes as f64 / 1e6,
        begun.elapsed().as_secs(),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The items that were asked for, all without any, by their places in the pack.
fn places(pack: &Pack, items: &[ItemId]) -> anyhow::Result<Vec<usize>> {
    if let Some(unknown) = items.iter().find(|id| pack.item(id).is_none()) {
        let ids: Vec<&str> = pack.items.iter().map(|item| item.id.as_str()).collect();
        bail!("no item is called {unknown}; there are {}", ids.join(", "));
    }
    let wanted = |item: &Item| items.is_empty() || items.contains(&item.id);
    Ok((0..pack.items.len()).filter(|place| wanted(&pack.items[*place])).collect())
}

/// Ctrl-C is noticed between two pictures, so that no half file is left.
fn stop_on_interrupt(stopped: Arc<AtomicBool>) -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("no thread can be started")?;
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stopped.store(true, Ordering::Relaxed);
        }
    });
    Ok(runtime)
}

/// For whoever waits at a terminal.
fn progress(done: usize, of: usize, id: &str) {
    let mut err = std::io::stderr().lock();
    if err.is_terminal() {
        let _ = write!(err, "\r\x1b[Kitem {done} of {of}: {id}");
        let _ = err.flush();
    }
}

fn progress_over() {
    let mut err = std::io::stderr().lock();
    if err.is_terminal() {
        let _ = write!(err, "\r\x1b[K");
    }
}

/// What stands before the pages.
struct About<'a> {
    pack: &'a Pack,
    warnings: &'a [PackFault],
    signer: Option<SignerKey>,
    made: Timestamp,
    day: Date,
    /// By their places in the pack.
    chosen: &'a [usize],
    /// Everything that the pack can show.
    whole: bool,
}

impl About<'_> {
    fn head(&self, book: &mut Booklet) -> anyhow::Result<()> {
        let (pack, lang) = (self.pack, book.lang);
        let tag = if lang == Lang::Zh { "zh-CN" } else { "en" };
        let bureau = escaped(pack.bureau.text(lang));
        let title = book.say(words::TITLE);
        book.html(&format!(
            "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n{MARK}\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} · {bureau} · {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
            escaped(&pack.version)
        ))?;
        let sample = pack.standing == Standing::Sample;
        book.html("<header>\n<h1>")?;
        if sample {
            book.html(&format!("<mark>{}</mark> ", book.say(words::SAMPLE_MARK)))?;
        }
        book.html(&format!("{title}<br><small>{bureau}</small></h1>\n"))?;
        let mut notes = vec![book.say(words::FOR_APPROVAL)];
        if sample {
            notes.push(book.say(words::SAMPLE_NOTE));
        }
        notes.push(book.fill(words::AS_ON, &[("day", &self.day.to_string())]));
        notes.push(book.say(words::HOW_MADE));
        if !self.whole {
            notes.push(book.say(words::ONLY_SOME));
        }
        notes.iter().try_for_each(|note| book.paragraph(note))?;
        self.facts(book)?;
        let sign_off = book.say(words::SIGN_OFF);
        book.html(&format!("<p class=\"sign-off\">{sign_off}</p>\n</header>\n"))?;
        self.findings(book)?;
        self.contents(book)?;
        book.html("<main>\n")
    }

    fn facts(&self, book: &mut Booklet) -> anyhow::Result<()> {
        let (pack, lang) = (self.pack, book.lang);
        let level = match pack.level {
            Level::City => words::LEVEL_CITY,
            Level::Town => words::LEVEL_TOWN,
            Level::Village => words::LEVEL_VILLAGE,
        };
        let standing = match pack.standing {
            Standing::Sample => words::STANDING_SAMPLE,
            Standing::Official => words::STANDING_OFFICIAL,
        };
        let from = match pack.effective_from {
            Some(day) => day.to_string(),
            None => book.say(words::AT_ONCE),
        };
        let signer = match &self.signer {
            Some(signer) => signer.to_string(),
            None => book.say(words::NOT_SIGNED),
        };
        let made = clock::local(self.made).strftime("%Y-%m-%d %H:%M").to_string();
        let facts: [(Sentence, String); 11] = [
            (words::BUREAU, pack.bureau.text(lang).to_owned()),
            (words::PLACE, pack.place.name.text(lang).to_owned()),
            (words::VERSION, pack.version.clone()),
            (words::REGION, pack.region.clone()),
            (words::LEVEL, book.say(level)),
            (words::STANDING, book.say(standing)),
            (words::AS_OF, pack.as_of.to_string()),
            (words::FROM, from),
            (words::SIGNER, signer),
            (words::ITEM_COUNT, pack.items.len().to_string()),
            (words::MADE, made),
        ];
        book.html("<dl class=\"about\">\n")?;
        for (label, value) in facts {
            let (label, value) = (label.text(lang), escaped(&value));
            book.html(&format!("<dt>{label}</dt><dd>{value}</dd>\n"))?;
        }
        book.html("</dl>\n")
    }

    /// What `pack check` warns of.
    fn findings(&self, book: &mut Booklet) -> anyhow::Result<()> {
        let title = book.say(words::CHECK);
        book.html(&format!("<section id=\"check\">\n<h2>{title}</h2>\n"))?;
        if self.warnings.is_empty() {
            let none = book.say(words::NO_WARNINGS);
            book.paragraph(&none)?;
            return book.html("</section>\n");
        }
        let count = self.warnings.len().to_string();
        let intro = book.fill(words::WARNINGS, &[("count", &count)]);
        book.paragraph(&intro)?;
        let heads = [words::AT, words::RULE, words::PROBLEM, words::REMEDY];
        let heads: Vec<_> =
            heads.iter().map(|head| format!("<th>{}</th>", book.say(*head))).collect();
        book.html(&format!("<table>\n<tr>{}</tr>\n", heads.concat()))?;
        for warning in self.warnings {
            let (message, remedy) = warning.message_and_remedy();
            let file = warning.file.display();
            let place = match warning.place {
                Some(place) => format!("{file}:{}:{}", place.line, place.column),
                None => file.to_string(),
            };
            let rule = serde_json::to_value(warning.rule)?;
            let rule = rule.as_str().unwrap_or_default();
            let cells = [&*place, rule, message, remedy];
            let cells: Vec<_> =
                cells.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
            book.html(&format!("<tr>{}</tr>\n", cells.concat()))?;
        }
        book.html("</table>\n</section>\n")
    }

    fn contents(&self, book: &mut Booklet) -> anyhow::Result<()> {
        let (pack, lang) = (self.pack, book.lang);
        let whole = self.whole;
        let title = book.say(words::CONTENTS);
        book.html(&format!("<nav id=\"contents\">\n<h2>{title}</h2>\n"))?;
        let filter = book.say(words::FILTER);
        book.html(&format!(
            "<p class=\"filter\"><label>{filter} <input type=\"search\" id=\"filter\"></label></p>\n"
        ))?;
        let link = |id: &str, name: &str| {
            format!("<li><a href=\"#{}\">{}</a></li>\n", escaped(id), escaped(name))
        };
        let mut group = |id: &str, title: Sentence, links: Vec<String>| {
            let title = title.text(lang);
            book.html(&format!("<h3><a href=\"#{id}\">{title}</a></h3>\n"))?;
            match links.is_empty() {
                true => Ok(()),
                false => book.html(&format!("<ol>\n{}</ol>\n", links.concat())),
            }
        };
        if whole {
            group("first", words::FIRST, Vec::new())?;
        }
        for area in Area::ALL {
            let items = self.chosen.iter().map(|place| &pack.items[*place]);
            let links: Vec<String> = (items.filter(|item| item.area == area))
                .map(|item| {
                    let name = format!("{} {}", item.number, item.name.text(lang));
                    link(&format!("i-{}", item.id), &name)
                })
                .collect();
            if !links.is_empty() {
                group(area_id(area), area_name(area), links)?;
            }
        }
        if whole {
            if !pack.packages.is_empty() {
                let links = pack.packages.iter();
                let links =
                    links.map(|of| link(&format!("p-{}", of.id), of.name.text(lang))).collect();
                group("packages", words::PACKAGES, links)?;
            }
            let links = pack.policies.iter();
            let links = links.map(|of| link(&format!("y-{}", of.id), of.name.text(lang))).collect();
            group("policies", words::POLICIES, links)?;
            let links = pack.outlets.iter().zip(1..);
            let links =
                links.map(|(of, at)| link(&format!("o-{at}"), of.name.text(lang))).collect();
            group("outlets", words::OUTLETS, links)?;
            group("common", words::COMMON, Vec::new())?;
            group("evaluation", words::EVALUATION, Vec::new())?;
        }
        book.html("</nav>\n")
    }
}

fn area_id(area: Area) -> &'static str {
    match area {
        Area::Employment => "employment",
        Area::SocialInsurance => "social_insurance",
        Area::Skills => "skills",
        Area::LabourRelations => "labour_relations",
    }
}
