// The first seed document, "Requesting an image of an instance": every sentence that promises something, over HTTP, on a real cloud.
import type { Server } from "../../lib/openstack/index.ts";
import { bootServer, deleteServer, imageNamed, waitFor } from "../real/real-cloud.ts";
import { openStage, type Stage } from "./stage.ts";
import { attachVolume } from "./volume.ts";

let stage: Stage;
let server: Server;
let other: string;
let id: string;
let imageId: string;
const children: { person: string; id: string }[] = [];

/** What the researcher has done to the instance since it was launched. */
const changes = `#!/bin/bash
home=/home/debian; [ -d "$home" ] || useradd -m -s /bin/bash debian
mkdir -p "$home/Desktop" /opt/trinity/bin /opt/private /mnt/scratch /etc/atmo/post-scripts.d /etc/sysconfig
echo desktop >"$home/Desktop/notes"; echo mine >/root/mine; echo mine >/tmp/mine; echo mine >/mnt/scratch/mine
printf '#!/bin/sh\\necho Trinity 2.15\\n' >/opt/trinity/bin/Trinity; chmod 755 /opt/trinity/bin/Trinity
echo secret >/opt/private/unpublished.csv
echo "10.1.2.3 cluster-head" >>/etc/hosts; echo "sshd: ALL" >>/etc/hosts.allow; echo "-A INPUT -j DROP" >/etc/sysconfig/iptables
echo mine >/var/log/mine.log
printf '#!/bin/bash\\necho "welcome to the workshop" >/opt/trinity/welcome\\n' >/etc/atmo/post-scripts.d/10-welcome
printf '#!/bin/bash\\necho linked\\n' >/opt/trinity/linked.sh
chmod 755 /etc/atmo/post-scripts.d /etc/atmo/post-scripts.d/10-welcome /opt/trinity/linked.sh
ln -s /opt/trinity/linked.sh /etc/atmo/post-scripts.d/20-linked
sync; echo changes-made >/dev/ttyS0
`;

const form = () => ({
  serverId: server.id,
  name: "Trinity 2.15 for class",
  description: "Performs transcript assembly, designed for the autumn workshop",
  tags: ["rna-seq", "workshop"],
  visibility: "shared",
  share: { users: ["user-b"], projects: [] },
  installedSoftware: [{ name: "Trinity 2.15", path: "/opt/trinity/bin/Trinity" }],
  systemFiles: [{ path: "/etc/hosts", change: "names the head of the cluster", reason: "jobs are sent there" }],
  excludePaths: ["/opt/private/unpublished.csv"],
  licenseAcknowledged: true,
  contact: { email: "researcher@example.org" },
});

beforeAll(async () => {
  stage = await openStage();
  const member = stage.as("user-a");
  other = await stage.projectOf("user-b");
  server = await bootServer(member, "seed-one", await imageNamed(member, "debian-12"), {
    userData: changes,
    until: /changes-made/,
  });
});

afterAll(async () => {
  for (const child of children) await deleteServer(stage.as(child.person), child.id).catch(() => undefined);
  if (imageId) await stage.call("user-a", "DELETE", `/v1/images/${imageId}`);
  await deleteServer(stage.as("user-a"), server.id).catch(() => undefined);
  await stage.close();
});

test('"Detach all attached volumes from the instance": whoever has not is told, before anything is touched', async () => {
  const volume = await attachVolume(stage.as("user-a"), server.id);
  try {
    const { status, body } = await stage.call("user-a", "POST", "/v1/preflights", form());
    expect(status).toBe(200);
    expect(body.ready).toBe(false);
    expect(body.obstacles).toContainEqual(
      expect.objectContaining({
        level: "obstacle",
        code: "volumes-attached",
        remedy: expect.stringMatching(/[Dd]etach/),
      }),
    );
  } finally {
    await volume.detachAndDelete();
  }
});

test('"Click the instance name": my servers are listed, with what stands in the way of imaging each', async () => {
  const { body } = await stage.call("user-a", "GET", "/v1/servers");
  expect(body.servers).toContainEqual(
    expect.objectContaining({ id: server.id, name: "seed-one", status: "ACTIVE", obstacles: [] }),
  );
});

