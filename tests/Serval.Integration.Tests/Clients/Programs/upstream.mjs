// The upstream of the client tests for node: the same paths as app.py and KestrelUpstream.cs.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const large = Buffer.alloc(251 * 20000, Buffer.from(Array.from({ length: 251 }, (_, i) => i)));
let gone = 0;

const server = createServer((request, response) => {
  const answer = (status, body, headers = {}) => {
    response.writeHead(status, { "Content-Type": "text/plain", "Content-Length": Buffer.byteLength(body), ...headers });
    response.end(body);
  };
  switch (request.url.split("?")[0]) {
    case "/small.txt":
      if (request.headers["if-none-match"] === '"v1"') {
        response.writeHead(304, { ETag: '"v1"' });
        return response.end();
      }
      return answer(200, "hello\n", { ETag: '"v1"', "X-Empty": "" });
    case "/large.bin":
      return answer(200, large);
    case "/chunked":
      response.writeHead(200, { "Content-Type": "text/plain" });
      for (let i = 0; i < 10; i++) response.write(`chunk ${i}\n`);
      return response.end();
    case "/upload": {
      const hash = createHash("sha1");
      let length = 0;
      request.on("data", (chunk) => {
        hash.update(chunk);
        length += chunk.length;
      });
      return request.on("end", () => answer(200, `${length} ${hash.digest("hex")}\n`));
    }
    case "/early":
      return answer(401, "no\n", { "WWW-Authenticate": "Basic" });
    case "/slow":
      return response.on("close", () => gone++);
    case "/gone":
      return answer(200, `${gone}\n`);
    case "/redirect":
      return answer(302, "", { Location: "/small.txt" });
    case "/cookies":
      return answer(200, "", { "Set-Cookie": ["a=1; Path=/", "b=2; Path=/"] });
    case "/headers": {
      const names = Object.keys(request.headers).sort();
      const lines = names.map((name) => `${name}: ${request.headers[name]}\n`).join("");
      return answer(200, `${request.method} ${request.url}\n${lines}`);
    }
    case "/item":
      if (request.method === "DELETE") {
        response.writeHead(204);
        return response.end();
      }
  }
  answer(404, "not here\n");
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
