// Looks through everything that is written while tests run for what must never be written: tokens, trusts' ids, secrets, sealed tokens.

export interface SecretWatch {
  /** True where `watch-all.ts` stands at the process's outputs: lines of the log may then be written, and are not shown. */
  swallowsLog: boolean;
  /** From now on this must stand nowhere. At least twelve characters of letters, digits and `_-+/=`. */
  secret(secret: string): void;
  /** Whatever leaves the process: a line of a log, an answer, a message, a mail, a call of a webhook. */
  written(where: string, text: string): void;
  /** What was found since the last time, without the secrets themselves. */
  take(): string[];
  /** How much was looked through so far, by where. */
  readonly seen: Readonly<Record<string, number>>;
}

const place = Symbol.for("darkroom.secret-watch");

/** The process's one. */
export function secretWatch(): SecretWatch {
  const known = globalThis as { [place]?: SecretWatch };
  known[place] ??= openWatch();
  return known[place];
}

export function openWatch(): SecretWatch {
  const secrets = new Set<string>();
  const seen: Record<string, number> = {};
  let found = new Set<string>();
  return {
    swallowsLog: false,
    seen,
    secret: (secret) => void secrets.add(secret),
    written(where, text) {
      seen[where] = (seen[where] ?? 0) + 1;
      for (const word of wordsOf(text)) {
        if (!secrets.has(word) && !looksLikeToken.test(word)) continue;
        found.add(`${where}: ${kindOf(word)} in ${around(text, word)}`);
      }
    },
    take() {
      const taken = [...found];
      found = new Set();
      return taken;
    },
  };
}

/** As Keystone's Fernet tokens begin: also one that this process never saw. */
const looksLikeToken = /^gAAAAA[\w-]{20,}$/;

/** Looking words up takes as long whether there is one secret or ten thousand. Sealed tokens are base64: `/` and `+` belong to their words, and to no other's. */
function* wordsOf(text: string): Generator<string> {
  for (const [word] of text.matchAll(/[\w-]{12,}/g)) yield word;
  for (const [word] of text.matchAll(/[\w+/=-]{24,}/g)) yield word;
}

function kindOf(word: string): string {
  if (looksLikeToken.test(word)) return "a token";
  return /^[0-9a-f]{32}$/.test(word) ? "a trust's id" : "a secret";
}

function around(text: string, word: string): string {
  const at = text.indexOf(word);
  const before = text.slice(Math.max(0, at - 80), at);
  return `${before}[…]${text.slice(at + word.length, at + word.length + 80)}`.replaceAll(/gAAAAA[\w-]*/g, "[…]");
}
