//! The site pack in force, and the next one: it takes its place when nobody is here, and never under
//! a citizen's hands.

use std::sync::Arc;
use std::time::Duration;

use super::Input;
use super::run::Kiosk;
use crate::config::Config;
use crate::domain::pack::{Pack, Standing};
use crate::journal::Event;
use crate::packs::{Looked, Next, PackId, Packs, Refusal, Waiting, What};
use crate::platform::PackNews;

/// Seconds between two looks whether another pack is due, or a technician has ordered one.
const LOOK_EVERY: u32 = 60;

/// What the loop knows of the packs of this kiosk.
pub(super) struct Held {
    pub packs: Packs,
    /// Between two questions to the platform; `None`: it is not asked.
    pub fetch_every: Option<Duration>,
    id: PackId,
    next: Option<Next>,
    /// What should have been in force at the start.
    broken: Vec<Refusal>,
    /// A look is under way.
    looking: bool,
    /// There is a reason to look before the next minute.
    soon: bool,
    /// The last act of a technician that stands in the journal.
    told: u64,
    pub waiting: Option<Waiting>,
    pub refused: Option<Refusal>,
}

/// What comes to the loop about packs.
#[derive(Debug)]
pub enum PackInput {
    /// From the platform.
    News(PackNews),
    Looked(Box<Looked>),
    /// With which cases of the citizen here were begun.
    OfCases(Vec<Arc<Pack>>),
}

impl Held {
    pub fn new(config: &Config, packs: Packs, id: PackId, broken: Vec<Refusal>) -> Held {
        let minutes = u64::from(config.pack.fetch_every_min);
        Held {
            packs,
            fetch_every: (minutes > 0).then(|| Duration::from_secs(60 * minutes)),
            id,
            next: None,
            broken,
            looking: false,
            soon: false,
            told: 0,
            waiting: None,
            refused: None,
        }
    }
}

/// The packs that cases were begun with, as far as they are still here. Read beside the work; whoever
/// asks holds them no longer than needed.
pub(super) async fn of_cases(packs: Packs, versions: Vec<String>) -> Vec<Arc<Pack>> {
    if versions.is_empty() {
        return Vec::new();
    }
    let read = tokio::task::spawn_blocking(move || packs.of_versions(&versions)).await;
    read.unwrap_or_default().into_iter().map(Arc::new).collect()
}

impl Kiosk {
    /// Tells with which pack the kiosk starts, where that is another than before.
    pub(super) fn tell_of_the_first_pack(&mut self) {
        for Refusal { version, why } in std::mem::take(&mut self.held.broken) {
            self.journal(Event::PackRefused { version, why });
        }
        let noted = self.held.packs.in_force();
        self.held.told = noted.obeyed;
        let official = self.pack.standing == Standing::Official;
        let as_noted = noted.pack == self.held.id
            && noted.version == self.pack.version
            && noted.official == official;
        let never_noted = noted == Default::default() && self.held.id == PackId::Base;
        if !as_noted && !never_noted {
            self.came_in_force(noted.version);
        }
        self.held.soon = true;
    }

    /// Each second: looks once a minute, and changes the pack when nobody is here.
    pub(super) fn follow_packs(&mut self, seconds: u32) {
        if !self.visit.nobody_here() {
            return;
        }
        if let Some(Next { id, pack }) = self.held.next.take() {
            let before = std::mem::replace(&mut self.pack, pack.clone());
            self.held.id = id;
            self.clock.learn(pack.as_of);
            self.known.learn_pack(&pack);
            self.visit.change_pack(pack);
            self.came_in_force(before.version.clone());
            self.held.soon = true;
        }
        if (self.held.soon || seconds.is_multiple_of(LOOK_EVERY)) && !self.held.looking {
            (self.held.looking, self.held.soon) = (true, false);
            let (packs, id) = (self.held.packs.clone(), self.held.id.clone());
            let official = self.pack.standing == Standing::Official;
            let (today, inbox) = (self.clock.today(), self.inbox.clone());
            self.tasks.spawn_blocking(move || {
                let looked = Box::new(packs.look(&id, official, today));
                inbox.put(Input::Packs(PackInput::Looked(looked)));
            });
        }
    }

