import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newerVersion } from '../../../../src/core/account/lookUpLayer.ts';
import {
  metadataProblems,
  nameProblem,
  requireMetadata,
} from '../../../../src/core/account/layerMetadata.ts';
import { layerArnOf, shortName, versionOf } from '../../../../src/core/account/layerNames.ts';
import { parsePolicy } from '../../../../src/core/account/layerPolicy.ts';
import {
  accountProblem,
  organizationProblem,
  statementIdProblem,
} from '../../../../src/core/account/permissions.ts';
import { functionPolicies, layerPolicies } from '../../../../src/core/account/policySnippets.ts';
import { stackBudget, stackProblems, type StackOwner } from '../../../../src/core/account/stackRules.ts';
import type { LayerVersionSummary } from '../../../../src/core/account/ports.ts';
import { userError } from '../../../support/userError.ts';

const arn = (name: string, version = 1, region = 'eu-west-1') =>
  `arn:aws:lambda:${region}:123456789012:layer:${name}:${version}`;
const owner: StackOwner = {
  name: 'hello',
  arn: 'arn:aws:lambda:eu-west-1:123456789012:function:hello',
  packageType: 'Zip',
  runtime: 'nodejs22.x',
  architectures: ['arm64'],
  codeBytes: 0,
};
const summary = (versionArn: string, more: Partial<LayerVersionSummary> = {}): LayerVersionSummary => ({
  arn: versionArn,
  version: versionOf(versionArn),
  created: '',
  description: '',
  licenseInfo: '',
  compatibleRuntimes: [],
  compatibleArchitectures: [],
  ...more,
});

describe('Layer names', () => {
  it('come apart into layer and version, whatever the name is', () => {
    const names = fc.stringMatching(/^[a-zA-Z0-9_-]{1,140}$/);
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 9_999 }), (name, version) => {
        const full = arn(name, version);
        assert.equal(`${layerArnOf(full)}:${versionOf(full)}`, full);
        assert.equal(shortName(full), `${name}:${version}`);
      }),
    );
  });

  it('of layers of AWS itself are told apart', () => {
    const own = 'arn:aws:lambda:::awslayer:AmazonLinux1803';
    assert.deepEqual([layerArnOf(own), shortName(own)], [own, 'AmazonLinux1803 (AWS)']);
  });

  it('say which version is newer, if any', () => {
    const versions = [3, 1, 2].map((version) => summary(arn('a', version)));
    assert.equal(newerVersion(arn('a', 2), versions)?.version, 3);
    assert.equal(newerVersion(arn('a', 3), versions), undefined);
    assert.equal(newerVersion(arn('a', 3), []), undefined);
  });
});

describe('The rules for a stack', () => {
  const rules = (layers: string[], facts = {}, who = owner) =>
    stackProblems(who, layers, facts).map(({ rule }) => rule);

  it('let five different layers of the region pass', () => {
    assert.deepEqual(rules(['a', 'b', 'c', 'd', 'e'].map((name) => arn(name))), []);
  });

  it('find a sixth layer, another region, one layer twice, and layers of an image', () => {
    assert.deepEqual(rules(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => arn(name))), ['count']);
    assert.deepEqual(rules([arn('a', 1, 'us-east-1')]), ['region']);
    assert.deepEqual(rules([arn('a', 1), arn('b'), arn('a', 2)]), ['sameLayer']);
    assert.deepEqual(rules([arn('a')], {}, { ...owner, packageType: 'Image' }), ['image']);
    assert.deepEqual(rules([], {}, { ...owner, packageType: 'Image' }), []);
    assert.deepEqual(rules(['nonsense']), ['reference']);
    const awsLayers = [
      'arn:aws:lambda:::awslayer:AmazonLinux1803',
      'arn:aws:lambda:::awslayer:AmazonLinux1703',
    ];
    assert.deepEqual(rules(awsLayers), []);
    assert.deepEqual(rules([awsLayers[0] ?? '', awsLayers[0] ?? '']), ['sameLayer']);
  });

  it('do not take layers for one whose names begin alike', () => {
    assert.deepEqual(rules([arn('foo'), arn('foo-bar'), arn('foo_2')]), []);
  });

  it('warn of runtimes and architectures that the layer does not name', () => {
    const version = (versionArn: string) =>
      summary(versionArn, { compatibleRuntimes: ['python3.13'], compatibleArchitectures: ['x86_64'] });
    assert.deepEqual(
      stackProblems(owner, [arn('a')], { version }).map(({ rule, severity }) => [rule, severity]),
      [
        ['runtime', 'warning'],
        ['architecture', 'warning'],
      ],
    );
    assert.deepEqual(rules([arn('a')], { version: (each: string) => summary(each) }), []);
  });

  it('count the unzipped sizes that are known, and name what is not', () => {
    const sizes = new Map([
      [arn('a'), 200_000_000],
      [arn('b'), 262_144_001],
    ]);
    const facts = { unzippedBytes: (each: string) => sizes.get(each) };
    const sizeOf = (name: string, codeBytes: number) =>
      stackProblems({ ...owner, codeBytes }, [arn(name), arn('c')], facts).map(({ rule, severity }) => [
        rule,
        severity,
      ]);
    assert.deepEqual(sizeOf('a', 62_144_000), []);
    assert.deepEqual(sizeOf('a', 62_144_001), [['size', 'warning']], 'what the code unzips to is not known');
    assert.deepEqual(sizeOf('b', 0), [['size', 'error']]);
    assert.deepEqual(stackBudget({ codeBytes: 7 }, [arn('a'), arn('c')], facts), {
      knownBytes: 200_000_000,
      unknown: [arn('c')],
      codeBytes: 7,
    });
  });
});

