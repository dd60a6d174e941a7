//! What comes out of files, folders and archives, and that hostile ones are told and passed over.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Cursor, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use ::zip::CompressionMethod;
use ::zip::write::{SimpleFileOptions, ZipWriter};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// What the sink was given: name, octets, and why it ended.
type Read = (String, Vec<u8>, Option<Unreadable>);

#[derive(Default)]
struct Gathered {
    read: Vec<Read>,
    /// Files of which no more is wanted after the first block.
    is_sated: bool,
}

impl Sink for Gathered {
    fn begin(&mut self, name: &str) {
        self.read.push((name.to_owned(), Vec::new(), None));
    }

    fn block(&mut self, octets: &[u8]) -> bool {
        self.read.last_mut().unwrap().1.extend_from_slice(octets);
        !self.is_sated
    }

    fn end(&mut self, outcome: Result<(), Unreadable>) {
        self.read.last_mut().unwrap().2 = outcome.err();
    }
}

/// A folder with files of these contents.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::with_prefix("evidence-").unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

fn read(inputs: Vec<Input>) -> Vec<Read> {
    let mut gathered = Gathered::default();
    find(inputs).iter().for_each(|file| file.read(&AtomicU64::new(0), &mut gathered));
    gathered.read
}

/// Reads a file with this content, and the same as if it came from standard input, which must make no difference.
fn read_file(content: &[u8]) -> Vec<Read> {
    let folder = folder(&[("f", content)]);
    let path = folder.path().join("f");
    let prefix = path.display().to_string();
    let mut from_file = read(vec![Input::Path(path)]);
    from_file.iter_mut().for_each(|(name, ..)| *name = name.replacen(&prefix, "-", 1));
    let pasted = read(pasted(content));
    assert_eq!(from_file, pasted, "a file and standard input differ");
    pasted
}

fn pasted(content: &[u8]) -> Vec<Input> {
    vec![Input::Pasted(content.to_vec())]
}

fn names(read: &[Read]) -> Vec<&str> {
    read.iter().map(|(name, ..)| &**name).collect()
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn deflated(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip(members, CompressionMethod::Deflated)
}

/// The same octets for a hundred members: an archive of one member whose directory has it so often.
fn overlapping(archive: &[u8]) -> Vec<u8> {
    let at = |mark: &[u8]| archive.windows(4).position(|four| four == mark).unwrap();
    let (directory, end) = (at(b"PK\x01\x02"), at(b"PK\x05\x06"));
    let entries = archive[directory..end].repeat(100);
    let mut tail = archive[end..].to_vec();
    tail[12..16].copy_from_slice(&u32::try_from(entries.len()).unwrap().to_le_bytes());
    [&archive[..directory], &entries, &tail].concat()
}

/// One member of a tar archive.
fn tar_member(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut header = [0u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    header[148..156].copy_from_slice(b"        ");
    header[156] = kind;
    header[257..263].copy_from_slice(b"ustar\0");
    let sum: u32 = header.iter().map(|octet| u32::from(*octet)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut member = header.to_vec();
    member.extend_from_slice(content);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

fn tar(members: &[Vec<u8>]) -> Vec<u8> {
    [members.concat(), vec![0; 1024]].concat()
}

#[test]
fn folders_are_walked_in_order() {
    let folder = folder(&[("b/2.log", b"two"), ("b/10.log", b"ten"), ("a.log", b"a"), ("c/d/e.log", b"e")]);
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let read = read(vec![Input::Path(folder.path().to_owned())]);
    let expected = ["a.log", "b/10.log", "b/2.log", "c/d/e.log", "empty"];
    let expected = expected.map(|name| folder.path().join(name).display().to_string());
    assert_eq!(names(&read), expected);
    assert_eq!(read[1].1, b"ten");
    assert_eq!(read[4].2, Some(Unreadable::EmptyFolder));
}

#[test]
fn what_is_missing_does_not_keep_from_the_rest() {
    let folder = folder(&[("a.log", b"a")]);
    let path = |name: &str| Input::Path(folder.path().join(name));
    let read = read(vec![path("none.log"), path("a.log"), path("a.log")]);
    assert!(matches!(&read[0].2, Some(Unreadable::System(why)) if why.contains("os error 2")), "{read:?}");
    assert_eq!((&*read[1].1, &read[1].2), (&b"a"[..], &None));
    assert_eq!(read[2].2, Some(Unreadable::FileTwice), "its refusals would count twice");
}

#[cfg(unix)]
#[test]
fn loops_sockets_and_links_are_told() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[("a/x.log", b"x"), ("other.log", b"o")]);
    let at = |name: &str| folder.path().join(name);
    symlink(folder.path(), at("a/up")).unwrap();
    symlink(at("other.log"), at("b")).unwrap();
    symlink(at("nowhere"), at("c")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("d")).unwrap();
    let read = read(vec![Input::Path(folder.path().to_owned())]);
    let why: Vec<_> = read.iter().map(|(_, _, why)| why.clone()).collect();
    // a/up leads to the folder itself; b is other.log, which is met a second time behind it.
    assert_eq!(why[0], Some(Unreadable::FolderTwice), "{read:?}");
    assert_eq!((&why[1], &why[2]), (&None, &None), "{read:?}");
    assert!(matches!(why[3], Some(Unreadable::System(_))), "{read:?}");
    assert_eq!(why[4], Some(Unreadable::Special("socket")), "{read:?}");
    assert_eq!(why[5], Some(Unreadable::FileTwice), "{read:?}");
    assert_eq!(read.len(), 6, "{read:?}");
}

#[test]
fn folders_too_deep_are_told() {
    let deep = format!("{}x.log", "d/".repeat(MAX_DEPTH + 3));
    let folder = folder(&[(&deep, b"x")]);
    let read = read(vec![Input::Path(folder.path().to_owned())]);
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].2, Some(Unreadable::TooDeep(MAX_DEPTH)));
}

