//! Which zstd level one member gets: the one that was asked for, or the cheapest where it would gain little.
//!
//! Vectors and what is compressed already shrink by a tenth or not at all, and cost the more the less they
//! shrink. A sample tells. Pure: the content decides, so equal content gives equal frames.

use zstd::zstd_safe::{CCtx, CParameter, SafeResult};

/// Levels that are for speed. Who asks for more wants the last per cent and gets it.
const FAST: std::ops::RangeInclusive<i32> = 1..=3;
/// Passes over what does not repeat at once, six times as fast as level 1 on vectors.
const CHEAPEST: i32 = -5;
/// How much of the content is tried. A 64th of a usual chunk.
const SAMPLE_BYTES: usize = 128 << 10;
/// Contents below this are not worth a sample.
const LEAST_BYTES: usize = 1 << 20;

/// Sets the level for `content` in `context`, whose session is at its beginning, and leaves it there. `scratch`
/// comes empty or not, and goes empty.
pub(super) fn set(context: &mut CCtx<'_>, asked: i32, content: &[u8], scratch: &mut Vec<u8>) -> SafeResult {
    context.set_parameter(CParameter::CompressionLevel(asked))?;
    if !FAST.contains(&asked) || content.len() < LEAST_BYTES {
        return Ok(0);
    }
    let sample = &content[(content.len() - SAMPLE_BYTES) / 2..][..SAMPLE_BYTES];
    scratch.clear();
    scratch.reserve(zstd::zstd_safe::compress_bound(SAMPLE_BYTES));
    let size = context.compress2(scratch, sample)?;
    scratch.clear();
    if size > SAMPLE_BYTES / 8 * 7 { context.set_parameter(CParameter::CompressionLevel(CHEAPEST)) } else { Ok(0) }
}

#[cfg(test)]
mod tests {
    use crate::archive::member::{Encoder, decode};

    fn stored(level: i32, content: &[u8]) -> usize {
        let encoded = Encoder::new(level).unwrap().encode("a", content).unwrap();
        assert_eq!(decode(&encoded.bytes, content.len() as u64).unwrap().content, content);
        encoded.bytes.len()
    }

    #[test]
    fn what_hardly_shrinks_is_passed_over_and_what_shrinks_is_not() {
        let mut seed = 7u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 40) as u32
        };
        // As in vectors: one byte in four, sign and exponent, is worth something.
        let vectors: Vec<u8> = (0..400_000).flat_map(|_| (next() as f32 / 16_777_216.0 - 0.5).to_be_bytes()).collect();
        assert!(stored(1, &vectors) > vectors.len() * 99 / 100);
        assert!(stored(4, &vectors) < vectors.len() * 97 / 100, "who asks for more gets it");
        let small = &vectors[..900_000];
        assert!(stored(1, small) < small.len() * 97 / 100);
        let words: Vec<u8> = (0..200_000).flat_map(|_| format!("word{:03} ", next() % 999).into_bytes()).collect();
        assert_eq!(stored(1, &words), stored(1, &words));
        assert!(stored(1, &words) < words.len() * 6 / 10);
    }

    #[test]
    fn one_member_does_not_decide_for_the_next() {
        let words: Vec<u8> = (0..400_000u32).flat_map(|n| (n % 977).to_le_bytes()).collect();
        let noise: Vec<u8> = (0..2_000_000u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 29) as u8).collect();
        let mut used = Encoder::new(3).unwrap();
        used.encode("b", &noise).unwrap();
        assert_eq!(used.encode("a", &words).unwrap(), Encoder::new(3).unwrap().encode("a", &words).unwrap());
    }
}
