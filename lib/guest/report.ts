// What the scripts inside guests tell us, once their frames were put together and read.

/** Of every list the guest sends what fits; `omitted` says how many more there were. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly omitted: number;
}

interface Common {
  /** From /etc/os-release; empty strings where it has none. */
  readonly os: { readonly id: string; readonly versionId: string; readonly prettyName: string };
  /** sha256 of /etc/machine-id, hex; empty: there is none, or it is empty. */
  readonly machineIdHash: string;
  /** sha256 of every /etc/ssh/ssh_host_*_key.pub, hex, sorted. */
  readonly hostKeyHashes: readonly string[];
  /** `active` is known only where the guest runs. */
  readonly guestAgent: "absent" | "installed" | "active";
  readonly cloudInit: { readonly version: string };
  /** What went wrong in the script without stopping it, in words. */
  readonly problems: readonly string[];
}

/** What `clean` did and found. */
export interface CleanReport extends Common {
  readonly kind: "clean";
  /** What was emptied or deleted by the rules: /home, /root, logs, caches … */
  readonly removed: Listed<{ readonly path: string; readonly files: number; readonly bytes: number }>;
  /** What the requester wanted to be excluded. */
  readonly excluded: Listed<{
    readonly path: string;
    readonly outcome: "removed" | "absent" | "refused";
    readonly files: number;
    readonly bytes: number;
    /** Why it was refused; empty else. */
    readonly why: string;
  }>;
  /** Kept in spite of the rules, because staff approved it. */
  readonly kept: readonly string[];
  readonly accounts: Listed<{
    readonly name: string;
    readonly uid: number;
    readonly outcome: "removed" | "locked";
    /** Why it was only locked: it owns files elsewhere, a unit or a crontab names it; empty else. */
    readonly why: string;
  }>;
  readonly systemFiles: Listed<{ readonly path: string; readonly outcome: "reset" | "absent" | "kept" }>;
  /** What was done to what the disk still held of files deleted before, one a file system. */
  readonly freeSpace: readonly {
    /** Or the device, or the volume group, that nothing is mounted from. */
    readonly mountPoint: string;
    readonly fileSystem: string;
    /** `fill`: filled with zeros with the reserve opened. `none`: nothing could be done, or nobody could look. */
    readonly road: "fill" | "none";
    readonly bytes: number;
    /** Can it be promised that nothing deleted before can be read any more? */
    readonly promised: boolean;
    /** Why it cannot be promised; empty where it can. */
    readonly why: string;
  }[];
  /** Private keys, credentials and the like outside of what was removed: by path and kind, never by content. */
  readonly secrets: Listed<{ readonly path: string; readonly kind: string }>;
  readonly postScripts: PostScriptsFound;
  /** Do fstab, boot loader or kernel command line name /dev/vdX? Then the buses must stay. With the lines' places, for the report. */
  readonly namesVirtioDisk: readonly string[];
}

export interface PostScriptsFound {
  /** What is wrong with the folder itself; empty: it is right, or there is none. */
  readonly folderProblems: readonly string[];
  readonly scripts: readonly { readonly name: string; readonly problems: readonly string[] }[];
}

/** What `verify` saw inside a fresh boot. */
export interface VerifyReport extends Common {
  readonly kind: "verify";
  /** As `cloud-init status` says: "done", "error", "running", "degraded" …; `datasource` of this boot. */
  readonly cloudInitStatus: {
    readonly status: string;
    readonly datasource: string;
    readonly errors: readonly string[];
  };
  /** What is there although it had to go: in the emptied folders, or an excluded path. */
  readonly forbidden: Listed<{ readonly path: string; readonly why: "emptied-folder" | "excluded" }>;
  readonly postScripts: readonly {
    readonly name: string;
    /** null: it has not ended, or was never run. */
    readonly exitStatus: number | null;
    readonly timedOut: boolean;
    /** The last lines of its output, at most 500 bytes each script. */
    readonly outputEnd: string;
  }[];
  /** Of the root file system, and of the disk under it, in bytes. */
  readonly rootFileSystem: {
    readonly fileSystem: string;
    readonly device: string;
    readonly sizeBytes: number;
    readonly usedBytes: number;
    readonly diskBytes: number;
    /** Less than a twentieth of the disk is outside of it, or it is told that it grew. */
    readonly grown: boolean;
  };
  /** Accounts of people (uid 1000 to 59999) that are there, cloud-init's own default user of this boot included. */
  readonly accounts: readonly string[];
  /** "name version", sorted. */
  readonly packages: Listed<string>;
}
