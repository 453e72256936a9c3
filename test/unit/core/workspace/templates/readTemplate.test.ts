import assert from 'node:assert/strict';
import { readTemplate } from '../../../../../src/core/workspace/templates/readTemplate.ts';
import type { Template } from '../../../../../src/core/workspace/templates/template.ts';

async function read(text: string, present: readonly string[] = []): Promise<Template> {
  const place = {
    file: '/app/template.yaml',
    name: 'template.yaml',
    exists: (path: string) => present.includes(path),
  };
  return (await readTemplate(text, place)) ?? assert.fail('is no template');
}

const sam = `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, Default: dev }
  Secret: { Type: String }
Globals:
  Function:
    Timeout: 30
    Layers: [!Ref Tools]
    Environment: { Variables: { STAGE: !Ref Stage, LEVEL: info } }
Resources:
  Tools:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layers/tools }
  Elsewhere:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: s3://bucket/key }
  Table: { Type: AWS::DynamoDB::Table }
  Resize:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub 'resize-\${Stage}'
      CodeUri: ./functions/resize
      Handler: index.handler
      Runtime: provided.al2023
      Architectures: [arm64]
      MemorySize: 512
      Layers:
        - !Ref Elsewhere
        - arn:aws:lambda:eu-west-1:123456789012:layer:shared:7
        - !ImportValue shared-layer
        - !GetAtt Tools.Arn
        - !Sub '\${Tools}'
      Environment:
        Variables: { LEVEL: debug, TABLE: !Ref Table, SECRET: !Ref Secret, COUNT: 3, HOST: !Join [ '.', [ api, !Ref Stage ] ] }
`;

describe('A SAM template', () => {
  it('gives its functions the attributes of a launch configuration, with what is global', async () => {
    const { functions } = await read(sam);
    assert.deepEqual(
      functions.map(({ id }) => id),
      ['Resize'],
    );
    assert.deepEqual(functions[0]?.attributes, {
      code: '/app/functions/resize',
      handler: 'index.handler',
      runtime: 'provided.al2023',
      architecture: 'arm64',
      functionName: 'resize-dev',
      memorySize: 512,
      timeout: 30,
      env: { STAGE: 'dev', LEVEL: 'debug', TABLE: 'Table', COUNT: '3', HOST: 'api.dev' },
    });
  });

  it('keeps the order of layers, global ones first, and says which of them only AWS knows', async () => {
    const { functions } = await read(sam);
    assert.deepEqual(functions[0]?.layers, [
      { reference: '/app/layers/tools' },
      { reference: 'Elsewhere', problem: 'The content of Elsewhere is not in this workspace.' },
      { reference: 'arn:aws:lambda:eu-west-1:123456789012:layer:shared:7' },
      { reference: '{"Fn::ImportValue":"shared-layer"}', problem: 'Which layer this is, only AWS knows.' },
      { reference: '/app/layers/tools' },
      { reference: '/app/layers/tools' },
    ]);
  });

  it('has layers with their content, and knows where things are', async () => {
    const { functions, layers } = await read(sam);
    const lineOf = (text: string) => sam.split('\n').findIndex((line) => line.startsWith(text)) + 1;
    assert.deepEqual(layers, [{ id: 'Tools', path: '/app/layers/tools', line: lineOf('  Tools:') }]);
    assert.equal(functions[0]?.line, lineOf('  Resize:'));
  });

  it('takes what was built where a build method asks for it, once it is there', async () => {
    const text = `
Resources:
  Runtime:
    Type: AWS::Serverless::LayerVersion
    Metadata: { BuildMethod: makefile }
    Properties: { ContentUri: runtime }
`;
    assert.equal((await read(text)).layers[0]?.path, '/app/runtime');
    const built = '/app/.aws-sam/build/Runtime';
    assert.equal((await read(text, [built])).layers[0]?.path, built);
  });
});

