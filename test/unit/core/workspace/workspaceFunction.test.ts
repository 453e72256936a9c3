import assert from 'node:assert/strict';
import { readTemplate } from '../../../../src/core/workspace/templates/readTemplate.ts';
import type { NamedTemplate } from '../../../../src/core/workspace/templates/template.ts';
import { readFunctions, templateLayers } from '../../../../src/core/workspace/workspaceFunction.ts';

const variables = { folder: '/work', folders: {} };

async function template(): Promise<NamedTemplate> {
  const file = '/work/infra/template.yaml';
  const text = `
Resources:
  Tools: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: tools } }
  Hello:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: hello, Runtime: provided.al2, Layers: [ !Ref Tools, !ImportValue other ] }
`;
  const name = 'infra/template.yaml';
  const read = await readTemplate(text, { file, name, exists: () => false });
  return { file, name, template: read ?? assert.fail('is no template') };
}

describe('The functions of a workspace folder', () => {
  it('are those of launch configurations, then those of templates', async () => {
    const templates = [await template()];
    const known = templateLayers(templates);
    const launch = [{ type: 'lambda-runtime', name: 'mine', code: 'x' }, { type: 'node', name: 'other' }, 3];
    const [mine, hello, ...others] = readFunctions(launch, templates, known, variables);
    assert.deepEqual(others, []);
    assert.deepEqual([mine?.name, mine?.code, mine?.definition], ['mine', '/work/x', undefined]);
    assert.equal(hello?.name, 'infra/template.yaml#Hello');
    assert.deepEqual(hello.definition, { file: '/work/infra/template.yaml', line: 4 });
    assert.deepEqual([hello.code, hello.runtime], ['/work/infra/hello', 'provided.al2']);
  });

  it('know the layers of templates, and why others are not known', async () => {
    const templates = [await template()];
    const known = templateLayers(templates);
    const [hello] = readFunctions(undefined, templates, known, variables);
    assert.deepEqual(hello?.layers[0], {
      reference: '/work/infra/tools',
      path: '/work/infra/tools',
      problem: undefined,
    });
    assert.equal(hello.layers[1]?.path, undefined);
    assert.match(hello.layers[1]?.problem ?? '', /ImportValue.*only AWS knows/);
  });

  it('may be filled in from a template, and name its layers', async () => {
    const templates = [await template()];
    const known = templateLayers(templates);
    const launch = [
      { type: 'lambda-runtime', name: 'mine', function: 'infra/template.yaml#Hello', layers: ['Tools'] },
    ];
    const [mine] = readFunctions(launch, templates, known, variables);
    assert.deepEqual([mine?.code, mine?.runtime], ['/work/infra/hello', 'provided.al2']);
    assert.deepEqual(
      mine?.layers.map(({ path }) => path),
      ['/work/infra/tools'],
    );
  });
});
