//! A file system that remembers what was done to it: one flat folder in memory, mounted by FUSE,
//! and the list of everything that changed it or asked for it to last.
//!
//! No write-back cache is negotiated, so every `write` arrives here before it returns; what a
//! program asked for stands in the list in its order.
//!
//! The file system is served by a process of its own ([`serve`]). A program that serves the files
//! which it maps itself stands still for ever: SQLite unmaps its shared memory, the kernel writes
//! that back under the lock of the program's memory, and the server needs the same lock to grow.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fuser::{
    BsdFileFlags, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation,
    INodeNo, LockOwner, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory,
    ReplyEmpty, ReplyEntry, ReplyWrite, Request, TimeOrNow, WriteFlags,
};

/// Only this program changes the file system, so the kernel may believe what it knows.
const TTL: Duration = Duration::from_secs(3600);

/// Number of a file, whatever its name.
pub type Ino = u64;

/// One thing that was done to the disk.
#[derive(Clone)]
pub enum Op {
    Create {
        name: OsString,
        ino: Ino,
    },
    Unlink {
        name: OsString,
    },
    /// Replaces what has the name `to`.
    Rename {
        from: OsString,
        to: OsString,
        ino: Ino,
    },
    Write {
        ino: Ino,
        offset: usize,
        bytes: Vec<u8>,
    },
    Resize {
        ino: Ino,
        size: usize,
    },
    /// The contents of the file last from here on.
    Sync {
        ino: Ino,
    },
    /// The names in the folder last from here on.
    SyncFolder,
}

/// Files by name, as they lie on a disk.
pub type Files = BTreeMap<OsString, Vec<u8>>;

struct File {
    bytes: Vec<u8>,
    mode: u16,
}

#[derive(Default)]
struct Disk {
    names: BTreeMap<OsString, Ino>,
    files: BTreeMap<Ino, File>,
    ops: Vec<Op>,
}

impl Disk {
    fn add(&mut self, name: &OsStr, bytes: Vec<u8>, mode: u16) -> Ino {
        // 1 is the folder itself; a number is never used again.
        let ino = self.files.len() as Ino + 2;
        self.files.insert(ino, File { bytes, mode });
        self.names.insert(name.to_owned(), ino);
        ino
    }

    fn attributes(&self, ino: Ino) -> Option<FileAttr> {
        let (kind, size, mode, links) = if ino == INodeNo::ROOT.0 {
            (FileType::Directory, 0, 0o700, 2)
        } else {
            let file = self.files.get(&ino)?;
            let links = self.names.values().filter(|named| **named == ino).count();
            (FileType::RegularFile, file.bytes.len() as u64, file.mode, links)
        };
        Some(FileAttr {
            ino: INodeNo(ino),
            size,
            blocks: size.div_ceil(512),
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind,
            perm: mode,
            nlink: u32::try_from(links).unwrap(),
            uid: 0,
            gid: 0,
            rdev: 0,
            blksize: 4096,
            flags: 0,
        })
    }
}

/// Tells this test program to be a recorder: where it mounts, and where the first files lie.
const AT: &str = "KUAIBAN_RECORDER_AT";
const FIRST: &str = "KUAIBAN_RECORDER_FIRST";
/// What the recorder says when it is mounted.
const MOUNTED: &str = "mounted";
/// What ends an answer.
const END: &str = ".";

/// A mounted recorder; unmounted when dropped.
pub struct Recorder {
    process: Child,
    to: Option<ChildStdin>,
    from: RefCell<BufReader<ChildStderr>>,
}

