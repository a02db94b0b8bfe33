//! Random events, from wherever a visit stands.

use proptest::prelude::*;

use super::*;
use crate::case::HeldReason;
use crate::domain::answer::Nothing;
use crate::visit::flows::farewell::CARD_LEFT_MAX_S;
use crate::visit::flows::submit::STORE_WAIT_S;
use crate::visit::printing::PRINT_WAIT_S;

fn any_touch() -> impl Strategy<Value = Touch> {
    use Touch::*;
    prop_oneof![
        prop::sample::select(vec![
            ToggleAssisted,
            ToggleLanguage,
            Help,
            CloseSheet,
            MoreTime,
            Read,
            Back,
            Home,
            Leave,
            Next,
            Start,
            StartAssisted,
            MyCases,
            Begin,
            PublicFields,
            SampleForm,
            PrintGuide,
            Outlets,
            NearOutlets,
            Packages,
            Policies,
            MarkPolicies,
            Agree,
            Confirm,
            NotMe,
            Erase,
            Clear,
            Submit,
            Reprint,
            Evaluate,
            Another,
            Retry,
            Undo,
            SendReasons,
            NoReason,
            CallMe,
            Decline,
            Earlier,
            Further,
            Search,
        ]),
        (0..4usize).prop_map(Item),
        (0..8usize).prop_map(OutletAt),
        (0..3usize).prop_map(|reach| Reaching(crate::domain::outlet::Reach::ALL[reach])),
        (0..3usize).prop_map(Policy),
        (0..14usize).prop_map(Choose),
        (0..4usize).prop_map(|area| Area(crate::domain::pack::Area::ALL[area])),
        (0..6usize).prop_map(Turn),
        (0..=20u8).prop_map(Digit),
        prop::sample::select(vec!['X', '.', 'A', 'Z', 'x', '样']).prop_map(Letter),
        (0..5usize).prop_map(PhoneWay),
        (0..12usize).prop_map(Edit),
        (0..4usize).prop_map(Case),
        any_level().prop_map(Level),
        (0..9usize).prop_map(Reason),
    ]
}

fn any_level() -> impl Strategy<Value = Level> {
    prop::sample::select(Level::ALL.to_vec())
}

fn any_facts() -> impl Strategy<Value = CaseFacts> {
    let statuses =
        [CaseStatus::Received, CaseStatus::Accepted, CaseStatus::Completed, CaseStatus::Returned];
    (1..5u64, prop::sample::select(statuses.to_vec()), any::<bool>()).prop_map(
        |(sequence, status, held)| {
            let held = (held && status == CaseStatus::Received)
                .then(|| HeldReason { code: "number_taken".to_owned() });
            CaseFacts { held, ..facts_of(sequence, status) }
        },
    )
}

fn any_outcome() -> impl Strategy<Value = SlipOutcome> {
    use SlipOutcome::*;
    prop::sample::select(vec![Printed, NotPrinted, Unknown])
}

/// What happens next; a touch falls on the page as it then stands, or on one that stood before.
#[derive(Clone, Debug)]
enum Happening {
    Touch {
        touch: Touch,
        pages_late: u64,
    },
    Event(Event),
    /// The last reply that was asked for comes.
    Reply {
        good: bool,
        facts: CaseFacts,
        outcome: SlipOutcome,
    },
}

fn any_event() -> impl Strategy<Value = Event> {
    use prop::sample::select;
    let ticket = 1..12u64;
    prop_oneof![
        1 => any_level().prop_map(Event::Pressed),
        1 => Just(Event::CardReading),
        3 => (select(vec!["citizen", "expired", "elderly"]), any::<bool>()).prop_map(
            |(person, trusted)| Event::CardRead {
                card: kit::card_of(person),
                today: trusted.then(today),
            }
        ),
        1 => select(vec![
            CardTrouble::WrongCard,
            CardTrouble::MovedAway,
            CardTrouble::StillThere,
            CardTrouble::Unreadable,
            CardTrouble::NotGenuine,
        ]).prop_map(Event::CardTrouble),
        2 => any::<Option<bool>>().prop_map(|lies| Event::CardPresence { lies }),
        4 => Just(Event::Second { today: Some(today()) }),
        1 => any::<[bool; 4]>().prop_map(|[online, reader, printer, panel]| {
            Event::Surroundings(Surroundings { online, reader, printer, panel })
        }),
        1 => (ticket.clone(), any::<bool>()).prop_map(|(ticket, good)| Event::Queried {
            ticket,
            answer: if good { Ok(answer()) } else { Err(Nothing::NoRecord.into()) },
        }),
        1 => (ticket.clone(), prop::option::of(any_facts()))
            .prop_map(|(ticket, facts)| Event::Stored { ticket, facts }),
        2 => any_facts().prop_map(Event::CaseAdvanced),
        1 => (ticket.clone(), prop::option::of(prop::collection::vec(any_facts(), 0..4)))
            .prop_map(|(ticket, cases)| Event::CasesFound { ticket, cases, unreadable: 1 }),
        1 => (ticket.clone(), any_outcome())
            .prop_map(|(ticket, outcome)| Event::SlipDone { ticket, outcome }),
        1 => (ticket, any::<bool>())
            .prop_map(|(ticket, stored)| Event::EvaluationStored { ticket, stored }),
    ]
}

