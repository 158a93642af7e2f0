// Where a requester is written to: Keystone's address, else an admitted one of their own, else nowhere.
import { OpenStackFault, type User } from "../openstack/index.ts";
import { contactAddressOf } from "./contact-address.ts";

const policy = { mailFrom: "imaging@cloud.example", mailDomains: ["uni.example"] };
const asking = (email: string | undefined | OpenStackFault) => {
  let asked = 0;
  const getUser = async (id: string): Promise<User> => {
    asked += 1;
    if (email instanceof OpenStackFault) throw email;
    return { id, name: "alice", domainId: "default", enabled: true, defaultProjectId: undefined, email };
  };
  return { caller: { userId: "u", cloud: { directory: { getUser } as never } }, asked: () => asked };
};
const forbidden = new OpenStackFault({
  kind: "forbidden",
  service: "identity",
  method: "GET",
  path: "/users/u",
  status: 403,
  requestId: undefined,
  detail: "no",
});

test.each([
  ["Keystone's comes first", "alice@known.example", "alice@uni.example", "alice@known.example"],
  [
    "where Keystone knows none, what was given, if its domain is admitted",
    undefined,
    "alice@uni.example",
    "alice@uni.example",
  ],
  ["the domain is compared as domains are", undefined, "alice@Uni.Example", "alice@Uni.Example"],
  ["another domain is not", undefined, "alice@uni.example.evil.example", undefined],
  ["nor one below it", undefined, "alice@sub.uni.example", undefined],
  ["where Keystone does not let us read it", forbidden, "alice@uni.example", "alice@uni.example"],
  ["a list of addresses is no address", "a@x.example,b@y.example", undefined, undefined],
  ["nor is one with a line end", "a@x.example\r\nBcc: b@y.example", undefined, undefined],
  ["nor one with a name", "Eve <a@x.example>", undefined, undefined],
  ["none is none", undefined, undefined, undefined],
])("%s", async (_what, known, given, address) => {
  expect(await contactAddressOf(policy, asking(known).caller, given)).toBe(address);
});

test("where no mail is sent, nothing is asked and nothing kept", async () => {
  const { caller, asked } = asking("alice@known.example");
  expect(await contactAddressOf({ mailDomains: ["uni.example"] }, caller, "alice@uni.example")).toBeUndefined();
  expect(asked()).toBe(0);
});
