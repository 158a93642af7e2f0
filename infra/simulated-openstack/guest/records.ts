// What the cloud remembers of the systems on its disks, as long as nobody needs them as directory trees.

export type Family = "debian" | "redhat" | "windows";

/** What a disk holds: enough to lay its tree at any later time, the same each time. */
export type System = {
  family: Family;
  /** The servers that have run on it, oldest first: the cloud image that it began as, then what each left. */
  lives: Life[];
};

export type Life = {
  /** The server's id, which is cloud-init's instance id. */
  instanceId: string;
  hostname: string;
  /** Base64, as Nova was given it; null: none, or none that the guest could see. */
  userData: string | null;
  /** Who worked there and left their things; null: nobody. */
  person: string | null;
};

/** What a guest prints, and from when on it stands on its console. */
export type Printed = { at: number; text: string };

/** What the guest of a server is doing since it was last started. */
export type GuestDue = { at: number; sequence: number; guest: { serverId: string; boot: number } };
