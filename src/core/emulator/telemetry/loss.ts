/** Events that a subscriber was to get and does not. */
export interface Loss {
  readonly records: number;
  /** Bytes of their JSON. */
  readonly bytes: number;
  readonly reason: string;
}

/** The words of the Logs API's reference for a subscriber that is too slow. */
export const fallenBehind =
  'Consumer seems to have fallen behind as it has not acknowledged receipt of logs.';

/** Adds one loss to another; the newer reason stays. */
export function addLoss(older: Loss | undefined, newer: Loss): Loss {
  return {
    records: (older?.records ?? 0) + newer.records,
    bytes: (older?.bytes ?? 0) + newer.bytes,
    reason: newer.reason,
  };
}