test('"Image Name, up to 30 characters", "files to exclude, one path per line", "Checkbox: … no license-restricted software": every wrong field at once', async () => {
  const { status, body } = await stage.call("user-a", "POST", "/v1/image-requests", {
    ...form(),
    name: "a name of thirty-one characters",
    excludePaths: ["unpublished.csv"],
    licenseAcknowledged: false,
  });
  expect(status).toBe(422);
  expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
    "excludePaths[0]",
    "licenseAcknowledged",
    "name",
  ]);
});

test('"The list depends on the providers to which you have been granted access"; "email questions to Support"', async () => {
  const { body } = await stage.call("user-a", "GET", "/v1/providers");
  expect(body.providers).toEqual([
    expect.objectContaining({
      name: "real",
      visibilities: ["private", "shared", "community", "public"],
      supportContact: "support@example.org",
    }),
  ]);
});

test('"Click Request Imaging", with "the specifics for the change and why the change is necessary": staff are asked, and say yes', async () => {
  const posted = await stage.call("user-a", "POST", "/v1/image-requests", form());
  expect(posted).toMatchObject({ status: 202, body: { license: { version: "1" } } });
  id = posted.body.id;
  await stage.follow(id, ({ status }) => status === "awaiting-approval");
  expect((await stage.call("user-a", "GET", "/v1/approvals")).status).toBe(403);
  const { body } = await stage.call("admin", "GET", "/v1/approvals");
  const waiting = body.approvals.find(({ request }: { request?: { id: string } }) => request?.id === id);
  expect(waiting.request.asked.systemFiles).toEqual(form().systemFiles);
  const decided = await stage.call("admin", "POST", `/v1/image-requests/${id}/decision`, {
    decision: "approve",
    reason: "for the workshop",
  });
  expect(decided.status).toBe(200);
});

test('"Do not stop or suspend the instance until you receive notification": it is locked, and says why', async () => {
  const locked = await waitFor("the lock", 120_000, async () => {
    const now = await stage.as("user-a").compute.getServer(server.id);
    return now.locked ? now : undefined;
  });
  expect(locked.lockedReason).toMatch(/image/i);
  const started = await stage.waitForMail(/We are imaging your server/);
  expect(started.text).toMatch(/do not stop, start or suspend the server until you hear from us/);
});

test('"You will receive an email when the image is being processed and again when it has been completed"', async () => {
  const request = await stage.followToEnd(id);
  expect({ status: request.status, problem: request.problem }).toEqual({ status: "completed", problem: null });
  imageId = request.image?.id ?? "";
  await stage.waitForMail(/is ready/);
  const mails = await stage.mails();
  expect(mails.map(({ subject }) => subject)).toEqual([
    "Your image “Trinity 2.15 for class” was asked for",
    "Your image “Trinity 2.15 for class” waits for approval",
    "We are imaging your server “seed-one”: please leave it alone",
    "Your server “seed-one” is yours again",
    "Your image “Trinity 2.15 for class” is ready",
  ]);
  for (const { to, text } of mails) {
    expect([to].flat()[0]?.value[0]?.address).toBe("researcher@example.org");
    expect(text).toContain("support@example.org");
  }
  expect(await stage.as("user-a").compute.getServer(server.id)).toMatchObject({ status: "ACTIVE", locked: false });
});

test("the image is as the form said: name, description, tags, software with its paths, the change of a system file", async () => {
  const { body } = await stage.call("user-a", "GET", `/v1/images/${imageId}`);
  expect(body).toMatchObject({
    name: form().name,
    description: form().description,
    visibility: "shared",
    provenance: { installedSoftware: form().installedSoftware, systemFiles: form().systemFiles },
  });
  expect([...body.tags].sort()).toEqual(form().tags);
});

