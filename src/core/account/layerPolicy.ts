/** Whom one statement of a layer version's policy lets use the version. */
export type Audience =
  | { readonly kind: 'account'; readonly account: string }
  | { readonly kind: 'organization'; readonly organizationId: string }
  | { readonly kind: 'public' }
  /** Written by hand, or of a form that is not known. */
  | { readonly kind: 'other'; readonly text: string };

/** One permission. */
export interface PermissionStatement {
  readonly statementId: string;
  readonly audience: Audience;
}

/** The policy of one layer version. */
export interface LayerPolicy {
  readonly statements: readonly PermissionStatement[];
  readonly revisionId: string | undefined;
}

/** Reads a policy's JSON as GetLayerVersionPolicy answers it. Throws a `SyntaxError` for what is no JSON. */
export function parsePolicy(json: string, revisionId: string | undefined): LayerPolicy {
  const { Statement: found } = asRecord(JSON.parse(json));
  const statements = Array.isArray(found) ? found : [found];
  return { statements: statements.filter((each) => each !== undefined).map(readStatement), revisionId };
}

/** Reads one statement, as AddLayerVersionPermission answers it. */
export function parseStatement(json: string): PermissionStatement {
  return readStatement(JSON.parse(json));
}

/** The words for an audience: `account 123456789012`, `organization o-…`, `everybody`. */
export function describeAudience(audience: Audience): string {
  switch (audience.kind) {
    case 'account':
      return `account ${audience.account}`;
    case 'organization':
      return `organization ${audience.organizationId}`;
    case 'public':
      return 'everybody with an AWS account';
    case 'other':
      return audience.text;
  }
}

/** Whether two audiences are the same. */
export function sameAudience(one: Audience, other: Audience): boolean {
  return describeAudience(one) === describeAudience(other) && one.kind === other.kind;
}

function readStatement(value: unknown): PermissionStatement {
  const statement = asRecord(value);
  const { Sid: sid } = statement;
  return { statementId: typeof sid === 'string' ? sid : '', audience: readAudience(statement) };
}

function readAudience(statement: Record<string, unknown>): Audience {
  const principal = principalOf(statement['Principal']);
  const account = /^(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?$/.exec(principal ?? '')?.[1];
  const organizationId = organizationOf(statement['Condition']);
  const isAllow = statement['Effect'] === undefined || statement['Effect'] === 'Allow';
  if (isAllow && account !== undefined && statement['Condition'] === undefined) {
    return { kind: 'account', account };
  }
  if (isAllow && principal === '*' && organizationId !== undefined) {
    return { kind: 'organization', organizationId };
  }
  if (isAllow && principal === '*' && statement['Condition'] === undefined) return { kind: 'public' };
  return { kind: 'other', text: JSON.stringify({ Effect: 'Allow', ...statement }) };
}

/** `*`, an account or an ARN; AWS answers `{"AWS": …}` or the bare text. */
function principalOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const { AWS: inner } = asRecord(value);
  return typeof inner === 'string' ? inner : undefined;
}

/** The organization of a condition that says nothing else. */
function organizationOf(condition: unknown): string | undefined {
  const operators = Object.entries(asRecord(condition));
  const [operator, keys] = operators[0] ?? [];
  if (operators.length !== 1 || operator !== 'StringEquals') return undefined;
  const entries = Object.entries(asRecord(keys));
  const [key, value] = entries[0] ?? [];
  if (entries.length !== 1 || key?.toLowerCase() !== 'aws:principalorgid') return undefined;
  return typeof value === 'string' ? value : undefined;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
