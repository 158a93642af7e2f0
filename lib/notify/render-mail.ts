// A notice as a mail: the text of its kind, filled in, as plain text and as HTML. Whatever people wrote is data in both.
import type { Policy } from "../providers/policy.ts";
import type { Mail } from "./mail.ts";
import { mailTexts } from "./mail-texts.ts";
import type { Notice } from "./notice.ts";

/** Undefined: this notice is nobody's mail. */
export function renderMail(
  notice: Notice,
  policy: Pick<Policy, "mailFrom" | "portalUrl" | "supportContact">,
): Mail | undefined {
  const { recipient, kind } = notice;
  if (!recipient || !policy.mailFrom || kind === "webhook.test") return undefined;
  const { subject, paragraphs } = mailTexts[kind];
  const said = paragraphs.flatMap((paragraph) => filled(paragraph, notice) ?? []);
  const link = linkOf(notice, policy.portalUrl);
  const greeting = recipient.name ? `Hello ${recipient.name},` : "Hello,";
  const support = policy.supportContact ? [`Questions? ${policy.supportContact}`] : [];
  const text = [greeting, ...said, ...(link ? [link] : []), ...support].join("\n\n");
  const html = [greeting, ...said, ...support].map((paragraph) => `<p>${escaped(paragraph)}</p>`);
  if (link) html.splice(1 + said.length, 0, `<p><a href="${escaped(link)}">${escaped(link)}</a></p>`);
  return {
    id: notice.id,
    from: policy.mailFrom,
    to: recipient,
    subject: (filled(subject, notice) ?? "Your image").slice(0, maxSubjectChars),
    text: `${text}\n`,
    html: `<!doctype html><html lang="en"><meta charset="utf-8"><body>${html.join("")}</body></html>`,
  };
}

const maxSubjectChars = 200;
const maxWordChars = 4_000;

/** Undefined where something that it names is not known. */
function filled(text: string, { facts, words = {} }: Notice): string | undefined {
  let missing = false;
  const done = text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(words, name) ? words[name] : Object.hasOwn(facts, name) ? facts[name] : undefined;
    missing ||= value === undefined || value === "";
    return readable(value ?? "");
  });
  return missing ? undefined : done;
}

/** Times of ours as people read them; of other control characters than line ends nothing. */
function readable(value: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value))
    return `${value.slice(0, 10)} ${value.slice(11, 16)} UTC`;
  return value.slice(0, maxWordChars).replaceAll(/(?!\n)\p{Cc}/gu, " ");
}

function linkOf({ facts }: Notice, portalUrl: string | undefined): string | undefined {
  const id = facts.requestId ?? facts.imageId;
  return portalUrl?.replaceAll("{id}", encodeURIComponent(id ?? ""));
}

function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "").replaceAll("\n", "<br>");
}
