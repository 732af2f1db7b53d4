//! Which hashes a configuration asks for.

use tuxmon_config::{Config, HashAlgorithm};
use tuxmon_host::hash::Algorithms;

/// IMPHASH is of Windows executables only and never computed.
pub fn wanted_hashes(config: &Config) -> Algorithms {
    let wanted = config.hash_algorithms;
    Algorithms {
        md5: wanted.contains(HashAlgorithm::Md5),
        sha1: wanted.contains(HashAlgorithm::Sha1),
        sha256: wanted.contains(HashAlgorithm::Sha256),
    }
}