    pub(super) fn of_packs(&mut self, input: PackInput) {
        match input {
            PackInput::News(PackNews::Taken { version, effective_from }) => {
                self.journal(Event::PackFetched { version, effective_from });
                self.held.soon = true;
            }
            PackInput::News(PackNews::Refused { version, why }) => {
                self.journal(Event::PackRefused { version, why });
                self.held.soon = true;
            }
            PackInput::Looked(looked) => self.looked(*looked),
            PackInput::OfCases(packs) => self.visit.keep_packs(packs),
        }
    }

    fn looked(&mut self, looked: Looked) {
        let Looked { next, acts, broken, waiting, refused } = looked;
        self.held.looking = false;
        for Refusal { version, why } in broken {
            self.journal(Event::PackRefused { version, why });
        }
        let before = self.held.told;
        for act in acts.into_iter().filter(|act| act.number > before) {
            self.held.told = act.number;
            let (left, to) = (act.left, act.to);
            self.journal(match act.what {
                What::Back => Event::PackBack { left, to },
                What::Forward => Event::PackForward { left, to },
            });
        }
        if next.is_none() && self.held.told > before {
            // There is nothing to be done for it.
            self.note_in_force();
        }
        (self.held.next, self.held.waiting, self.held.refused) = (next, waiting, refused);
    }

    /// The pack is in force from now on.
    fn came_in_force(&mut self, before: String) {
        let version = self.pack.version.clone();
        tracing::info!(version, before, "the site pack in force");
        self.journal(Event::PackInForce { version, before });
        self.note_in_force();
    }

