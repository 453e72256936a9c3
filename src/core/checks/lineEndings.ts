const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Turns every CR LF into LF; other bytes stay as they are, whatever the encoding. */
export function withoutCarriageReturns(content: Uint8Array): Uint8Array {
  const result = new Uint8Array(content.length);
  let length = 0;
  for (let at = 0; at < content.length; at++) {
    if (content[at] === carriageReturn && content[at + 1] === lineFeed) continue;
    result[length++] = content[at] ?? 0;
  }
  return result.subarray(0, length);
}