impl Recorder {
    /// Mounts a disk that holds `files`, all of them safe, at the folder `at`.
    ///
    /// # Errors
    /// Where there is no `/dev/fuse`, or no right to mount.
    pub fn mount(at: &Path, files: &Files) -> std::io::Result<Recorder> {
        let first = tempfile::tempdir()?;
        for (name, bytes) in files {
            std::fs::write(first.path().join(name), bytes)?;
        }
        let mut process = Command::new(std::env::current_exe()?)
            .args(["recorder::serve", "--exact", "--nocapture"])
            .env(AT, at)
            .env(FIRST, first.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let to = process.stdin.take();
        let from = RefCell::new(BufReader::new(process.stderr.take().unwrap()));
        let recorder = Recorder { process, to, from };
        let said = recorder.line()?;
        if said == MOUNTED { Ok(recorder) } else { Err(std::io::Error::other(said)) }
    }

    fn line(&self) -> std::io::Result<String> {
        let mut line = String::new();
        self.from.borrow_mut().read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    fn ask(&self, question: &str) -> Vec<String> {
        writeln!(self.to.as_ref().unwrap(), "{question}").unwrap();
        let lines = std::iter::from_fn(|| Some(self.line().unwrap()).filter(|line| line != END));
        lines.inspect(|line| assert!(!line.is_empty(), "the recorder has ended")).collect()
    }

    /// How many operations there were so far.
    pub fn count(&self) -> usize {
        self.ask("count")[0].parse().unwrap()
    }

    /// Everything that was done so far, from the first.
    pub fn ops(&self) -> Vec<Op> {
        self.ask("ops").iter().map(|line| Op::parse(line).expect(line)).collect()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // The end of its input ends it, and unmounts.
        self.to = None;
        let _ = self.process.wait();
    }
}

/// The recorder's process. As a test of this program it does nothing.
#[test]
fn serve() {
    let (Ok(at), Ok(first)) = (std::env::var(AT), std::env::var(FIRST)) else { return };
    let mut disk = Disk::default();
    let entries = std::fs::read_dir(first).unwrap().map(|entry| entry.unwrap());
    let mut entries: Vec<_> = entries.map(|entry| (entry.file_name(), entry.path())).collect();
    // In the order of their names: `cut.rs` numbers them so.
    entries.sort();
    for (name, path) in entries {
        disk.add(&name, std::fs::read(path).unwrap(), 0o600);
    }
    let disk = Arc::new(Mutex::new(disk));
    let config = fuser::Config::default();
    let mounted = match fuser::spawn_mount(Mounted(disk.clone()), Path::new(&at), &config) {
        Ok(mounted) => mounted,
        Err(e) => return eprintln!("{e}"),
    };
    eprintln!("{MOUNTED}");
    for question in std::io::stdin().lines() {
        match question.unwrap().as_str() {
            "count" => eprintln!("{}", disk.lock().unwrap().ops.len()),
            _ => {
                let ops = disk.lock().unwrap().ops.clone();
                let lines: String = ops.iter().map(|op| format!("{op}\n")).collect();
                eprint!("{lines}");
            }
        }
        eprintln!("{END}");
    }
    mounted.umount_and_join().unwrap();
}

impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Op::Create { name, ino } => write!(f, "create {} {ino}", name.display()),
            Op::Unlink { name } => write!(f, "unlink {}", name.display()),
            Op::Rename { from, to, ino } => {
                write!(f, "rename {} {} {ino}", from.display(), to.display())
            }
            Op::Write { ino, offset, bytes } => {
                write!(f, "write {ino} {offset} ")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Op::Resize { ino, size } => write!(f, "resize {ino} {size}"),
            Op::Sync { ino } => write!(f, "sync {ino}"),
            Op::SyncFolder => f.write_str("sync-folder"),
        }
    }
}

impl Op {
    /// Reads what `Display` has written; names without blanks.
    fn parse(line: &str) -> Option<Op> {
        let mut words = line.split(' ');
        let verb = words.next()?;
        let mut word = || words.next();
        Some(match verb {
            "create" => Op::Create { name: word()?.into(), ino: word()?.parse().ok()? },
            "unlink" => Op::Unlink { name: word()?.into() },
            "rename" => {
                Op::Rename { from: word()?.into(), to: word()?.into(), ino: word()?.parse().ok()? }
            }
            "write" => {
                let (ino, offset, hex) = (word()?, word()?, word()?);
                let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
                let bytes = (0..hex.len()).step_by(2).map(byte).collect::<Option<_>>()?;
                Op::Write { ino: ino.parse().ok()?, offset: offset.parse().ok()?, bytes }
            }
            "resize" => Op::Resize { ino: word()?.parse().ok()?, size: word()?.parse().ok()? },
            "sync" => Op::Sync { ino: word()?.parse().ok()? },
            "sync-folder" => Op::SyncFolder,
            _ => return None,
        })
    }
}

