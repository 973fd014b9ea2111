//! The commands: plain options in, a summary out. Here, and only here, the stages meet.

pub mod dump;
pub mod inspect;
pub mod restore;
pub mod script;
pub mod selection;
pub mod standalone;
pub mod verify;
