//! Which names a change of names creates and deletes.
//!
//! A rename is both: the new name has a new file behind it, and a file that it replaced is gone. The kernel tells
//! which files, never directories, were touched; what was not touched did not move, so the rename of a directory
//! and the rename of a file onto itself make no event.

use tuxmon_event::{Event, Timestamp};
use tuxmon_host::names::{Certainty, Leaf};
use tuxmon_wire::{File, FileName, NameDeed, Place, Task, Touched, TouchedList};

use super::{actor, file_create, file_delete, text};
use crate::machine::Machine;

/// What became of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change<'a> {
    /// A new file is behind it.
    Created(Place<'a>),
    /// The file is behind it that was there, emptied. The name may be a symbolic link to it.
    Emptied(Place<'a>),
    /// Something new is behind it: the kernel did not tell whether it is a directory, so it is looked at now.
    Moved(Place<'a>),
    /// It is gone, or belongs to another file now; the file that had it, when that is known.
    Deleted(Place<'a>, Option<File>),
}

/// At most two: a rename creates one name and deletes it from another file, an exchange creates two.
pub(crate) type Changes<'a> = [Option<Change<'a>>; 2];

const AT_REMOVEDIR: u32 = 0x200;
const RENAME_EXCHANGE: u32 = 2;

/// The event of one change.
pub(crate) fn file_name(
    time: Timestamp,
    machine: &mut Machine,
    task: &Task,
    change: &Change<'_>,
) -> Option<Event> {
    let (place, leaf) = match change {
        Change::Created(place) | Change::Moved(place) | Change::Deleted(place, _) => (place, Leaf::Kept),
        Change::Emptied(place) => (place, Leaf::Followed),
    };
    let is_executable = match change {
        Change::Created(_) | Change::Emptied(_) => None,
        Change::Moved(place) if is_directory(machine, task, place) => return None,
        Change::Moved(_) => None,
        Change::Deleted(_, file) => file.and_then(|file| machine.executables.is_executable(&file)),
    };
    let path = text(resolved(machine, task, place, leaf).0);
    let actor = actor(machine, task);
    Some(match change {
        Change::Created(_) | Change::Emptied(_) | Change::Moved(_) => file_create(time, actor, path),
        Change::Deleted(..) => file_delete(time, actor, path, is_executable),
    })
}

fn resolved(machine: &mut Machine, task: &Task, place: &Place<'_>, leaf: Leaf) -> (Vec<u8>, Certainty) {
    let base = base_of(place);
    if place.exact {
        (base, Certainty::Resolved)
    } else {
        machine.names.resolve(task, &base, place.name, leaf)
    }
}

fn base_of(place: &Place<'_>) -> Vec<u8> {
    let mut base = Vec::with_capacity(place.base.leaf_first.len() + 1);
    place.base.append_to(&mut base);
    base
}

/// Whether a name is a directory now: only then is there something at its dot.
fn is_directory(machine: &mut Machine, task: &Task, place: &Place<'_>) -> bool {
    let dot = if place.exact { b".".to_vec() } else { [place.name, b"/."].concat() };
    machine.names.resolve(task, &base_of(place), &dot, Leaf::Kept).1 == Certainty::Resolved
}

/// The changes of a record, in the order in which their events are written: what is gone first.
pub(crate) fn changes<'a>(record: &FileName<'a>) -> Changes<'a> {
    match record.deed {
        NameDeed::Unlink => [unlink(record), None],
        NameDeed::Rename if record.call_flags & RENAME_EXCHANGE != 0 => exchange(record),
        NameDeed::Rename => rename(record),
        NameDeed::Link | NameDeed::Symlink | NameDeed::Mknod => [Some(Change::Created(record.to)), None],
        NameDeed::Truncate => [Some(Change::Emptied(record.from)), None],
    }
}

fn unlink<'a>(record: &FileName<'a>) -> Option<Change<'a>> {
    if record.call_flags & AT_REMOVEDIR != 0 {
        return None;
    }
    Some(Change::Deleted(record.from, touched_files(record).first().map(|touched| touched.file)))
}

