// What the cloud needs for its guests beside the state: their disks, and what tests want of them.
import { Disks } from "./disks.ts";
import { Misbehaviours } from "./misbehaviours.ts";

export class Guests {
  readonly disks: Disks;
  readonly misbehaviours = new Misbehaviours();
  /** Asked for each script that bears our mark. */
  readonly mayRun: (script: string) => boolean;

  constructor(folder: string | undefined, mayRun: (script: string) => boolean) {
    this.disks = new Disks(folder);
    this.mayRun = mayRun;
  }
}
