//! Packages (打包办): the list, and one of them with its items and everything that is needed for them.

use crate::domain::pack::{Bilingual, Pack, Standing};
use crate::domain::package::{Package, PackageRef};
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::listing::{Entry, Listing};
use crate::screen::pages::{Badge, Block, Blocks};
use crate::screen::said::Control;
use crate::visit::Touch;
use crate::visit::flows::Packages;

pub(super) fn compose(compose: &Compose, packages: &Packages) -> Composed {
    match packages {
        Packages::List => list(compose),
        Packages::One(package) => one(compose, package),
    }
}

fn list(compose: &Compose) -> Composed {
    let packages = compose.pack().packages.iter().enumerate();
    let page = Listing {
        intro: compose.text(say::PACKAGES_DETAIL),
        tone: Tone::Plain,
        drawing: Drawing::Document,
        switch: None,
        entries: packages.map(|(place, package)| entry(compose, place, package)).collect(),
        foot: Vec::new(),
    };
    Composed::new("packages", compose.text(say::PACKAGES_TITLE), page).action(compose.home())
}

fn entry(compose: &Compose, place: usize, package: &Package) -> Entry {
    let count = package.items.len().to_string();
    let control =
        Control::new(format!("package-{place}"), compose.own(&package.name), Touch::Package(place))
            .helped(compose.fill(say::PACKAGE_COUNT, &[("count", &count)]))
            .drawn(Drawing::Document);
    let text = compose.own(&package.summary);
    Entry { control, tone: Tone::Plain, text, badges: badges(compose, package) }
}

fn badges(compose: &Compose, package: &Package) -> Vec<Badge> {
    let text = compose.text(say::SAMPLE);
    let sample = Badge { text, tone: Tone::Care, drawing: None };
    (package.standing == Standing::Sample).then_some(sample).into_iter().collect()
}

fn one(compose: &Compose, package: &PackageRef) -> Composed {
    let title = compose.text(say::PACKAGES_TITLE);
    let Some(package) = compose.session.package(package) else {
        let headline = compose.text(say::PACKAGE_GONE);
        let page = Blocks { hero: Some(Drawing::Document), headline, ..Blocks::default() };
        return Composed::new("package", title, page).action(compose.home());
    };
    let pack = compose.pack();
    let mut blocks = vec![
        Block::Lead(compose.own(&package.summary)),
        Block::Heading(compose.text(say::PACKAGE_MATERIALS)),
        Block::List(materials(package, pack).iter().map(|name| compose.own(name)).collect()),
        Block::Heading(compose.text(say::PACKAGE_ITEMS)),
    ];
    blocks.extend(package.items.iter().filter_map(|packaged| {
        let place = pack.items.iter().position(|item| item.id == packaged.item)?;
        let name = compose.own(&pack.items[place].name);
        let control = Control::new(format!("item-{place}"), name, Touch::Item(place));
        Some(Block::Buttons(vec![control.drawn(Drawing::Forward)]))
    }));
    let page = Blocks { headline: compose.own(&package.name), blocks, ..Blocks::default() };
    Composed::new("package", title, page).standing(Some(package.standing)).action(compose.home())
}

/// The union of what its items need, each once.
fn materials(package: &Package, pack: &Pack) -> Vec<Bilingual> {
    let names = package.materials(pack).into_iter().filter_map(|id| pack.material(id));
    names.map(|material| material.name.clone()).collect()
}
