//! What is asked of a store, wherever it is, and how its answer is read.

use crate::answer::{AnswerError, Rows, SqliteRows};
use crate::dialect::Dialect;
use crate::hunts::{Argument, Hunt};
use crate::store::Store;

/// What reads the rows of an answer.
pub type Reader<'r> = &'r mut dyn FnMut(&mut dyn Rows) -> Result<(), AnswerError>;

/// A store that can be asked.
pub trait Asked {
    /// Whose SQL it understands.
    fn dialect(&self) -> Dialect;

    /// Asks in the engine's own SQL; the parameters of the text have these values.
    fn ask(&self, sql: &str, arguments: &[(&str, Argument)], read: Reader<'_>) -> Result<(), AnswerError>;

    /// Asks a hunt.
    fn run(
        &self,
        hunt: &Hunt,
        arguments: &[(&'static str, Argument)],
        read: Reader<'_>,
    ) -> Result<(), AnswerError> {
        self.ask(&hunt.written(self.dialect(), arguments), arguments, read)
    }
}

impl Asked for Store {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn ask(&self, sql: &str, arguments: &[(&str, Argument)], read: Reader<'_>) -> Result<(), AnswerError> {
        let mut statement = self.connection().prepare(sql)?;
        for (name, argument) in arguments {
            let Some(index) = statement.parameter_index(&format!(":{name}"))? else { continue };
            match argument {
                Argument::Number(number) => statement.raw_bind_parameter(index, number)?,
                Argument::Text(text) => statement.raw_bind_parameter(index, text)?,
            }
        }
        read(&mut SqliteRows::of(&mut statement))
    }
}
