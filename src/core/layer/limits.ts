/** Limits that AWS documents for layers and functions (Lambda quotas page). Sizes in bytes. */
export const limits = {
  /** Layers that one function may have. */
  layersPerFunction: 5,
  /** Unzipped size of function code and all layers together; shadowed files count too. */
  unzippedBytes: 262_144_000,
  /** Zip uploaded in the request itself; larger ones go through S3. */
  directUploadBytes: 50 * 1024 * 1024,
  /** The configured environment variables together, as the JSON that Lambda measures. */
  environmentBytes: 4096,
} as const;