fn any_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => (any_touch(), prop_oneof![4 => Just(0u64), 1 => 1..4u64])
            .prop_map(|(touch, pages_late)| Happening::Touch { touch, pages_late }),
        8 => any_event().prop_map(Happening::Event),
        4 => (any::<bool>(), any_facts(), any_outcome())
            .prop_map(|(good, facts, outcome)| Happening::Reply { good, facts, outcome }),
    ]
}

fn any_happenings() -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec(any_happening(), 0..80)
}

/// A visit that keeps the replies that are owed to it.
#[derive(Clone)]
struct Player {
    visit: Visit,
    owed: Vec<Effect>,
}

impl Player {
    /// Plays a journey as far as `depth`, so that random events also start deep inside one.
    fn deep(depth: u8) -> Player {
        let mut visit = visit(ALL_WELL);
        match depth {
            1 => to_stored_case(&mut visit),
            2 => to_evaluation(&mut visit),
            3 => to_phone(&mut visit),
            4 => to_cases(
                &mut visit,
                vec![facts_of(1, CaseStatus::Received), facts_of(2, CaseStatus::Completed)],
            ),
            5 => {
                to_evaluation(&mut visit);
                touch(&mut visit, &[Touch::Level(Level::Dissatisfied)]);
            }
            6 => {
                to_printing(&mut visit);
                touch(&mut visit, &[Touch::Evaluate]);
            }
            7 => {
                to_card(&mut visit, INSTANT);
            }
            8 => to_identity(&mut visit, QUERY),
            9 => to_review(&mut visit),
            10 => {
                to_review(&mut visit);
                submit(&mut visit);
                seconds(&mut visit, STORE_WAIT_S);
            }
            11 => {
                to_cases(&mut visit, vec![facts_of(1, CaseStatus::Received)]);
                touch(&mut visit, &[Touch::Case(0)]);
            }
            12 => {
                to_printing(&mut visit);
                touch(&mut visit, &[Touch::Leave]);
            }
            13 => visit = every_kind::to_question(0),
            14 => visit = every_kind::to_question(9),
            15 => visit = every_kind::to_review(),
            16 => {
                visit = of_many(ALL_WELL);
                touch(&mut visit, &[Touch::Start, Touch::Search, Touch::Letter('D')]);
            }
            17 => {
                visit = of_many(ALL_WELL);
                touch(&mut visit, &[Touch::StartAssisted, Touch::Area(AREA), Touch::Turn(1)]);
            }
            18 => {
                to_result(&mut visit, SlipOutcome::Printed);
                touch(&mut visit, &[Touch::Another, Touch::Policies]);
            }
            19 => {
                touch(&mut visit, &[Touch::Start, Touch::NearOutlets, Touch::OutletAt(1)]);
            }
            _ => {}
        }
        Player { visit, owed: Vec::new() }
    }

    /// What a happening is to the visit now.
    fn event(&mut self, happening: Happening) -> Option<Event> {
        match happening {
            Happening::Event(event) => Some(event),
            Happening::Touch { touch, pages_late } => {
                let page = PageToken(self.visit.token().0.saturating_sub(pages_late));
                Some(Event::Touched { page, touch })
            }
            Happening::Reply { good, facts, outcome } => Some(match self.owed.pop()? {
                Effect::Query { ticket, .. } => {
                    let answer = if good { Ok(answer()) } else { Err(Nothing::NoRecord.into()) };
                    Event::Queried { ticket, answer }
                }
                Effect::Submit { ticket, .. } => {
                    Event::Stored { ticket, facts: good.then_some(facts) }
                }
                Effect::FindCases { ticket, .. } => {
                    Event::CasesFound { ticket, cases: good.then(|| vec![facts]), unreadable: 0 }
                }
                Effect::Print { ticket, .. } => Event::SlipDone { ticket, outcome },
                Effect::RecordEvaluation { ticket, .. } => {
                    Event::EvaluationStored { ticket, stored: good }
                }
                _ => return None,
            }),
        }
    }

    fn handle(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.visit.handle(event);
        let asks = |effect: &&Effect| {
            !matches!(
                effect,
                Effect::ExpectCard(_)
                    | Effect::WatchCard(_)
                    | Effect::ArmPanel(_)
                    | Effect::PolicyShown(_)
                    | Effect::CardLeft
                    | Effect::Wipe
            )
        };
        self.owed.extend(effects.iter().filter(asks).cloned());
        effects
    }
}

