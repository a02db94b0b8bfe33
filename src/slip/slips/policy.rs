//! A policy in plain words (看得懂、算得清), to be taken along.

use super::super::composer::{Composer, Head};
use super::super::{Block, Slip, Words};
use crate::domain::listing::Audience;
use crate::domain::pack::Standing;
use crate::domain::policy::Policy;
use crate::say;

pub fn policy(head: &Head, policy: &Policy) -> Slip {
    let mut slip = Composer::marked(head, policy.standing == Standing::Sample);
    slip.push(Block::Title(head.words(&policy.name)));
    slip.push(Block::Centred(head.say(say::SLIP_TITLE_POLICY)));
    slip.reprint_mark();
    slip.push(Block::Rule);
    slip.push(Block::Paragraph(head.words(&policy.summary)));
    let mut sections = vec![(say::POLICY_WHO, &policy.who)];
    sections.extend(policy.example.as_ref().map(|example| (say::POLICY_EXAMPLE, example)));
    for (title, text) in sections {
        slip.push(Block::Gap);
        slip.push(Block::Heading(head.say(title)));
        slip.push(Block::Paragraph(head.words(text)));
    }
    slip.push(Block::Rule);
    let mut rows = vec![
        head.row(say::POLICY_AUDIENCE, head.both(|lang| Audience::words(&policy.audience, lang))),
        head.row(say::POLICY_HOLDS, head.both(|lang| policy.holds(lang))),
        head.row(say::POLICY_BASIS, head.words(&policy.basis)),
    ];
    let items = policy.items.iter().filter_map(|id| head.pack.item(id));
    rows.extend(items.map(|item| head.row(say::POLICY_ITEMS, head.words(&item.name))));
    let as_of = head.pack.as_of.to_string();
    rows.push(head.row(say::SLIP_AS_OF, Words::plain(as_of)));
    slip.push(Block::Rows(rows));
    slip.push(Block::Rule);
    slip.push(Block::Heading(head.say(say::SLIP_PEOPLE)));
    slip.outlets();
    slip.end()
}