#[test]
fn archives_are_opened_by_content() {
    let check = |content: Vec<u8>, expected: &[(&str, &[u8])]| {
        let read = read_file(&content);
        let got: Vec<(&str, &[u8])> = read.iter().map(|(name, octets, _)| (&**name, &**octets)).collect();
        assert_eq!(got, expected);
        assert!(read.iter().all(|(_, _, why)| why.is_none()), "{read:?}");
    };
    check(b"plain".to_vec(), &[("-", b"plain")]);
    check(Vec::new(), &[("-", b"")]);
    check(gzip(b"log"), &[("-", b"log")]);
    check([gzip(b"one,"), gzip(b"two")].concat(), &[("-", b"one,two")]);
    let members: &[(&str, &[u8])] = &[("a/b.log", b"bbbbbbbbbbbb"), ("c.log", b"")];
    let expected: &[(&str, &[u8])] = &[("-/a/b.log", b"bbbbbbbbbbbb"), ("-/c.log", b"")];
    check(deflated(members), expected);
    check(zip(members, CompressionMethod::Stored), expected);
    // Something in front of the archive, as in one that opens itself, and something behind.
    check([b"PK\x03\x04 stub".to_vec(), deflated(members)].concat(), expected);
    check([deflated(members), b"\r\n".to_vec()].concat(), expected);
    let tarred =
        tar(&[tar_member("a/", b'5', b""), tar_member("a/b.log", b'0', b"bbbbbbbbbbbb"), tar_member("c.log", 0, b"")]);
    check(tarred.clone(), expected);
    check(gzip(&tarred), expected);
    check(deflated(&[("in.zip", &deflated(&[("a.log", b"a")]))]), &[("-/in.zip/a.log", b"a")]);
    check(
        deflated(&[("in.tar.gz", &gzip(&tarred))]),
        &[("-/in.tar.gz/a/b.log", b"bbbbbbbbbbbb"), ("-/in.tar.gz/c.log", b"")],
    );
}

