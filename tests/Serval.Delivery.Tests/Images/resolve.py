"""Runs a program in a root file system where every name is 127.0.0.1 by DNS: resolve.py ROOT PROGRAM...
In a network of its own (unshare --net) port 53 is free, and nothing else answers."""
import fcntl, os, pathlib, socket, stat, struct, subprocess, sys, threading

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))


def answer():
    while True:
        query, client = server.recvfrom(512)
        end = query.index(b"\0", 12) + 5
        is_v4 = query[end - 4:end - 2] == b"\0\1"
        record = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1" if is_v4 else b""
        counts = struct.pack("!HHHH", 1, int(is_v4), 0, 0)
        server.sendto(query[:2] + b"\x84\0" + counts + query[12:end] + record, client)


threading.Thread(target=answer, daemon=True).start()
root = pathlib.Path(sys.argv[1])
(root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
# Every container has it.
random = root / "dev/urandom"
if not random.exists():
    random.parent.mkdir(exist_ok=True)
    os.mknod(random, 0o666 | stat.S_IFCHR, os.makedev(1, 9))
    random.chmod(0o666)
sys.exit(subprocess.run(["chroot", "--userspec=65532:65532", *sys.argv[1:]]).returncode)
