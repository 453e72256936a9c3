/** A made-up event of a service that invokes functions. */
export interface EventTemplate {
  /** Also the name of a file with it, without the ending. */
  readonly id: string;
  readonly label: string;
  /** What such an event means, in a few words. */
  readonly description: string;
  readonly event: unknown;
}

/** An event as it stands in a file. */
export function templateText({ event }: EventTemplate): string {
  return `${JSON.stringify(event, null, 2)}\n`;
}
