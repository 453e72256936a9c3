/** One account as one profile sees it, in one region. */
export interface AccountPlace {
  /** A profile of the shared AWS files; without one the SDK's chain begins at the environment. */
  readonly profile: string | undefined;
  readonly region: string;
}

/** The identity of a place, for maps and for rows of a tree. */
export function placeKey({ profile, region }: AccountPlace): string {
  return JSON.stringify([profile ?? null, region]);
}

/** Places in order, each once. */
export function distinctPlaces(places: readonly AccountPlace[]): AccountPlace[] {
  return [...new Map(places.map((place) => [placeKey(place), place])).values()];
}

/** Reads places that were kept before; what is none is passed over. */
export function readPlaces(kept: unknown): AccountPlace[] {
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null || !('region' in each)) return [];
    const { region } = each;
    const profile = 'profile' in each ? each.profile : undefined;
    if (typeof region !== 'string' || region === '') return [];
    return [{ region, profile: typeof profile === 'string' && profile !== '' ? profile : undefined }];
  });
}
