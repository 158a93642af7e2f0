// How a step is written: a name of the chain and one function that looks, adopts, refuses, acts or waits.
import type { Cloud } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { EvidenceKind, EvidenceOf } from "../requests/evidence.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import type { StepName } from "./chain.ts";
import type { Ledger } from "./ledger.ts";
import type { StepOutcome } from "./outcome.ts";

export interface Step<Name extends StepName = StepName> {
  readonly name: Name;
  /** "Is what you stand for true yet?" May be asked any number of times, after any crash. */
  look(at: StepSurroundings): Promise<StepOutcome<Name>>;
}

/** What a step has at hand. */
export interface StepSurroundings {
  readonly request: ImageRequest;
  readonly provider: Provider;
  /** The provider's cloud with the requester's authority: the trust. Calls end before the function does. */
  readonly cloud: Cloud;
  /** With the operator's credential; not every provider has one. For tidying up, and to make an image public. */
  readonly staff?: Cloud;
  readonly ledger: Ledger;
  /** What guests told and printed in this request. */
  readonly evidence: {
    keep<Kind extends EvidenceKind>(kind: Kind, evidence: EvidenceOf[Kind]): Promise<void>;
    find<Kind extends EvidenceKind>(kind: Kind): Promise<EvidenceOf[Kind] | undefined>;
  };
  readonly locks: {
    /** Are the locks of the server and of the image's name this request's? */
    areOurs(): Promise<boolean>;
    /** The same, after those that are free were taken. */
    hold(): Promise<boolean>;
  };
  /** Why nothing that this request made may be deleted now; undefined: it may. Asked by `release`, before it deletes. */
  heldBack(): Promise<string | undefined>;
  nowMs(): number;
}

export function defineStep<Name extends StepName>(name: Name, look: Step<Name>["look"]): Step<Name> {
  return { name, look };
}
