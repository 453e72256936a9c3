const hidden = '[redacted]';

/** What gives secrets away by its form, wherever it stands. */
const patterns: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // The query of an address: pre-signed ones carry a signature and a session token there.
  [/(\bhttps?:\/\/[^\s"'<>?]+)\?[^\s"'<>]*/gi, `$1?${hidden}`],
  [/(\bhttps?:\/\/)[^\s"'<>/@]+@/gi, `$1${hidden}@`],
  [/\b(X-Amz-(?:Signature|Security-Token|Credential)=)[^\s&"']+/gi, `$1${hidden}`],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g, hidden],
  [/\b(AWS4-HMAC-SHA256)\b.*/g, `$1 ${hidden}`],
  [
    /\b((?:aws_)?(?:secret_?access_?key|session_?token|security_?token|access_?token|refresh_?token|client_?secret)["']?\s*[=:]\s*["']?)[^\s"',;]+/gi,
    `$1${hidden}`,
  ],
  // Session tokens and the like: runs of base64 that are longer than any layer's name.
  [/[A-Za-z0-9+/_-]{141,}={0,2}/g, hidden],
];

/** Takes secrets out of texts that may be shown or logged: known values, and whatever has the form of one. */
export class Redactor {
  readonly #known = new Set<string>();

  /** Makes a value a secret from now on. Short ones would tear harmless texts apart, and are not kept. */
  learn(...secrets: readonly (string | undefined)[]): void {
    for (const secret of secrets) {
      if (secret !== undefined && secret.length >= 6) this.#known.add(secret);
    }
  }

  /** The text without secrets. */
  clean(text: string): string {
    let result = text;
    for (const secret of this.#known) result = result.replaceAll(secret, hidden);
    for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
    return result;
  }

  /** What stays of a failure for the `cause` of another error: name and message, clean; no request, no response. */
  cleanError(error: unknown): Error {
    const name = error instanceof Error ? error.name : 'Error';
    const kept = new Error(this.clean(error instanceof Error ? error.message : String(error)));
    kept.name = name;
    delete kept.stack; // it would repeat what was thrown elsewhere
    return kept;
  }
}
