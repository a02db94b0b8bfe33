//! What is given without application (免申即办): one page, one confirmation, or not.

use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::{Block, Blocks};
use crate::screen::said::Control;
use crate::visit::Touch;
use crate::visit::flows::Offered;

pub(super) fn compose(compose: &Compose, offered: &Offered) -> Composed {
    if offered.declined { declined(compose, offered) } else { offer(compose, offered) }
}

fn offer(compose: &Compose, offered: &Offered) -> Composed {
    let item = compose.item(&offered.item);
    let mut facts: Vec<_> =
        offered.entitlement.facts.iter().map(|fact| compose.fact(fact)).collect();
    if let Some(enterprise) = &offered.enterprise {
        facts.insert(0, compose.row(say::ENTERPRISE, enterprise.name.as_str()));
    }
    facts.push(compose.row(say::FIELD_AS_OF, offered.entitlement.as_of.to_string()));
    let name = compose.item_name(&offered.item);
    let decline = Control::new("decline", compose.text(say::DECLINE), Touch::Decline);
    let blocks = Blocks {
        hero: Some(Drawing::Check),
        tone: Tone::Good,
        headline: compose.fill(say::ENTITLED, &[("item", &name)]),
        detail: compose.text(say::ENTITLED_DETAIL),
        blocks: vec![Block::Facts(facts)],
        foot: vec![decline],
    };
    let confirm = Control::new("submit", compose.text(say::CONFIRM_ENTITLED), Touch::Submit);
    Composed::new("offered", name, blocks).step(compose.step(item, 4)).about(item).action(confirm)
}

fn declined(compose: &Compose, offered: &Offered) -> Composed {
    let undo =
        Control::new("undo", compose.text(say::DECLINED_UNDO), Touch::Undo).drawn(Drawing::Undo);
    let blocks = Blocks {
        hero: Some(Drawing::Document),
        tone: Tone::Plain,
        headline: compose.text(say::DECLINED),
        detail: compose.text(say::DECLINED_DETAIL),
        blocks: Vec::new(),
        foot: vec![undo],
    };
    Composed::new("declined", compose.item_name(&offered.item), blocks)
        .about(compose.item(&offered.item))
        .action(compose.home())
}
