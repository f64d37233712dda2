// Owns a webhook receiver as a customer would write one in Node: HTTPS, the published verifiers, a log of its
// requests and their verdicts. Never knows how referd signs. Started by interop.py:
//   node receiver.mjs NODE_MODULES_DIR DIR   (DIR: key.pem, cert.pem, secrets.json; received.log is written)
import { createRequire } from "node:module";
import fs from "node:fs";
import https from "node:https";
import path from "node:path";

const [modules, dir] = process.argv.slice(2);
const require = createRequire(path.join(modules, "x.js"));
const verifiers = { standardwebhooks: require("standardwebhooks").Webhook, svix: require("svix").Webhook };
const inDir = (name) => path.join(dir, name);

function verdict(Verifier, secret, body, headers) {
  try {
    new Verifier(secret).verify(body, headers);
    return "verified";
  } catch (error) {
    return error.message;
  }
}

// The verdict of each verifier on the request, and on a copy whose last byte but one is changed.
function judge(secret, body, headers) {
  const said = {};
  for (const [name, Verifier] of Object.entries(verifiers)) {
    said[name] = verdict(Verifier, secret, body, headers);
    said[`${name}_changed`] = verdict(Verifier, secret, body.replace(/.\}$/, " }"), headers);
  }
  return said;
}

function record(request, body) {
  const secrets = JSON.parse(fs.readFileSync(inDir("secrets.json"), "utf8"));
  const name = request.url.split("?")[0];
  const line = { method: request.method, target: request.url, headers: request.headers, body };
  if (secrets[name]) line.said = judge(secrets[name], body, request.headers);
  fs.appendFileSync(inDir("received.log"), JSON.stringify(line) + "\n");
}

const identity = { key: fs.readFileSync(inDir("key.pem")), cert: fs.readFileSync(inDir("cert.pem")) };
const server = https.createServer(identity, (request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    record(request, body);
    response.end();
  });
});
server.listen(0, "127.0.0.1", () => console.log(`listening on https://127.0.0.1:${server.address().port}`));
