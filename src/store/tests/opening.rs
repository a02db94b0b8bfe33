//! Opening: what is refused, and that it is left as it was.

use super::*;

/// Prepares a folder, opens, and returns the sentence of the refusal.
fn refusal(prepare: impl FnOnce(&Path)) -> String {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let before = contents(folder.path());
    let Err(error) = open(folder.path()) else { panic!("opened") };
    let looked = StoreViewer::open(&config(folder.path()))
        .and_then(|viewer| viewer.check_beside("511703", 1))
        .err();
    // Damage may lie where a look does not go.
    if !matches!(error, StoreError::Corrupt { .. }) {
        assert_eq!(
            looked.map(|e| e.to_string()),
            Some(error.to_string()),
            "a viewer says the same"
        );
    }
    assert_eq!(contents(folder.path()), before, "a refused database is left as it is");
    error.to_string()
}

/// Every file but SQLite's shared memory, which holds no data.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|e| e != "db-shm"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .filter(|(path, bytes)| {
            !(path.extension().is_some_and(|e| e == "db-wal") && bytes.is_empty())
        })
        .collect();
    all.sort();
    all
}

/// A closed database with one case and one slip.
fn used(folder: &Path) {
    let store = open(folder).unwrap();
    block_on(async {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let serial = store.order_slip(slip(None)).await.unwrap();
        store.slip_outcome(serial, SlipResult::Printed, None).await.unwrap();
        store.close().await;
    });
}

/// What a kill leaves: the files as they lie while the store is open.
fn killed(folder: &Path) {
    let alive = tempfile::tempdir().unwrap();
    let store = open(alive.path()).unwrap();
    block_on(async {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        store.order_slip(slip(None)).await.unwrap();
    });
    for file in ["kiosk.db", "kiosk.db-wal", "kiosk.db.key", "kiosk.db.given"] {
        std::fs::copy(alive.path().join(file), folder.join(file)).unwrap();
    }
    block_on(store.close());
}

#[test]
fn a_database_that_cannot_be_used_is_refused_and_left_untouched() {
    let db = |folder: &Path| folder.join("kiosk.db");
    let foreign = refusal(|f| {
        Connection::open(db(f)).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    });
    assert!(foreign.contains("not a database of kuaiban (application_id 0x00000000)"), "{foreign}");
    let text = refusal(|f| std::fs::write(db(f), "a letter to the bureau").unwrap());
    assert!(text.contains("not an SQLite file"), "{text}");
    let newer = refusal(|f| {
        used(f);
        Connection::open(db(f)).unwrap().pragma_update(None, "user_version", 99).unwrap();
    });
    assert!(newer.contains("schema 99, this one knows 3"), "{newer}");
    let lost = refusal(|f| {
        used(f);
        std::fs::remove_file(db(f)).unwrap();
    });
    assert!(lost.contains("kiosk.db.key lies beside its place"), "{lost}");
    let emptied = refusal(|f| {
        used(f);
        std::fs::write(db(f), "").unwrap();
    });
    assert!(emptied.contains("cases were stored here"), "{emptied}");
    let keyless = refusal(|f| {
        used(f);
        std::fs::remove_file(f.join("kiosk.db.key")).unwrap();
    });
    assert!(keyless.contains("sealing key is missing"), "{keyless}");
    let wrong_key = refusal(|f| {
        used(f);
        std::fs::write(f.join("kiosk.db.key"), [1; 16]).unwrap();
    });
    assert!(wrong_key.contains("belongs to another database"), "{wrong_key}");
    let short_key = refusal(|f| {
        used(f);
        std::fs::write(f.join("kiosk.db.key"), [1; 15]).unwrap();
    });
    assert!(short_key.contains("not 16 bytes"), "{short_key}");
    let no_mark = refusal(|f| {
        used(f);
        std::fs::remove_file(f.join("kiosk.db.given")).unwrap();
    });
    assert!(no_mark.contains("which case numbers and slips were given last"), "{no_mark}");
    let wrong_mark = refusal(|f| {
        used(f);
        std::fs::write(f.join("kiosk.db.given"), [0; 16]).unwrap();
    });
    assert!(wrong_mark.contains("does not say which numbers"), "{wrong_mark}");
    let tableless = refusal(|f| {
        used(f);
        // As a database of the first schema looks whose log was lost.
        std::fs::remove_file(db(f)).unwrap();
        let empty = Connection::open(db(f)).unwrap();
        empty.pragma_update(None, "application_id", 0x4B42_414E).unwrap();
        empty.pragma_update(None, "journal_mode", "WAL").unwrap();
    });
    assert!(tableless.contains("cases were stored here"), "{tableless}");
    let damaged = refusal(|f| {
        used(f);
        let mut bytes = std::fs::read(db(f)).unwrap();
        bytes[1024..].fill(0x5a);
        std::fs::write(db(f), bytes).unwrap();
    });
    assert!(damaged.contains("damaged"), "{damaged}");
}

