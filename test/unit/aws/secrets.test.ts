import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { LayerDownloads } from '../../../src/core/account/layerDownloads.ts';
import { publishLayer } from '../../../src/core/account/publishLayer.ts';
import { planPublish } from '../../../src/core/account/publishPlan.ts';
import { applyDependents, planDependents } from '../../../src/core/account/updateDependents.ts';
import { describeError } from '../../../src/core/base/errors.ts';
import { testCredentials, useAws } from '../../support/motoAws.ts';
import { useTemporaryFolders } from '../../support/temporaryFolder.ts';
import { zipBytes } from '../../support/zip.ts';

describe('Secrets', function () {
  this.timeout(120_000);
  const aws = useAws();
  const temporaryFolder = useTemporaryFolders();

  it('are in no log line, result or error, whatever goes wrong', async () => {
    const seen: string[] = [];
    const note = (text: unknown): void =>
      void seen.push(typeof text === 'string' ? text : inspect(text, { depth: 9 }));
    const logger = { trace: note, info: note, warn: note, error: note };
    const { gateway, objects } = aws.connect({ logger, maxAttempts: 2 });
    const attempt = async (work: Promise<unknown>): Promise<void> => {
      try {
        note(await work);
      } catch (error) {
        note(describeError(error));
        note(error); // with all its causes
      }
    };
    const [old = ''] = await aws.seed.versions('watched', 2);
    const environment = { PASSWORD: 'value-of-the-variable' };
    await aws.seed.function({ name: 'watched', layers: [old], environment });

    const leaky = `${Object.values(testCredentials).join(' ')} https://x.s3.amazonaws.com/y?X-Amz-Signature=5f1c`;
    const names = [
      'ServiceException',
      'AccessDeniedException',
      'ExpiredTokenException',
      'InvalidParameterValueException',
    ];
    for (const [index, name] of names.entries()) {
      const status = index === 0 ? 500 : 400;
      for (const operation of ['ListLayers', 'GetFunctionConfiguration', 'UpdateFunctionConfiguration']) {
        aws.proxy.fault(
          operation,
          { kind: 'error', status, name, message: leaky },
          { times: index === 0 ? 2 : 1 },
        );
      }
      await attempt(gateway.listLayers());
      await attempt(gateway.getFunction('watched'));
      await attempt(gateway.updateLayers('watched', [old]));
      aws.proxy.clear();
    }
    await attempt(gateway.getFunction('watched'));
    await attempt(gateway.listFunctions('all'));

    const downloads = new LayerDownloads(temporaryFolder());
    aws.proxy.fault('Download', { kind: 'error', status: 403, name: leaky }, { times: 9 });
    await attempt(downloads.fetch(gateway, old, { retryMilliseconds: 1 }));
    aws.proxy.clear();
    aws.proxy.fault('Download', { kind: 'reset' }, { times: 9 });
    await attempt(downloads.fetch(gateway, old, { retryMilliseconds: 1 }));
    aws.proxy.clear();
    await attempt(gateway.getContent(old));

    const plan = await planDependents(gateway, { layerVersionArn: old.replace(/1$/, '2') });
    await attempt(applyDependents(gateway, plan.changes, { onError: 'stop', pollMilliseconds: 1 }));

    await aws.seed.bucket('watched');
    const zip = join(temporaryFolder(), 'large.zip');
    writeFileSync(zip, zipBytes([{ name: 'a', data: randomBytes(52_500_000) }]));
    const publish = await planPublish(gateway, { zip, metadata: { name: 'watched' }, bucket: 'watched' });
    aws.proxy.fault(
      'UploadPart',
      { kind: 'error', status: 400, name: 'ExpiredToken', message: leaky },
      { times: 99 },
    );
    await attempt(publishLayer({ gateway, objects }, publish));
    aws.proxy.clear();
    await attempt(publishLayer({ gateway, objects }, publish));

    const text = seen.join('\n');
    for (const fact of [
      'ListLayers',
      'UploadObject',
      'UpdateFunctionConfiguration',
      'CredentialsInvalid',
      'watched',
    ]) {
      assert.ok(text.includes(fact), `the log tells of ${fact}`);
    }
    const forbidden = [
      ...Object.values(testCredentials),
      'value-of-the-variable',
      'presigned-token',
      'AKIAPRESIGNED0000001',
      '5f1c',
    ];
    for (const secret of forbidden) assert.ok(!text.includes(secret), `${secret} was told`);
  });
});
