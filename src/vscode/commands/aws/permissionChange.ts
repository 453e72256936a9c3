import { layerArnOf } from '../../../core/account/layerNames.ts';
import type { LayerPolicy } from '../../../core/account/layerPolicy.ts';
import type { AwsServices } from './awsServices.ts';
import type { VersionTarget } from './targets.ts';

/** Makes the view tell the truth afterwards, also when it failed half-way. */
export async function changing<T>(
  { accounts }: AwsServices,
  target: VersionTarget,
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } finally {
    (await accounts.store(target.where)).layerChanged(layerArnOf(target.arn));
  }
}

/** Whom a version is shared with; nobody where it has no policy. Rejects as the gateway. */
export async function policyOf(
  { accounts }: AwsServices,
  { arn, where }: VersionTarget,
): Promise<LayerPolicy> {
  const gateway = await accounts.gateway(where);
  return (await gateway.getPolicy(arn)) ?? { statements: [], revisionId: undefined };
}