#[test]
fn p2_a_log_that_was_lost_gives_no_number_and_no_serial_again() {
    type Loss = fn(&Path);
    let losses: [(&str, Loss); 4] = [
        ("deleted", |f| std::fs::remove_file(f.join("kiosk.db-wal")).unwrap()),
        ("zeroed", |f| {
            let log = f.join("kiosk.db-wal");
            let length = std::fs::metadata(&log).unwrap().len();
            std::fs::write(log, vec![0; length as usize]).unwrap();
        }),
        ("shortened", |f| {
            let log = f.join("kiosk.db-wal");
            let written = std::fs::read(&log).unwrap().iter().rposition(|byte| *byte != 0).unwrap();
            let log = std::fs::File::options().write(true).open(log).unwrap();
            log.set_len(written as u64 / 2).unwrap();
        }),
        ("whole", |_| ()),
    ];
    for (name, lose) in losses {
        let folder = tempfile::tempdir().unwrap();
        killed(folder.path());
        lose(folder.path());
        let store = open(folder.path()).unwrap_or_else(|e| panic!("{name}: {e}"));
        block_on(async {
            let next = store.submit(new_case(NUMBER, 3_000)).await.unwrap().number;
            assert!(next.sequence() > 1, "{name}: {next} was given before");
            let serial = store.order_slip(slip(None)).await.unwrap();
            assert!(serial > SlipSerial(1), "{name}: {serial} was given before");
            for what in ["cases", "slips"] {
                let told = format!(
                    "SELECT count(*) FROM journal WHERE kind = 'numbers_skipped' AND detail ->> '{what}' > 0"
                );
                assert_eq!(count(folder.path(), &told), 1, "{name}: skipped {what}");
            }
            rows(&store).await;
        });
    }
}

#[test]
fn p2_a_restored_backup_gives_no_number_and_no_serial_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    used(path);
    let backup = contents(path);
    block_on(async {
        for _ in 0..3 {
            let store = open(path).unwrap();
            store.submit(new_case(NUMBER, 3_000)).await.unwrap();
            store.order_slip(slip(None)).await.unwrap();
            store.close().await;
        }
    });
    for (file, bytes) in backup.iter().filter(|(file, _)| file.extension().unwrap() != "given") {
        std::fs::write(file, bytes).unwrap();
    }
    block_on(async {
        let store = open(path).unwrap();
        // Three cases, three slips and two outcomes are gone, and it says so.
        assert_eq!(store.startup().lost_rows, 8);
        assert!(kinds(path).contains(&"rows_lost".to_owned()));
        let next = store.submit(new_case(NUMBER, 4_000)).await.unwrap().number;
        assert_eq!(next.sequence(), 5, "four were given, and the kiosk was stopped in order");
        assert_eq!(store.order_slip(slip(None)).await.unwrap(), SlipSerial(5));
    });
}

/// A file that grows costs the file system a note of its own at every commit.
#[test]
fn the_log_has_its_full_length_from_the_start() {
    const CASES: usize = 480;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("kiosk.db-wal");
    let length = || std::fs::metadata(&log).unwrap().len();
    let store = open(folder.path()).unwrap();
    let laid_out = length();
    assert!((2 << 20..3 << 20).contains(&laid_out), "{laid_out}");
    block_on(async {
        // More than fits: it moves into the main file and begins anew.
        for _ in 0..CASES {
            store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        }
        assert_eq!(length(), laid_out);
        store.close().await;
    });
    assert!(!log.exists(), "an orderly stop leaves none");

    killed(folder.path());
    let log_of_the_killed = std::fs::read(&log).unwrap();
    std::fs::write(&log, &log_of_the_killed[..20_000]).unwrap();
    let store = open(folder.path()).unwrap();
    assert_eq!(length(), laid_out, "what was cut is laid out again");
    block_on(store.close());
}

