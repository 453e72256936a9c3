import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { toUserError } from '../../../src/aws/awsErrors.ts';
import { Redactor } from '../../../src/aws/redactor.ts';
import { Secret } from '../../../src/core/account/secret.ts';

describe('The redactor', () => {
  const secretTexts = {
    'a pre-signed address':
      'https://bucket.s3.amazonaws.com/a.zip?X-Amz-Signature=hidden&X-Amz-Security-Token=hidden',
    'a signature alone': 'X-Amz-Signature=hidden',
    'a password in an address': 'http://user:hidden@proxy:8080/',
    'an authorization header': 'AWS4-HMAC-SHA256 Credential=x, Signature=hidden',
    'a line of the credentials file': 'aws_secret_access_key = hidden',
    'a token in JSON': '{"SessionToken":"hidden"}',
    'an SSO token': 'accessToken=hidden',
  };
  for (const [kind, text] of Object.entries(secretTexts)) {
    it(`takes out ${kind}`, () => assert.doesNotMatch(new Redactor().clean(`before ${text}`), /hidden/));
  }

  it('leaves ARNs, actions and addresses without a query as they are', () => {
    const text =
      'arn:aws:lambda:eu-west-1:123456789012:layer:tools:7 lambda:ListLayers https://docs.aws.amazon.com/lambda/latest/dg/';
    assert.equal(new Redactor().clean(text), text);
  });

  it('takes out long tokens, but no layer, however long its name is', () => {
    const name = 'a-Layer_1'.repeat(20).slice(0, 140);
    const arn = `arn:aws:lambda:eu-west-1:123456789012:layer:${name}:7`;
    const token = 'IQoJb3JpZ2luX2VjEXAMPLE/+'.repeat(8);
    assert.equal(new Redactor().clean(`${arn} ${name}:7 ${token}`), `${arn} ${name}:7 [redacted]`);
  });

  it('takes out whatever was learnt, wherever it stands', () => {
    const secrets = fc
      .string({ minLength: 6, maxLength: 60, unit: 'grapheme-ascii' })
      .filter((text) => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (secret, left, right) => {
        const redactor = new Redactor();
        redactor.learn(secret);
        const clean = redactor.clean(left + secret + right);
        return !clean.replaceAll('[redacted]', '').includes(secret) || (left + right).includes(secret);
      }),
    );
  });

  it('lets no secret through an error, however that is printed', () => {
    const redactor = new Redactor();
    redactor.learn('the-secret-key');
    const thrown = Object.assign(new Error('the-secret-key in https://x/?X-Amz-Signature=hidden'), {
      $response: { headers: { authorization: 'hidden' } },
      $metadata: { httpStatusCode: 400 },
    });
    const error = toUserError(thrown, {
      operation: 'ListLayers',
      region: 'eu-west-1',
      profile: undefined,
      endpointUrl: undefined,
      redactor,
    });
    assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /hidden['" ]|the-secret-key/);
  });
});

describe('A secret', () => {
  it('shows itself to whoever asks for it, and in no text', () => {
    const secret = new Secret('hidden');
    assert.equal(secret.reveal(), 'hidden');
    const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }), secret.toString()];
    assert.doesNotMatch(shown.join(), /hidden/);
  });
});
