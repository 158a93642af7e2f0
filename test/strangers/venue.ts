// What the matrix needs of a cloud with Darkroom on it: the bench, or a real OpenStack.
import type { Caller } from "./callers.ts";

export interface Venue {
  /** Darkroom's name of the provider. */
  readonly provider: string;
  /** Good for some minutes at least; `staffAsMember` is the person of `staff`, as a member of the owner's project. */
  token(caller: Caller | "staffAsMember"): Promise<string | undefined>;
  /** Of the owner's project; each can be imaged. The free one is held by nobody for longer than a cell. */
  server(which: "waiting" | "asking" | "finished" | "free"): Promise<string>;
  /** The stranger's name in the cloud. */
  readonly stranger: string;
  /** Everybody's, in a cloud that is there to be tried. */
  readonly password: string;
  /** The owner's id. */
  owner(): Promise<string>;
  /** By its id. */
  project(whose: "owner" | "stranger"): Promise<string>;
  /** Of Glance, without its version. */
  imageUrl: string;
  call(operation: string, token: string | undefined, input: Input): Promise<Answered>;
  /** Lets the chain work until the request has this status, or has ended where `ended` is wanted. */
  reach(requestId: string, status: "awaiting-approval" | "asking" | "completed" | "ended"): Promise<void>;
  /** Until who called often may call again. */
  rest(): Promise<void>;
  /** All that a call could have changed: the cloud's things and Darkroom's own. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

export interface Input {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: what was answered is what the tests assert
  readonly body: any;
}
