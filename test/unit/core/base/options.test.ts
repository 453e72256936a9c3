import assert from 'node:assert/strict';
import { UserError } from '../../../../src/core/base/errors.ts';
import {
  anything,
  choice,
  count,
  flag,
  type OptionsShape,
  optional,
  requireOptions,
  text,
  texts,
} from '../../../../src/core/base/options.ts';
import { userError } from '../../../support/userError.ts';

describe('Options of a command', () => {
  const shape: OptionsShape = {
    options: {
      layers: texts,
      function: text,
      position: optional(count),
      dryRun: optional(flag),
      onError: optional(choice('stop', 'continue')),
      event: optional(anything),
    },
    oneOf: ['layers', 'function'],
  };
  const check = (given: unknown) => () => requireOptions('do.it', given, shape);
  const refuses = (given: unknown, ...words: string[]) =>
    assert.throws(check(given), userError('ConfigurationInvalid', 'do.it', ...words));

  it('are taken as they are documented', () => {
    const given = { layers: [], position: 0, dryRun: false, onError: 'stop', event: null, more: undefined };
    assert.doesNotThrow(check(given));
    assert.doesNotThrow(check({ function: 'f', layers: undefined, position: undefined }));
  });

  it('of another type are refused, naming the option, without its value', () => {
    refuses({ layers: 'secret' }, '"layers" must be a list of texts, and is another text');
    refuses({ layers: ['a', ''] }, '"layers"', 'another list');
    refuses({ function: ' ' }, '"function" must be a text, and is an empty text');
    refuses({ function: null }, 'and is null');
    refuses({ function: 'f', position: -1 }, '"position" must be a whole number from 0 on', '-1');
    refuses({ function: 'f', position: 1.5 }, '"position"');
    refuses({ function: 'f', dryRun: 'yes' }, '"dryRun" must be true or false');
    refuses({ function: 'f', onError: 'go' }, '"onError" must be "stop" or "continue"');
    assert.doesNotMatch(String(thrown({ layers: 'secret' })), /secret/);
  });

  it('that are missing, or stand for the same, are named', () => {
    refuses({}, '"layers" or "function" is missing');
    refuses({ layers: ['a'], function: 'f' }, 'Only one of "layers" or "function" can be given');
    assert.throws(
      () => requireOptions('do.it', {}, { options: { path: text } }),
      userError('ConfigurationInvalid', '"path" is missing'),
    );
  });

  it('that do not exist are named', () => {
    refuses({ function: 'f', dryrun: true }, 'There is no option "dryrun"');
    refuses({ layer: 'a' }, 'There is no option "layer"');
    refuses({ function: 'f', toString: 1 }, 'There is no option "toString"');
  });

  it('are one object', () => {
    for (const given of ['text', 7, [], ['a'], null]) refuses(given, 'options are one object');
  });

  it('are listed when one is wrong', () => {
    const error = thrown({});
    assert.ok(error instanceof UserError);
    assert.match(
      error.help ?? '',
      /^It takes "layers" \(a list of texts\) or "function" \(a text\), "position" /,
    );
  });

  function thrown(given: unknown): unknown {
    try {
      check(given)();
    } catch (error) {
      return error;
    }
    return assert.fail('it was taken');
  }
});
