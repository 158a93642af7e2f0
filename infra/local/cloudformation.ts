// CloudFormation's functions, resolved to what this machine has: queue URLs, ARNs, table names.
import type { Resource } from "./serverless-file.ts";

export type LocalNames = { region: string; accountId: string; sqsUrl: string };

/**
 * Resolve Ref, GetAtt, Sub, Join, Split and Select in a value. A queue's Ref is its URL at the emulator, its Arn the one that emulator
 * gives; the regional SQS endpoint in a text becomes the emulator's. `undefined` where the value needs a resource that has no emulator
 * (a secret, a topic): an environment variable of that value is left out. Throws an Error for a name that no resource has.
 */
export function resolveCloudFormation(value: unknown, resources: Record<string, Resource>, names: LocalNames): unknown {
  return new Resolver(resources, names).resolve(value);
}

class Resolver {
  readonly #resources: Record<string, Resource>;
  readonly #names: LocalNames;

  constructor(resources: Record<string, Resource>, names: LocalNames) {
    this.#resources = resources;
    this.#names = names;
  }

  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((entry) => this.resolve(entry));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (first && entries.length === 1 && (first[0] === "Ref" || first[0].startsWith("Fn::")))
      return this.#call(...first);
    return Object.fromEntries(entries.map(([key, entry]) => [key, this.resolve(entry)]));
  }

  #call(name: string, argument: unknown): unknown {
    if (name === "Ref") return this.#reference(String(argument));
    if (name === "Fn::GetAtt") return this.#attribute(argument as [string, string]);
    if (name === "Fn::Sub") return this.#substitute(argument);
    const resolved = this.resolve(argument) as [unknown, unknown];
    if (name === "Fn::Join") return (resolved[1] as unknown[]).join(String(resolved[0]));
    if (name === "Fn::Split") return String(resolved[1]).split(String(resolved[0]));
    if (name === "Fn::Select") return (resolved[1] as unknown[])[Number(resolved[0])];
    throw new Error(`serverless.yml: the local host does not know ${name}`);
  }

  #reference(id: string): unknown {
    const { region, accountId, sqsUrl } = this.#names;
    if (id.startsWith("AWS::")) {
      const pseudo: Record<string, string> = {
        Region: region,
        AccountId: accountId,
        Partition: "aws",
        URLSuffix: "amazonaws.com",
      };
      return pseudo[id.slice("AWS::".length)];
    }
    const resource = this.#resource(id);
    if (resource.Type === "AWS::SQS::Queue")
      return `${sqsUrl}/${accountId}/${this.resolve(resource.Properties.QueueName)}`;
    if (resource.Type === "AWS::DynamoDB::Table") return this.resolve(resource.Properties.TableName);
    return undefined;
  }

  #attribute([id, attribute]: [string, string]): unknown {
    const { region, accountId } = this.#names;
    const { Type, Properties } = this.#resource(id);
    if (Type === "AWS::SQS::Queue") {
      const name = this.resolve(Properties.QueueName);
      return attribute === "QueueName" ? name : `arn:aws:sqs:${region}:${accountId}:${name}`;
    }
    if (Type === "AWS::DynamoDB::Table" && attribute === "Arn") {
      return `arn:aws:dynamodb:${region}:${accountId}:table/${this.resolve(Properties.TableName)}`;
    }
    return undefined;
  }

  #substitute(argument: unknown): unknown {
    const [text, own] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Record<string, unknown>];
    let missing = false;
    const replaced = text.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      const [id = "", attribute] = name.split(".");
      const value = Object.hasOwn(own, name)
        ? this.resolve(own[name])
        : attribute
          ? this.#attribute([id, attribute])
          : this.#reference(name);
      missing ||= value === undefined;
      return String(value);
    });
    const { region, sqsUrl } = this.#names;
    return missing ? undefined : replaced.replaceAll(`https://sqs.${region}.amazonaws.com`, sqsUrl);
  }

  #resource(id: string): Resource {
    const resource = this.#resources[id];
    if (!resource) throw new Error(`serverless.yml: there is no resource ${id}`);
    return resource;
  }
}
