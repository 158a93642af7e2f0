// Where a setting is a secret it comes from the configuration's secret, not from a function's environment.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { openRuntimeFrom } from "./runtime.ts";

const environment = {
  TABLE_NAME: "darkroom",
  QUEUE_URL_PREFIX: "http://127.0.0.1:9/darkroom-",
  DARKROOM_SECRET_ID: "darkroom",
  DARKROOM_MAIL: "ses",
};
const clouds = `clouds: { c: { region_name: R, auth: { auth_url: "http://127.0.0.1:9/v3", username: u, password: p,
  project_name: p, user_domain_name: Default, project_domain_name: Default } } }`;
const files = { "clouds.yaml": clouds, "darkroom.yaml": "providers: { c: { cloud: c } }" };
const given = {
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "x",
  AWS_SECRET_ACCESS_KEY: "x",
};

let secret: unknown;
let secretsManager: Server;
const before = { ...process.env };
beforeAll(async () => {
  secretsManager = createServer((_request, response) => {
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify({ Name: "darkroom", SecretString: JSON.stringify(secret) }));
  });
  await new Promise<void>((resolve) => secretsManager.listen(0, "127.0.0.1", resolve));
  const { port } = secretsManager.address() as AddressInfo;
  Object.assign(process.env, given, { AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  process.env = before;
  secretsManager.closeAllConnections();
  await new Promise((resolve) => secretsManager.close(resolve));
});

test("the mail server with its password is a member of the secret; without that member the environment says the road", async () => {
  secret = { ...files, mail: "smtps://user:password@mail.example" };
  expect((await openRuntimeFrom(environment)).settings.mail).toBe("smtps://user:password@mail.example");
  secret = files;
  expect((await openRuntimeFrom(environment)).settings.mail).toBe("ses");
});

test("a road that is none is refused without being shown; so is a secret that lacks a file", async () => {
  secret = { ...files, mail: "imap://user:password@mail.example" };
  const refused = openRuntimeFrom(environment).then(
    () => "opened",
    ({ message }: Error) => message,
  );
  expect(await refused).toMatch(/DARKROOM_MAIL.*must be ses/);
  expect(await refused).not.toContain("password@");
  secret = { "clouds.yaml": clouds };
  await expect(openRuntimeFrom(environment)).rejects.toThrow('"darkroom.yaml"');
});
