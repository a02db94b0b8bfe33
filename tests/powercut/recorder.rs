//! A file system that remembers what was done to it: one flat folder in memory, mounted by FUSE,
//! and the list of everything that changed it or asked for it to last.
//!
//! No write-back cache is negotiated, so every `write` arrives here before it returns; what a
//! program asked for stands in the list in its order.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;
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

/// A mounted recorder; unmounted when dropped.
pub struct Recorder {
    disk: Arc<Mutex<Disk>>,
    _mount: fuser::BackgroundSession,
}

impl Recorder {
    /// Mounts a disk that holds `files`, all of them safe, at the folder `at`.
    ///
    /// # Errors
    /// Where there is no `/dev/fuse`, or no right to mount.
    pub fn mount(at: &Path, files: &Files) -> std::io::Result<Recorder> {
        let mut disk = Disk::default();
        for (name, bytes) in files {
            disk.add(name, bytes.clone(), 0o600);
        }
        let disk = Arc::new(Mutex::new(disk));
        let mount = fuser::spawn_mount(Mounted(disk.clone()), at, &fuser::Config::default())?;
        Ok(Recorder { disk, _mount: mount })
    }

    /// How many operations there were so far.
    pub fn count(&self) -> usize {
        self.disk.lock().unwrap().ops.len()
    }

    /// Everything that was done so far, from the first.
    pub fn ops(&self) -> Vec<Op> {
        self.disk.lock().unwrap().ops.clone()
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
