//! Version tags: one text of a query for all servers from 12 to 18.
//!
//! Pure. The tags are at the end of lines: `-- 14+`, `-- <17`, `-- 13-15`.

/// Removes the lines of `query` that are for other server versions. A line that ends in `-- 14+`,
/// `-- <17` or `-- 13-15` belongs to those major versions only; all others belong to all. Lines that are
/// nothing but a comment stay here: what is in them need not exist in the server's encoding.
pub fn resolve(query: &str, major: u32) -> String {
    let says = |line: &&str| !line.trim_start().starts_with("--");
    let wanted = |line: &&str| line.rsplit_once("--").is_none_or(|(_, tag)| applies(tag.trim(), major).unwrap_or(true));
    query.lines().filter(says).filter(wanted).collect::<Vec<_>>().join("\n")
}

/// Whether a tag names `major`; `None` where the comment is no tag.
fn applies(tag: &str, major: u32) -> Option<bool> {
    if let Some(first) = tag.strip_suffix('+') {
        return Some(major >= first.parse().ok()?);
    }
    if let Some(end) = tag.strip_prefix('<') {
        return Some(major < end.parse().ok()?);
    }
    let (first, last) = tag.split_once('-')?;
    Some((first.parse().ok()?..=last.parse().ok()?).contains(&major))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_do_not_reach_the_server() {
        assert_eq!(resolve("-- Größe …\nSELECT 1\n  -- why", 18), "SELECT 1");
        for reader in crate::object::READERS {
            assert!(resolve(reader.query, 18).is_ascii(), "{}", reader.stem);
        }
    }

    #[test]
    fn a_newer_server_is_asked_as_the_newest_known() {
        for reader in crate::object::READERS {
            assert_eq!(resolve(reader.query, 19), resolve(reader.query, 18), "{}", reader.stem);
        }
    }

    #[test]
    fn lines_belong_to_versions() {
        let query = "SELECT a,\n b, -- 14+\n c, -- <14\n d, -- 13-15\n e -- a comment-like this";
        assert_eq!(resolve(query, 12), "SELECT a,\n c, -- <14\n e -- a comment-like this");
        assert_eq!(resolve(query, 15), "SELECT a,\n b, -- 14+\n d, -- 13-15\n e -- a comment-like this");
    }
}
