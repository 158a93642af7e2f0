// Keystone: who may ask for what, tokens, application credentials.
import { connect } from "../../../lib/openstack/index.ts";
import { fact, type Subject } from "../fact.ts";
import { refusalOf } from "../props.ts";

export const identity: Subject = {
  name: "identity",
  facts: [
    fact("A login tells user, project, roles and catalogue; member implies reader", async ({ owner }) => {
      const token = await owner.cloud.token();
      expect(token.project).toBeDefined();
      expect(token.catalog.map(({ type }) => type)).toEqual(
        expect.arrayContaining(["identity", "compute", "image", "volumev3"]),
      );
      return { methods: token.methods, roles: token.roles.map(({ name }) => name).sort() };
    }),
    fact("A wrong password is 401: the credential is revoked", async ({ owner: { config } }) => {
      const credentials = { ...config.credentials, password: "wrong" } as typeof config.credentials;
      const stranger = connect({ ...config, credentials });
      const refusal = await refusalOf(stranger.token());
      await stranger.close();
      expect(refusal).toMatchObject({ kind: "credentialRevoked", status: 401 });
      return refusal;
    }),
    fact("Keystone's errors are {error: {code, message, title}}, the code a number", async ({ owner }) => {
      const { status, json } = await owner.ask("identity", "GET", "/users?name=nobody");
      expect(status).toBe(403);
      expect(json.error.code).toBe(403);
      return Object.keys(json.error).sort();
    }),
    fact("A token validates itself: 200", async ({ owner, service }) => {
      const { id, user } = await owner.cloud.token();
      expect((await service.cloud.asToken(id).token()).user.id).toBe(user.id);
      const headers = { "x-subject-token": id };
      const { status, json } = await owner.ask("identity", "GET", "/auth/tokens", { headers });
      return { status, fields: Object.keys(json.token).sort() };
    }),
    fact("A member may not validate somebody else's token: 403", async ({ owner, service }) => {
      const headers = { "x-subject-token": (await owner.cloud.token()).id };
      const { status } = await service.ask("identity", "GET", "/auth/tokens", { headers });
      expect(status).toBe(403);
      return status;
    }),
    fact(
      "A token that is none validates nothing: 404 to whoever asks, revoked to itself",
      async ({ owner, service }) => {
        const headers = { "x-subject-token": "nonsense" };
        const { status } = await owner.ask("identity", "GET", "/auth/tokens", { headers });
        const refusal = await refusalOf(service.cloud.asToken("nonsense").token());
        expect(refusal).toMatchObject({ kind: "credentialRevoked" });
        return { status, refusal };
      },
    ),
    fact("A member sees no other project: 403, the same for one that does not exist", async ({ owner, other }) => {
      const theirs = (await other.cloud.token()).project?.id;
      const seen = [];
      for (const id of [theirs, "0".repeat(32)]) {
        seen.push((await owner.ask("identity", "GET", `/projects/${id}`)).status);
      }
      expect(seen).toEqual([403, 403]);
      return seen;
    }),
    fact("A member sees the project of their token: 200", async ({ owner }) => {
      const own = (await owner.cloud.token()).project?.id;
      const { status, json } = await owner.ask("identity", "GET", `/projects/${own}`);
      expect(status).toBe(200);
      return Object.keys(json.project).sort();
    }),
    fact("A member may not look for users: 403", async ({ owner }) => {
      const { status } = await owner.ask("identity", "GET", "/users?name=admin");
      expect(status).toBe(403);
      return status;
    }),
    fact("An application credential cannot make a trust, an unrestricted one neither: 403", async (stage) => {
      const { owner, service } = stage;
      const { user, project } = await owner.cloud.token();
      const path = `/users/${user.id}/application_credentials`;
      const body = { application_credential: { name: stage.nameOf("credential"), unrestricted: true } };
      const { status, json } = await owner.ask("identity", "POST", path, { body });
      const { id, secret } = json.application_credential;
      stage.undo("the application credential", () => owner.ask("identity", "DELETE", `${path}/${id}`));
      const acting = connect({ ...owner.config, credentials: { type: "applicationCredential", id, secret } });
      const token = await acting.token();
      const refusal = await refusalOf(
        acting.identity.createTrust({
          trustorUserId: user.id,
          trusteeUserId: (await service.cloud.token()).user.id,
          projectId: project?.id ?? "",
          roles: [{ name: "member" }],
          expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
        }),
      );
      const onTrust = await refusalOf(acting.asTrust("0".repeat(32)).token());
      await acting.close();
      expect(refusal).toMatchObject({ kind: "forbidden", status: 403 });
      return { status, refusal, onTrust, isApplicationCredential: token.isApplicationCredential };
    }),
  ],
};