describe('A template that the CDK synthesized', () => {
  it('names content by its assets', async () => {
    const text = JSON.stringify({
      Resources: {
        ToolsA1: {
          Type: 'AWS::Lambda::LayerVersion',
          Properties: { Content: { S3Bucket: { 'Fn::Sub': 'cdk-${AWS::AccountId}' }, S3Key: 'x.zip' } },
          Metadata: { 'aws:asset:path': 'asset.1' },
        },
        HelloB2: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Runtime: 'provided.al2023',
            Handler: 'h',
            Layers: [{ Ref: 'ToolsA1' }],
            Code: { S3Key: 'y' },
          },
          Metadata: { 'aws:asset:path': '/elsewhere/asset.2' },
        },
      },
    });
    const { functions, layers } = await read(text);
    assert.deepEqual(
      layers.map(({ path }) => path),
      ['/app/asset.1'],
    );
    assert.equal(functions[0]?.attributes['code'], '/elsewhere/asset.2');
    assert.deepEqual(functions[0].layers, [{ reference: '/app/asset.1' }]);
  });
});

describe('A configuration of the Serverless Framework', () => {
  it('has functions with their layers, and what the provider says of all', async () => {
    const { functions, layers } = await read(`
service: images
provider: { name: aws, runtime: provided.al2, timeout: 6, environment: { A: one, B: two } }
layers:
  tools: { path: layers/tools }
functions:
  resize:
    handler: bin/resize
    memorySize: 256
    layers: [ { Ref: ToolsLambdaLayer }, { Ref: OtherLambdaLayer }, 'arn:aws:lambda:eu-west-1:123456789012:layer:x:1' ]
    environment: { B: three, C: '\${ssm:secret}' }
    package: { artifact: build/resize.zip }
  plain: { handler: x }
`);
    assert.deepEqual(
      layers.map(({ id, path }) => [id, path]),
      [['tools', '/app/layers/tools']],
    );
    assert.deepEqual(functions[0]?.attributes, {
      code: '/app/build/resize.zip',
      handler: 'bin/resize',
      runtime: 'provided.al2',
      functionName: 'resize',
      memorySize: 256,
      timeout: 6,
      env: { A: 'one', B: 'three' },
    });
    assert.deepEqual(functions[0].layers, [
      { reference: '/app/layers/tools' },
      { reference: '{"Ref":"OtherLambdaLayer"}', problem: 'Which layer this is, only AWS knows.' },
      { reference: 'arn:aws:lambda:eu-west-1:123456789012:layer:x:1' },
    ]);
    assert.equal(functions[1]?.attributes['code'], '/app');
  });
});

describe('A file that looks like a template', () => {
  const place = { file: '/app/a.template.json', name: 'a.template.json', exists: () => false };

  it('is passed over when it is none', async () => {
    for (const text of ['', '[]', '"text"', '{"name":"x"}', 'Resources: []']) {
      assert.equal(await readTemplate(text, place), undefined, text);
    }
  });

  it('is told when it is damaged, with its name and the place', async () => {
    for (const text of ['a: [', 'a: b: c', '{"Resources": {']) {
      await assert.rejects(readTemplate(text, place), (error: Error & { code?: string }) => {
        return error.code === 'TemplateInvalid' && /a\.template\.json .* line \d/.test(error.message);
      });
    }
  });

  it('cannot take more memory than it is worth', async () => {
    const levels = Array.from({ length: 30 }, (_, index) => {
      const items = Array.from({ length: 9 }, () => `*a${index}`).join(', ');
      return `k${index + 1}: &a${index + 1} [${items}]`;
    });
    const text = ['k0: &a0 [x]', ...levels].join('\n');
    await assert.rejects(readTemplate(text, place), { code: 'TemplateInvalid' });
    await assert.rejects(readTemplate('a: &a [*a]', place), { code: 'TemplateInvalid' });
  });

  it('may hold anything in the places of functions and layers', async () => {
    for (const odd of [
      'null',
      '3',
      '[]',
      '"x"',
      '{}',
      '{"Ref":3}',
      '{"Fn::Sub":[]}',
      '{"Fn::GetAtt":{}}',
      '{"Fn::Join":[1]}',
    ]) {
      for (const key of ['CodeUri', 'Layers', 'Environment', 'Architectures', 'MemorySize', 'Handler']) {
        const text = `{"Globals":${odd},"Parameters":${odd},"Resources":{"F":{"Type":"AWS::Serverless::Function","Properties":{"${key}":${odd}}},"G":${odd}}}`;
        assert.equal((await readTemplate(text, place))?.functions.length, 1, text);
      }
    }
  });
});
