# The upstream of the client tests for gunicorn: the same paths as upstream.mjs and KestrelUpstream.cs.
import hashlib

LARGE = bytes(i % 251 for i in range(251)) * 20000


def app(environ, start_response):
    path = environ["PATH_INFO"]
    method = environ["REQUEST_METHOD"]

    def answer(status, body, *headers):
        start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), *headers])
        return [] if method == "HEAD" else [body]

    if path == "/small.txt":
        if environ.get("HTTP_IF_NONE_MATCH") == '"v1"':
            start_response("304 Not Modified", [("ETag", '"v1"')])
            return []
        return answer("200 OK", b"hello\n", ("ETag", '"v1"'), ("X-Empty", ""))
    if path == "/large.bin":
        return answer("200 OK", LARGE)
    if path == "/chunked":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (b"chunk %d\n" % i for i in range(10))
    if path == "/upload":
        body = environ["wsgi.input"].read()
        return answer("200 OK", b"%d %s\n" % (len(body), hashlib.sha1(body).hexdigest().encode()))
    if path == "/early":
        return answer("401 Unauthorized", b"no\n", ("WWW-Authenticate", "Basic"))
    if path == "/redirect":
        return answer("302 Found", b"", ("Location", "/small.txt"))
    if path == "/cookies":
        return answer("200 OK", b"", ("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/"))
    if path == "/headers":
        names = sorted(name for name in environ if name.startswith("HTTP_"))
        lines = "".join(f"{name[5:].replace('_', '-').lower()}: {environ[name]}\n" for name in names)
        return answer("200 OK", f"{method} {environ['RAW_URI']}\n{lines}".encode("latin1"))
    if path == "/item" and method == "DELETE":
        start_response("204 No Content", [])
        return []
    return answer("404 Not Found", b"not here\n")
