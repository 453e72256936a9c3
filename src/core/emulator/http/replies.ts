import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { goJson } from './goJson.ts';

/** Answers with one JSON object and a line end, as all APIs inside an execution environment do. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = `${goJson(value)}\n`;
  response
    .writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    })
    .end(body);
}

/** Answers with an error object, `errorMessage` first (Runtime Interface Emulator, `rapi/rendering`). */
export function sendError(
  response: ServerResponse,
  status: number,
  errorType: string,
  errorMessage: string,
): void {
  sendJson(response, status, { errorMessage, errorType });
}

const accepted = `${goJson({ status: 'OK' })}\n`;

/** `202`, the success of calls that only tell something. */
export function sendAccepted(response: ServerResponse): void {
  response
    .writeHead(202, { 'Content-Type': 'application/json', 'Content-Length': accepted.length })
    .end(accepted, 'latin1');
}
