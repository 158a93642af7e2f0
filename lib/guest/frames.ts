// The frames of scripts/frames.sh among everything else on a console: which messages came whole.
import { createHash } from "node:crypto";

export type FrameKind = "P" | "F" | "C" | "V";

export interface Message {
  readonly kind: FrameKind;
  readonly bytes: Buffer;
}

export interface Messages {
  /** Each once, in the order in which they were begun. */
  readonly whole: readonly Message[];
  /** Why something that bears our nonce cannot be all of our script's doing; undefined: nothing speaks against it. */
  readonly contradiction: string | undefined;
}

/**
 * A frame counts when its check agrees and it bears this run's nonce; a message when all its frames are there and their
 * sha256 begins with its id. Frames may come in any order and any number of times: a kernel message that cuts into one spoils
 * that one only, and the next round brings it again.
 */
export function messagesIn(console: string, nonce: string): Messages {
  const begun = new Map<string, { kind: FrameKind; total: number; payloads: Map<number, string> }>();
  let contradiction: string | undefined;
  for (const { kind, index, total, id, payload } of framesIn(console, nonce)) {
    const key = `${kind} ${total} ${id}`;
    const message = begun.get(key) ?? { kind, total, payloads: new Map() };
    begun.set(key, message);
    const before = message.payloads.get(index);
    if (before !== undefined && before !== payload)
      contradiction = `two frames ${index}/${total} of one message differ`;
    message.payloads.set(index, payload);
  }
  const whole: Message[] = [];
  for (const [key, { kind, total, payloads }] of begun) {
    if (payloads.size !== total) continue;
    const text = Array.from({ length: total }, (_, at) => payloads.get(at + 1)).join("");
    const digest = createHash("sha256").update(text).digest("hex");
    if (!key.endsWith(` ${digest.slice(0, 16)}`))
      contradiction = "frames that belong together have another digest than they say";
    else whole.push({ kind, bytes: Buffer.from(text, "base64") });
  }
  return { whole, contradiction };
}

interface Frame {
  kind: FrameKind;
  index: number;
  total: number;
  id: string;
  payload: string;
}

/** More frames than a report can have are none of ours: 64 KiB in lines of 200 bytes. */
const mostFrames = 400;

function* framesIn(console: string, nonce: string): Generator<Frame> {
  const pattern =
    /~dr1 ([A-Za-z0-9-]{8,36}) ([PFCV]) ([1-9]\d{0,2})\/([1-9]\d{0,2}) ([0-9a-f]{16}) ([A-Za-z0-9+/]{1,120}={0,2}) ([0-9a-f]{8})(?![0-9a-f])/g;
  for (const [whole, own, kind, indexText, totalText, id = "", payload = "", check = ""] of console.matchAll(pattern)) {
    const [index, total] = [Number(indexText), Number(totalText)];
    if (own !== nonce || index > total || total > mostFrames) continue;
    if (checkOf(whole.slice(0, -9)) === Number.parseInt(check, 16))
      yield { kind: kind as FrameKind, index, total, id, payload };
  }
}

/** As awk counts it in frames.sh: every step stays below 2^53. */
export function checkOf(text: string): number {
  let check = 0;
  for (let at = 0; at < text.length; at++) check = (check * 67 + text.charCodeAt(at)) % 2_147_483_647;
  return check;
}
