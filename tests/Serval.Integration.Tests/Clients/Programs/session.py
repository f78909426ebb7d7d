# What Python's requests makes of an upstream: one line for each thing it did.
# Lines that begin with "errors" are numbers of failures that vary from run to run.
import hashlib
import sys

import requests

base, rounds = sys.argv[1], int(sys.argv[2])
body = b"x" * 5_000_000
session = requests.Session()


def show(name, response):
    digest = hashlib.sha1(response.content).hexdigest()
    print(name, response.status_code, response.reason, len(response.content), digest)


show("get", session.get(base + "/small.txt"))
show("head", session.head(base + "/small.txt"))
show("large", session.get(base + "/large.bin"))
show("chunked", session.get(base + "/chunked"))
show("redirect", session.get(base + "/redirect"))
show("missing", session.get(base + "/missing?a=b&c=%2F"))
show("unchanged", session.get(base + "/small.txt", headers={"If-None-Match": '"v1"'}))
show("upload", session.post(base + "/upload", data=body))
show("in chunks", session.post(base + "/upload", data=(b"y" * 10_000 for _ in range(50))))
show("form", session.post(base + "/upload", data={"a": "b", "c": "d e"}))
show("delete", session.delete(base + "/item"))
print("cookies", sorted(session.get(base + "/cookies").cookies.items()))
print(session.get(base + "/headers?q=1%2f", headers={"X-A": "1"}).text)
with session.get(base + "/large.bin", stream=True) as left:
    print("left", len(next(left.iter_content(1000))))
show("behind", session.get(base + "/small.txt"))

early = following = 0
for _ in range(rounds):
    try:
        early += 0 if session.post(base + "/early", data=body).status_code < 500 else 1
    except requests.RequestException:
        early += 1
    try:
        following += 0 if session.get(base + "/small.txt").status_code == 200 else 1
    except requests.RequestException:
        following += 1
print("errors early", early)
print("errors following", following)
