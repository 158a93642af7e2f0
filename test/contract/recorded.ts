// Notes which methods of our client are called, so that a test can say which ones no fact is about.
import type { Cloud } from "../../lib/openstack/index.ts";

/** `compute.getServer`, `cloud.asTrust`, … */
export type CallsSeen = Set<string>;

/** The same cloud; clouds made of it are noted alike. */
export function recorded(cloud: Cloud, seen: CallsSeen): Cloud {
  const noting = <S extends object>(service: string, methods: S): S =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        typeof method === "function"
          ? (...given: unknown[]) => {
              seen.add(`${service}.${name}`);
              return method(...given);
            }
          : method,
      ]),
    ) as S;
  const { identity, compute, image, volume, directory, ...own } = cloud;
  const noted = noting("cloud", own);
  return {
    ...noted,
    identity: noting("identity", identity),
    compute: noting("compute", compute),
    image: noting("image", image),
    directory: noting("directory", directory),
    volume: noting("volume", volume),
    asTrust: (...given) => recorded(noted.asTrust(...given), seen),
    asUser: (...given) => recorded(noted.asUser(...given), seen),
    asToken: (...given) => recorded(noted.asToken(...given), seen),
    within: (...given) => recorded(noted.within(...given), seen),
  };
}

/** Every method that our client has, found on the client itself. */
export function methodsOf(cloud: Cloud): string[] {
  const { identity, compute, image, volume, directory, ...own } = cloud;
  return Object.entries({ cloud: own, identity, compute, image, volume, directory })
    .flatMap(([service, methods]) =>
      Object.entries(methods)
        .filter(([, method]) => typeof method === "function")
        .map(([name]) => `${service}.${name}`),
    )
    .sort();
}
