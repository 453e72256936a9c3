import { UserError } from '../base/errors.ts';
import { layerArnOf, shortName, versionOf } from './layerNames.ts';
import type { PagedList } from './pagedList.ts';
import type { LayerVersionSummary } from './ports.ts';
import { readMatching } from './readMatching.ts';

/**
 * The ARN of the newest version that is older than a given one, from the listing of its layer (newest first), which is
 * read no further than needed. Where the owner does not let us list the versions, it is the number before; whether that
 * one is still there shows when it is fetched. Rejects with `NotFound` for the oldest one, or as the gateway.
 */
export async function previousVersion(
  versionArn: string,
  versions: PagedList<LayerVersionSummary>,
  signal?: AbortSignal,
): Promise<string> {
  const number = versionOf(versionArn);
  const matches = ({ version }: LayerVersionSummary) => version < number;
  try {
    const { rows } = await readMatching(versions, { count: 1, matches, signal });
    if (rows[0] !== undefined) return rows[0].arn;
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'AccessDenied') throw error;
    if (number > 1) return `${layerArnOf(versionArn)}:${number - 1}`;
  }
  throw new UserError('NotFound', `${shortName(versionArn)} is the oldest version that there is.`);
}