struct Mounted(Arc<Mutex<Disk>>);

impl Mounted {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap()
    }
}

/// The memory that SQLite shares between its connections; after a power cut it is made anew.
fn is_shared_memory(name: &OsStr) -> bool {
    name.as_encoded_bytes().ends_with(b"-shm")
}

impl Filesystem for Mounted {
    fn lookup(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let disk = self.disk();
        match disk.names.get(name).and_then(|ino| disk.attributes(*ino)) {
            Some(attributes) => reply.entry(&TTL, &attributes, Generation(0)),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.disk().attributes(ino.0) {
            Some(attributes) => reply.attr(&TTL, &attributes),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut disk = self.disk();
        if let Some(file) = disk.files.get_mut(&ino.0) {
            if let Some(mode) = mode {
                file.mode = u16::try_from(mode & 0o7777).unwrap();
            }
            if let Some(size) = size {
                let size = usize::try_from(size).unwrap();
                file.bytes.resize(size, 0);
                disk.ops.push(Op::Resize { ino: ino.0, size });
            }
        }
        match disk.attributes(ino.0) {
            Some(attributes) => reply.attr(&TTL, &attributes),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn create(
        &self,
        _: &Request,
        _: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        let mut disk = self.disk();
        let mode = u16::try_from(mode & !umask & 0o7777).unwrap();
        let ino = disk.add(name, Vec::new(), mode);
        disk.ops.push(Op::Create { name: name.to_owned(), ino });
        let attributes = disk.attributes(ino).unwrap();
        reply.created(&TTL, &attributes, Generation(0), FileHandle(0), FopenFlags::empty());
    }

    fn unlink(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let mut disk = self.disk();
        if disk.names.remove(name).is_none() {
            return reply.error(Errno::ENOENT);
        }
        disk.ops.push(Op::Unlink { name: name.to_owned() });
        reply.ok();
    }

    fn rename(
        &self,
        _: &Request,
        _: INodeNo,
        name: &OsStr,
        _: INodeNo,
        new_name: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let mut disk = self.disk();
        if flags.contains(RenameFlags::RENAME_NOREPLACE) && disk.names.contains_key(new_name) {
            return reply.error(Errno::EEXIST);
        }
        let Some(ino) = disk.names.remove(name) else { return reply.error(Errno::ENOENT) };
        disk.names.insert(new_name.to_owned(), ino);
        disk.ops.push(Op::Rename { from: name.to_owned(), to: new_name.to_owned(), ino });
        reply.ok();
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let disk = self.disk();
        let Some(file) = disk.files.get(&ino.0) else { return reply.error(Errno::ENOENT) };
        let from = file.bytes.len().min(usize::try_from(offset).unwrap());
        let to = file.bytes.len().min(from + size as usize);
        reply.data(&file.bytes[from..to]);
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let mut disk = self.disk();
        let Some(file) = disk.files.get_mut(&ino.0) else { return reply.error(Errno::ENOENT) };
        let offset = usize::try_from(offset).unwrap();
        put(&mut file.bytes, offset, data);
        let shared = disk.names.iter().any(|(name, at)| *at == ino.0 && is_shared_memory(name));
        if !shared {
            disk.ops.push(Op::Write { ino: ino.0, offset, bytes: data.to_vec() });
        }
        reply.written(u32::try_from(data.len()).unwrap());
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.disk().ops.push(Op::Sync { ino: ino.0 });
        reply.ok();
    }

    fn fsyncdir(&self, _: &Request, _: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.disk().ops.push(Op::SyncFolder);
        reply.ok();
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn readdir(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let disk = self.disk();
        let entries = disk.names.iter().zip(1..).skip(usize::try_from(offset).unwrap());
        for ((name, ino), next) in entries {
            if reply.add(INodeNo(*ino), next, FileType::RegularFile, name) {
                break;
            }
        }
        reply.ok();
    }
}

/// Writes into a file in memory, with zeros before where it was shorter.
pub fn put(bytes: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[offset..end].copy_from_slice(data);
}
