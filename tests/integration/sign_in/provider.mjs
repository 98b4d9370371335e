// A real OpenID Connect provider for the tests: npm's oauth2-mock-server, which can also be told to cheat.
// POST /test/next {"claims": {...}, "cheat": "other_key" | "none" | "shared_secret" | "no_id_token"} is for the next sign-ins.
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { OAuth2Server } from "oauth2-mock-server";

const server = new OAuth2Server();
await server.issuer.keys.generate("RS256", { kid: "right" });
const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const asPart = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
let next = { claims: {}, cheat: null };

server.service.addRoute("POST", "/test/next", (request, response) => {
  next = { claims: {}, cheat: null, ...request.body };
  response.writeHead(204).end();
});

server.service.on("beforeTokenSigning", (token) => {
  Object.assign(token.payload, next.claims);
  for (const [name, value] of Object.entries(next.claims)) {
    if (value === null) delete token.payload[name];
  }
});

server.service.on("beforeResponse", (response) => {
  const body = response.body;
  if (!body?.id_token || !next.cheat) return;
  const [head, payload] = body.id_token.split(".");
  const header = JSON.parse(Buffer.from(head, "base64url"));
  if (next.cheat === "no_id_token") {
    delete body.id_token;
  } else if (next.cheat === "none") {
    body.id_token = `${asPart({ alg: "none", typ: "JWT" })}.${payload}.`;
  } else if (next.cheat === "shared_secret") {
    const signed = `${asPart({ ...header, alg: "HS256" })}.${payload}`;
    body.id_token = `${signed}.${createHmac("sha256", "secret").update(signed).digest("base64url")}`;
  } else if (next.cheat === "other_key") {
    const signed = `${head}.${payload}`;
    body.id_token = `${signed}.${sign("RSA-SHA256", Buffer.from(signed), otherKey).toString("base64url")}`;
  }
});

await server.start(Number(process.argv[2]), "127.0.0.1");
console.log(server.issuer.url);