fn is_press(visit: &Visit, event: &Event) -> bool {
    let keys_wanted = matches!(
        visit.top(),
        Flow::Evaluate(Evaluate { step: EvaluateStep::Keys { pressed: None }, .. })
    );
    keys_wanted
        && match event {
            Event::Pressed(_) => true,
            Event::Touched { page, touch: Touch::Level(_) } => *page == visit.token(),
            _ => false,
        }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// No page is stuck: from wherever a visit stands, timeouts alone reach the attract screen,
    /// and what is found there is a fresh visit.
    #[test]
    fn p5_every_page_reaches_the_attract_screen_by_timeouts_alone(
        depth in 0..20u8,
        happenings in any_happenings(),
    ) {
        let mut player = Player::deep(depth);
        for happening in happenings {
            if let Some(event) = player.event(happening) {
                player.handle(event);
            }
        }
        let mut visit = player.visit;
        // The longest chain, assisted: the platform, the slip, the warning, a card left behind.
        seconds(&mut visit, 10 + PRINT_WAIT_S + 3 * (60 + 20) + CARD_LEFT_MAX_S + 3 * 8 + 60);
        let fresh = Visit::waiting(visit.session.next(), visit.token);
        visit.session.idle_s = 0;
        prop_assert_eq!(visit, fresh);
    }

    /// A recorded list of events, written down and read back, replays the visit exactly.
    #[test]
    fn a_recorded_visit_replays_exactly(depth in 0..20u8, happenings in any_happenings()) {
        let mut first = Player::deep(depth);
        let mut second = first.visit.clone();
        let mut record = Vec::new();
        let mut effects = Vec::new();
        for happening in happenings {
            if let Some(event) = first.event(happening) {
                record.push(event.clone());
                effects.push(first.handle(event));
            }
        }
        let record = serde_json::to_string(&record).unwrap();
        let replayed: Vec<Event> = serde_json::from_str(&record).unwrap();
        let again: Vec<_> = replayed.into_iter().map(|event| second.handle(event)).collect();
        prop_assert_eq!(effects, again);
        prop_assert_eq!(first.visit, second);
    }

    /// A way that a page offers leads somewhere, and one that it does not offer leads nowhere.
    #[test]
    fn p5_a_page_has_the_ways_that_it_offers(depth in 0..20u8, happenings in any_happenings()) {
        let mut player = Player::deep(depth);
        for happening in happenings {
            let Some(event) = player.event(happening) else { continue };
            let (page, token) = (player.visit.page(), player.visit.token());
            player.handle(event);
            let visit = &player.visit;
            prop_assert!(visit.page() == page || visit.token() != token, "{:?} is late", page);
            for (way, offered) in [
                (Touch::Back, visit.can_go_back()),
                (Touch::Home, visit.can_go_home()),
                (Touch::Leave, visit.can_leave()),
            ] {
                let mut gone = visit.clone();
                touch(&mut gone, &[way]);
                prop_assert_eq!(gone.token() != visit.token(), offered, "{:?} from {:?}", way, visit);
            }
        }
    }

    /// The reader is asked exactly while a card is wanted and the panel exactly while the keys
    /// mean something; an evaluation is recorded only after a press, once; the visit is bounded.
    #[test]
    fn p6_nothing_is_recorded_without_a_press(depth in 0..20u8, happenings in any_happenings()) {
        let mut player = Player::deep(depth);
        let top = player.visit.top().steps();
        let (mut asking, mut armed) = (top.wants_card(), top.wants_panel());
        let mut watching = player.visit.session.card.watched();
        let mut presses = u32::from(depth == 5);
        let mut slips = 0;
        for happening in happenings {
            let Some(event) = player.event(happening) else { continue };
            if is_press(&player.visit, &event) {
                presses = 1;
            }
            for effect in player.handle(event) {
                match effect {
                    Effect::ExpectCard(on) => asking = on,
                    Effect::WatchCard(on) => watching = on,
                    Effect::ArmPanel(on) => armed = on,
                    Effect::RecordEvaluation { .. } => {
                        prop_assert_eq!(presses, 1);
                        presses = 0;
                    }
                    Effect::Print { .. } => slips += 1,
                    Effect::Wipe => slips = 0,
                    _ => {}
                }
            }
            let visit = &player.visit;
            let top = visit.top().steps();
            prop_assert_eq!(asking, top.wants_card());
            prop_assert_eq!(armed, top.wants_panel());
            prop_assert_eq!(watching, visit.session.card.watched());
            prop_assert!(slips <= crate::visit::session::SLIPS_MAX);
            prop_assert!(visit.beneath.len() < 10, "{:?}", visit.beneath);
        }
    }
}
