//! A citizen whose pages are kept, and the platform, the store and the printer that answer.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use kuaiban::case::{CaseFacts, CaseStatus, QueryToken};
use kuaiban::config::{self, Paper};
use kuaiban::domain::enterprise::Authority;
use kuaiban::domain::pack::{Item, ItemKind, Pack};
use kuaiban::say::Lang;
use kuaiban::simulators::platform::people::ENTERPRISE;
use kuaiban::slip::layout::{Line, layout};
use kuaiban::slip::{Head, slips};
use kuaiban::testkit::cases;
use kuaiban::visit::{Application, Effect, Event, SlipOrder, SlipOutcome, Ticket, Touch, Visit};

use crate::cli::citizen::{Citizen, WELL};

/// Days in which a returned case may be corrected, of the sample.
const CORRECTED_WITHIN: i32 = 15;

#[derive(Clone)]
pub struct Player {
    pub visit: Visit,
    /// What the last event that asked for anything asked for.
    effects: Vec<Effect>,
    /// Each page as it was when it was done, since they were last taken.
    done: Vec<Visit>,
    now: Timestamp,
}

impl Citizen for Player {
    fn visit(&self) -> &Visit {
        &self.visit
    }

    fn page_done(&mut self) {
        self.done.push(self.visit.clone());
    }

    fn event(&mut self, event: Event) {
        let effects = self.visit.handle(event);
        // Whoever says that they act for the sample enterprise does.
        let asked = effects.iter().find_map(|effect| match effect {
            Effect::AskAuthority { ticket, .. } => Some(*ticket),
            _ => None,
        });
        if !effects.is_empty() {
            self.effects = effects;
        }
        if let Some(ticket) = asked {
            let answer = Authority::Confirmed { name: ENTERPRISE.1.to_owned() };
            self.event(Event::AuthorityTold { ticket, answer });
        }
    }
}

impl Player {
    /// On the attract screen, in a language.
    pub fn new(pack: Arc<Pack>, lang: Lang, now: Timestamp) -> Player {
        let visit = Visit::new(pack, config::Visit::default());
        let (effects, done) = (Vec::new(), Vec::new());
        let mut player = Player { visit, effects, done, now };
        player.event(Event::Surroundings(WELL));
        if lang == Lang::En {
            player.touch(Touch::ToggleLanguage);
        }
        player
    }

    /// Somebody who stands where another one does.
    pub fn at(visit: &Visit, now: Timestamp) -> Player {
        Player { visit: visit.clone(), effects: Vec::new(), done: Vec::new(), now }
    }

    /// The same citizen after these touches.
    pub fn after(&self, touches: &[Touch]) -> Player {
        let mut player = self.clone();
        touches.iter().for_each(|touch| player.touch(*touch));
        player
    }

    pub fn take_done(&mut self) -> Vec<Visit> {
        std::mem::take(&mut self.done)
    }

    /// What was asked last, by what `which` makes of it.
    pub fn asked<T>(&self, which: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        self.effects.iter().find_map(which)
    }

    /// The slip that was ordered last, which comes out whole.
    pub fn printed(&mut self) -> Option<Vec<Line>> {
        let (ticket, order) = self.asked(|effect| match effect {
            Effect::Print { ticket, order, .. } => Some((*ticket, order.clone())),
            _ => None,
        })?;
        self.effects.clear();
        let lines = self.slip(&order);
        self.event(Event::SlipDone { ticket, outcome: SlipOutcome::Printed });
        lines
    }

    /// What an order would print.
    pub fn slip(&self, order: &SlipOrder) -> Option<Vec<Line>> {
        let session = self.visit.session();
        let head = Head {
            pack: session.pack(),
            kiosk: cases::KIOSK,
            printed_at: self.now,
            clock_trusted: true,
            serial: 1,
            lang: session.lang(),
            demo: true,
            reprint: false,
        };
        slips::ordered(&head, session, order).map(|slip| layout(&slip, Paper::Mm80))
    }

    /// What was handed in, if anything was.
    pub fn handed_in(&self) -> Option<(Ticket, Arc<Application>)> {
        self.asked(|effect| match effect {
            Effect::Submit { ticket, application } => Some((*ticket, application.clone())),
            _ => None,
        })
    }

    /// A case of an application as it stands with a status, with invented words of the platform.
    pub fn facts(
        &self,
        item: &Item,
        application: &Application,
        status: CaseStatus,
        today: Date,
    ) -> CaseFacts {
        let after = |seconds: i64| self.now.saturating_add(SignedDuration::from_secs(seconds)).ok();
        let reached = |other: CaseStatus| status >= other && status != CaseStatus::Returned;
        let due_min = match item.kind {
            ItemKind::Instant { limit_min } => Some(limit_min),
            _ => None,
        };
        let particulars = &application.particulars;
        CaseFacts {
            status,
            accepted_at: after(-6).filter(|_| reached(CaseStatus::Accepted)),
            completed_at: after(-2).filter(|_| reached(CaseStatus::Completed)),
            due_at: due_min.and_then(|minutes| after(i64::from(minutes) * 60 - 9)),
            correct_by: (status == CaseStatus::Returned)
                .then(|| today.saturating_add(CORRECTED_WITHIN.days())),
            note: match status {
                CaseStatus::Completed => Some("样例：办理结果由业务系统给出。".to_owned()),
                CaseStatus::Returned => Some("样例：退回原因由业务系统给出。".to_owned()),
                CaseStatus::Received | CaseStatus::Accepted => None,
            },
            request: particulars.request,
            enterprise: particulars.enterprise.as_ref().map(|of| of.name.clone()),
            ..CaseFacts::received(
                cases::number(17),
                item.id.to_string(),
                application.item.pack_version.clone(),
                (after(-9).unwrap_or(self.now), true),
                QueryToken::from_bits(17),
            )
        }
    }
}
