//! `store.path`: what is taken, and that a database is one under all its names.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use super::*;

fn at_path(path: PathBuf) -> crate::config::Store {
    crate::config::Store::at(path)
}

#[test]
fn only_a_regular_file_or_nothing_is_taken_and_nothing_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let status = std::process::Command::new("mkfifo").arg(here("fifo")).status().unwrap();
    assert!(status.success());
    std::fs::create_dir(here("folder")).unwrap();
    let _socket = UnixListener::bind(here("socket")).unwrap();
    symlink("/dev/null", here("link-to-device")).unwrap();
    symlink("fifo", here("link-to-fifo")).unwrap();
    symlink("nowhere", here("link-to-nowhere")).unwrap();
    let table = [
        (here("fifo"), "is a FIFO"),
        (here("folder"), "is a folder"),
        (here("socket"), "is a socket"),
        ("/dev/null".into(), "is a device"),
        (here("link-to-device"), "is a device"),
        (here("link-to-fifo"), "is a FIFO"),
        (here("link-to-nowhere"), "is a symbolic link that leads nowhere"),
    ];
    for (path, expected) in table {
        let config = at_path(path.clone());
        let refusals = [
            Store::open(&config, "511703", 1).map(|_| ()),
            StoreViewer::open(&config).map(|_| ()),
            in_use(&config).map(|_| ()),
        ];
        for refused in refusals {
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains(expected), "{}: {refused}", path.display());
        }
        assert!(path.symlink_metadata().is_ok(), "{} was replaced", path.display());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 6, "nothing was made");
}

#[test]
fn what_lies_beside_must_be_a_regular_file_too() {
    for suffix in [".key", "-wal", "-shm", "-journal", ".given"] {
        let folder = tempfile::tempdir().unwrap();
        block_on(open(folder.path()).unwrap().close());
        let fifo = folder.path().join(format!("kiosk.db{suffix}"));
        let _ = std::fs::remove_file(&fifo);
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let refused = open(folder.path()).err().unwrap().to_string();
        assert!(refused.contains("is a FIFO"), "{suffix}: {refused}");
        if suffix.starts_with('-') {
            let refused = StoreViewer::open(&config(folder.path())).err().unwrap().to_string();
            assert!(refused.contains("is a FIFO"), "{suffix}: {refused}");
        }
    }
}

#[test]
fn p3_a_database_has_one_kiosk_under_whatever_name() {
    with_store(|store, folder| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        symlink(folder.join("kiosk.db"), elsewhere.path().join("link.db")).unwrap();
        symlink(&folder, elsewhere.path().join("folder")).unwrap();
        std::fs::hard_link(folder.join("kiosk.db"), folder.join("hard.db")).unwrap();
        let names = [
            elsewhere.path().join("link.db"),
            elsewhere.path().join("folder/kiosk.db"),
            folder.join("hard.db"),
            folder.join("./kiosk.db"),
        ];
        for name in names {
            let second = Store::open(&at_path(name.clone()), "511703", 1).err().unwrap();
            assert!(matches!(second, StoreError::InUse { .. }), "{}: {second}", name.display());
        }
        // Another program, which does not know what this one holds.
        let locked = std::process::Command::new("flock")
            .args(["--nonblock"])
            .arg(folder.join("kiosk.db"))
            .arg("true")
            .status()
            .unwrap();
        assert!(!locked.success(), "the lock is on the file itself");
        let linked = at_path(elsewhere.path().join("link.db"));
        assert_eq!(StoreViewer::open(&linked).unwrap().queue().unwrap().rows.len(), 1);
        store.close().await;
        // By its true name the link finds the key, and makes nothing beside itself.
        let store = Store::open(&linked, "511703", 1).unwrap();
        assert_eq!(store.path(), folder.canonicalize().unwrap().join("kiosk.db"));
        assert_eq!(store.submit(new_case(NUMBER, 2_000)).await.unwrap().number.sequence(), 2);
        store.close().await;
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 2);
        // A second name of the file does not: another key beside it would replace the check.
        let hard = Store::open(&at_path(folder.join("hard.db")), "511703", 1).err().unwrap();
        assert!(matches!(hard, StoreError::KeyMissing { .. }), "{hard}");
        std::fs::write(folder.join("hard.db.key"), [7; 16]).unwrap();
        let hard = Store::open(&at_path(folder.join("hard.db")), "511703", 1).err().unwrap();
        assert!(matches!(hard, StoreError::KeyUnusable { .. }), "{hard}");
        open(&folder).unwrap();
    });
}
