// From records to the reports of report.ts; anything that our scripts do not write is Nonsense.
import { count, decoded, hash, oneOf, Records, yes } from "./records.ts";
import type { CleanReport, PostScriptsFound, VerifyReport } from "./report.ts";

export function readCleanReport(text: string): CleanReport {
  const records = new Records(text);
  const report: CleanReport = {
    kind: "clean",
    ...common(records),
    removed: records.listed("removed", 3, ([path, files, bytes]) => ({
      path: decoded(path),
      files: count(files),
      bytes: count(bytes),
    })),
    excluded: records.listed("excluded", 5, ([path, outcome, files, bytes, why]) => ({
      path: decoded(path),
      outcome: oneOf(["removed", "absent", "refused"], outcome),
      files: count(files),
      bytes: count(bytes),
      why: decoded(why),
    })),
    kept: records.texts("kept"),
    accounts: records.listed("account", 4, ([name, uid, outcome, why]) => ({
      name: decoded(name),
      uid: count(uid),
      outcome: oneOf(["removed", "locked"], outcome),
      why: decoded(why),
    })),
    systemFiles: records.listed("systemFile", 2, ([path, outcome]) => ({
      path: decoded(path),
      outcome: oneOf(["reset", "absent", "kept"], outcome),
    })),
    freeSpace: records.all("freeSpace", 6, ([mountPoint, fileSystem, road, bytes, promised, why]) => ({
      mountPoint: decoded(mountPoint),
      fileSystem: decoded(fileSystem),
      road: oneOf(["fill", "none"], road),
      bytes: count(bytes),
      promised: yes(promised),
      why: decoded(why),
    })),
    secrets: records.listed("secret", 2, ([path, kind]) => ({ path: decoded(path), kind: decoded(kind) })),
    postScripts: postScriptsFound(records),
    namesVirtioDisk: records.texts("namesVirtioDisk"),
  };
  records.end();
  return report;
}

export function readVerifyReport(text: string): VerifyReport {
  const records = new Records(text);
  const errors = records.texts("cloudInitError");
  const report: VerifyReport = {
    kind: "verify",
    ...common(records),
    cloudInitStatus: records.one("cloudInitStatus", 2, ([status, datasource]) => ({
      status: decoded(status),
      datasource: decoded(datasource),
      errors,
    })),
    forbidden: records.listed("forbidden", 2, ([path, why]) => ({
      path: decoded(path),
      why: oneOf(["emptied-folder", "excluded"], why),
    })),
    postScripts: records.listed("postScript", 4, ([name, status, timedOut, end]) => ({
      name: decoded(name),
      exitStatus: status === "" ? null : count(status),
      timedOut: yes(timedOut),
      outputEnd: decoded(end),
    })).items,
    rootFileSystem: records.one("rootFileSystem", 6, ([fileSystem, device, size, used, disk, grown]) => ({
      fileSystem: decoded(fileSystem),
      device: decoded(device),
      sizeBytes: count(size),
      usedBytes: count(used),
      diskBytes: count(disk),
      grown: yes(grown),
    })),
    accounts: records.texts("account"),
    packages: records.listed("package", 1, ([name]) => decoded(name)),
  };
  records.end();
  return report;
}

function common(records: Records) {
  return {
    os: records.one("os", 3, ([id, versionId, prettyName]) => ({
      id: decoded(id),
      versionId: decoded(versionId),
      prettyName: decoded(prettyName),
    })),
    machineIdHash: records.one("machineIdHash", 1, ([field]) => hash(field, { orEmpty: true })),
    hostKeyHashes: records.listed("hostKeyHash", 1, ([field]) => hash(field)).items,
    guestAgent: records.one("guestAgent", 1, ([field]) => oneOf(["absent", "installed", "active"], field)),
    cloudInit: { version: records.one("cloudInit", 1, ([field]) => decoded(field)) },
    problems: records.texts("problem"),
  };
}

function postScriptsFound(records: Records): PostScriptsFound {
  const split = (field: string | undefined) =>
    decoded(field)
      .split(";")
      .filter((problem) => problem !== "");
  return {
    folderProblems: records.all("postScriptsFolder", 1, ([field]) => split(field)).flat(),
    scripts: records.listed("postScript", 2, ([name, problems]) => ({ name: decoded(name), problems: split(problems) }))
      .items,
  };
}