#[test]
fn long_names_in_tar_archives_are_read() {
    let long = format!("{}x.log", "d/".repeat(100));
    let pax = format!("{} path={long}\n", long.len() + 10);
    let members = [
        tar_member("././@LongLink", b'L', format!("{long}\0").as_bytes()),
        tar_member("d", b'0', b"gnu"),
        tar_member("PaxHeaders", b'x', pax.as_bytes()),
        tar_member("d", b'0', b"pax"),
        tar_member("short", b'0', b"s"),
    ];
    let read = read_file(&tar(&members));
    assert_eq!(names(&read), [format!("-/{long}"), format!("-/{long}"), "-/short".to_owned()]);
    assert_eq!((&*read[0].1, &*read[1].1), (&b"gnu"[..], &b"pax"[..]));
}

#[test]
fn members_names_are_harmless() {
    let read = read(pasted(&deflated(&[("../../etc/\u{1b}[31m\u{202e}x", b"x"), (&"n".repeat(5000), b"y")])));
    assert_eq!(read[0].0, "-/../../etc/\u{fffd}[31m\u{fffd}x");
    assert_eq!(read[1].0.chars().count(), MAX_NAME_LENGTH + 1);
}

#[test]
fn broken_archives_are_told() {
    let check = |content: &[u8], what: &str, expected: fn(&Unreadable) -> bool| {
        let read = read_file(content);
        let why = read.iter().filter_map(|(_, _, why)| why.as_ref()).next();
        assert!(why.is_some_and(expected), "{what}: {:?}", read.iter().map(|one| (&one.0, &one.2)).collect::<Vec<_>>());
    };
    let damaged: fn(&Unreadable) -> bool = |why| matches!(why, Unreadable::Damaged(_));
    let whole = deflated(&[("a", b"some text, some text"), ("b", b"more")]);
    check(&whole[..whole.len() - 30], "zip cut off at its end", damaged);
    check(&whole[..40], "zip cut off at its beginning", damaged);
    let mut changed = whole.clone();
    changed[36] ^= 0x55;
    check(&changed, "zip with a changed octet", damaged);
    let mut encrypted = whole.clone();
    let entry = encrypted.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    encrypted[entry + 8] |= 1;
    check(&encrypted, "encrypted", |why| *why == Unreadable::Encrypted);
    let mut other = whole.clone();
    other[entry + 10] = 93;
    check(&other, "zstd in zip", |why| *why == Unreadable::Method(93));
    let bomb = overlapping(&deflated(&[("a", b"some text")]));
    check(&bomb, "members over each other", |why| *why == Unreadable::TooMuch);
    check(&zip(&[], CompressionMethod::Stored), "zip without members", |why| *why == Unreadable::EmptyArchive);
    let packed = gzip(&vec![b'x'; 100_000]);
    check(&packed[..packed.len() / 2], "gzip cut off", damaged);
    let tarred = tar(&[tar_member("a", b'0', &[b'x'; 2000])]);
    check(&tarred[..1500], "tar cut off", damaged);
    let mut changed = tarred.clone();
    changed[0] = b'z';
    check(&changed, "tar with a changed octet", damaged);
    check(&tar(&[tar_member("a", b'2', b"")]), "link", |why| *why == Unreadable::Link);
    let deep = (0..4).fold(b"x".to_vec(), |inner, _| deflated(&[("in.zip", &inner)]));
    check(&deep, "nested", |why| *why == Unreadable::Nested(MAX_LAYERS));
}

