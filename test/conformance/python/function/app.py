"""The conformance function on awslambdaric: does what each event asks for."""

import json
import os
import socket
import time
import uuid

# Tells this process from the one before it: ids are given again in a new execution environment.
BORN = str(uuid.uuid4())


class ConformanceError(Exception):
    pass


def handler(event, context):
    asked = event if isinstance(event, dict) else {}
    match asked.get("action"):
        case "context":
            return describe(context)
        case "fail":
            raise ConformanceError("failed on purpose")
        case "panic":
            os.abort()
        case "exit":
            os._exit(7)
        case "log":
            print(asked["name"])
        case "measure":
            return {"bytes": len(json.dumps(event, separators=(",", ":")))}
        case "respond":
            return "x" * (asked["bytes"] - 2)  # two quotes go around it
        case "meet":
            meet(asked["name"])
    return event


def describe(context):
    return {
        "arn": context.invoked_function_arn,
        "born": BORN,
        "color": context.client_context and context.client_context.custom["color"],
        "deadlineMs": time.time() * 1000 + context.get_remaining_time_in_millis(),
        "requestId": context.aws_request_id,
        "tenantId": context.tenant_id,
        "traceId": os.environ.get("_X_AMZN_TRACE_ID"),
    }


def meet(what):
    """Says what happens at the meeting point of the test and waits there until it is let go."""
    host, port = os.environ["MEETING_POINT"].split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(json.dumps({"what": what}).encode() + b"\n")
        while connection.recv(4096):
            pass
