import type { AccountStore } from '../../../core/account/accountStore.ts';
import { lookAtFunction } from '../../../core/account/functionUpdate.ts';
import type { FunctionConfiguration, LambdaGateway } from '../../../core/account/ports.ts';
import type { DependentResult } from '../../../core/account/updateDependents.ts';

/** A function that was changed, or may have been. */
interface ChangedFunction {
  readonly functionArn: string;
  /** What it is now; it is looked at without. */
  readonly configuration?: FunctionConfiguration | undefined;
}

/** Lets every view that shows these functions show what they are now, also after a failure. Never rejects. */
export async function tellStores(
  { accounts }: { readonly accounts: { readonly openStores: readonly AccountStore[] } },
  gateway: LambdaGateway,
  functions: readonly ChangedFunction[],
): Promise<void> {
  for (const { functionArn, configuration } of functions) {
    const present = configuration ?? (await lookAtFunction(gateway, functionArn));
    if (present === undefined) continue;
    for (const store of accounts.openStores) {
      const { region, endpointUrl } = store.gateway;
      const isThere = region === gateway.region && endpointUrl === gateway.endpointUrl;
      if (isThere) store.functionChanged(present);
    }
  }
}

/** The functions of results that may have been changed; of one that may still be, what was seen is not what it is. */
export function touched(results: readonly DependentResult[]): ChangedFunction[] {
  return results
    .filter(({ status }) => status !== 'notStarted')
    .map(({ functionArn, status, configuration }) =>
      status === 'unknown' ? { functionArn } : { functionArn, configuration },
    );
}