describe('Layer metadata', () => {
  it('is checked field by field while typing', () => {
    assert.equal(nameProblem('my_Layer-1'), undefined);
    for (const name of ['', 'a b', 'ä', 'a'.repeat(141)]) assert.ok(nameProblem(name), name);
    assert.deepEqual(
      Object.keys(
        metadataProblems({
          name: 'fine',
          description: 'x'.repeat(257),
          licenseInfo: 'x'.repeat(513),
          compatibleRuntimes: Array.from({ length: 16 }, (_, index) => `python3.${index}`),
          compatibleArchitectures: ['arm64', 'arm64'],
        }),
      ),
      ['description', 'licenseInfo', 'compatibleRuntimes', 'compatibleArchitectures'],
    );
    assert.deepEqual(
      metadataProblems({
        name: 'x'.repeat(140),
        description: 'x'.repeat(256),
        compatibleRuntimes: Array.from({ length: 15 }, (_, index) => `python3.${index}`),
        compatibleArchitectures: ['arm64', 'x86_64'],
      }),
      {},
    );
  });

  it('names the field that cannot be published', () => {
    assert.throws(
      () => requireMetadata({ name: 'a', compatibleArchitectures: ['mips'] }),
      userError('ConfigurationInvalid', 'compatibleArchitectures', 'mips'),
    );
  });

  it('of permissions is checked while typing', () => {
    assert.equal(accountProblem('123456789012'), undefined);
    assert.ok(accountProblem('12345678901'));
    assert.equal(organizationProblem('o-a1b2c3d4e5'), undefined);
    assert.ok(organizationProblem('o-short'));
    assert.equal(statementIdProblem('xaccount-1_a'), undefined);
    assert.ok(statementIdProblem('a b') ?? statementIdProblem('x'.repeat(101)));
  });
});

describe('A policy', () => {
  const audienceOf = (statement: object) =>
    parsePolicy(JSON.stringify({ Statement: [{ Sid: 's', Effect: 'Allow', ...statement }] }), undefined)
      .statements[0]?.audience;

  it('is read as accounts, organizations and everybody', () => {
    assert.deepEqual(audienceOf({ Principal: { AWS: 'arn:aws-cn:iam::123456789012:root' } }), {
      kind: 'account',
      account: '123456789012',
    });
    assert.deepEqual(audienceOf({ Principal: '123456789012' }), { kind: 'account', account: '123456789012' });
    assert.deepEqual(audienceOf({ Principal: '*' }), { kind: 'public' });
    assert.deepEqual(
      audienceOf({ Principal: { AWS: '*' }, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      {
        kind: 'organization',
        organizationId: 'o-1',
      },
    );
  });

  it('never takes a denial or an unknown condition for less than it is', () => {
    const odd = [
      { Effect: 'Deny', Principal: '*' },
      { Principal: '*', Condition: { StringLike: { 'aws:PrincipalOrgID': 'o-*' } } },
      { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1', 'aws:SourceIp': 'x' } } },
      { Principal: { AWS: 'arn:aws:iam::123456789012:user/me' } },
      { Principal: { AWS: ['1', '2'] } },
    ];
    assert.deepEqual(
      odd.map((each) => audienceOf(each)?.kind),
      ['other', 'other', 'other', 'other', 'other'],
    );
  });
});

describe('Policy snippets', () => {
  it('name the layer at hand, whatever partition it is in', () => {
    const snippets = layerPolicies('arn:aws-us-gov:lambda:us-gov-west-1:123456789012:layer:tools:7');
    assert.deepEqual(
      snippets.map(({ id }) => id),
      ['publish', 'manage', 'read', 'useOnly', 'denyOthers'],
    );
    for (const { policy, explanation } of snippets) {
      assert.ok(policy.includes('arn:aws-us-gov:lambda:us-gov-west-1:123456789012:layer:tools'));
      assert.ok(!policy.includes('tools:7'));
      assert.ok(explanation.length > 40);
      assert.equal((JSON.parse(policy) as { Version: string }).Version, '2012-10-17');
    }
  });

  it('restrict functions by the condition key lambda:Layer', () => {
    const [allow, deny] = functionPolicies([layerArnOf(arn('a')), 'arn:aws:lambda:*:123456789012:layer:b-*']);
    const layers = [`${layerArnOf(arn('a'))}:*`, 'arn:aws:lambda:*:123456789012:layer:b-*:*'];
    const conditionOf = (policy = '') =>
      (JSON.parse(policy) as { Statement: [{ Condition: unknown }] }).Statement[0].Condition;
    assert.deepEqual(conditionOf(allow?.policy), { 'ForAllValues:StringLike': { 'lambda:Layer': layers } });
    assert.deepEqual(conditionOf(deny?.policy), { 'ForAnyValue:StringNotLike': { 'lambda:Layer': layers } });
  });

  it('refuse what is no layer', () => {
    assert.throws(() => functionPolicies([]), userError('LayerReferenceInvalid'));
    assert.throws(() => functionPolicies(['a"b']), userError('LayerReferenceInvalid', 'a"b'));
    assert.throws(() => layerPolicies('x'), userError('LayerReferenceInvalid'));
  });
});
