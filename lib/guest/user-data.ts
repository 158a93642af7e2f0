// The user-data by which our scripts come into a temporary server: cloud-config and a script, gzip, base64, as Nova takes it.

export interface CleanJob {
  /** Random, of this run only: stands on every frame. */
  readonly nonce: string;
  readonly excludePaths: readonly string[];
  /** Paths that staff approved to keep in spite of the rules. */
  readonly keepPaths: readonly string[];
  /** System files whose changes staff approved: not reset. */
  readonly keptSystemFiles: readonly string[];
}

export interface VerifyJob {
  readonly nonce: string;
  readonly excludePaths: readonly string[];
  readonly keepPaths: readonly string[];
  /** As-is: nothing had to go, so nothing is looked for in the emptied folders. */
  readonly emptied: boolean;
}

/** Nova takes at most 65,535 characters of base64 (nova/api/openstack/compute/schemas/user_data.py). Throws where it would be more. */
export function cleanUserData(_job: CleanJob): string {
  throw new Error("not written yet");
}

export function verifyUserData(_job: VerifyJob): string {
  throw new Error("not written yet");
}
