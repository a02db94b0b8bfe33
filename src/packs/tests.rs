//! Real packs on a real disk: what comes, what is in force, and what a technician does about it.

use jiff::civil::date;

use super::*;
use crate::contract::{PackOffer, encode};
use crate::domain::signer::to_hex;
use crate::pack::{bundle, sign};
use crate::testkit::{lonely_kiosk, packs as kit};
use sm3::{Digest as _, Sm3};

/// A day on which every pack of these tests is due that does not say otherwise.
const TODAY: Option<Date> = Some(date(2026, 11, 26));

/// A kiosk's packs, and a bureau that makes new ones.
struct Bench {
    folder: tempfile::TempDir,
    config: Config,
    official: bool,
    offers: Vec<PackOffer>,
}

impl Bench {
    fn new(official: bool) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::load(&lonely_kiosk(folder.path())).unwrap();
        config.pack.path = folder.path().join("base");
        let mut bench = Bench { folder, config, official, offers: Vec::new() };
        let base = bench.make("1", Some("2026-11-01"));
        std::fs::rename(base, &bench.config.pack.path).unwrap();
        if official {
            let key = sign(&bench.config.pack.path, &bench.key(1)).unwrap();
            bench.config.pack.trusted_keys = vec![key];
        }
        bench
    }

    fn packs(&self) -> Packs {
        Packs::of(&self.config)
    }

    fn key(&self, seed: u8) -> PathBuf {
        kit::private_key(self.folder.path(), seed)
    }

    /// A pack of this kiosk's kind, signed where that is needed.
    fn make(&self, version: &str, from: Option<&str>) -> PathBuf {
        let to = self.folder.path().join(format!("made-{version}"));
        let _ = std::fs::remove_dir_all(&to);
        kit::write(&to, version, from, self.official);
        if self.official {
            sign(&to, &self.key(1)).unwrap();
        }
        to
    }

    /// The platform offers this file beside what it offered before.
    fn offer(&mut self, version: &str, file: &[u8]) -> PackOffer {
        let sm3 = to_hex(&Sm3::digest(file));
        let offer = PackOffer { version: version.to_owned(), sm3, length: file.len() as u64 };
        self.offers.push(offer.clone());
        let tag = Some(format!("\"{}\"", self.offers.len()));
        self.packs().offered(self.offers.clone(), tag).unwrap();
        offer
    }

    /// The file of a pack comes from the platform.
    fn bring(&mut self, version: &str, file: &[u8]) -> Arrival {
        let offer = self.offer(version, file);
        self.packs().receive(&offer, file).unwrap()
    }

    /// The pack in a folder comes from the platform.
    fn send(&mut self, folder: &Path) -> Arrival {
        let file = bundle(folder).unwrap();
        self.bring(&file.version.clone(), &encode(&file))
    }

    /// A pack is made and sent; it is good.
    fn take(&mut self, version: &str, from: Option<&str>) -> PackId {
        let made = self.make(version, from);
        let arrival = self.send(&made);
        assert!(
            matches!(&arrival, Arrival::Taken { version: of, .. } if of == version),
            "{arrival:?}"
        );
        PackId::Fetched(self.offers.last().unwrap().sm3.clone())
    }

    fn refused(&mut self, folder: &Path) -> String {
        match self.send(folder) {
            Arrival::Refused { why, .. } => why,
            other => panic!("{other:?}"),
        }
    }

    /// The kiosk looks, and does what it sees when nobody is there; the version in force then.
    fn looks(&self, today: Option<Date>) -> String {
        let packs = self.packs();
        let noted = packs.in_force();
        let in_use = packs.load(&noted.pack).unwrap_or_else(|errors| panic!("{errors}"));
        let looked = packs.look(&noted.pack, in_use.standing == Standing::Official, today);
        let told = looked.acts.last().map_or(0, |act| act.number);
        match looked.next {
            Some(Next { id, pack }) => {
                packs.came_in_force(&id, &pack, told).unwrap();
                pack.version.clone()
            }
            None => {
                if told > noted.obeyed {
                    packs.came_in_force(&noted.pack, &in_use, told).unwrap();
                }
                in_use.version
            }
        }
    }

    /// The version with which the kiosk starts.
    fn starts(&self) -> String {
        let opened = self.packs().open(|_| ());
        opened.unwrap_or_else(|errors| panic!("{errors}")).pack.version
    }

    /// What lies beside the database.
    fn lies(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.packs().folder()) else { return Vec::new() };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| !name.ends_with(".json")).collect();
        names.sort();
        names
    }
}

