//! The conformance extension on lambda-extension: tells the test what the Extensions and Telemetry APIs give it.

use lambda_extension::{
    service_fn, Error, Extension, LambdaEvent, LambdaTelemetry, NextEvent, SharedService,
};
use serde_json::{json, Value};
use std::{env, process};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let behavior = env::var("EXTENSION_BEHAVIOR").unwrap_or_default();
    if behavior == "exit in init" {
        process::exit(3);
    }
    let extension = Extension::new()
        .with_events(&["INVOKE", "SHUTDOWN"])
        .with_events_processor(service_fn(move |event| handle(behavior.clone(), event)));
    let registered = match env::var("TELEMETRY_PORT") {
        Err(_) => extension.register().await?,
        Ok(port) => {
            extension
                .with_telemetry_types(&["platform", "function", "extension"])
                .with_telemetry_port_number(port.parse()?)
                .with_telemetry_record_type::<Value>()
                .with_telemetry_processor(SharedService::new(service_fn(forward)))
                .register()
                .await?
        }
    };
    println!("the extension speaks");
    meet(json!({
        "what": "registered",
        "accountId": registered.account_id,
        "functionName": registered.function_name,
        "functionVersion": registered.function_version,
        "handler": registered.handler,
    }))
    .await;
    registered.run().await
}

async fn handle(behavior: String, event: LambdaEvent) -> Result<(), Error> {
    match event.next {
        NextEvent::Invoke(invoke) => {
            meet(json!({
                "what": "invoke",
                "arn": invoke.invoked_function_arn,
                "deadlineMs": invoke.deadline_ms,
                "requestId": invoke.request_id,
                "traceId": invoke.tracing.value,
            }))
            .await;
            if behavior == "exit in invoke" {
                process::exit(3);
            }
        }
        NextEvent::Shutdown(shutdown) => {
            meet(json!({
                "what": "shutdown",
                "deadlineMs": shutdown.deadline_ms,
                "reason": shutdown.shutdown_reason,
            }))
            .await;
            if behavior != "stay" {
                process::exit(0);
            }
        }
    }
    Ok(())
}

async fn forward(events: Vec<LambdaTelemetry<Value>>) -> Result<(), Error> {
    meet(json!({ "what": "telemetry", "events": events })).await;
    Ok(())
}

/// Says what happens at the meeting point of the test and waits there until it is let go.
async fn meet(message: Value) {
    let address = env::var("MEETING_POINT").expect("MEETING_POINT is set");
    let mut connection = TcpStream::connect(address).await.expect("the test listens");
    let line = format!("{message}\n");
    connection
        .write_all(line.as_bytes())
        .await
        .expect("the test reads");
    let _ = connection.read_to_end(&mut Vec::new()).await;
}
