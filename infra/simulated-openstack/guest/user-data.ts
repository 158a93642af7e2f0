// User-data as cloud-init reads it: base64 from Nova, gzip or not, one part or several.
import { gunzipSync } from "node:zlib";

export type UserData = {
  /** Unpacked. */
  text: string;
  cloudConfigs: string[];
  scripts: string[];
};

/** What cannot be read is kept as text without parts, as cloud-init warns and goes on. */
export function readUserData(base64: string | null): UserData {
  if (base64 === null) return { text: "", cloudConfigs: [], scripts: [] };
  const text = unpacked(Buffer.from(base64, "base64")).toString("latin1");
  const parts = partsOf(text, 0);
  return {
    text,
    cloudConfigs: parts.filter((part) => part.startsWith("#cloud-config")),
    scripts: parts.filter((part) => part.startsWith("#!")),
  };
}

/** Anything else in user-data is a stranger's and is never run on this machine. */
export const isOurs = (script: string): boolean => /^# darkroom guest script$/m.test(script);

const maxBytes = 4 * 2 ** 20;

function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch {
    return bytes;
  }
}

/** cloud-init goes by the first line of a part, and by the type where that says nothing. */
function partsOf(text: string, depth: number): string[] {
  const boundary = /^content-type:\s*multipart\/[a-z]+;[^\n]*(?:\n[ \t][^\n]*)*?boundary="?([^"\n;]+)"?/im.exec(
    headOf(text),
  )?.[1];
  if (boundary === undefined || depth > 3) return [text];
  return text
    .split(`--${boundary}`)
    .slice(1)
    .filter((part) => !part.startsWith("--"))
    .flatMap((part) => {
      const whole = part.replace(/^\r?\n/, "");
      const head = headOf(whole);
      const body = whole.slice(head.length).replace(/^(\r?\n){1,2}/, "");
      if (/^content-type:\s*multipart\//im.test(head)) return partsOf(whole, depth + 1);
      const decoded = /^content-transfer-encoding:\s*base64/im.test(head)
        ? unpacked(Buffer.from(body, "base64")).toString("latin1")
        : body;
      return [typed(head, decoded.replace(/\r?\n$/, "\n"))];
    });
}

function typed(head: string, body: string): string {
  if (/^content-type:\s*text\/cloud-config/im.test(head) && !body.startsWith("#cloud-config"))
    return `#cloud-config\n${body}`;
  return body;
}

const headOf = (text: string): string => text.slice(0, Math.max(0, text.search(/\r?\n\r?\n/)));
