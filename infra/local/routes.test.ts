// Routes are matched as API Gateway's HTTP APIs do.
import { routesOfPath } from "./routes.ts";

const routes = [
  "GET /things",
  "POST /things",
  "GET /things/{id}",
  "GET /things/new",
  "GET /things/{id}/parts/{part}",
].map((text) => {
  const [method = "", path = ""] = text.split(" ");
  return { route: { method, path } };
});
const find = (path: string) =>
  routesOfPath(routes, path).map(({ route, parameters }) => [`${route.method} ${route.path}`, parameters]);

test.each([
  [
    "/things",
    [
      ["GET /things", {}],
      ["POST /things", {}],
    ],
  ],
  ["/things/a%20b", [["GET /things/{id}", { id: "a b" }]]],
  ["/things/%zz", [["GET /things/{id}", { id: "%zz" }]]],
  ["/things/1/parts/2", [["GET /things/{id}/parts/{part}", { id: "1", part: "2" }]]],
  // What is written out goes first.
  [
    "/things/new",
    [
      ["GET /things/new", {}],
      ["GET /things/{id}", { id: "new" }],
    ],
  ],
  ["/things/", []],
  ["/things/1/parts", []],
  ["/", []],
])("%s", (path, expected) => {
  expect(find(path)).toEqual(expected);
});
