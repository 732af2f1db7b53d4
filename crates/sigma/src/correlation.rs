//! Correlation rules: what makes a match of many.

use crate::atom::{Comparison, number};
use crate::fault::Fault;
use crate::yaml::Node;

/// What is counted or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Events.
    EventCount,
    /// Distinct values of a field.
    ValueCount,
    /// Different rules, in any order.
    Temporal,
    /// Different rules, in their order.
    TemporalOrdered,
    /// The sum of a field.
    ValueSum,
    /// The mean of a field.
    ValueAvg,
    /// With `percentile`, that percentile of a field; without, the share in percent that one of its values has.
    ValuePercentile,
    /// The median of a field.
    ValueMedian,
}

/// The `correlation` section of a rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Correlation {
    pub(crate) measure: Measure,
    /// Ids or names of the rules.
    pub(crate) rules: Vec<String>,
    pub(crate) group_by: Vec<String>,
    /// In milliseconds.
    pub(crate) timespan: i64,
    /// All of them have to hold.
    pub(crate) limits: Vec<(Comparison, f64)>,
    /// The fields that are measured.
    pub(crate) fields: Vec<String>,
    pub(crate) percentile: Option<f64>,
    pub(crate) aliases: Vec<Alias>,
    /// Whether the rules also speak for themselves.
    pub(crate) generate: bool,
}

/// A name for fields that are called differently in different rules.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alias {
    pub(crate) name: String,
    /// Rule and its field.
    pub(crate) fields: Vec<(String, String)>,
}

const MEASURES: &[(&str, Measure)] = &[
    ("event_count", Measure::EventCount),
    ("temporal", Measure::Temporal),
    ("temporal_ordered", Measure::TemporalOrdered),
    ("value_avg", Measure::ValueAvg),
    ("value_count", Measure::ValueCount),
    ("value_median", Measure::ValueMedian),
    ("value_percentile", Measure::ValuePercentile),
    ("value_sum", Measure::ValueSum),
];

impl Correlation {
    /// Reads the section; `document` is around it, where some write `generate` and `aliases`.
    pub(crate) fn read(node: &Node, document: &Node) -> Result<Self, Fault> {
        let broken = |place, message: String| Fault::new(place, "broken-correlation", message, "");
        let required = |key: &str| {
            node.get(key).ok_or_else(|| broken(node.place, format!("the correlation has no {key}")))
        };
        let kind = required("type")?;
        let measure =
            MEASURES.iter().find(|(name, _)| Some(*name) == kind.text()).map(|(_, measure)| *measure);
        let measure = measure.ok_or_else(|| {
            broken(kind.place, format!("'{}' is no type of correlation", kind.text().unwrap_or_default()))
        })?;
        let rules = words(required("rules")?)?;
        let span = required("timespan")?;
        let timespan = span.text().and_then(milliseconds).ok_or_else(|| {
            broken(
                span.place,
                "the timespan is no number with s, m, h, d, w, M (months) or y behind it".to_owned(),
            )
        })?;
        let group_by = node.get("group-by").map_or(Ok(Vec::new()), words)?;
        let mut correlation = Self {
            measure,
            rules,
            group_by,
            timespan,
            limits: Vec::new(),
            fields: Vec::new(),
            percentile: None,
            aliases: read_aliases(node.get("aliases").or_else(|| document.get("aliases")))?,
            generate: node
                .get("generate")
                .or_else(|| document.get("generate"))
                .and_then(Node::flag)
                .unwrap_or(false),
        };
        match node.get("condition") {
            Some(condition) => correlation.read_condition(condition)?,
            None => correlation.assume_condition(node)?,
        }
        Ok(correlation)
    }

