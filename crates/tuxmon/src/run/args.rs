//! The arguments of `tuxmon run`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use tuxmon_sensor::{Collect, Options, TierChoice};

/// How an event is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The line that Sysmon for Linux writes.
    Xml,
    /// One object a line.
    Json,
    /// For reading.
    Text,
}

/// Where events go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The system log, as ident `sysmon`.
    Syslog,
    /// Standard output.
    Stdout,
    /// The end of a file.
    File(PathBuf),
}

/// One `--output`: a place and, when it has one of its own, a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutputChoice {
    pub(crate) place: Place,
    pub(crate) format: Option<Format>,
}

impl OutputChoice {
    /// Its own format, else the one of `--format`, else text for the terminal's readers and XML for the rest.
    pub(crate) fn format(&self, common: Option<Format>) -> Format {
        let usual = match self.place {
            Place::Stdout => Format::Text,
            Place::Syslog | Place::File(_) => Format::Xml,
        };
        self.format.or(common).unwrap_or(usual)
    }

    /// For the banner: place and format.
    pub(crate) fn describe(&self, common: Option<Format>) -> String {
        let format = match self.format(common) {
            Format::Xml => "xml",
            Format::Json => "json",
            Format::Text => "text",
        };
        match &self.place {
            Place::Syslog => format!("syslog ({format})"),
            Place::Stdout => format!("stdout ({format})"),
            Place::File(path) => format!("{} ({format})", path.display()),
        }
    }
}

impl FromStr for OutputChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (place, format) = match text.rsplit_once(",format=") {
            Some((place, name)) => {
                let format = Format::from_str(name, false)
                    .map_err(|_| format!("'{name}' is no format; use xml, json or text"))?;
                (place, Some(format))
            }
            None => (text, None),
        };
        let place = match place {
            "syslog" => Place::Syslog,
            "stdout" => Place::Stdout,
            _ => match place.strip_prefix("file:") {
                Some("") => return Err("file: needs a path after it".to_owned()),
                Some(path) => Place::File(PathBuf::from(path)),
                None => return Err("use syslog, stdout or file:PATH".to_owned()),
            },
        };
        Ok(Self { place, format })
    }
}

/// What events say beyond the original's fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Additions {
    /// Nothing: events are those of the original.
    #[default]
    None,
    /// Container, control group and unit of the process.
    Container,
}

/// Size of the ring between kernel and agent: a power of two from 64 KiB to 1 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RingSize(pub(crate) u32);

impl Default for RingSize {
    fn default() -> Self {
        Self(16 << 20)
    }
}

impl fmt::Display for RingSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes.is_multiple_of(1 << 20) => write!(f, "{}M", bytes >> 20),
            bytes => write!(f, "{}K", bytes >> 10),
        }
    }
}

const SMALLEST_RING: u64 = 64 * 1024;
const LARGEST_RING: u64 = 1024 * 1024 * 1024;

impl FromStr for RingSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit: u64 = match &text[digits.len()..] {
            "" => 1,
            "K" | "KiB" => 1024,
            "M" | "MiB" => 1024 * 1024,
            "G" | "GiB" => 1024 * 1024 * 1024,
            other => return Err(format!("'{other}' is no unit; use K, M or G")),
        };
        let number: u64 = digits.parse().map_err(|_| "a number is missing".to_owned())?;
        let bytes = number.saturating_mul(unit);
        if !bytes.is_power_of_two() || !(SMALLEST_RING..=LARGEST_RING).contains(&bytes) {
            return Err("the kernel takes powers of two only; use one from 64K to 1G".to_owned());
        }
        Ok(Self(u32::try_from(bytes).expect("1 GiB fits in 32 bits")))
    }
}

/// Which hooks the sensor stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tier {
    /// For each fact the best that this kernel grants.
    #[default]
    Auto,
    /// Kernel functions only.
    Deep,
    /// Tracepoints only.
    Tracepoint,
}

/// How the kernel side is set up.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct SensorArgs {
    /// Size of the ring that the kernel fills, a power of two
    #[arg(long, value_name = "SIZE", default_value_t)]
    pub(crate) ring_size: RingSize,

    /// BTF of the running kernel, where the kernel does not bring it
    #[arg(long, value_name = "FILE")]
    pub(crate) btf: Option<PathBuf>,

    /// Which hooks to stand on; auto takes for each fact the best that this kernel grants
    #[arg(long, value_enum, default_value_t)]
    pub(crate) tier: Tier,
}

impl SensorArgs {
    /// The same for the sensor, which is to collect this.
    pub(crate) fn options(&self, collect: Collect) -> Options {
        Options { collect, ring_bytes: self.ring_size.0, btf: self.btf.clone(), tier: self.tier.into() }
    }
}

impl From<Tier> for TierChoice {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Auto => Self::Auto,
            Tier::Deep => Self::Deep,
            Tier::Tracepoint => Self::Tracepoint,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Format, OutputChoice, Place, RingSize};

    #[test]
    fn outputs_are_places_with_an_optional_format() {
        let check = |text: &str, place: Place, format: Option<Format>| {
            assert_eq!(text.parse(), Ok(OutputChoice { place, format }), "{text}");
        };
        check("stdout", Place::Stdout, None);
        check("syslog,format=json", Place::Syslog, Some(Format::Json));
        check("file:/var/log/a,b", Place::File(PathBuf::from("/var/log/a,b")), None);
        check("file:x,format=text", Place::File(PathBuf::from("x")), Some(Format::Text));
        for wrong in ["", "stderr", "file:", "stdout,format=yaml", "stdout,format=", "Syslog"] {
            assert!(wrong.parse::<OutputChoice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_format_of_its_own_wins() {
        let format = |text: &str, common| text.parse::<OutputChoice>().expect("it is right").format(common);
        assert_eq!(format("stdout", None), Format::Text);
        assert_eq!(format("syslog", None), Format::Xml);
        assert_eq!(format("file:x", Some(Format::Json)), Format::Json);
        assert_eq!(format("file:x,format=xml", Some(Format::Json)), Format::Xml);
    }

    #[test]
    fn ring_sizes_are_powers_of_two() {
        assert_eq!("65536".parse(), Ok(RingSize(65536)));
        assert_eq!("64K".parse(), Ok(RingSize(65536)));
        assert_eq!("16MiB".parse(), Ok(RingSize(16 * 1024 * 1024)));
        assert_eq!("1G".parse(), Ok(RingSize(1024 * 1024 * 1024)));
        for wrong in ["", "M", "3M", "32K", "2G", "-1", "1T", "99999999999999999999G"] {
            assert!(wrong.parse::<RingSize>().is_err(), "{wrong}");
        }
    }
}