fn rename<'a>(record: &FileName<'a>) -> Changes<'a> {
    if record.touched.is_none() {
        // A file renamed onto itself: the kernel does nothing.
        if record.from == record.to {
            return [None, None];
        }
        return [Some(Change::Moved(record.to)), None];
    }
    let touched = touched_files(record);
    let created = Some(Change::Created(record.to));
    match touched.len() {
        // A directory, or a file onto another name of itself, which the kernel leaves as it is.
        0 => [None, None],
        1 => [created, None],
        _ => [Some(Change::Deleted(record.to, replaced(&touched, record))), created],
    }
}

/// Which of the touched files was replaced: it had the new name and not the old one. A file with several names may
/// come under any of them, then it is the one that had not the old name. Nothing when that is ambiguous.
fn replaced(touched: &[Touched<'_>], record: &FileName<'_>) -> Option<File> {
    let (from, to) = (last_component(&record.from), last_component(&record.to));
    if from == to {
        return None;
    }
    let only = |fits: &dyn Fn(&[u8]) -> bool| {
        let mut found = touched.iter().filter(|touched| fits(touched.name));
        found.next().filter(|_| found.next().is_none()).map(|touched| touched.file)
    };
    only(&|name| name == to).or_else(|| only(&|name| name != from))
}

/// Both names have another file behind them than before and none is gone: two creations. A directory that takes
/// part makes none under its new name.
fn exchange<'a>(record: &FileName<'a>) -> Changes<'a> {
    let (from, to) = (last_component(&record.from), last_component(&record.to));
    let created = [Some(Change::Created(record.to)), Some(Change::Created(record.from))];
    let moved = [Some(Change::Moved(record.to)), Some(Change::Moved(record.from))];
    if record.touched.is_none() {
        return moved;
    }
    match touched_files(record).as_slice() {
        [] => [None, None],
        [one] if from != to && one.name == from => [created[0], None],
        [one] if from != to && one.name == to => [None, created[1]],
        [_] => moved,
        [_, _, ..] => created,
    }
}

/// The different files that were touched. A file may be told several times, and an overlay tells its own file and
/// the one below it: so those of the device that has most are taken. What is just being made is not meant: an
/// overlay leaves a whiteout where a name was.
fn touched_files<'a>(record: &FileName<'a>) -> Vec<Touched<'a>> {
    let mut groups: Vec<Vec<Touched<'a>>> = Vec::new();
    for touched in record.touched.iter().flat_map(TouchedList::iter).filter(|touched| !is_whiteout(touched)) {
        match groups.iter_mut().find(|group| group[0].file.device == touched.file.device) {
            Some(group) if group.iter().any(|other| other.file.inode == touched.file.inode) => {}
            Some(group) => group.push(*touched),
            None => groups.push(vec![*touched]),
        }
    }
    // Of equals the first: what the caller sees was touched before what lies below it.
    groups.into_iter().rev().max_by_key(Vec::len).unwrap_or_default()
}

const TYPE_MASK: u32 = 0o170_000;
const CHARACTER_DEVICE: u32 = 0o020_000;

fn is_whiteout(touched: &Touched<'_>) -> bool {
    let File { mode, raw_device, .. } = touched.file;
    mode & TYPE_MASK == 0 || (mode & TYPE_MASK == CHARACTER_DEVICE && raw_device == 0)
}

/// The name itself, without the directories before it and slashes after it.
fn last_component<'a>(place: &Place<'a>) -> &'a [u8] {
    let (path, separator) = if place.exact { (place.base.leaf_first, 0) } else { (place.name, b'/') };
    let mut components = path.split(|byte| *byte == separator).filter(|component| !component.is_empty());
    if place.exact { components.next() } else { components.next_back() }.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tuxmon_wire::{Path, Place};

    use super::last_component;

    #[test]
    fn the_last_component_is_the_name() {
        for (name, last) in [("a", "a"), ("/a/b", "b"), ("a/b//", "b"), ("", ""), ("/", "")] {
            let place = Place { name: name.as_bytes(), ..Place::default() };
            assert_eq!(last_component(&place), last.as_bytes(), "{name}");
        }
        let base = Path { leaf_first: b"c\0b\0a\0", ..Path::default() };
        assert_eq!(last_component(&Place { base, name: b"", exact: true }), b"c");
    }
}
