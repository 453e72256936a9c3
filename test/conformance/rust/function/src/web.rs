//! The conformance function as a web server, on lambda_http.

use crate::meet;
use lambda_http::{
    lambda_runtime::streaming::{channel, Body},
    run_with_streaming_response, service_fn, Error, Request, Response,
};
use serde_json::Value;

/// Serves requests whose body says what to stream.
pub async fn serve() -> Result<(), Error> {
    run_with_streaming_response(service_fn(handle)).await
}

async fn handle(request: Request) -> Result<Response<Body>, Error> {
    let asked: Value = serde_json::from_slice(request.body())?;
    let chunks: Vec<String> = serde_json::from_value(asked["chunks"].clone())?;
    let uri = request.uri();
    let seen = format!("{} {}?{}", request.method(), uri.path(), uri.query().unwrap_or(""));
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        for chunk in chunks {
            let _ = sender.send_data(chunk.clone().into()).await;
            meet(&chunk).await;
        }
    });
    Ok(Response::builder()
        .status(203)
        .header("Content-Type", "text/plain")
        .header("X-Seen", seen)
        .header("Set-Cookie", "a=1")
        .header("Set-Cookie", "b=2")
        .body(body)?)
}
