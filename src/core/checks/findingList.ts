import type { CheckFamily, FamilyFinding, Finding, Place } from './finding.ts';

/** Findings of one code in one layer that are listed one by one. A hostile archive has a million of them. */
const maxAlike = 50;

/** Collects findings; of many alike it keeps the first and a count of the others. */
export class FindingList {
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<string, { count: number; last: Finding }>();

  add(family: CheckFamily, finding: FamilyFinding): void {
    const full: Finding = { ...finding, family };
    const key = keyOf(full.code, full.layer);
    const counter = this.#counts.get(key) ?? { count: 0, last: full };
    counter.count++;
    counter.last = full;
    this.#counts.set(key, counter);
    if (counter.count <= maxAlike) this.#findings.push(full);
  }

  /** All findings, in the order in which they came, with a summary for those that were left out. */
  all(): Finding[] {
    const summaries = [...this.#counts.values()]
      .filter(({ count }) => count > maxAlike)
      .map(({ count, last }) => summary(last, count - maxAlike));
    return [...this.#findings, ...summaries];
  }
}

function summary({ code, family, severity, layer, help }: Finding, count: number): Finding {
  const message = `${count} more entries have the same problem.`;
  return { code, family, severity, message, help, ...(layer === undefined ? {} : { layer }) };
}

function keyOf(code: string, layer: Place | undefined): string {
  return `${code} ${layer ?? ''}`;
}
