//! The crate in the layer that doubles.

pub fn double(n: i64) -> i64 {
    let twice = n * 2;
    let result = twice.max(n);
    result
}
