// Guests that misbehave on demand: a test says which boots are to go wrong, and how.

export type Misbehaviour =
  | { kind: "no-cloud-init" | "no-config-drive" }
  /** Its root file system is not found; `dracut` for the Red Hat family. */
  | { kind: "initramfs-shell" | "kernel-panic" | "silent" }
  /** Prints something new for ever, and nothing of ours. */
  | { kind: "garbage" }
  /** Prints this, e.g. frames of an earlier run or a forged report; `instead` of running the script (which is given, for its nonce), or before it. */
  | { kind: "prints"; text: string | ((script: string) => string); instead: boolean }
  /** Does its work, and takes that long to say so. */
  | { kind: "slow"; ms: number }
  /** The script ends after this share of what it would have said. Its disk stays as it was before. */
  | { kind: "stops"; share: number }
  /** As `stops`, because there is no room any more. */
  | { kind: "disk-full"; share: number };

/** As it is kept with the server, in words. */
export type Kept = Exclude<Misbehaviour, { kind: "prints" }> | { kind: "prints"; text: string; instead: boolean };

export const keptOf = (how: Misbehaviour, script: string): Kept =>
  how.kind === "prints" ? { ...how, text: typeof how.text === "string" ? how.text : how.text(script) } : how;

/** Which boots; what is absent matches all. */
export type MisbehavingBoots = {
  serverId?: string;
  /** The server's name. */
  name?: RegExp;
  /** The image that it is booted from. */
  imageId?: string;
  /** The script in its user-data, if it is one of ours. */
  script?: RegExp;
  times?: number;
};

export type PlacedMisbehaviour = { readonly hits: number; remove(): void };

export class Misbehaviours {
  #placed: { how: Misbehaviour; which: MisbehavingBoots; hits: number }[] = [];

  add(how: Misbehaviour, which: MisbehavingBoots = {}): PlacedMisbehaviour {
    const entry = { how, which, hits: 0 };
    this.#placed.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove: () => {
        this.#placed = this.#placed.filter((other) => other !== entry);
      },
    };
  }

  /** The first that fits this boot. */
  meet(boot: { serverId: string; name: string; imageId: string | null; script: string }): Misbehaviour | undefined {
    const entry = this.#placed.find(
      ({ which, hits }) =>
        hits < (which.times ?? Infinity) &&
        (which.serverId ?? boot.serverId) === boot.serverId &&
        (which.imageId ?? boot.imageId) === boot.imageId &&
        (which.name === undefined || boot.name.search(which.name) >= 0) &&
        (which.script === undefined || boot.script.search(which.script) >= 0),
    );
    if (entry) entry.hits += 1;
    return entry?.how;
  }
}
