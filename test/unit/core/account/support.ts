import type { PermissionStatement } from '../../../../src/core/account/layerPolicy.ts';
import { applyGrant, planGrant, type GrantAudience } from '../../../../src/core/account/permissions.ts';
import type { LambdaGateway } from '../../../../src/core/account/ports.ts';

/** Shares a version as the product does. */
export async function addedPermission(
  gateway: LambdaGateway,
  layerVersionArn: string,
  audience: GrantAudience,
): Promise<PermissionStatement> {
  return applyGrant(gateway, await planGrant(gateway, { layerVersionArn, audience }));
}