    fn read_condition(&mut self, node: &Node) -> Result<(), Fault> {
        let broken = |place, message: &str| Fault::new(place, "broken-correlation", message, "");
        let Some(entries) = node.entries() else {
            return Err(broken(node.place, "the condition of a correlation is a map, like 'gte: 10'"));
        };
        for (key, value) in entries {
            let comparison = match key.text() {
                Some("lt") => Comparison::Less,
                Some("lte") => Comparison::LessOrEqual,
                Some("gt") => Comparison::Greater,
                Some("gte") => Comparison::GreaterOrEqual,
                Some("eq") => Comparison::Equal,
                Some("neq") => Comparison::NotEqual,
                Some("field") => {
                    self.fields = words(value)?;
                    continue;
                }
                Some("percentile") => {
                    let percentile = value.text().and_then(number).filter(|it| (0.0..=100.0).contains(it));
                    let wrong = || broken(value.place, "a percentile is a number from 0 to 100");
                    self.percentile = Some(percentile.ok_or_else(wrong)?);
                    continue;
                }
                Some(_) | None => {
                    return Err(broken(
                        key.place,
                        "a condition has gt, gte, lt, lte, eq, neq, field or percentile",
                    ));
                }
            };
            let limit = value.text().and_then(number);
            self.limits.push((comparison, limit.ok_or_else(|| broken(value.place, "this is no number"))?));
        }
        if self.limits.is_empty() {
            return Err(broken(node.place, "the condition compares with nothing"));
        }
        if self.fields.is_empty() && self.needs_field() {
            return Err(broken(node.place, "this type of correlation needs a field in its condition"));
        }
        Ok(())
    }

    /// Without a condition, a temporal correlation wants every rule.
    fn assume_condition(&mut self, node: &Node) -> Result<(), Fault> {
        match self.measure {
            Measure::Temporal | Measure::TemporalOrdered => {
                self.limits.push((Comparison::GreaterOrEqual, self.rules.len() as f64));
                Ok(())
            }
            Measure::EventCount
            | Measure::ValueCount
            | Measure::ValueSum
            | Measure::ValueAvg
            | Measure::ValuePercentile
            | Measure::ValueMedian => Err(Fault::new(
                node.place,
                "broken-correlation",
                "this type of correlation needs a condition",
                "",
            )),
        }
    }

    fn needs_field(&self) -> bool {
        match self.measure {
            Measure::EventCount | Measure::Temporal | Measure::TemporalOrdered => false,
            Measure::ValueCount
            | Measure::ValueSum
            | Measure::ValueAvg
            | Measure::ValuePercentile
            | Measure::ValueMedian => true,
        }
    }

    /// Whether a match can be told as soon as it is there: more events cannot take it back.
    pub(crate) fn is_rising(&self) -> bool {
        let grows = match self.measure {
            Measure::EventCount
            | Measure::ValueCount
            | Measure::Temporal
            | Measure::TemporalOrdered
            | Measure::ValueSum => true,
            Measure::ValueAvg | Measure::ValuePercentile | Measure::ValueMedian => false,
        };
        let from_below = |(comparison, _): &(Comparison, f64)| {
            matches!(comparison, Comparison::Greater | Comparison::GreaterOrEqual)
        };
        grows && self.limits.iter().all(from_below)
    }
}

fn words(node: &Node) -> Result<Vec<String>, Fault> {
    let word = |item: &Node| match item.text() {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        Some(_) | None => Err(Fault::new(item.place, "broken-correlation", "a name is expected here", "")),
    };
    node.items().iter().map(word).collect()
}

fn read_aliases(node: Option<&Node>) -> Result<Vec<Alias>, Fault> {
    let broken = |node: &Node| {
        Fault::new(node.place, "broken-correlation", "an alias is a map of rules and fields", "")
    };
    let Some(node) = node else { return Ok(Vec::new()) };
    let mut aliases = Vec::new();
    for (name, fields) in node.entries().ok_or_else(|| broken(node))? {
        let pairs = fields.entries().ok_or_else(|| broken(fields))?;
        let pair = |(rule, field): &(Node, Node)| Some((rule.text()?.to_owned(), field.text()?.to_owned()));
        let fields = pairs.iter().map(pair).collect::<Option<Vec<_>>>().ok_or_else(|| broken(fields))?;
        aliases.push(Alias { name: name.text().unwrap_or_default().to_owned(), fields });
    }
    Ok(aliases)
}

/// `90m` in milliseconds.
fn milliseconds(text: &str) -> Option<i64> {
    let unit = match text.bytes().last()? {
        b's' => 1,
        b'm' => 60,
        b'h' => 3600,
        b'd' => 86_400,
        b'w' => 7 * 86_400,
        b'M' => 30 * 86_400,
        b'y' => 365 * 86_400,
        _ => return None,
    };
    let count: i64 = text[..text.len() - 1].parse().ok()?;
    count.checked_mul(unit)?.checked_mul(1000).filter(|span| *span > 0)
}