/// What a killed kiosk received last lies in the log alone: without it the loss is told.
#[test]
fn p2_a_log_that_is_gone_after_a_kill_is_told() {
    let log = |folder: &Path| folder.join("kiosk.db-wal");
    type Spoil = fn(&Path);
    let spoil: [(&str, Spoil); 3] = [
        ("deleted", |log| std::fs::remove_file(log).unwrap()),
        ("emptied", |log| std::fs::write(log, "").unwrap()),
        ("zeroed", |log| std::fs::write(log, [0; 4096]).unwrap()),
    ];
    for (how, spoil) in spoil {
        let folder = tempfile::tempdir().unwrap();
        killed(folder.path());
        spoil(&log(folder.path()));
        let config = config(folder.path());
        let seen = StoreViewer::open(&config).err().unwrap();
        assert!(matches!(seen, StoreError::LogLost { .. }), "{how}: {seen}");
        block_on(async {
            let store = open(folder.path()).unwrap();
            assert_eq!(store.startup().lost_rows, 1, "{how}");
            assert!(kinds(folder.path()).contains(&"rows_lost".to_owned()), "{how}");
            let next = store.submit(new_case(NUMBER, 4_000)).await.unwrap().number;
            assert!(
                next.sequence() > 1,
                "{how}: the number that stands on paper is not given again"
            );
            store.close().await;
        });
        assert!(StoreViewer::open(&config).is_ok(), "{how}: told, and over");
    }
    // With its log nothing is lost; nor after a stop in order, when there is none.
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path());
    for _ in 0..2 {
        assert!(StoreViewer::open(&config(folder.path())).is_ok());
        let store = open(folder.path()).unwrap();
        assert_eq!(store.startup().lost_rows, 0);
        block_on(store.close());
        assert!(!log(folder.path()).exists());
    }
    // Nor where the kiosk was killed before it had anything to write.
    let idle = tempfile::tempdir().unwrap();
    block_on(open(idle.path()).unwrap().close());
    let store = open(idle.path()).unwrap();
    assert!(log(idle.path()).exists(), "the log begins with the opening");
    block_on(store.close());
}

/// Whoever restores a backup may forget the log of the database that it replaces.
#[test]
fn p2_a_restored_backup_is_not_mixed_with_a_log_of_a_later_time() {
    let folder = tempfile::tempdir().unwrap();
    used(folder.path());
    let backup = std::fs::read(folder.path().join("kiosk.db")).unwrap();
    let store = open(folder.path()).unwrap();
    block_on(async {
        for _ in 0..500 {
            store.submit(new_case(NUMBER, 3_000)).await.unwrap();
        }
    });
    let later = tempfile::tempdir().unwrap();
    for file in ["kiosk.db-wal", "kiosk.db.key", "kiosk.db.given"] {
        std::fs::copy(folder.path().join(file), later.path().join(file)).unwrap();
    }
    std::fs::write(later.path().join("kiosk.db"), backup).unwrap();
    let refused = open(later.path()).err().unwrap();
    assert!(
        matches!(refused, StoreError::LogOfAnother { .. } | StoreError::Corrupt { .. }),
        "{refused}"
    );
    assert!(refused.to_string().contains("-wal"), "{refused}");
    std::fs::remove_file(later.path().join("kiosk.db-wal")).unwrap();
    let store = open(later.path()).unwrap();
    assert!(store.startup().lost_rows > 0);
    let next = block_on(store.submit(new_case(NUMBER, 4_000))).unwrap().number;
    assert!(next.sequence() > 501, "{next}");
}

/// Only the main file and the key of a kiosk that has just begun: what it gave stands in its log.
#[test]
fn p2_a_young_database_without_its_mark_gives_no_number_again() {
    let (original, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    killed(original.path());
    for file in ["kiosk.db", "kiosk.db.key"] {
        std::fs::copy(original.path().join(file), copy.path().join(file)).unwrap();
    }
    let refused = open(copy.path()).err().unwrap();
    assert!(matches!(refused, StoreError::MarkMissing { .. }), "{refused}");
}

#[test]
fn a_store_that_can_store_nothing_any_more_says_so() {
    with_store(|store, _| async move {
        let read_only = |on: bool| {
            move |db: &mut Db| {
                db.connection
                    .pragma_update(None, "query_only", on)
                    .map_err(|e| db.error("setting", e))
            }
        };
        store.call(read_only(true)).await.unwrap();
        for failed in 1..=3 {
            assert!(!store.fails(), "{failed}");
            store.submit(new_case(NUMBER, 2_000)).await.unwrap_err();
        }
        assert!(store.fails());
        store.call(read_only(false)).await.unwrap();
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        assert!(!store.fails());
    });
}

#[test]
fn p2_a_copied_database_goes_on_under_a_number_of_its_own_only() {
    let (original, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    used(original.path());
    for file in ["kiosk.db", "kiosk.db.key"] {
        std::fs::copy(original.path().join(file), copy.path().join(file)).unwrap();
    }
    let refused = open(copy.path()).err().unwrap().to_string();
    assert!(refused.contains("another [site] kiosk number"), "{refused}");
    block_on(async {
        let store = Store::open(&config(copy.path()), "511703", 2).unwrap();
        let number = store.submit(new_case(NUMBER, 3_000)).await.unwrap().number;
        assert!(number.as_str().starts_with("5117030002"), "{number}");
        assert_eq!(number.sequence(), 2);
        store.close().await;
        // From now on it is this kiosk's.
        open(copy.path()).unwrap().close().await;
        let store = Store::open(&config(copy.path()), "511703", 2).unwrap();
        assert_eq!(store.submit(new_case(NUMBER, 3_000)).await.unwrap().number.sequence(), 3);
    });
}

#[test]
fn a_stop_in_order_leaves_no_gap() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        for expected in 1..=3 {
            let store = open(folder.path()).unwrap();
            tend(&store, at(0), false).await;
            let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
            assert_eq!(facts.number.sequence(), expected);
            store.close().await;
        }
    });
    assert_eq!(kinds(folder.path()), ["case_received"; 3]);
}

