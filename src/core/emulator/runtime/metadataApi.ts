import { createHash, timingSafeEqual } from 'node:crypto';
import type { Route } from '../http/apiRouter.ts';
import { sendError, sendJson } from '../http/replies.ts';
import type { FunctionSettings } from '../functionSettings.ts';

/** How long the answer may be kept, in seconds: an environment never changes its zone. */
const maxAgeSeconds = 43_200;

/**
 * The metadata endpoint of 2026-01-15, for runtimes and extensions that send the token from their environment. The
 * zone is made up from the region, as the account is.
 */
export function metadataRoutes({ region }: FunctionSettings, token: string): readonly Route[] {
  return [
    {
      method: 'GET',
      path: /^\/2026-01-15\/metadata\/execution-environment$/,
      handle: ({ request, response }) => {
        if (!sameText(request.headers.authorization ?? '', `Bearer ${token}`)) {
          sendError(response, 401, 'Unauthorized', 'The token of AWS_LAMBDA_METADATA_TOKEN is required');
          return;
        }
        const zone = { AvailabilityZoneID: zoneOf(region) };
        sendJson(response, 200, zone, { 'Cache-Control': `private, max-age=${maxAgeSeconds}` });
      },
    },
  ];
}

/** `us-gov-west-1` → `usgw1-az1`, `ap-southeast-2` → `apse2-az1`, the way AWS shortens regions. */
function zoneOf(region: string): string {
  const [country = '', ...words] = region.split('-');
  const number = words.pop() ?? '';
  const letters = words
    .flatMap((word) => word.split(/(?<=north|south)(?=east|west)/))
    .map((word) => word.charAt(0));
  return `${country}${letters.join('')}${number}-az1`;
}

/** Compares in a time that tells nothing about how much of the text is right. */
function sameText(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
