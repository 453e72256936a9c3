//! The crate in the layer that adds.

pub fn add(n: i64) -> i64 {
    let total = n + 1;
    let result = total.max(n);
    result
}
