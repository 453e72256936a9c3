//! The conformance function on lambda_runtime: does what each event asks for.

mod web;

use lambda_runtime::{Diagnostic, Error, FunctionResponse, LambdaEvent, StreamResponse};
use serde_json::{json, Value};
use std::{env, process, sync::LazyLock, time::SystemTime};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};
use tokio_stream::wrappers::ReceiverStream;

type Response = FunctionResponse<Value, ReceiverStream<Result<String, Error>>>;

/// Tells this process from the one before it: ids are given again in a new execution environment.
static BORN: LazyLock<String> = LazyLock::new(|| format!("{:?}", SystemTime::now()));

#[derive(Debug)]
struct ConformanceError;

impl From<ConformanceError> for Diagnostic {
    fn from(_: ConformanceError) -> Diagnostic {
        Diagnostic {
            error_type: "ConformanceError".into(),
            error_message: "failed on purpose".into(),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    if env::var("_HANDLER").is_ok_and(|handler| handler == "broken.handler") {
        return Err("broken on purpose".into());
    }
    if env::var("_HANDLER").is_ok_and(|handler| handler == "app.web") {
        return web::serve().await;
    }
    if env::var("CATCH_SIGTERM").is_ok() {
        lambda_runtime::spawn_graceful_shutdown_handler(|| async { meet("sigterm").await }).await;
    }
    lambda_runtime::run_concurrent(lambda_runtime::service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Response, ConformanceError> {
    let (asked, context) = event.into_parts();
    let name = asked["name"].as_str().unwrap_or_default();
    match asked["action"].as_str().unwrap_or_default() {
        "context" => Ok(Response::BufferedResponse(json!({
            "arn": context.invoked_function_arn,
            "born": *BORN,
            "color": context.client_context.and_then(|client| client.custom.get("color").cloned()),
            "deadlineMs": context.deadline,
            "requestId": context.request_id,
            "tenantId": context.tenant_id,
            "traceId": env::var("_X_AMZN_TRACE_ID").ok(),
        }))),
        "fail" => Err(ConformanceError),
        "panic" => panic!("panicked on purpose"),
        "exit" => process::exit(7),
        "measure" => Ok(Response::BufferedResponse(
            json!({ "bytes": asked.to_string().len() }),
        )),
        "respond" => {
            let bytes = asked["bytes"].as_u64().unwrap_or(2) as usize;
            Ok(Response::BufferedResponse("x".repeat(bytes - 2).into())) // two quotes go around it
        }
        "stream" => Ok(stream(&asked["chunks"], None)),
        "streamFail" => Ok(stream(
            &asked["chunks"],
            Some("failed in the stream".into()),
        )),
        action => {
            match action {
                "log" => println!("{name}"),
                "meet" => meet(name).await,
                _ => {}
            }
            Ok(Response::BufferedResponse(asked))
        }
    }
}

/// Says what happens at the meeting point of the test and waits there until it is let go.
async fn meet(what: &str) {
    let address = env::var("MEETING_POINT").expect("MEETING_POINT is set");
    let mut connection = TcpStream::connect(address).await.expect("the test listens");
    let line = format!("{}\n", json!({ "what": what }));
    connection
        .write_all(line.as_bytes())
        .await
        .expect("the test reads");
    let _ = connection.read_to_end(&mut Vec::new()).await;
}

/// Sends the chunks and meets after each; ends with the error, if any.
fn stream(chunks: &Value, end: Option<Error>) -> Response {
    let chunks: Vec<String> = serde_json::from_value(chunks.clone()).unwrap_or_default();
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        for chunk in chunks {
            let _ = sender.send(Ok(chunk.clone())).await;
            meet(&chunk).await;
        }
        if let Some(error) = end {
            let _ = sender.send(Err(error)).await;
        }
    });
    Response::StreamingResponse(StreamResponse::from(ReceiverStream::new(receiver)))
}