fn day(day: i8) -> Option<Date> {
    Some(date(2026, 12, day))
}

#[test]
fn a_pack_is_in_force_from_its_day_and_after_a_restart() {
    let mut bench = Bench::new(true);
    assert_eq!((bench.looks(TODAY), bench.lies().len()), ("1".to_owned(), 0));
    bench.take("2", Some("2026-12-05"));
    let waiting = bench.packs().look(&PackId::Base, true, TODAY).waiting.unwrap();
    assert_eq!((waiting.version.as_str(), waiting.from), ("2", date(2026, 12, 5)));
    for (today, version) in [(TODAY, "1"), (day(4), "1"), (None, "1"), (day(5), "2"), (None, "2")] {
        assert_eq!(bench.looks(today), version, "{today:?}");
        assert_eq!(bench.starts(), version, "{today:?}");
    }
    // One without a day holds at once, and the one that came last goes before.
    bench.take("3", None);
    assert_eq!(bench.looks(day(6)), "2", "the day of its data is before");
    bench.take("4", Some("2026-12-05"));
    assert_eq!(bench.looks(day(6)), "4");
    let noted = bench.packs().in_force();
    assert!(noted.official && noted.version == "4");
    assert_eq!(bench.packs().load(&noted.previous).unwrap().version, "2");
}

#[test]
fn what_is_known_is_not_wanted_again() {
    let mut bench = Bench::new(false);
    let wanted = |bench: &Bench| bench.packs().wanted().len();
    assert_eq!((wanted(&bench), bench.packs().tag()), (0, None));
    bench.take("2", None);
    assert_eq!((wanted(&bench), bench.packs().tag().as_deref()), (0, Some("\"1\"")));
    // The base itself, by another file.
    let base = bench.config.pack.path.clone();
    assert_eq!(bench.send(&base), Arrival::Known);
    assert_eq!((wanted(&bench), bench.lies().len()), (0, 1));
    bench.offer("3", b"something");
    assert_eq!(wanted(&bench), 1);
    // What came is something else, three times.
    let offer = bench.offers.last().unwrap().clone();
    for left in [1, 1, 0] {
        let arrival = bench.packs().receive(&offer, b"something else").unwrap();
        assert_eq!((arrival, wanted(&bench)), (Arrival::Garbled, left));
    }
    // Somebody has removed a folder that is still offered.
    let PackId::Fetched(sm3) = PackId::Fetched(bench.offers[0].sm3.clone()) else { unreachable!() };
    std::fs::remove_dir_all(bench.packs().folder().join(sm3)).unwrap();
    assert_eq!(wanted(&bench), 1);
    // A platform that never offers anything leaves nothing on the disk.
    let bench = Bench::new(false);
    bench.packs().offered(Vec::new(), Some("\"0\"".to_owned())).unwrap();
    assert!(!bench.packs().folder().exists());
}

/// A verdict is for good, and a clock may be wrong: such a pack waits.
#[test]
fn p9_a_pack_whose_days_are_still_to_come_is_taken_and_waits() {
    let mut bench = Bench::new(true);
    // Its data is of a day to come, whatever day it holds from.
    for (version, from) in [("2", None), ("3", Some("2026-11-20"))] {
        let made = bench.make(version, from);
        kit::change(&made, "as_of = \"2026-11-01\"", "as_of = \"2026-12-05\"");
        sign(&made, &bench.key(1)).unwrap();
        assert!(matches!(bench.send(&made), Arrival::Taken { .. }));
    }
    bench.take("4", Some("2028-01-01"));
    assert_eq!(bench.looks(TODAY), "1");
    assert_eq!(bench.looks(Some(date(2026, 12, 4))), "1");
    assert_eq!(bench.looks(Some(date(2026, 12, 5))), "2");
    assert_eq!(bench.looks(Some(date(2028, 1, 1))), "4");
}

