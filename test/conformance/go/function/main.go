// The conformance function on github.com/aws/aws-lambda-go: does what each event asks for.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Action string   `json:"action"`
	Bytes  int      `json:"bytes"`
	Chunks []string `json:"chunks"`
	Name   string   `json:"name"`
}

// ConformanceError is what the action "fail" returns; the client reports its type's name.
type ConformanceError struct{}

func (ConformanceError) Error() string { return "failed on purpose" }

// Tells this process from the one before it: ids are given again in a new execution environment.
var born = strconv.FormatInt(time.Now().UnixNano(), 10)

func main() {
	if os.Getenv("_HANDLER") == "broken.handler" {
		log.Fatal("broken on purpose")
	}
	if os.Getenv("_HANDLER") == "app.web" {
		serveWeb()
		return
	}
	if os.Getenv("CATCH_SIGTERM") == "" {
		lambda.Start(handle)
		return
	}
	lambda.StartWithOptions(handle, lambda.WithEnableSIGTERM(func() { meet("sigterm") }))
}

func handle(ctx context.Context, raw json.RawMessage) (any, error) {
	var asked event
	_ = json.Unmarshal(raw, &asked) // an event that asks for nothing is echoed
	switch asked.Action {
	case "context":
		return describe(ctx), nil
	case "fail":
		return nil, ConformanceError{}
	case "panic":
		panic("panicked on purpose")
	case "exit":
		os.Exit(7)
	case "log":
		fmt.Println(asked.Name)
	case "measure":
		return map[string]int{"bytes": len(raw)}, nil
	case "respond":
		return strings.Repeat("x", asked.Bytes-2), nil // two quotes go around it
	case "meet":
		meet(asked.Name)
	case "stream":
		return stream(asked.Chunks, nil), nil
	case "streamFail":
		return stream(asked.Chunks, errors.New("failed in the stream")), nil
	}
	return raw, nil
}

func describe(ctx context.Context) map[string]any {
	lambdaContext, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return map[string]any{
		"arn":        lambdaContext.InvokedFunctionArn,
		"born":       born,
		"color":      lambdaContext.ClientContext.Custom["color"],
		"deadlineMs": deadline.UnixMilli(),
		"requestId":  lambdaContext.AwsRequestID,
		"tenantId":   lambdaContext.TenantID,
		"traceId":    os.Getenv("_X_AMZN_TRACE_ID"),
	}
}

// Says what happens at the meeting point of the test and waits there until it is let go.
func meet(what string) {
	connection, err := net.Dial("tcp", os.Getenv("MEETING_POINT"))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	line, _ := json.Marshal(map[string]string{"what": what})
	fmt.Fprintf(connection, "%s\n", line)
	_, _ = io.ReadAll(connection)
}

// Yields the chunks and meets after each; ends with the error, if any.
func stream(chunks []string, end error) io.Reader {
	reader, writer := io.Pipe()
	go func() {
		for _, chunk := range chunks {
			_, _ = io.WriteString(writer, chunk)
			meet(chunk)
		}
		writer.CloseWithError(end)
	}()
	return reader
}
