// What node's fetch, or axios, makes of an upstream: one line for each thing it did.
// Lines that begin with "errors" are numbers of failures that vary from run to run.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import http from "node:http";

const [, , client, base, roundsText, waits, folder] = process.argv;
const rounds = Number(roundsText);
const body = Buffer.alloc(5_000_000, "x");
let call = async (path, options = {}) => {
  const response = await fetch(base + path, { redirect: "follow", ...options });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
};
if (client === "axios") {
  const axios = createRequire(folder + "/")("axios").create({
    httpAgent: new http.Agent({ keepAlive: true }), validateStatus: () => true, responseType: "arraybuffer",
    maxRedirects: 0,
  });
  call = async (path, options = {}) => {
    const { method, headers, body: data, signal } = options;
    const response = await axios.request({ url: base + path, method, headers, data, signal });
    return { status: response.status, headers: response.headers, body: Buffer.from(response.data) };
  };
}

const show = async (name, path, options) => {
  const { status, body: bytes } = await call(path, options);
  console.log(name, status, bytes.length, createHash("sha1").update(bytes).digest("hex"));
};
await show("get", "/small.txt");
await show("head", "/small.txt", { method: "HEAD" });
await show("large", "/large.bin");
await show("chunked", "/chunked");
// axios does not follow here: the body may name the port.
if (client === "fetch") await show("redirect", "/redirect");
else console.log("redirect", (await call("/redirect")).status);
await show("missing", "/missing?a=b&c=%2F");
await show("unchanged", "/small.txt", { headers: { "If-None-Match": '"v1"' } });
await show("upload", "/upload", { method: "POST", body });
await show("delete", "/item", { method: "DELETE" });
await Promise.all(Array.from({ length: 20 }, (_, i) => show("together", `/small.txt?${i}`)));
console.log((await call("/headers?q=1%2f", { headers: { "X-A": "1" } })).body.toString());

const count = async (path, options, isGood) => {
  try {
    return isGood((await call(path, options)).status) ? 0 : 1;
  } catch {
    return 1;
  }
};
let early = 0;
let following = 0;
for (let i = 0; i < rounds; i++) {
  early += await count("/early", { method: "POST", body }, (status) => status >= 400 && status < 500);
  following += await count("/small.txt", {}, (status) => status === 200);
}
console.log("errors early", early);
console.log("errors following", following);

if (waits === "waits") {
  // Requests that are given up: the upstream must hear of each of them.
  const before = Number((await call("/gone")).body.toString());
  const given = Array.from({ length: 5 }, () => {
    const stop = new AbortController();
    const failed = call("/slow", { signal: stop.signal }).then(() => 0, () => 1);
    setTimeout(() => stop.abort(), 300);
    return failed;
  });
  console.log("aborted", (await Promise.all(given)).reduce((a, b) => a + b));
  const end = Date.now() + 20_000;
  let gone = 0;
  while (gone < 5 && Date.now() < end) gone = Number((await call("/gone")).body.toString()) - before;
  console.log("noticed", gone);
  await show("behind", "/small.txt");
}
process.exit(0);
