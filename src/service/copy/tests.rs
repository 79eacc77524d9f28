//! The copy on a real disk.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::domain::listed::LocalCopy;
use crate::domain::person::Person;

const ADDRESS: &str = "https://acme.example/integration/ws";

fn place(folder: &TempDir) -> Place {
    Place::new(folder.path().to_owned(), "acme", ADDRESS)
}

fn load(place: &Place) -> Result<Option<LocalCopy>, CopyFault> {
    let mut people = Vec::new();
    let kept = place.load(|some| people.extend(some))?;
    Ok(kept.map(|Kept { read_at, progress }| LocalCopy { read_at, progress, people }))
}

fn people(count: usize) -> Vec<Listed> {
    let person = |number| Person { username: format!("user.{number}"), ..Person::default() };
    (0..count).map(|number| Listed::from(&person(number))).collect()
}

fn files(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).expect("the folder is ours");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn why(result: Result<Option<LocalCopy>, CopyFault>) -> String {
    match result {
        Err(CopyFault::Unread { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_kept_is_there_the_next_time_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    assert_eq!(load(&place), Ok(None));
    for (read_at, progress, count) in [(7, Progress::UpTo(500), 3), (9, Progress::Complete, 2)] {
        place.save(read_at, progress, people(count)).unwrap();
        assert_eq!(load(&place), Ok(Some(LocalCopy { read_at, progress, people: people(count) })));
    }
    assert_eq!(files(&folder), [place.name()]);
    assert_eq!(fs::metadata(place.path()).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_long_list_is_given_a_thousand_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    place.save(7, Progress::Complete, people(2_500)).unwrap();
    let mut portions = Vec::new();
    place.load(|some| portions.push(some.len())).unwrap();
    assert_eq!(portions, [1_000, 1_000, 500]);
}

#[test]
fn two_tenants_or_addresses_never_share_a_file() {
    let name = |tenant: &str, base_url: &str| Place::new(PathBuf::new(), tenant, base_url).name();
    let names = [
        name("acme", "https://a.example"),
        name("acme", "https://b.example"),
        name("acme2", "https://a.example"),
        name("ac/me", "https://a.example"),
        name("ac_me", "https://a.example"),
        name("../../x", ""),
        name(&"ñ".repeat(300), ""),
    ];
    for (at, name) in names.iter().enumerate() {
        assert!(!names[..at].contains(name) && name.len() < 80, "{name}");
        assert!(
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) && !name.starts_with('.'),
            "{name}"
        );
    }
}

#[test]
fn a_copy_that_cannot_be_used_is_left_alone_until_there_is_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    place.save(7, Progress::Complete, people(3)).unwrap();
    let whole = fs::read(place.path()).unwrap();
    for (bytes, words) in [
        (&whole[..whole.len() - 1], "is damaged"),
        (b"garbage", "is not a list of people that this program has kept"),
        (b"nxpeople\x02\x00and so on", "was kept by another version of this program (format 2)"),
    ] {
        fs::write(place.path(), bytes).unwrap();
        assert_eq!(why(load(&place)), words);
        assert_eq!(fs::read(place.path()).unwrap(), bytes);
    }
    let other = Place::new(folder.path().to_owned(), "other", ADDRESS);
    fs::write(other.path(), &whole).unwrap();
    fs::set_permissions(other.path(), Permissions::from_mode(0o600)).unwrap();
    assert_eq!(why(load(&other)), "is of another tenant or address");
    place.save(8, Progress::Complete, people(1)).unwrap();
    assert_eq!(load(&place).unwrap().unwrap().people, people(1));
}

#[test]
fn what_others_could_have_put_there_is_not_read_and_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    place.save(7, Progress::Complete, people(3)).unwrap();
    fs::set_permissions(place.path(), Permissions::from_mode(0o640)).unwrap();
    assert_eq!(why(load(&place)), "is open to others (mode 640; chmod 600 it)");
    let outside = folder.path().join("outside");
    fs::rename(place.path(), &outside).unwrap();
    symlink(&outside, place.path()).unwrap();
    assert_eq!(why(load(&place)), "is a link");
    let before = fs::read(&outside).unwrap();
    place.save(8, Progress::Complete, people(1)).unwrap();
    assert_eq!(fs::read(&outside).unwrap(), before);
    assert!(fs::symlink_metadata(place.path()).unwrap().is_file());
    fs::remove_file(place.path()).unwrap();
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(place.path()).status().unwrap().success());
    assert_eq!(why(load(&place)), "is not a plain file");
}

#[test]
fn a_folder_that_is_a_link_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    symlink(folder.path(), &link).unwrap();
    let place = Place::new(link, "acme", ADDRESS);
    let fault = place.save(7, Progress::Complete, people(0)).unwrap_err();
    assert!(matches!(&fault, CopyFault::Unkept { .. }), "{fault}");
    assert_eq!(files(&folder), ["link"]);
}

#[test]
fn what_interrupted_writings_left_is_taken_away_once_it_is_old() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    let name = place.name();
    let left = |suffix: &str, seconds: u64| {
        let file = fs::File::create(folder.path().join(format!("{name}.{suffix}"))).unwrap();
        let now = file.metadata().unwrap().modified().unwrap();
        file.set_modified(now - std::time::Duration::from_secs(seconds)).unwrap();
    };
    left("0000000000000001.new", 7200);
    left("0000000000000002.new", 60);
    left("keep", 7200);
    place.save(7, Progress::Complete, people(1)).unwrap();
    let kept = [name.clone(), format!("{name}.0000000000000002.new"), format!("{name}.keep")];
    assert_eq!(files(&folder), kept);
}

#[test]
fn a_writing_that_fails_leaves_the_old_copy_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    fs::create_dir(place.path()).unwrap();
    fs::write(place.path().join("inside"), "").unwrap();
    let fault = place.save(7, Progress::Complete, people(1)).unwrap_err();
    assert!(fault.to_string().contains("could not be kept in"), "{fault}");
    assert_eq!(files(&folder), [place.name()]);
}
