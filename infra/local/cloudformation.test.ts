// CloudFormation's functions become what this machine has.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: serverless.yml's own syntax
import { resolveCloudFormation } from "./cloudformation.ts";

const resources = {
  Q: { Type: "AWS::SQS::Queue", Properties: { QueueName: { "Fn::Join": ["-", ["darkroom", "check"]] } } },
  T: { Type: "AWS::DynamoDB::Table", Properties: { TableName: "things" } },
  Secret: { Type: "AWS::SecretsManager::Secret", Properties: {} },
};
const names = { region: "eu-central-1", accountId: "000000000000", sqsUrl: "http://127.0.0.1:4000" };
const resolve = (value: unknown) => resolveCloudFormation(value, resources, names);
const ref = (name: string) => ({ Ref: name });
const getAtt = (name: string, attribute: string) => ({ "Fn::GetAtt": [name, attribute] });
const sub = (text: unknown) => ({ "Fn::Sub": text });

test.each([
  [ref("Q"), "http://127.0.0.1:4000/000000000000/darkroom-check"],
  [getAtt("Q", "Arn"), "arn:aws:sqs:eu-central-1:000000000000:darkroom-check"],
  [getAtt("Q", "QueueName"), "darkroom-check"],
  [ref("T"), "things"],
  [getAtt("T", "Arn"), "arn:aws:dynamodb:eu-central-1:000000000000:table/things"],
  [ref("AWS::Region"), "eu-central-1"],
  [sub("${T.Arn}/index/${!literal}"), "arn:aws:dynamodb:eu-central-1:000000000000:table/things/index/${!literal}"],
  [sub(["${own}-${T}", { own: ref("AWS::AccountId") }]), "000000000000-things"],
  [sub("https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/x-"), "http://127.0.0.1:4000/000000000000/x-"],
  [{ "Fn::Select": [1, { "Fn::Split": ["-", "a-b"] }] }, "b"],
  [{ deep: [{ Ref: "T" }, 1, null] }, { deep: ["things", 1, null] }],
  // No emulator of its kind: a variable of that value is left out.
  [ref("Secret"), undefined],
  [sub("${Secret}/x"), undefined],
])("%j", (value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test.each([ref("Nothing"), getAtt("Nothing", "Arn"), sub("${Nothing}")])("a name of no resource: %j", (value) => {
  expect(() => resolve(value)).toThrow("there is no resource Nothing");
});

test("a function that is not known is refused", () => {
  expect(() => resolve({ "Fn::Transform": {} })).toThrow("Fn::Transform");
});
