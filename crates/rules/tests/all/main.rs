//! The rules from outside, in one program: by example, by upstream's table, by a second reading.

mod needs;
mod real;
mod slow;
mod support;
mod teach;
mod truth;
