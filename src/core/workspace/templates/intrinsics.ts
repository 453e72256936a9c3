import { isRecord } from '../../base/json.ts';

/** What a value of a template comes to, as far as that can be known from the template alone. */
export type Evaluated =
  | { readonly type: 'value'; readonly value: unknown }
  /** Refers to another resource of the same template. */
  | { readonly type: 'resource'; readonly logicalId: string }
  /** Known to AWS only. `text` is how the template says it. */
  | { readonly type: 'unknown'; readonly text: string };

/** What intrinsic functions are evaluated with. */
export interface TemplateScope {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, unknown>>;
}

/**
 * Evaluates `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join` where parameters with defaults and resources of the template
 * suffice (CloudFormation user guide, "Intrinsic function reference"). All else is unknown.
 */
export function evaluate(value: unknown, scope: TemplateScope): Evaluated {
  if (!isRecord(value)) return { type: 'value', value };
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length > 0 || !(name === 'Ref' || name.startsWith('Fn::'))) return { type: 'value', value };
  return evaluateFunction(name, argument, scope) ?? { type: 'unknown', text: JSON.stringify(value) };
}

/** A value that must be a text or a number; `undefined` when it is neither, or cannot be known. */
export function textOf(value: unknown, scope: TemplateScope): string | undefined {
  const found = evaluate(value, scope);
  if (found.type !== 'value') return undefined;
  return typeof found.value === 'string' ||
    typeof found.value === 'number' ||
    typeof found.value === 'boolean'
    ? String(found.value)
    : undefined;
}

function evaluateFunction(name: string, argument: unknown, scope: TemplateScope): Evaluated | undefined {
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? referTo(argument, scope) : undefined;
    case 'Fn::GetAtt': {
      const path = typeof argument === 'string' ? argument.split('.') : argument;
      const logicalId: unknown = Array.isArray(path) ? path[0] : undefined;
      return isResource(logicalId, scope) ? { type: 'resource', logicalId } : undefined;
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::Join':
      return join(argument, scope);
    default:
      return undefined;
  }
}

function referTo(name: string, scope: TemplateScope): Evaluated | undefined {
  if (isResource(name, scope)) return { type: 'resource', logicalId: name };
  const parameter = scope.parameters[name];
  return isRecord(parameter) && parameter['Default'] !== undefined
    ? { type: 'value', value: parameter['Default'] }
    : undefined;
}

function substitute(argument: unknown, scope: TemplateScope): Evaluated | undefined {
  const [text, own] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  if (typeof text !== 'string') return undefined;
  const whole = /^\$\{([^}!]+)\}$/.exec(text)?.[1];
  if (whole !== undefined && !isRecord(own)) return referTo(whole.replace(/\..*$/, ''), scope);
  const scoped = (name: string): unknown => (isRecord(own) && name in own ? own[name] : { Ref: name });
  const unknown: string[] = [];
  const value = text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    const found = textOf(scoped(name), scope);
    if (found === undefined) unknown.push(name);
    return found ?? '';
  });
  return unknown.length === 0 ? { type: 'value', value } : undefined;
}

function join(argument: unknown, scope: TemplateScope): Evaluated | undefined {
  if (!Array.isArray(argument)) return undefined;
  const [separator, items] = argument as unknown[];
  if (typeof separator !== 'string' || !Array.isArray(items)) return undefined;
  const texts = items.map((item) => textOf(item, scope));
  return texts.includes(undefined) ? undefined : { type: 'value', value: texts.join(separator) };
}

function isResource(name: unknown, { resources }: TemplateScope): name is string {
  return typeof name === 'string' && Object.hasOwn(resources, name);
}
