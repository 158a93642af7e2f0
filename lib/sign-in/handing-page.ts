// The page on which a sign-in through an identity provider ends: it gives the token to the window that opened it, or shows it to be copied.
import { createHash } from "node:crypto";

export interface Handed {
  readonly token: string;
  readonly provider: string;
  /** By it the portal knows that it began this sign-in. */
  readonly state: string;
}

/**
 * `portal`: the only origin that the browser delivers the message to. Where there is no opener (an identity provider's page may cut the tie), a person copies the
 * token. Nothing is loaded, nothing is sent elsewhere, and no script runs but this one.
 */
export function handingPage(handed: Handed, portal: string): { body: string; headers: Record<string, string> } {
  const data = JSON.stringify({ message: { type: "darkroom:token", ...handed }, portal }).replaceAll("<", "\\u003c");
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Signed in</title>
<p id="said">You are signed in. This window can be closed.</p>
<div id="by-hand" hidden>
<p>The page that you came from is not there any more. Copy this token and give it to the portal yourself; whoever has it is you, until it ends.</p>
<p><button id="copy">Copy the token</button></p>
</div>
<script type="application/json" id="handed">${data}</script>
<script>${script}</script>
</html>
`;
  return {
    body,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      // The tie to the opener must stay.
      "cross-origin-opener-policy": "unsafe-none",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    },
  };
}

const script = `
const { message, portal } = JSON.parse(document.getElementById("handed").textContent);
document.getElementById("handed").remove();
if (window.opener) {
  window.opener.postMessage(message, portal);
  window.close();
} else {
  document.getElementById("by-hand").hidden = false;
  document.getElementById("copy").onclick = () => navigator.clipboard.writeText(message.token);
}
`;

/** By it the browser knows the one script that may run (CSP level 2). */
const hash = createHash("sha256").update(script).digest("base64");
