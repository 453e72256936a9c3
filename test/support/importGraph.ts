import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import ts from 'typescript';

/** `all` follows every import; `atStart` only those that loading a module carries out, so neither types nor `import()`. */
export type Followed = 'all' | 'atStart';

/** What stands for an `import()` whose target is computed, so that nobody can tell what it loads. */
export const computedTarget = '<computed>';

/**
 * Follows imports from `entries`, files below `root`, and returns the ways to what is forbidden, as
 * `src/a.ts > src/b.ts > package`. `isForbidden` is asked for paths relative to `root` and for names of packages.
 */
export function forbiddenImports(
  root: string,
  entries: readonly string[],
  followed: Followed,
  isForbidden: (target: string) => boolean,
): string[] {
  const ways = new Map(entries.map((entry) => [resolve(root, entry), relative(root, resolve(root, entry))]));
  const found: string[] = [];
  for (const [file, way] of ways) {
    for (const specifier of importsOf(file, followed)) {
      const path = specifier.startsWith('.') ? resolve(dirname(file), specifier) : undefined;
      const target = path === undefined ? specifier : relative(root, path);
      if (isForbidden(target)) found.push(`${way} > ${target}`);
      else if (path !== undefined && /\.[cm]?ts$/.test(path) && !ways.has(path))
        ways.set(path, `${way} > ${target}`);
    }
  }
  return found;
}

function importsOf(file: string, followed: Followed): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const target = targetOf(node, followed);
    if (target !== undefined) found.push(target);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function targetOf(node: ts.Node, followed: Followed): string | undefined {
  const isAll = followed === 'all';
  if (ts.isImportDeclaration(node)) {
    // `import { type A } from` loads the module all the same, as the compiler leaves it alone.
    return isAll || node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword
      ? textOf(node.moduleSpecifier)
      : undefined;
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return isAll || !node.isTypeOnly ? textOf(node.moduleSpecifier) : undefined;
  }
  if (ts.isImportTypeNode(node)) {
    return isAll && ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  return (isImport && isAll) || isRequire ? textOf(node.arguments[0]) : undefined;
}

function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : computedTarget;
}
