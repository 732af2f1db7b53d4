//! The sensor as the line's source.

use std::time::Duration;

use tuxmon_pipeline::{Broken, Collect, FilterEntry, Loss, Source, SourceError};
use tuxmon_sensor::Sensor;

/// Records from this machine's kernel.
pub(crate) struct Kernel(pub(crate) Sensor);

impl Source for Kernel {
    fn seed(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<usize, SourceError> {
        Ok(self.0.seed(each)?)
    }

    fn poll(&mut self, timeout: Duration, each: &mut dyn FnMut(&[u8])) -> Result<usize, SourceError> {
        Ok(self.0.poll(timeout, each)?)
    }

    fn drain(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<usize, SourceError> {
        Ok(self.0.drain(each)?)
    }

    fn losses(&mut self) -> Result<Vec<Loss>, SourceError> {
        Ok(self.0.losses()?.into_iter().map(loss).collect())
    }

    fn mend(&mut self) -> Result<Vec<Broken>, SourceError> {
        let lost = self.0.restore_hooks()?.into_iter();
        Ok(lost.map(|hook| Broken { hook: hook.program.to_owned(), mended: hook.restored }).collect())
    }

    fn stop_collection(&mut self) {
        self.0.stop_collection();
    }

    fn set_collect(&mut self, wanted: &Collect) -> Result<(), SourceError> {
        Ok(self.0.set_collect(collect(*wanted))?)
    }

    fn leave_out(&mut self, entries: &[FilterEntry]) -> Result<(), SourceError> {
        for entry in entries {
            match entry {
                FilterEntry::Image(path, unwanted) => self.0.filter_image(path.as_str(), *unwanted)?,
                FilterEntry::Process(process, uid, unwanted) => {
                    self.0.filter_process(process, *uid, *unwanted)?;
                }
                FilterEntry::Name(key, unwanted) => self.0.filter_name(key, *unwanted)?,
                FilterEntry::End(key, unwanted) => self.0.filter_end(key, *unwanted)?,
                FilterEntry::Nothing => self.0.filter_nothing()?,
            }
        }
        Ok(())
    }

    fn leave_nothing_out(&mut self) -> Result<(), SourceError> {
        Ok(self.0.filter_nothing()?)
    }

    fn left_out(&self) -> Result<u64, SourceError> {
        Ok(self.0.filtered()?)
    }
}

fn loss(loss: tuxmon_sensor::Loss) -> Loss {
    let tuxmon_sensor::Loss { kind, lost, missed, first, last } = loss;
    Loss { kind, lost, missed, first, last }
}

/// What the line wants, in the sensor's words.
pub(crate) fn collect(wanted: Collect) -> tuxmon_sensor::Collect {
    let Collect { network, raw_access, process_access, file_create, file_delete, ebpf } = wanted;
    tuxmon_sensor::Collect { network, raw_access, process_access, file_create, file_delete, ebpf }
}
