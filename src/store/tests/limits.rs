//! The minutes of an instant item (即时办结) run on while the kiosk does not.

use super::*;
use crate::case::Hindrance;

/// A moment at which a clock can be believed.
const RECEIVED: i64 = 1_795_665_600;
const MINUTE: i64 = 60;

/// A kiosk that is killed and started again in another folder, with the files as they lay.
struct Killed {
    _folders: Vec<tempfile::TempDir>,
    store: Store,
    folder: PathBuf,
}

impl Killed {
    fn new() -> Killed {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).unwrap();
        let path = folder.path().to_owned();
        Killed { _folders: vec![folder], store, folder: path }
    }

    async fn again(self) -> Killed {
        let next = tempfile::tempdir().unwrap();
        for file in ["kiosk.db", "kiosk.db-wal", "kiosk.db.key", "kiosk.db.given"] {
            std::fs::copy(self.folder.join(file), next.path().join(file)).unwrap();
        }
        let Killed { _folders: mut folders, store, .. } = self;
        // What it would still have written is of no avail to the other.
        store.close().await;
        let (store, folder) = (open(next.path()).unwrap(), next.path().to_owned());
        folders.push(next);
        Killed { _folders: folders, store, folder }
    }

    /// Everything that is noted about limits, by a right clock that shows this minute and second.
    async fn told(&self, minutes: i64, seconds: i64) -> Vec<String> {
        tend(&self.store, at(RECEIVED + minutes * MINUTE + seconds), true).await;
        let journal = intruder(&self.folder);
        let mut rows = journal
            .prepare("SELECT kind || detail FROM journal WHERE kind LIKE 'limit_%' ORDER BY seq")
            .unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    async fn submit(&self) -> CaseNumber {
        let case = NewCase {
            limit: "30min".parse().ok(),
            clock_trusted: true,
            ..new_case(NUMBER, RECEIVED)
        };
        self.store.submit(case).await.unwrap().number
    }

    async fn breach(&self, number: &CaseNumber) -> Option<Hindrance> {
        self.store.case(number).await.unwrap().unwrap().breach
    }
}

const NEAR: &str = r#"limit_near{"minutes_left":5}"#;
const NO_NETWORK: &str = r#"limit_breached{"reason":"no_network"}"#;
const PLATFORM: &str = r#"limit_breached{"reason":"platform"}"#;

#[test]
fn p2_a_limit_is_warned_of_once_and_breached_once_over_kills_of_the_kiosk() {
    block_on(async {
        let kiosk = Killed::new();
        let number = kiosk.submit().await;
        assert_eq!(kiosk.told(10, 0).await, [""; 0]);
        let kiosk = kiosk.again().await;
        assert_eq!(kiosk.told(24, 59).await, [""; 0], "until the 25th minute");
        assert_eq!(kiosk.told(25, 0).await, [NEAR]);
        let kiosk = kiosk.again().await;
        assert_eq!(kiosk.told(28, 0).await, [NEAR], "warned of before the kill, and not again");
        assert_eq!(kiosk.told(30, 0).await, [NEAR]);
        assert_eq!(kiosk.breach(&number).await, None);
        let kiosk = kiosk.again().await;
        assert_eq!(kiosk.told(30, 1).await, [NEAR, NO_NETWORK]);
        let kiosk = kiosk.again().await;
        assert_eq!(kiosk.told(300, 0).await, [NEAR, NO_NETWORK], "once");
        assert_eq!(kiosk.breach(&number).await, Some(Hindrance::NoNetwork));
        kiosk.store.close().await;
    });
}

/// Who comes back to power after the limit has passed says so, with what stood in the way before.
#[test]
fn p7_a_limit_that_passed_while_the_kiosk_stood_still_is_noted_when_it_is_back() {
    block_on(async {
        let kiosk = Killed::new();
        let (waiting, accepted) = (kiosk.submit().await, kiosk.submit().await);
        let later = Instant::now() + Duration::from_secs(3_600);
        let first = now_due(&kiosk.store).await;
        kiosk.store.failed(&first, Hindrance::Platform, "x", later).await.unwrap();
        kiosk
            .store
            .delivered(&*now_due(&kiosk.store).await, says(CaseStatus::Accepted))
            .await
            .unwrap();
        let kiosk = kiosk.again().await;
        // Nobody knows what time it is.
        tend(&kiosk.store, at(RECEIVED + 45 * MINUTE), false).await;
        assert_eq!(kiosk.breach(&waiting).await, None);
        assert_eq!(kiosk.told(45, 0).await, [PLATFORM, PLATFORM]);
        for number in [&waiting, &accepted] {
            assert_eq!(kiosk.breach(number).await, Some(Hindrance::Platform));
        }
        assert_eq!(kiosk.told(46, 0).await.len(), 2, "once a case");
        kiosk.store.close().await;
    });
}
