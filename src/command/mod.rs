//! The commands: plain options in, a summary out. Here, and only here, the stages meet.

pub mod script;
pub mod selection;