#[test]
fn a_bad_pack_never_takes_the_place_of_a_good_one() {
    let mut bench = Bench::new(true);
    bench.take("2", None);
    assert_eq!(bench.looks(TODAY), "2");
    let lay = bench.lies();

    let faulty = bench.make("3", None);
    std::fs::write(faulty.join("items/99-broken.toml"), "id = 3").unwrap();
    sign(&faulty, &bench.key(1)).unwrap_err();
    assert!(bench.refused(&faulty).contains("items/99-broken.toml"));
    let changed = bench.make("4", None);
    kit::change(&changed, "\"12333\"", "\"12334\"");
    assert!(bench.refused(&changed).contains("signature.toml: does not fit"));
    let theirs = bench.make("5", None);
    sign(&theirs, &bench.key(2)).unwrap();
    assert!(bench.refused(&theirs).contains("none of [pack] trusted_keys"));
    let unsigned = bench.make("6", None);
    std::fs::remove_file(unsigned.join("signature.toml")).unwrap();
    assert!(bench.refused(&unsigned).contains("is missing, and a pack needs one"));
    let elsewhere = bench.make("8", None);
    kit::change(&elsewhere, kit::OFFICIAL_REGION, "990100");
    sign(&elsewhere, &bench.key(1)).unwrap();
    assert!(
        bench.refused(&elsewhere).contains("for region 990100, and this kiosk stands in 990099")
    );
    let again = bench.make("2", Some("2026-12-01"));
    assert!(bench.refused(&again).contains("give each a version of its own"));

    let whole = encode(&bundle(&bench.make("9", None)).unwrap()).to_vec();
    for (file, why) in [
        (&whole[..whole.len() / 2], "cannot be read"),
        (b"", "cannot be read"),
        (b"{\"version\": \"9\", \"files\": []}", "pack.toml"),
        (
            b"{\"version\": \"9\", \"files\": [{\"name\": \"../x.toml\", \"text\": \"\"}]}",
            "no name",
        ),
    ] {
        let Arrival::Refused { why: said, .. } = bench.bring("9", file) else { panic!("{why}") };
        assert!(said.contains(why), "{said}");
    }
    let Arrival::Refused { why, .. } = bench.bring("other", &whole) else { panic!("taken") };
    assert_eq!(why, "pack.toml says version 9");

    assert_eq!(bench.lies(), lay, "nothing of them is left");
    assert_eq!((bench.looks(TODAY), bench.starts()), ("2".to_owned(), "2".to_owned()));
    assert_eq!(bench.packs().wanted(), [], "nor are they fetched again");
    let refused = bench.packs().look(&PackId::Base, true, TODAY).refused.unwrap();
    assert_eq!(refused.version, "other");
    // The bureau's other key is trusted now: what was refused for that is wanted again.
    let second = sign(&bench.make("10", None), &bench.key(2)).unwrap();
    bench.config.pack.trusted_keys.push(second);
    assert_eq!(bench.packs().tag(), None);
    assert_eq!(bench.packs().wanted().len(), bench.offers.len() - 1);
}

#[test]
fn what_a_power_cut_leaves_is_no_pack_and_is_swept_away() {
    let mut bench = Bench::new(false);
    bench.take("2", None);
    let half = bench.packs().folder().join(format!("{}.new", "a".repeat(64)));
    std::fs::create_dir(&half).unwrap();
    kit::write(&half.join("pack"), "9", Some("2026-11-20"), false);
    std::fs::rename(half.join("pack/pack.toml"), half.join("pack.toml")).unwrap();
    std::fs::write(bench.packs().folder().join("in-force.json.new"), "{").unwrap();
    assert_eq!((bench.looks(TODAY), bench.starts()), ("2".to_owned(), "2".to_owned()));
    assert_eq!(bench.packs().candidates().len(), 2);
    bench.take("3", None);
    assert!(!half.exists());
    assert_eq!(bench.lies().len(), 2);
    // Notes that cannot be read are none.
    for name in ["in-force.json", "orders.json", "arrivals.json"] {
        std::fs::write(bench.packs().folder().join(name), "{").unwrap();
    }
    assert_eq!(bench.starts(), "1");
    assert_eq!(bench.packs().wanted(), []);
}

