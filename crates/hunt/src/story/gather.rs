//! The processes and deeds of a story, fetched step by step.

use super::archive::Archive;
use super::{MOST_ANCESTORS, MOST_PROCESSES, Process, Role, Story, Subject};
use crate::functions::is_named;
use crate::processes::ProcessId;

/// Programs through which somebody or something enters a machine, and what that is.
const ENTRIES: &[(&str, &str)] = &[
    ("sshd sshd-session dropbear", "ssh session"),
    ("login agetty getty gdm-session-worker sddm lightdm xrdp", "login at the machine"),
    ("cron crond atd anacron", "cron job"),
    ("containerd-shim* conmon docker-init runc", "container"),
    ("systemd init", "service"),
];

/// Gathers one story.
pub(super) struct Gathering<A> {
    archive: A,
    story: Story,
}

impl<A: Archive> Gathering<A> {
    pub(super) fn of(archive: A) -> Self {
        Self { archive, story: Story::default() }
    }

    /// Tells the story of a subject.
    pub(super) fn tell(mut self, subject: &Subject) -> Result<Story, A::Error> {
        let subjects = self.archive.subjects(subject)?;
        for subject in &subjects {
            self.ancestors(*subject)?;
        }
        for subject in &subjects {
            let Some(place) = self.add(*subject, Role::Subject)? else { continue };
            self.story.processes[place].role = Role::Subject;
            self.descendants(place)?;
        }
        // What follows from deeds is added behind, and has no deeds told itself: a story ends somewhere.
        let own = self.story.processes.len();
        // Of an ancestor only its line is told: what a service did all year is another story.
        let tells = |process: &&Process| process.role != Role::Ancestor;
        let ids: Vec<ProcessId> =
            self.story.processes.iter().filter(tells).map(|process| process.id).collect();
        self.archive.expect(&ids)?;
        for place in 0..own {
            self.deeds(place)?;
        }
        for place in 0..own {
            self.entry(place)?;
        }
        Ok(self.story)
    }

    /// Adds a process with all that precede it, so that parents stand first.
    fn ancestors(&mut self, subject: ProcessId) -> Result<(), A::Error> {
        let mut line = vec![subject];
        while line.len() < MOST_ANCESTORS {
            match self.archive.parent(line[line.len() - 1])? {
                Some(parent) if !line.contains(&parent) => line.push(parent),
                Some(_) | None => break,
            }
        }
        for process in line.into_iter().rev() {
            self.add(process, Role::Ancestor)?;
        }
        Ok(())
    }

    fn descendants(&mut self, subject: usize) -> Result<(), A::Error> {
        let mut waiting = vec![subject];
        while let Some(place) = waiting.pop() {
            let id = self.story.processes[place].id;
            for child in self.archive.children(id)? {
                let known = self.story.places.contains_key(&child);
                match self.add(child, Role::Descendant)? {
                    Some(place) if !known => waiting.push(place),
                    Some(_) => {}
                    None => self.story.left_out += 1,
                }
            }
        }
        Ok(())
    }

    /// The place of a process, which is fetched now if it is new. `None`: there is no room, or no such process.
    fn add(&mut self, id: ProcessId, role: Role) -> Result<Option<usize>, A::Error> {
        if let Some(place) = self.story.places.get(&id) {
            return Ok(Some(*place));
        }
        if self.story.processes.len() >= MOST_PROCESSES {
            return Ok(None);
        }
        let Some((mut process, parent)) = self.archive.process(id)? else { return Ok(None) };
        process.role = role;
        process.parent = parent.and_then(|parent| self.story.places.get(&parent).copied());
        let place = self.story.processes.len();
        self.story.processes.push(process);
        self.story.places.insert(id, place);
        Ok(Some(place))
    }

    fn deeds(&mut self, place: usize) -> Result<(), A::Error> {
        if self.story.processes[place].role == Role::Ancestor {
            return Ok(());
        }
        let id = self.story.processes[place].id;
        let (mut found, more) = self.archive.deeds(id)?;
        found.sort_by_key(|(deed, _)| deed.time);
        let mut deeds = Vec::with_capacity(found.len());
        for (mut deed, four) in found {
            let next = match four {
                Some(four) => self.archive.arrivals(id, deed.time, &four)?,
                None if deed.event == "FileCreate" => self.archive.runs(&deed.about, deed.time)?,
                None => Vec::new(),
            };
            for process in next {
                deed.leads_to.extend(self.add(process, Role::Consequence)?);
            }
            deeds.push(deed);
        }
        self.story.processes[place].deeds = deeds;
        self.story.processes[place].more_deeds = more;
        Ok(())
    }

    /// Says of a process through which somebody entered what kind of entry it is.
    fn entry(&mut self, place: usize) -> Result<(), A::Error> {
        let process = &self.story.processes[place];
        let kind = ENTRIES.iter().find(|(names, _)| is_named(&process.image, names));
        let Some((_, kind)) = kind else { return Ok(()) };
        let from = self.archive.came_from(process.id)?;
        let entry = from.map_or_else(|| (*kind).to_owned(), |from| format!("{kind} from {from}"));
        self.story.processes[place].entry = Some(entry);
        Ok(())
    }
}
