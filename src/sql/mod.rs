//! SQL text: quoting, privileges as GRANT and REVOKE, and the script of entries.
//!
//! Pure functions over strings. Knows nothing of catalogs, connections or archives.

pub mod downgrade;
pub mod drops;
pub mod privileges;
pub mod quote;
pub mod roles;
pub mod script;

pub use downgrade::{Feature, Variant, variant_for};
pub use quote::{dollar_quote, ident, literal, one_line, qualified};
pub use roles::RoleMap;
pub use script::{Entry, Pass, Placement, Script, Section};