    fn note_in_force(&mut self) {
        let (packs, id) = (self.held.packs.clone(), self.held.id.clone());
        let (pack, told) = (self.pack.clone(), self.held.told);
        self.tasks.spawn_blocking(move || {
            if let Err(error) = packs.came_in_force(&id, &pack, told) {
                tracing::error!("{}: {error}", packs.folder().display());
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tokio::sync::mpsc;

    use super::super::effects::store::{ROWS, Row};
    use super::super::startup::{Drivers, Known, Parts};
    use super::super::{Inputs, Origin, Vitals, inbox};
    use super::*;
    use crate::contract::encode;
    use crate::devices::printer::LastSlip;
    use crate::pack;
    use crate::platform::packs::fetch;
    use crate::screen::{Kept, Moment, compose};
    use crate::simulators::platform::{PlatformOptions, PlatformSimulator};
    use crate::store::NewCase;
    use crate::testkit::{block_on, cases, lonely_kiosk, packs as kit};
    use crate::visit::{Effect, Event as VisitEvent, Page, Touch};

    /// A kiosk and its platform, over HTTP; the clock is the test's.
    struct Bench {
        kiosk: Kiosk,
        inputs: Inputs,
        rows: mpsc::Receiver<Row>,
        platform: PlatformSimulator,
        config: Config,
        folder: tempfile::TempDir,
    }

    impl Bench {
        async fn new() -> Bench {
            let platform = PlatformSimulator::start(PlatformOptions::default()).await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let mut config = Config::load(&lonely_kiosk(folder.path())).unwrap();
            config.platform.url = platform.url();
            config.pack.path = folder.path().join("base");
            kit::write(&config.pack.path, "1", None, false);
            let (kiosk, inputs, rows) = begin(&config);
            Bench { kiosk, inputs, rows, platform, config, folder }
        }

        fn shows(&mut self, day: &str) {
            let now: Timestamp = format!("{day}T02:00:00Z").parse().unwrap();
            self.kiosk.clock = self.kiosk.clock.showing(now);
        }

        fn offer(&self, version: &str, from: Option<&str>) {
            kit::write(&self.folder.path().join(version), version, from, false);
            self.offer_folder(version);
        }

        /// The pack in the folder of this name.
        fn offer_folder(&self, version: &str) {
            let file = pack::bundle(&self.folder.path().join(version)).unwrap();
            self.platform.offer_packs(vec![(version.to_owned(), encode(&file).to_vec())]);
        }

        async fn fetch(&mut self) {
            let (client, packs) = (self.kiosk.client.clone(), self.kiosk.held.packs.clone());
            let mut news = Vec::new();
            fetch(&client, &packs, |piece| news.push(piece)).await.unwrap();
            for piece in news {
                self.kiosk.of_packs(PackInput::News(piece));
            }
        }

        /// What comes next to the loop of this kind; everything else is handled on the way.
        async fn until(&mut self, wanted: impl Fn(&PackInput) -> bool) {
            loop {
                let input = self.inputs.inputs.recv();
                let input = tokio::time::timeout(Duration::from_secs(60), input).await;
                let input = input.expect("it comes").unwrap();
                let found = matches!(&input, Input::Packs(input) if wanted(input));
                self.handle(input);
                if found {
                    return;
                }
            }
        }

        fn handle(&mut self, input: Input) {
            if let Some(event) = self.kiosk.event_of(input) {
                for effect in self.kiosk.visit.handle(event) {
                    self.kiosk.carry_out(effect);
                }
            }
        }

        fn touch(&mut self, touch: Touch) {
            let page = self.kiosk.visit.token();
            for effect in self.kiosk.visit.handle(VisitEvent::Touched { page, touch }) {
                self.kiosk.carry_out(effect);
            }
        }

        /// A minute passes; the version in force then.
        async fn minute(&mut self) -> String {
            // Of the minute before, and of this one.
            for _ in 0..2 {
                if self.kiosk.held.looking {
                    self.until(|input| matches!(input, PackInput::Looked(_))).await;
                }
                self.kiosk.follow_packs(LOOK_EVERY);
            }
            if self.kiosk.held.looking {
                self.until(|input| matches!(input, PackInput::Looked(_))).await;
            }
            self.version()
        }

        /// Seconds pass until this version is in force: no more than a minute of them.
        async fn within_a_minute(&mut self, version: &str) {
            for second in 1..=60 {
                self.kiosk.follow_packs(second);
                if self.version() == version {
                    return;
                }
                if self.kiosk.held.looking {
                    self.until(|input| matches!(input, PackInput::Looked(_))).await;
                }
            }
            panic!("after a minute still {}", self.version());
        }

        /// What the screen says on a day, after these touches of somebody who leaves no trace.
        fn says(&self, touches: &[Touch], day: &str) -> String {
            let mut visit = self.kiosk.visit.clone();
            for touch in touches {
                visit.handle(VisitEvent::Touched { page: visit.token(), touch: *touch });
            }
            let moment = Moment {
                now: format!("{day}T02:00:00Z").parse().unwrap(),
                clock_trusted: true,
                devices: &self.kiosk.devices,
                slip: &[],
                paper: self.kiosk.paper,
                kept: Kept::by(&self.config.store),
                demo: false,
                settling: false,
            };
            let view = compose(&visit, &moment);
            let controls = view.controls().into_iter().map(|control| control.label.clone());
            let said = view.said().into_iter().map(|said| said.text.to_string());
            said.chain(controls).collect::<Vec<_>>().join("\n")
        }

        fn version(&self) -> String {
            assert_eq!(self.kiosk.visit.session().pack().version, self.kiosk.pack.version);
            self.kiosk.pack.version.clone()
        }

        /// What the journal was told of packs.
        fn told(&mut self) -> Vec<String> {
            let mut told = Vec::new();
            while let Ok(row) = self.rows.try_recv() {
                if let Row::Event(event) = row
                    && event.kind().name.starts_with("pack_")
                {
                    told.push(format!("{} {}", event.kind().name, event.detail()));
                }
            }
            told
        }

        /// The kiosk is ended and starts again.
        async fn restart(self) -> Bench {
            let Bench { mut kiosk, inputs, rows: _, platform, config, folder } = self;
            while kiosk.tasks.join_next().await.is_some() {}
            kiosk.store.clone().close().await;
            drop((kiosk, inputs));
            let (kiosk, inputs, rows) = begin(&config);
            Bench { kiosk, inputs, rows, platform, config, folder }
        }
    }

    /// To the outlets around.
    const AROUND: [Touch; 2] = [Touch::Start, Touch::NearOutlets];

    fn begin(config: &Config) -> (Kiosk, Inputs, mpsc::Receiver<Row>) {
        let origin = Origin::Given(Box::new(config.clone()));
        let parts = Parts::open(&origin, &Known::default(), |_| ()).unwrap();
        let (to, inputs) = inbox();
        let drivers = Drivers::spawn(&parts.config, LastSlip::Whole, &to).unwrap();
        let (sender, rows) = mpsc::channel(ROWS);
        let mut kiosk = Kiosk::new(parts, drivers, to, sender, Vitals::default());
        kiosk.tell_of_the_first_pack();
        (kiosk, inputs, rows)
    }

    #[test]
    fn a_pack_comes_in_force_on_its_day_when_nobody_is_here() {
        block_on(async {
            let mut bench = Bench::new().await;
            bench.shows("2026-11-26");
            assert_eq!((bench.minute().await, bench.told()), ("1".to_owned(), vec![]));
            bench.offer("2", Some("2026-12-05"));
            bench.fetch().await;
            assert_eq!(bench.minute().await, "1");
            let waiting = bench.kiosk.held.waiting.clone().unwrap();
            assert_eq!(
                (waiting.version.as_str(), waiting.from.to_string().as_str()),
                ("2", "2026-12-05")
            );
            assert_eq!(
                bench.told(),
                [r#"pack_fetched {"effective_from":"2026-12-05","version":"2"}"#]
            );

            // Its day comes while somebody stands here, and longer.
            bench.touch(Touch::Start);
            bench.shows("2026-12-05");
            for _ in 0..3 {
                assert_eq!(bench.minute().await, "1");
            }
            assert_eq!(bench.kiosk.visit.page(), Page::Home);
            bench.touch(Touch::Back);
            assert_eq!(bench.kiosk.visit.page(), Page::Attract);
            // Somebody has just chosen a language.
            bench.touch(Touch::ToggleLanguage);
            assert_eq!(bench.minute().await, "1");
            bench.touch(Touch::ToggleLanguage);
            assert_eq!(bench.minute().await, "2");
            assert_eq!(bench.told(), [r#"pack_in_force {"before":"1","version":"2"}"#]);
            assert_eq!(bench.kiosk.held.waiting, None);
            // Also after a restart, before anything is looked at, and it is told once.
            let mut bench = bench.restart().await;
            assert_eq!((bench.version(), bench.told()), ("2".to_owned(), vec![]));
            bench.shows("2026-12-06");
            assert_eq!(bench.minute().await, "2");
        });
    }

    #[test]
    fn p9_where_the_clock_is_not_trusted_the_pack_stays_but_a_technician_is_obeyed() {
        block_on(async {
            let mut bench = Bench::new().await;
            bench.offer("2", None);
            bench.fetch().await;
            assert_eq!(bench.minute().await, "1");
            bench.shows("2026-11-26");
            assert_eq!(bench.minute().await, "2");
            bench.told();
            // By the command, beside the running kiosk.
            Packs::of(&bench.config).back(None, None).unwrap();
            assert_eq!(bench.minute().await, "1");
            assert_eq!(
                bench.told(),
                [
                    r#"pack_back {"left":"2","to":"1"}"#,
                    r#"pack_in_force {"before":"2","version":"1"}"#
                ]
            );
            assert_eq!(bench.minute().await, "1");
            bench.fetch().await;
            assert_eq!((bench.minute().await, bench.told()), ("1".to_owned(), vec![]));
            // And while it stands still.
            while bench.kiosk.tasks.join_next().await.is_some() {}
            Packs::of(&bench.config).forward(None).unwrap();
            let mut bench = bench.restart().await;
            assert_eq!(bench.version(), "2");
            bench.minute().await;
            assert_eq!(
                bench.told(),
                [
                    r#"pack_in_force {"before":"1","version":"2"}"#,
                    r#"pack_forward {"left":"1","to":"2"}"#
                ]
            );
            assert_eq!((bench.minute().await, bench.told()), ("2".to_owned(), vec![]));
        });
    }

    #[test]
    fn a_bad_pack_is_told_and_the_kiosk_goes_on() {
        block_on(async {
            let mut bench = Bench::new().await;
            bench.shows("2026-11-26");
            bench.platform.offer_packs(vec![("2".to_owned(), b"{".to_vec())]);
            bench.fetch().await;
            assert_eq!(bench.minute().await, "1");
            let told = bench.told();
            assert!(told.len() == 1 && told[0].starts_with("pack_refused "), "{told:?}");
            assert_eq!(bench.kiosk.held.refused.as_ref().unwrap().version, "2");
            bench.fetch().await;
            assert_eq!((bench.minute().await, bench.told()), ("1".to_owned(), vec![]));
            let asked = bench.platform.packs_asked();
            assert_eq!((asked.listed, asked.unchanged, asked.given), (1, 1, 1));
        });
    }

    /// 政策找人: what a pack brings or takes away stands, or stands no more, on the screen within a minute
    /// of the sync.
    #[test]
    fn a_new_policy_and_a_closed_outlet_are_told_within_a_minute_of_a_sync() {
        const NEW: &str = "新政策样例补贴";
        const CLOSED: &str = "示例银行样例支行自助服务点（样例）";
        block_on(async {
            let mut bench = Bench::new().await;
            bench.shows("2026-11-26");
            bench.minute().await;
            assert!(!bench.says(&[], "2026-11-26").contains(NEW));
            assert!(bench.says(&AROUND, "2026-11-26").contains(CLOSED));
            let made = bench.folder.path().join("2");
            kit::write(&made, "2", None, false);
            let given = std::fs::read_to_string(made.join("policies/20-youth-training.toml"));
            let new = given
                .unwrap()
                .replace("\"youth_training\"", "\"new_subsidy\"")
                .replace("青年职业技能培训补贴（样例）", NEW)
                .replace("from = 2026-10-08", "from = 2026-11-26");
            std::fs::write(made.join("policies/5-new.toml"), new).unwrap();
            let manifest = std::fs::read_to_string(made.join("pack.toml")).unwrap();
            let closed = manifest.find(CLOSED).unwrap();
            let from = manifest[..closed].rfind("[[outlets]]").unwrap();
            let to = closed + manifest[closed..].find("[[outlets]]").unwrap();
            let manifest = [&manifest[..from], &manifest[to..]].concat();
            std::fs::write(made.join("pack.toml"), manifest).unwrap();
            bench.offer_folder("2");
            bench.fetch().await;
            bench.within_a_minute("2").await;
            assert!(bench.says(&[], "2026-11-26").contains(NEW));
            assert!(!bench.says(&[], "2026-11-25").contains(NEW), "it does not hold yet");
            assert!(!bench.says(&AROUND, "2026-11-26").contains(CLOSED));

            // A policy that the pack has no more, and an outlet with its last day.
            let made = bench.folder.path().join("3");
            kit::write(&made, "3", None, false);
            let last = "until = 2026-11-26\nshort_name = { zh = \"示例银行自助点\"";
            kit::change(&made, "short_name = { zh = \"示例银行自助点\"", last);
            bench.offer_folder("3");
            bench.fetch().await;
            bench.within_a_minute("3").await;
            assert!(!bench.says(&[], "2026-11-26").contains(NEW));
            assert!(bench.says(&AROUND, "2026-11-26").contains(CLOSED));
            assert!(!bench.says(&AROUND, "2026-11-27").contains(CLOSED));
        });
    }

    /// What is shown and printed of a case comes from the pack that it was begun with, and nothing of
    /// that pack stays when its citizen has gone.
    #[test]
    fn an_open_case_keeps_the_pack_that_it_was_begun_with() {
        block_on(async {
            let mut bench = Bench::new().await;
            bench.shows("2026-11-26");
            let case = NewCase { pack_version: "1".to_owned(), ..cases::new_case() };
            bench.kiosk.store.submit(case).await.unwrap();
            let gone = NewCase { pack_version: "0".to_owned(), ..cases::new_case() };
            bench.kiosk.store.submit(gone).await.unwrap();
            assert_eq!(bench.kiosk.store.pack_versions().await.unwrap(), ["0", "1"]);
            bench.offer("2", None);
            bench.fetch().await;
            assert_eq!(bench.minute().await, "2");
            bench.touch(Touch::Start);
            let card = cases::card().into();
            bench.kiosk.carry_out(Effect::FindCases { ticket: 7, card });
            bench.until(|input| matches!(input, PackInput::OfCases(_))).await;
            let session = bench.kiosk.visit.session();
            let versions = ["0", "1", "2"].map(|version| session.pack_of(version).is_some());
            assert_eq!(versions, [false, true, true]);
            bench.touch(Touch::Back);
            assert!(bench.kiosk.visit.session().pack_of("1").is_none());
        });
    }
}