test('"visible and launchable only by specified users": the other project is invited, accepts, and the owner sees it', async () => {
  const { body: invited } = await stage.call("user-b", "GET", "/v1/invitations");
  expect(invited.invitations).toContainEqual(
    expect.objectContaining({ status: "pending", image: expect.objectContaining({ id: imageId, name: form().name }) }),
  );
  const accepted = await stage.call("user-b", "PUT", `/v1/invitations/${imageId}`, { status: "accepted" });
  expect(accepted.status).toBe(200);
  const { body } = await stage.call("user-a", "GET", `/v1/images/${imageId}/members`);
  expect(body.members).toEqual([
    expect.objectContaining({ project: { id: other, name: "demo-b" }, status: "accepted", checked: true }),
  ]);
  expect((await stage.call("admin", "GET", `/v1/images/${imageId}`)).status).not.toBe(500);
});

test('"After the image is launched and active, the script will be executed"; what was installed is there, what had to go is gone', async () => {
  const child = await bootServer(stage.as("user-b"), "seed-one-child", imageId, { userData: look, until: /looked=/ });
  children.push({ person: "user-b", id: child.id });
  const console = await stage.as("user-b").compute.getConsole(child.id);
  const seen = Object.fromEntries(
    [...console.matchAll(/^([a-z-]+)=\[(.*)\]\r?$/gm)].map(([, what, said]) => [what, said]),
  );
  expect(seen).toEqual({
    // "This saves a complete copy of all changes and updates you made to the instance"
    trinity: "Trinity 2.15",
    welcome: "welcome to the workshop",
    linked: "linked",
    // "The following directories are deleted as part of the imaging process"
    desktop: "",
    mnt: "",
    tmp: "",
    root: "",
    // "List any files that you do not want included in the image"
    excluded: "",
    // "The following system files are typically overwritten", but for the change that staff approved
    hosts: "cluster-head",
    "hosts-allow": "",
    iptables: "",
    log: "",
    accounts: "",
  });
});

/** Beside cloud-init, not in it: the post-scripts run once it has ended. */
const look = `#!/bin/bash
{ n=0; while [ $n -lt 300 ] && ! grep -rqs linked /var/log/atmo/post-scripts; do sleep 1; n=$((n+1)); done
{ echo
echo "trinity=[$(/opt/trinity/bin/Trinity)]"
echo "welcome=[$(cat /opt/trinity/welcome)]"
echo "linked=[$(grep -rhso '^linked$' /var/log/atmo/post-scripts | head -n 1)]"
echo "desktop=[$(find /home -name notes)]"
echo "mnt=[$(ls -A /mnt)]"
echo "tmp=[$(find /tmp -name mine)]"
echo "root=[$(find /root -name mine)]"
echo "excluded=[$(ls -A /opt/private)]"
echo "hosts=[$(grep -o cluster-head /etc/hosts)]"
echo "hosts-allow=[$(grep -hs '^sshd: ALL' /etc/hosts.allow)]"
echo "iptables=[$(grep -hs DROP /etc/sysconfig/iptables)]"
echo "log=[$(cat /var/log/mine.log 2>/dev/null)]"
echo "accounts=[$(getent shadow debian | cut -d: -f2 | grep '^[$]')]"
echo "looked="; } >/dev/ttyS0; } </dev/null >/dev/null 2>&1 &
`;

test('"You can add and remove tags later"; tags and text find the image', async () => {
  const changed = await stage.call("user-a", "PATCH", `/v1/images/${imageId}`, {
    addTags: ["assembly"],
    removeTags: ["workshop"],
  });
  expect(changed.status).toBe(200);
  const found = async (query: string) => {
    const { body } = await stage.call("user-a", "GET", `/v1/images?${query}`);
    return body.images.map((image: { id: string }) => image.id);
  };
  expect(await found("tag=assembly")).toContain(imageId);
  expect(await found("tag=workshop")).not.toContain(imageId);
  expect(await found("text=TRANSCRIPT")).toContain(imageId);
});

test('"Click My Images … The list of your images is displayed"', async () => {
  const { body } = await stage.call("user-a", "GET", "/v1/images");
  expect(body.images).toContainEqual(expect.objectContaining({ id: imageId, name: form().name, origin: "published" }));
  const { body: shared } = await stage.call("user-b", "GET", "/v1/images?scope=shared-with-me");
  expect(shared.images.map((image: { id: string }) => image.id)).toContain(imageId);
});
