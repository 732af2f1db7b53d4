//! What this system's package database says of files: which package a file is of, and which digest it had there.
//!
//! dpkg keeps MD5 sums in text files; rpm keeps digests, today of SHA256, in headers in a table of SQLite. Both are read
//! as they are: no library of theirs, and no program.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::rpm;

/// Files of packages, by path.
#[derive(Debug, Default)]
pub struct Packages {
    files: HashMap<String, Packaged>,
    /// Of each digest, one path that has it.
    digests: HashMap<String, String>,
    names: Vec<String>,
    /// What could not be read.
    pub problems: Vec<String>,
}

/// A file as its package has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packaged {
    package: u32,
    /// MD5 or SHA256, as small hexadecimal digits.
    pub digest: String,
}

/// Where dpkg keeps its sums.
const DPKG: &str = "var/lib/dpkg/info";
/// Where rpm keeps its headers, today and on older systems.
const RPM: [&str; 2] = ["var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite"];
/// Longest line of a file of sums.
const MAX_LINE: u64 = 64 * 1024;

impl Packages {
    /// The databases of the system below this folder, `/` for the one that runs.
    pub fn of_system(root: &Path) -> Self {
        let mut packages = Self::default();
        if let Err(error) = packages.read_dpkg(&root.join(DPKG)) {
            packages.problems.push(format!("{}: {error}", root.join(DPKG).display()));
        }
        for path in RPM.map(|path| root.join(path)).iter().filter(|path| path.exists()) {
            if let Err(error) = packages.read_rpm(path) {
                packages.problems.push(format!("{}: {error}", path.display()));
            }
        }
        packages
    }

    /// How many files have a digest.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether no package has a file with a digest.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The file at this path, with the name of its package.
    pub fn at(&self, path: &str) -> Option<(&str, &Packaged)> {
        let found = self.files.get(&unmerged(path))?;
        Some((&self.names[found.package as usize], found))
    }

    /// A path that has this digest, with the name of its package.
    pub fn with_digest(&self, digest: &str) -> Option<(&str, &str)> {
        let path = self.digests.get(&digest.to_ascii_lowercase())?;
        let (package, _) = self.at(path)?;
        Some((path, package))
    }

    fn add(&mut self, package: u32, path: &str, digest: &str) {
        let digest = digest.to_ascii_lowercase();
        self.digests.entry(digest.clone()).or_insert_with(|| path.to_owned());
        self.files.insert(unmerged(path), Packaged { package, digest });
    }

    fn name(&mut self, name: &str) -> u32 {
        self.names.push(name.to_owned());
        u32::try_from(self.names.len() - 1).expect("there are fewer packages than bytes of them")
    }

    /// A system without dpkg has no such folder.
    fn read_dpkg(&mut self, folder: &Path) -> io::Result<()> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "md5sums")) {
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let package = self.name(&name);
            let mut lines = BufReader::new(fs::File::open(path)?);
            let mut line = Vec::new();
            while io::Read::take(&mut lines, MAX_LINE).read_until(b'\n', &mut line)? > 0 {
                let text = String::from_utf8_lossy(&line);
                if let Some((digest, path)) = text.trim_end_matches('\n').split_once("  ") {
                    self.add(package, &format!("/{path}"), digest);
                }
                line.clear();
            }
        }
        Ok(())
    }

    fn read_rpm(&mut self, path: &Path) -> Result<(), rusqlite::Error> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = connection.prepare("SELECT hnum, blob FROM Packages ORDER BY hnum")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            let header: Vec<u8> = row.get(1)?;
            match rpm::header(&header) {
                Some(header) => {
                    let package = self.name(&header.package);
                    for (file, digest) in header.files {
                        self.add(package, &file, &digest);
                    }
                }
                None => self.problems.push(format!("{}: header {number} cannot be read", path.display())),
            }
        }
        Ok(())
    }
}

/// Packages still say `/bin/ls` where the folder has long been a link to `/usr/bin`.
fn unmerged(path: &str) -> String {
    for folder in ["/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/lib64/"] {
        if let Some(rest) = path.strip_prefix(folder) {
            return format!("{}{rest}", &folder["/usr".len()..]);
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpm::tests::made;

    #[test]
    fn rpm_knows_its_files_too() {
        let system = tempfile::tempdir().expect("a temporary directory");
        let folder = system.path().join("var/lib/rpm");
        fs::create_dir_all(&folder).expect("the folder is ours");
        let connection = Connection::open(folder.join("rpmdb.sqlite")).expect("the folder is ours");
        connection
            .execute_batch("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
            .expect("it is SQL");
        for header in [made("tool", &[("/usr/bin/", "tool", "AB12")]), b"no header".to_vec()] {
            connection.execute("INSERT INTO Packages (blob) VALUES (?1)", [header]).expect("it is SQL");
        }
        let packages = Packages::of_system(system.path());
        assert_eq!(packages.len(), 1);
        assert_eq!(
            packages.at("/bin/tool").map(|(package, file)| (package, file.digest.as_str())),
            Some(("tool-1.0-2", "ab12"))
        );
        assert_eq!(packages.with_digest("AB12"), Some(("/usr/bin/tool", "tool-1.0-2")));
        assert_eq!(packages.problems.len(), 1, "the broken header is told");
    }
}