#[test]
fn p2_schema_and_key_check_stand_in_the_main_file_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let alone = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("kiosk.db"), alone.path().join("kiosk.db")).unwrap();
    let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table'";
    assert!(count(alone.path(), tables) >= 8);
    assert_eq!(count(alone.path(), "SELECT length(key_check) FROM kiosk"), 32);
    assert_eq!(count(alone.path(), "PRAGMA user_version"), 3);
    block_on(store.close());
}

#[test]
fn one_kiosk_a_database_but_viewers_beside_it() {
    with_store(|store, folder| async move {
        let viewer = StoreViewer::open(&config(&folder)).unwrap();
        assert_eq!(viewer.queue().unwrap().rows, []);
        let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let second = open(&folder).err().unwrap().to_string();
        assert!(second.contains("another kuaiban holds this database"), "{second}");
        assert!(in_use(&config(&folder)).unwrap());
        let seen = viewer.queue().unwrap().rows;
        assert_eq!((seen.len(), &seen[0].number), (1, &facts.number));
        assert_eq!(seen[0].next_attempt_in, None, "only the kiosk knows");
        assert_eq!(viewer.check().unwrap(), StoreHealth::Whole { rows: 1 });
        viewer.check_beside("511703", 1).unwrap();
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        assert_eq!(viewer.queue().unwrap().rows.len(), 2);
        store.close().await;
        assert!(!in_use(&config(&folder)).unwrap());
        let viewer = StoreViewer::open(&config(&folder)).unwrap();
        assert_eq!(viewer.queue().unwrap().rows.len(), 2, "also when no kiosk runs");
        open(&folder).unwrap().close().await;
        std::fs::remove_file(folder.join("kiosk.db.given")).unwrap();
        let lacks = StoreViewer::open(&config(&folder)).unwrap().check_beside("511703", 1);
        assert!(matches!(lacks, Err(StoreError::MarkMissing { .. })), "{lacks:?}");
    });
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(StoreViewer::open(&config(empty.path())).unwrap().queue().unwrap().rows, []);
    assert!(!in_use(&config(empty.path())).unwrap());
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "looking makes no file");
}

#[test]
fn a_creation_that_was_cut_off_is_finished() {
    type Remains = fn(&Path);
    let half_made: [Remains; 5] = [
        |f| std::fs::write(f.join("kiosk.db"), "").unwrap(),
        |f| std::fs::write(f.join("kiosk.db.new"), "half").unwrap(),
        |f| std::fs::write(f.join("kiosk.db.key.new"), "half").unwrap(),
        |f| {
            std::fs::write(f.join("kiosk.db.key.new"), [7; 16]).unwrap();
            std::fs::write(f.join("kiosk.db.new"), "half").unwrap();
            std::fs::write(f.join("kiosk.db.new-journal"), "half").unwrap();
        },
        // The database has its name, the key does not.
        |f| {
            block_on(open(f).unwrap().close());
            std::fs::rename(f.join("kiosk.db.key"), f.join("kiosk.db.key.new")).unwrap();
        },
    ];
    for prepare in half_made {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        used(folder.path());
        used(folder.path());
        let names: Vec<_> = contents(folder.path()).into_iter().map(|(path, _)| path).collect();
        assert_eq!(
            names,
            ["kiosk.db", "kiosk.db.given", "kiosk.db.key"].map(|n| folder.path().join(n))
        );
    }
}

#[test]
fn p4_the_files_are_the_kiosks_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    with_store(|store, folder| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.path().display());
        }
    });
}
