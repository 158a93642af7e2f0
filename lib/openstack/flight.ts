// One piece of work for however many wait for it at the same time. Who is aborted leaves; when the last one has left, the work is aborted.
import { OpenStackFault } from "./faults.ts";
import type { Caller } from "./retry.ts";

/** The first caller starts the work, and it is reported to it; who comes while it runs waits for the same. Nothing is kept when it ends. */
export function oneFlight<T>(work: (caller: Caller) => Promise<T>): (caller: Caller) => Promise<T> {
  let flight: Flight<T> | undefined;

  function start(caller: Caller): Flight<T> {
    const end = new AbortController();
    const started: Flight<T> = { aboard: 0, landing: work({ ...caller, signal: end.signal }), abandon };
    function abandon() {
      if (flight === started) flight = undefined;
      end.abort();
    }
    const landed = () => {
      if (flight === started) flight = undefined;
    };
    started.landing.then(landed, landed);
    return started;
  }

  return (caller) => {
    flight ??= start(caller);
    return board(flight, caller.signal);
  };
}

interface Flight<T> {
  landing: Promise<T>;
  aboard: number;
  abandon(): void;
}

async function board<T>(flight: Flight<T>, signal: AbortSignal | undefined): Promise<T> {
  flight.aboard += 1;
  if (signal === undefined) return flight.landing;
  const left = Promise.withResolvers<never>();
  const leave = () => {
    flight.aboard -= 1;
    if (flight.aboard === 0) flight.abandon();
    left.reject(leftFault());
  };
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await Promise.race([left.promise, flight.landing]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** The caller's own call was not sent, so its outcome is known. */
const leftFault = () =>
  new OpenStackFault({
    kind: "unavailable",
    service: "identity",
    method: "POST",
    path: "/auth/tokens",
    detail: "aborted by the caller while it waited for what comes before its call",
  });
