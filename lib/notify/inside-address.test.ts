// Hostile URLs: none of them causes a connection, or so much as a look-up where the URL itself tells.
import net from "node:net";
import { jest } from "@jest/globals";
import { addressesOf, InsideAddress, isAllowed, refusalOf } from "./inside-address.ts";
import { postWebhook } from "./post-webhook.ts";

const secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
/** Names that a resolver leads inside. */
const zone: Record<string, string[]> = {
  "127.0.0.1.nip.example": ["127.0.0.1"],
  "metadata.evil.example": ["169.254.169.254"],
  "two.evil.example": ["93.184.216.34", "10.0.0.7"],
  "two6.evil.example": ["2606:2800:220:1::1", "::1"],
  "mapped.evil.example": ["::ffff:10.0.0.1"],
  "nat64.evil.example": ["64:ff9b::7f00:1"],
  "sixtofour.evil.example": ["2002:7f00:1::"],
  "ula.evil.example": ["fd00:ec2::254"],
  "shared.evil.example": ["100.64.0.1"],
  "zone.evil.example": ["fe80::1%eth0"],
  "zero.evil.example": ["0.0.0.0"],
  "nowhere.evil.example": [],
  "garbage.evil.example": ["not an address"],
};
const resolved: string[] = [];
const resolve = async (host: string) => {
  resolved.push(host);
  const addresses = zone[host];
  if (!addresses) throw Object.assign(new Error("not found"), { code: "ENOTFOUND" });
  return addresses.map((address) => ({ address, family: net.isIP(address) }));
};
const reach = { loopback: false, resolve };

const byThemselves = [
  "http://example.org/hook",
  "ftp://example.org/",
  "file:///etc/passwd",
  "gopher://127.0.0.1:6379/_x",
  "data:text/plain,x",
  "javascript:alert(1)",
  "//example.org/",
  "example.org",
  "",
  "https://",
  "https:///path",
  "https://user:secret@example.org/",
  "https://user@example.org/",
  "https://example.org/#there",
  "https://localhost/",
  "https://LOCALHOST:8443/",
  "https://localhost./",
  "https://a.localhost/",
  "https://printer.local/",
  "https://metadata.google.internal/computeMetadata/v1/",
  "https://instance-data/latest",
  "https://router.home.arpa/",
  "https://intranet/",
  "https://127.0.0.1/",
  "https://127.0.0.1.:8443/",
  "https://127.1/",
  "https://127.0.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://0x7f000001/",
  "https://0177.0.0.1/",
  "https://017700000001/",
  "https://%31%32%37.0.0.1/",
  "https://１２７.０.０.１/",
  "https://①②⑦.⓪.⓪.①/",
  "https://127。0。0。1/",
  "https://0/",
  "https://0.0.0.0/",
  "https://10.0.0.1/",
  "https://10.1/",
  "https://172.16.0.1/",
  "https://172.31.255.255/",
  "https://192.168.1.1/",
  "https://192.0.0.192/",
  "https://192.0.2.1/",
  "https://198.18.0.1/",
  "https://198.51.100.7/",
  "https://203.0.113.9/",
  "https://100.64.0.1/",
  "https://100.100.100.200/latest/meta-data/",
  "https://169.254.169.254/latest/meta-data/",
  "https://0xA9FEA9FE/",
  "https://2852039166/",
  "https://169.254.170.2/v2/credentials",
  "https://168.63.129.16/machine",
  "https://224.0.0.1/",
  "https://240.0.0.1/",
  "https://255.255.255.255/",
  "https://[::]/",
  "https://[::1]/",
  "https://[0:0:0:0:0:0:0:1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[::127.0.0.1]/",
  "https://[::ffff:0:127.0.0.1]/",
  "https://[64:ff9b::127.0.0.1]/",
  "https://[64:ff9b::a9fe:a9fe]/",
  "https://[64:ff9b:1::7f00:1]/",
  "https://[2002:7f00:1::]/",
  "https://[2002:a9fe:a9fe::1]/",
  "https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
  "https://[2001:db8::1]/",
  "https://[3fff::1]/",
  "https://[fe80::1]/",
  "https://[fc00::1]/",
  "https://[fd00:ec2::254]/",
  "https://[fec0::1]/",
  "https://[ff02::1]/",
  "https://[100::1]/",
  "https://[5f00::1]/",
  `https://example.org/${"x".repeat(2_000)}`,
];
const byTheirNames = Object.keys(zone).map((host) => `https://${host}/hook`);

let connect: jest.SpiedFunction<typeof net.Socket.prototype.connect>;
beforeEach(() => {
  resolved.length = 0;
  connect = jest.spyOn(net.Socket.prototype, "connect");
});
afterEach(() => connect.mockRestore());

test.each(byThemselves)("%s is refused as it stands", async (url) => {
  expect(refusalOf(url, reach)).toEqual(expect.any(String));
  await expect(addressesOf(url, reach)).rejects.toBeInstanceOf(InsideAddress);
  const answer = await postWebhook({ url, id: "m", body: "{}", secrets }, sending());
  expect(answer).toMatchObject({ problem: expect.stringMatching(/./) });
  expect(answer.status).toBeUndefined();
  expect([connect.mock.calls.length, resolved]).toEqual([0, []]);
});

test.each(byTheirNames)("%s is refused once it is looked up", async (url) => {
  expect(refusalOf(url, reach)).toBeUndefined();
  await expect(addressesOf(url, reach)).rejects.toThrow();
  expect(await postWebhook({ url, id: "m", body: "{}", secrets }, sending())).toMatchObject({
    problem: expect.any(String),
  });
  expect(connect).not.toHaveBeenCalled();
});

test("the table is long enough, and the guard lets the world through", async () => {
  expect(byThemselves.length + byTheirNames.length).toBeGreaterThanOrEqual(90);
  for (const url of ["https://example.org/", "https://93.184.216.34:8443/x?y", "https://[2606:2800:220:1::1]/"])
    expect(refusalOf(url, reach)).toBeUndefined();
  const world = { loopback: false, resolve: async () => [{ address: "93.184.216.34", family: 4 }] };
  expect(await addressesOf("https://example.org/", world)).toEqual([{ address: "93.184.216.34", family: 4 }]);
});

test("a name that was outside when it was registered, and leads inside when it is called, is not called", async () => {
  const answers = [["93.184.216.34"], ["127.0.0.1"]];
  const rebinding = {
    loopback: false,
    resolve: async () => (answers.shift() ?? []).map((address) => ({ address, family: 4 })),
  };
  await addressesOf("https://rebind.evil.example/", rebinding);
  const sent = await postWebhook(
    { url: "https://rebind.evil.example/", id: "m", body: "{}", secrets },
    { ...sending(), reach: rebinding },
  );
  expect(sent.problem).toContain("inside address");
  expect(connect).not.toHaveBeenCalled();
});

test("with the setting of the embedded default this machine is reached, by http too, and no other inside address", () => {
  const local = { loopback: true };
  for (const url of ["http://127.0.0.1:8080/", "http://localhost:1/", "http://[::1]:80/", "https://127.0.0.1/"])
    expect(refusalOf(url, local)).toBeUndefined();
  for (const url of ["http://10.0.0.1/", "https://10.0.0.1/", "http://example.org/", "https://169.254.169.254/"])
    expect(refusalOf(url, local)).toEqual(expect.any(String));
  expect([isAllowed("127.0.0.1", true), isAllowed("127.0.0.1", false), isAllowed("10.0.0.1", true)]).toEqual([
    true,
    false,
    false,
  ]);
});

function sending() {
  return { reach, nowMs: Date.now(), signal: new AbortController().signal };
}