#[test]
fn what_comes_before_the_damage_is_read() {
    let packed = gzip(&(0..100_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
    let read = read_file(&packed[..packed.len() / 2]);
    assert!(read[0].1.len() > 10_000, "{}", read[0].1.len());
}

#[test]
fn bombs_end_in_time() {
    // 80 MB of zeros in 80 KB: more than what is allowed before the ratio counts.
    let bomb = gzip(&vec![0; 80 * 1024 * 1024]);
    let read = read(pasted(&bomb));
    assert_eq!(read[0].2, Some(Unreadable::TooMuch));
    let came_out = read[0].1.len() as u64;
    assert!(came_out <= RATIO_COUNTS_FROM + bomb.len() as u64 * MAX_RATIO, "{came_out}");
}

#[test]
fn the_same_octets_cannot_be_unpacked_again_and_again() {
    // A directory whose entries all point at one member, as in the bombs that do not nest.
    let one = deflated(&[("a", &vec![0; 16 * 1024 * 1024])]);
    let directory_at = one.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let end_at = one.windows(4).position(|four| four == b"PK\x05\x06").unwrap();
    let mut bomb = one[..directory_at].to_vec();
    (0..1000).for_each(|_| bomb.extend_from_slice(&one[directory_at..end_at]));
    let mut end = one[end_at..].to_vec();
    end[12..16].copy_from_slice(&(1000 * (end_at - directory_at) as u32).to_le_bytes());
    bomb.extend_from_slice(&end);
    let mut gathered = Counted::default();
    find(vec![Input::Pasted(bomb)]).iter().for_each(|file| file.read(&AtomicU64::new(0), &mut gathered));
    assert!(gathered.octets < 2 * RATIO_COUNTS_FROM, "{}", gathered.octets);
    assert!(gathered.too_much > 0, "nobody was told");
}

#[test]
fn a_directory_that_claims_much_takes_little() {
    let mut lie = deflated(&[("a", b"a")]);
    let end = lie.len() - 22;
    lie[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
    lie[end + 12..end + 16].copy_from_slice(&0xffff_fff0u32.to_le_bytes());
    assert!(matches!(read_file(&lie)[0].2, Some(Unreadable::Damaged(_))));
}

#[test]
fn too_many_members_are_told_once() {
    let member = tar_member("a", b'0', b"");
    let read = read(pasted(&tar(&vec![member; MAX_MEMBERS as usize + 5])));
    assert_eq!(read.len(), MAX_MEMBERS as usize + 1);
    assert_eq!(read.last().unwrap().2, Some(Unreadable::TooManyMembers(MAX_MEMBERS)));
}

#[test]
fn what_is_not_wanted_is_not_read_to_its_end() {
    let large = vec![b'x'; 10_000_000];
    let mut gathered = Gathered { is_sated: true, ..Gathered::default() };
    let progress = AtomicU64::new(0);
    let files = find(vec![Input::Pasted(tar(&[tar_member("a", b'0', &large), tar_member("b", b'0', b"b")]))]);
    files.iter().for_each(|file| file.read(&progress, &mut gathered));
    assert_eq!(names(&gathered.read), ["-/a", "-/b"], "the member behind it is lost");
    assert!(gathered.read[0].1.len() < large.len());
    let plain = find(vec![Input::Pasted(large.clone())]);
    let progress = AtomicU64::new(0);
    plain.iter().for_each(|file| file.read(&progress, &mut gathered));
    assert!(progress.load(Ordering::Relaxed) < large.len() as u64, "the whole file was read");
}

/// Counts what comes out.
#[derive(Default)]
struct Counted {
    octets: u64,
    too_much: u32,
}

impl Sink for Counted {
    fn begin(&mut self, _name: &str) {}

    fn block(&mut self, octets: &[u8]) -> bool {
        self.octets += octets.len() as u64;
        true
    }

    fn end(&mut self, outcome: Result<(), Unreadable>) {
        self.too_much += u32::from(outcome == Err(Unreadable::TooMuch));
    }
}

proptest! {
    #[test]
    fn reading_is_total(format in 0..4usize, octets in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let mark: &[u8] = [&b""[..], b"PK\x03\x04", b"\x1f\x8b\x08\0", b"PK\x05\x06"][format];
        read_file(&[mark, &octets].concat());
    }

    #[test]
    fn changed_archives_are_survived(at in any::<prop::sample::Index>(), octet in any::<u8>(), format in 0..3usize) {
        let members: &[(&str, &[u8])] = &[("a.log", b"some text some text"), ("b.log", b"")];
        let mut archive = match format {
            0 => deflated(members),
            1 => tar(&[tar_member("a.log", b'0', b"some text"), tar_member("p", b'x', b"15 path=a/b.log\n")]),
            _ => gzip(b"some text some text"),
        };
        let at = at.index(archive.len());
        archive[at] = octet;
        read_file(&archive);
    }
}
