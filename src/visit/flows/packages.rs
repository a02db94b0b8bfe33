//! Packages (打包办), told to everybody without a card: what happens to somebody is one matter, and these
//! items belong to it.

use crate::domain::package::PackageRef;
use crate::visit::flows::browse::open_item;
use crate::visit::step::{Context, Step, Steps};
use crate::visit::{Page, Touch};

#[derive(Clone, Debug, PartialEq)]
pub enum Packages {
    List,
    One(PackageRef),
}

impl Steps for Packages {
    fn page(&self) -> Page {
        match self {
            Packages::List => Page::Packages,
            Packages::One(_) => Page::Package,
        }
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        let session = &*context.session;
        match (&*self, touch) {
            (Packages::List, Touch::Package(place)) => match session.package_ref(place) {
                Some(package) => Step::Push(Packages::One(package).into()),
                None => Step::Stay,
            },
            (Packages::One(package), Touch::Item(place)) => {
                let item = session.pack().items.get(place);
                let inside = session.package(package).zip(item).is_some_and(|(package, item)| {
                    package.items.iter().any(|packaged| packaged.item == item.id)
                });
                if inside { open_item(place, session) } else { Step::Stay }
            }
            _ => Step::Stay,
        }
    }
}
