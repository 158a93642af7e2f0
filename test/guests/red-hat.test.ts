// A tree whose packages are real: made by rpmbuild, put in by rpm with its own database. Needs rpm (Debian's package has all of it).
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hearClean, hearVerify } from "../../lib/guest/console.ts";
import { guestTree } from "../../lib/guest/guest-tree.ts";
import { ownersThings, redHat } from "../../lib/guest/layouts.ts";
import { cleanScript, verifyScript } from "../../lib/guest/user-data.ts";

const nonce = "0123456789abcdef";
const canary = "c4n4ry-5d0f2b6e";
const folder = mkdtempSync(join(tmpdir(), "rpm-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A package with one file; its path in `folder`. */
function rpmOf(name: string, version: string, file: string, text: string): string {
  const spec = join(folder, `${name}.spec`);
  writeFileSync(
    spec,
    `Name: ${name}\nVersion: ${version}\nRelease: 1.el9\nSummary: x\nLicense: x\nBuildArch: noarch\n%description\nx\n%install\nmkdir -p %{buildroot}$(dirname ${file})\nprintf '%s' '${text}' >%{buildroot}${file}\n%files\n${file}\n`,
  );
  execFileSync("rpmbuild", ["-bb", "--define", `_topdir ${folder}/build`, "--define", "_build_id_links none", spec], {
    stdio: "pipe",
  });
  return join(folder, `build/RPMS/noarch/${name}-${version}-1.el9.noarch.rpm`);
}

test("packages are listed from rpm's own database, what packages brought stays, the owner's goes", () => {
  const { "/usr/lib/sysimage/rpm/rpmdb.sqlite": _, "/etc/ssh/sshd_config.d/50-redhat.conf": __, ...layout } = redHat;
  const guest = guestTree(ownersThings(canary), layout);
  try {
    mkdirSync(join(guest.root, "usr/lib/sysimage/rpm"), { recursive: true });
    const packages = [
      rpmOf("cloud-init", "23.4", "/usr/bin/cloud-init", "x"),
      rpmOf("openssh-server", "8.7p1", "/etc/ssh/sshd_config.d/50-redhat.conf", "SyslogFacility AUTHPRIV"),
    ];
    execFileSync(
      "rpm",
      ["--root", guest.root, "--dbpath", "/usr/lib/sysimage/rpm", "-i", "--nodeps", "--force-debian", ...packages],
      { stdio: "pipe" },
    );
    guest.run(cleanScript({ nonce, excludePaths: [], keepPaths: [], keptSystemFiles: [] }));
    expect(hearClean(guest.console(), nonce)).toMatchObject({
      kind: "report",
      report: { os: { id: "rocky" }, cloudInit: { version: "23.4-1.el9" }, guestAgent: "installed", problems: [] },
    });
    expect(guest.find(canary)).toEqual([]);
    expect(guest.read("/etc/ssh/sshd_config.d/50-redhat.conf")).toBe("SyslogFacility AUTHPRIV");
    guest.forget();
    guest.run(verifyScript({ nonce, excludePaths: [], keepPaths: [], emptied: true }));
    expect(hearVerify(guest.console(), nonce)).toMatchObject({
      kind: "report",
      report: {
        packages: { items: ["cloud-init 23.4-1.el9", "openssh-server 8.7p1-1.el9"], omitted: 0 },
        forbidden: { items: [] },
      },
    });
  } finally {
    guest.remove();
  }
});
