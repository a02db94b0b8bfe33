//! Policies: the list, the newest first, and one of them in plain words.

use crate::domain::listing::Audience;
use crate::domain::pack::{PolicyRef, Standing};
use crate::domain::policy::Policy;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::listing::{Entry, Listing};
use crate::screen::pages::{Badge, Block, Blocks};
use crate::screen::said::Control;
use crate::visit::Touch;
use crate::visit::flows::Policies;

pub(super) fn compose(compose: &Compose, policies: &Policies) -> Composed {
    match policies {
        Policies::List => list(compose),
        Policies::One(policy) => one(compose, policy),
    }
}

fn list(compose: &Compose) -> Composed {
    let title = compose.text(say::POLICIES_TITLE);
    let holding = compose.pack().policies_on(compose.day());
    let as_of = compose.pack().as_of.to_string();
    if holding.is_empty() {
        let page = Blocks {
            hero: Some(Drawing::Megaphone),
            tone: Tone::Info,
            headline: compose.text(say::POLICIES_NONE),
            detail: compose.fill(say::POLICIES_NONE_DETAIL, &[("day", &as_of)]),
            ..Blocks::default()
        };
        return Composed::new("policies", title, page).action(compose.home());
    }
    let page = Listing {
        intro: compose.fill(say::POLICIES_DETAIL, &[("day", &as_of)]),
        tone: Tone::Plain,
        drawing: Drawing::Megaphone,
        switch: compose.session.identified().is_some().then(|| switch(compose)),
        entries: holding.into_iter().map(|(place, policy)| entry(compose, place, policy)).collect(),
        foot: Vec::new(),
    };
    Composed::new("policies", title, page).action(compose.home())
}

/// Whether matching policies are marked, and what for that is used.
fn switch(compose: &Compose) -> Control {
    Control::new("mark-policies", compose.text(say::POLICY_SWITCH), Touch::MarkPolicies)
        .helped(compose.text(say::POLICY_SWITCH_HELP))
        .choice(compose.session.marks_policies())
}

fn entry(compose: &Compose, place: usize, policy: &Policy) -> Entry {
    let audience = Audience::words(&policy.audience, compose.lang);
    let id = format!("policy-{place}");
    let control = Control::new(id, compose.own(&policy.name), Touch::Policy(place))
        .helped(compose.fill(say::POLICY_FOR, &[("audience", &audience)]))
        .drawn(Drawing::Megaphone);
    let text = compose.own(&policy.summary);
    // Until when stands on its own page.
    let since = compose.fill(say::POLICY_SINCE, &[("from", &policy.from.to_string())]);
    Entry { control, tone: Tone::Plain, text, badges: badges(compose, policy, since) }
}

/// Whom it may concern, when it holds, and whether it is a sample.
fn badges(compose: &Compose, policy: &Policy, holds: String) -> Vec<Badge> {
    let badge = |text, tone, drawing| Badge { text, tone, drawing };
    let mut badges = Vec::new();
    if compose.session.may_concern(policy, compose.day()) {
        let text = compose.text(say::POLICY_MARK);
        badges.push(badge(text, Tone::Good, Some(Drawing::Person)));
    }
    badges.push(badge(holds, Tone::Plain, None));
    if policy.standing == Standing::Sample {
        badges.push(badge(compose.text(say::SAMPLE), Tone::Care, None));
    }
    badges
}

fn one(compose: &Compose, policy: &PolicyRef) -> Composed {
    let title = compose.text(say::POLICIES_TITLE);
    let Some(policy) = compose.session.policy(policy) else {
        let page = Blocks {
            hero: Some(Drawing::Megaphone),
            headline: compose.text(say::POLICY_GONE),
            ..Blocks::default()
        };
        return Composed::new("policy", title, page).action(compose.home());
    };
    let mut blocks = vec![
        Block::Badges(badges(compose, policy, policy.holds(compose.lang))),
        Block::Lead(compose.own(&policy.summary)),
        Block::Heading(compose.text(say::POLICY_WHO)),
        Block::Paragraph(compose.own(&policy.who)),
    ];
    if let Some(example) = &policy.example {
        blocks.push(Block::Heading(compose.text(say::POLICY_EXAMPLE)));
        blocks.push(Block::Band {
            tone: Tone::Info,
            drawing: Drawing::Pen,
            text: compose.own(example),
        });
    }
    blocks.push(Block::Facts(vec![
        compose.row(say::POLICY_AUDIENCE, Audience::words(&policy.audience, compose.lang)),
        compose.row(say::POLICY_HOLDS, policy.holds(compose.lang)),
        compose.row(say::POLICY_BASIS, compose.own(&policy.basis)),
        compose.row(say::FIELD_AS_OF, compose.pack().as_of.to_string()),
    ]));
    let items = compose.pack().items.iter().enumerate();
    let items = items.filter(|(_, item)| policy.items.contains(&item.id));
    let buttons: Vec<_> = items
        .map(|(place, item)| {
            let id = format!("item-{place}");
            let control = Control::new(id, compose.own(&item.name), Touch::Item(place));
            Block::Buttons(vec![control.drawn(Drawing::Forward)])
        })
        .collect();
    if !buttons.is_empty() {
        blocks.push(Block::Heading(compose.text(say::POLICY_ITEMS)));
        blocks.extend(buttons);
    }
    let page = Blocks { headline: compose.own(&policy.name), blocks, ..Blocks::default() };
    Composed::new("policy", title, page)
        .standing(Some(policy.standing))
        .action(compose.print(say::POLICY_PRINT))
}
