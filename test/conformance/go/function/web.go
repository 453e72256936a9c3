package main

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/aws/aws-lambda-go/lambdaurl"
)

// Serves requests whose body says what to stream.
func serveWeb() {
	lambdaurl.Start(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		var asked event
		_ = json.NewDecoder(request.Body).Decode(&asked)
		headers := writer.Header()
		headers.Set("Content-Type", "text/plain")
		headers.Set("X-Seen", request.Method+" "+request.URL.Path+"?"+request.URL.RawQuery)
		headers.Add("Set-Cookie", "a=1")
		headers.Add("Set-Cookie", "b=2")
		writer.WriteHeader(http.StatusNonAuthoritativeInfo)
		for _, chunk := range asked.Chunks {
			_, _ = io.WriteString(writer, chunk)
			meet(chunk)
		}
	}))
}
