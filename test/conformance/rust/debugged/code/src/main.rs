//! A function on lambda_runtime for debuggers: its code is here, and crates of it are in layers.

use lambda_runtime::{run, service_fn, Error, LambdaEvent};
use serde_json::{json, Value};

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(answer(event.payload["n"].as_i64().unwrap_or_default()))
}

fn answer(n: i64) -> Value {
    let doubled = doubling::double(addition::add(n));
    let result = doubled.max(n);
    json!({ "doubled": result })
}