#[test]
fn p1_a_sample_never_replaces_an_official_pack() {
    let mut bench = Bench::new(false);
    bench.take("2", None);
    assert_eq!(bench.looks(TODAY), "2", "of a sample it does");
    // The first official one comes, signed by whom this kiosk trusts, over a sample of its region.
    let base = bench.config.pack.path.clone();
    kit::change(&base, "\"000000\"", &format!("{:?}", kit::OFFICIAL_REGION));
    let key = sign(&base, &bench.key(1)).unwrap();
    let of_region = |bench: &mut Bench, version: &str, official: bool| {
        bench.official = official;
        let made = bench.make(version, None);
        if !official {
            kit::change(&made, "\"000000\"", &format!("{:?}", kit::OFFICIAL_REGION));
        }
        sign(&made, &bench.key(1)).unwrap();
        made
    };
    // Nobody answers for it as long as no key is trusted.
    let made = of_region(&mut bench, "3", true);
    assert!(bench.refused(&made).contains("no key is trusted"));
    bench.config.pack.trusted_keys = vec![key];
    assert!(matches!(bench.send(&made), Arrival::Taken { .. }));
    let opened = bench.packs().open(|_| ()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(opened.pack.version, "1", "the one in force was for another region");
    bench.packs().came_in_force(&opened.id, &opened.pack, 0).unwrap();
    assert_eq!(bench.looks(TODAY), "3");
    let made = of_region(&mut bench, "4", false);
    assert!(bench.refused(&made).contains("a sample never takes the place"));
    assert!(matches!(bench.packs().back(Some("1"), TODAY), Err(OrderError::Unusable { .. })));
    assert!(matches!(bench.packs().back(None, TODAY), Err(OrderError::NothingBefore)));
    // Not even where the official one is broken: rather none.
    let PackId::Fetched(sm3) = bench.packs().in_force().pack else { panic!("the base") };
    let folder = bench.packs().folder().join(sm3);
    std::fs::remove_dir_all(folder.join("items")).unwrap();
    let errors = bench.packs().open(|_| ()).unwrap_err();
    assert_eq!(errors.folder, folder);
    // It is fetched anew, and good again.
    assert_eq!(bench.packs().wanted().len(), 1);
    let good = bench.folder.path().join("made-3");
    assert!(matches!(bench.send(&good), Arrival::Taken { .. }));
    assert_eq!(bench.starts(), "3");
}

#[test]
fn p8_where_the_pack_in_force_is_broken_the_one_before_it_serves() {
    let mut bench = Bench::new(true);
    let second = bench.take("2", Some("2026-11-10"));
    bench.looks(TODAY);
    let third = bench.take("3", Some("2026-11-20"));
    assert_eq!(bench.looks(TODAY), "3");
    let spoil = |bench: &Bench, id: &PackId| {
        std::fs::write(bench.packs().path(id).join("items/10-x.toml"), "id =").unwrap();
    };
    spoil(&bench, &third);
    let opened = bench.packs().open(|_| ()).unwrap();
    assert_eq!((opened.id, opened.pack.version.as_str()), (second.clone(), "2"));
    assert_eq!(opened.broken[0].version, "3");
    assert!(opened.broken[0].why.contains("items/10-x.toml"), "{:?}", opened.broken);
    // While it runs it is not chosen again, but fetched.
    let looked = bench.packs().look(&second, true, TODAY);
    assert!(looked.next.is_none() && looked.refused.unwrap().version == "3");
    assert_eq!(bench.packs().wanted().len(), 1);
    spoil(&bench, &second);
    assert_eq!(bench.starts(), "1");
    // Nothing is left: the faults of the one that should be in force.
    spoil(&bench, &PackId::Base);
    let errors = bench.packs().open(|_| ()).unwrap_err();
    assert_eq!(errors.folder, bench.packs().path(&third));
}

#[test]
fn a_technician_goes_back_and_forward() {
    let mut bench = Bench::new(true);
    assert!(matches!(bench.packs().back(None, TODAY), Err(OrderError::NothingBefore)));
    assert!(matches!(bench.packs().forward(TODAY), Err(OrderError::NothingAhead)));
    assert!(!bench.packs().folder().exists());
    for (version, from) in [("2", "2026-11-10"), ("3", "2026-11-20"), ("5", "2026-12-10")] {
        bench.take(version, Some(from));
    }
    assert_eq!(bench.looks(TODAY), "3");

    let act = bench.packs().back(None, TODAY).unwrap();
    assert_eq!((act.number, act.left.as_str(), act.to.as_str()), (1, "3", "2"));
    assert_eq!(bench.packs().survey(TODAY).next.as_deref(), Some("2"));
    assert_eq!(bench.starts(), "2", "also of a kiosk that starts now");
    assert_eq!(bench.packs().look(&bench.packs().in_force().pack, true, TODAY).acts, [act]);
    assert_eq!(bench.looks(TODAY), "2");
    assert_eq!(bench.packs().in_force().obeyed, 1);
    assert!(bench.packs().look(&bench.packs().in_force().pack, true, TODAY).acts.is_empty());
    assert_eq!(bench.packs().wanted(), [], "nor is it fetched again");
    // Once more, and nothing is before the first.
    assert_eq!(bench.packs().back(None, TODAY).unwrap().to, "1");
    assert_eq!((bench.looks(TODAY), bench.looks(None)), ("1".to_owned(), "1".to_owned()));
    assert!(matches!(bench.packs().back(None, TODAY), Err(OrderError::NothingBefore)));
    // What is newer comes in force on its day; so does one that comes now.
    assert_eq!(bench.looks(day(9)), "1");
    bench.take("4", Some("2026-11-25"));
    assert_eq!(bench.looks(day(9)), "4");
    assert_eq!(bench.looks(day(10)), "5");

    // To a version by name, over two others, and all of it taken back.
    let act = bench.packs().back(Some("2"), day(10)).unwrap();
    assert_eq!((act.left.as_str(), act.to.as_str()), ("5", "2"));
    assert_eq!(bench.looks(day(10)), "2");
    let act = bench.packs().forward(day(10)).unwrap();
    assert_eq!((act.what, act.left.as_str(), act.to.as_str()), (What::Forward, "2", "5"));
    assert_eq!(bench.looks(day(10)), "5");
    for (version, expected) in [
        ("5", "version 5 is in force"),
        ("7", "no pack of version 7 is here; there are 1, 2, 3, 4, 5"),
    ] {
        let said = bench.packs().back(Some(version), day(10)).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
    bench.take("6", Some("2027-01-01"));
    let said = bench.packs().back(Some("6"), day(10)).unwrap_err().to_string();
    assert!(said.contains("version 6 waits for 2027-01-01"), "{said}");
}

#[test]
fn p9_a_technician_is_obeyed_also_where_no_clock_can_be_trusted() {
    let mut bench = Bench::new(true);
    bench.take("2", Some("2026-11-10"));
    bench.take("3", Some("2026-11-20"));
    assert_eq!(bench.looks(TODAY), "3");
    assert_eq!(bench.packs().back(None, None).unwrap().to, "2");
    assert_eq!((bench.looks(None), bench.looks(None)), ("2".to_owned(), "2".to_owned()));
    assert_eq!(bench.packs().forward(None).unwrap().to, "3");
    assert_eq!((bench.looks(None), bench.looks(None)), ("3".to_owned(), "3".to_owned()));
    // Before the kiosk has obeyed the first order it gets another.
    bench.packs().back(None, None).unwrap();
    assert_eq!(bench.packs().back(None, None).unwrap().to, "1");
    assert_eq!(bench.starts(), "1");
    let acts = bench.packs().look(&bench.packs().in_force().pack, true, None).acts;
    assert_eq!(acts.iter().map(|act| act.to.as_str()).collect::<Vec<_>>(), ["2", "1"]);
    assert_eq!(bench.looks(None), "1");
}

#[test]
fn what_somebody_needs_is_kept_and_the_rest_is_removed() {
    let mut bench = Bench::new(true);
    let mut ids = Vec::new();
    for number in 2..9 {
        ids.push(bench.take(&number.to_string(), Some(&format!("2026-11-{:02}", number + 10))));
        bench.looks(TODAY);
    }
    ids.push(bench.take("9", Some("2026-12-24")));
    bench.packs().prune(&["3".to_owned(), "gone".to_owned(), "1".to_owned()]);
    let kept: Vec<_> =
        bench.packs().candidates().into_iter().map(|candidate| candidate.version).collect();
    // The base, that of a case, the one before, the one in force, the one that waits.
    assert_eq!(kept, ["1", "3", "7", "8", "9"]);
    assert_eq!(bench.packs().wanted(), [], "what is not needed is not fetched again");
    let of_cases = bench.packs().of_versions(&["3".to_owned(), "4".to_owned(), "1".to_owned()]);
    let versions: Vec<_> = of_cases.iter().map(|pack| pack.version.as_str()).collect();
    assert_eq!(versions, ["3", "1"]);

    // However many cases want however many.
    let mut bench = Bench::new(true);
    let versions: Vec<_> = (2..14).map(|number| number.to_string()).collect();
    for version in &versions {
        bench.take(version, None);
    }
    assert_eq!(bench.looks(TODAY), "13");
    let newest_first: Vec<_> = versions.iter().rev().cloned().collect();
    bench.packs().prune(&newest_first);
    let kept = bench.packs().candidates();
    assert_eq!(kept.len(), 1 + MOST_KEPT, "{kept:?}");
    assert_eq!(kept.iter().filter(|candidate| candidate.version == "6").count(), 1);
}

#[test]
fn a_list_says_how_each_pack_stands() {
    let mut bench = Bench::new(true);
    for (version, from) in [("2", "2026-11-10"), ("3", "2026-11-20"), ("4", "2026-12-10")] {
        bench.take(version, Some(from));
    }
    bench.looks(TODAY);
    bench.packs().back(None, TODAY).unwrap();
    let survey = bench.packs().survey(TODAY);
    let states: Vec<_> =
        survey.packs.iter().map(|entry| (entry.version.as_str(), entry.state.clone())).collect();
    assert_eq!(
        states,
        [
            ("1", EntryState::Kept),
            ("2", EntryState::Kept),
            ("3", EntryState::InForce),
            ("4", EntryState::Waits)
        ]
    );
    assert_eq!(survey.next.as_deref(), Some("2"));
    assert_eq!(survey.waiting.unwrap().version, "4");
    bench.looks(TODAY);
    let survey = bench.packs().survey(TODAY);
    assert_eq!(survey.in_force().unwrap().version, "2");
    assert_eq!(survey.packs[2].state, EntryState::Barred(Bar::Blocked));
    assert_eq!(survey.next, None);
}

#[test]
fn the_frame_of_a_pack_that_nobody_answers_for_is_not_shown() {
    let mut bench = Bench::new(false);
    bench.take("2", None);
    bench.looks(TODAY);
    let mut shown = Vec::new();
    bench.packs().open(|pack| shown.push(pack.version.clone())).unwrap();
    assert_eq!(shown, ["2"], "only the one in force is read");
    let mut bench = Bench::new(true);
    bench.take("2", None);
    bench.looks(TODAY);
    bench.config.pack.trusted_keys.clear();
    let mut shown = Vec::new();
    let opened = bench.packs().open(|pack| shown.push(pack.version.clone())).unwrap();
    assert_eq!((opened.pack.version.as_str(), shown), ("1", vec!["1".to_owned()]));
}
