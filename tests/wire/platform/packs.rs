//! Site packs over the wire: the shipped client against the simulated platform, onto a real disk.

use kuaiban::config::Config;
use kuaiban::packs::{PackId, Packs};
use kuaiban::platform::packs::{FetchError, fetch, follow};
use kuaiban::platform::{PackNews, PlatformError};
use kuaiban::simulators::platform::{Asked, Mode};
use kuaiban::testkit::{lonely_kiosk, packs as kit};

use super::*;

/// The packs of a kiosk in a folder, with the sample as base.
fn packs_in(folder: &std::path::Path) -> Packs {
    Packs::of(&Config::load(&lonely_kiosk(folder)).unwrap())
}

fn file(folder: &std::path::Path, version: &str) -> Vec<u8> {
    let made = folder.join(version);
    kit::write(&made, version, None, false);
    encode(&kuaiban::pack::bundle(&made).unwrap()).to_vec()
}

async fn fetched(client: &Client, packs: &Packs) -> Result<Vec<PackNews>, FetchError> {
    let mut news = Vec::new();
    fetch(client, packs, |piece| news.push(piece)).await.map(|()| news)
}

#[tokio::test]
async fn a_pack_is_fetched_once_and_the_list_only_when_it_has_changed() {
    let (simulator, folder) = (simulator(NEVER).await, tempfile::tempdir().unwrap());
    let (client, packs) = (client(&simulator), packs_in(folder.path()));
    assert_eq!(fetched(&client, &packs).await.unwrap(), []);
    assert!(!packs.folder().exists(), "nothing was offered");
    let second = file(folder.path(), "2");
    simulator.offer_packs(vec![("2".to_owned(), second.clone())]);
    let news = fetched(&client, &packs).await.unwrap();
    assert_eq!(news, [PackNews::Taken { version: "2".to_owned(), effective_from: None }]);
    for _ in 0..3 {
        assert_eq!(fetched(&client, &packs).await.unwrap(), []);
    }
    let asked = simulator.packs_asked();
    assert_eq!(asked, Asked { listed: 2, unchanged: 3, given: 1 });
    // After a restart, too; another one beside it is fetched alone.
    let packs = packs_in(folder.path());
    simulator
        .offer_packs(vec![("2".to_owned(), second), ("3".to_owned(), file(folder.path(), "3"))]);
    assert_eq!(fetched(&client, &packs).await.unwrap().len(), 1);
    assert_eq!(simulator.packs_asked(), Asked { listed: 3, unchanged: 3, given: 2 });
    assert_eq!(packs.candidates().len(), 3);
}

#[tokio::test]
async fn a_line_that_breaks_and_a_platform_that_fails_leave_what_is_there() {
    let (simulator, folder) = (simulator(NEVER).await, tempfile::tempdir().unwrap());
    let (client, packs) = (client(&simulator), packs_in(folder.path()));
    simulator.offer_packs(vec![("2".to_owned(), file(folder.path(), "2"))]);
    for mode in [Mode::Offline, Mode::DropAnswers, Mode::Fail(500), Mode::Fail(404)] {
        simulator.set(mode);
        let outcome = fetched(&client, &packs).await;
        // A platform that knows nothing of packs has none.
        assert_eq!(outcome.is_ok(), mode == Mode::Fail(404), "{mode:?}: {outcome:?}");
        assert!(packs.candidates().len() == 1, "{mode:?}");
    }
    simulator.set(Mode::ByteOrderMark);
    assert_eq!(fetched(&client, &packs).await.unwrap().len(), 1, "a mark before both answers");
    simulator.set(Mode::Busy {
        status: 503,
        retry_after: kuaiban::simulators::platform::RetryAfter::Seconds(60),
    });
    for _ in 0..2 {
        let error = fetched(&client, &packs).await.unwrap_err();
        assert!(matches!(error, FetchError::Platform(PlatformError::Busy { .. })), "{error}");
    }
    let versions: Vec<_> =
        packs.candidates().into_iter().map(|candidate| candidate.version).collect();
    assert_eq!(versions, ["2026.11-sample", "2"]);
}

#[tokio::test]
async fn what_is_too_large_or_no_pack_is_not_used_and_not_fetched_again() {
    let (simulator, folder) = (simulator(NEVER).await, tempfile::tempdir().unwrap());
    let (client, packs) = (client(&simulator), packs_in(folder.path()));
    let good = file(folder.path(), "4");
    let offers = vec![
        ("1".to_owned(), b"no JSON".to_vec()),
        ("2".to_owned(), good[..good.len() - 9].to_vec()),
        ("4".to_owned(), good),
    ];
    simulator.offer_packs(offers.clone());
    let news = fetched(&client, &packs).await.unwrap();
    let refused = news.iter().filter(|piece| matches!(piece, PackNews::Refused { .. })).count();
    assert_eq!((news.len(), refused), (3, 2), "{news:?}");
    assert_eq!(fetched(&client, &packs).await.unwrap(), []);
    assert_eq!(simulator.packs_asked().given, 3);
    // A list that is not the contract's is believed in nothing: its file would be 17 MiB.
    simulator.offer_packs(vec![("5".to_owned(), vec![b' '; 17 << 20])]);
    let error = fetched(&client, &packs).await.unwrap_err();
    assert!(matches!(error, FetchError::Platform(PlatformError::Nonsense { .. })), "{error}");
    simulator.offer_packs(vec![("..".to_owned(), b"{}".to_vec())]);
    assert!(fetched(&client, &packs).await.is_err());
    assert_eq!(packs.candidates().len(), 2);
    assert!(packs.load(&PackId::Base).is_ok());
}

/// As the kiosk does it: by itself, and on when the network is back.
#[tokio::test]
async fn the_kiosk_asks_by_itself() {
    let (simulator, folder) = (simulator(NEVER).await, tempfile::tempdir().unwrap());
    let (client, packs) = (client(&simulator), packs_in(folder.path()));
    simulator.offer_packs(vec![("2".to_owned(), file(folder.path(), "2"))]);
    let store = cases::open_store(folder.path()).unwrap();
    let (told, mut news) = tokio::sync::mpsc::unbounded_channel();
    let tell = move |piece| told.send(piece).unwrap();
    let following =
        tokio::spawn(follow(client, packs, store.clone(), Duration::from_secs(1), tell));
    let first = tokio::time::timeout(LIMIT, news.recv()).await.unwrap().unwrap();
    assert!(matches!(first, PackNews::Taken { .. }), "{first:?}");
    until("asked again", || simulator.packs_asked().unchanged > 1).await;
    following.abort();
    store.close().await;
}
