"""Runs a command in a network of its own, and sees what becomes of port 50052: reserve.py COMMAND...
Prints which ports are reserved, then the port of each of two outgoing connections that may only have 50052 or
50053."""
import fcntl, pathlib, socket, struct, subprocess, sys

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
settings = pathlib.Path("/proc/sys/net/ipv4")
control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
reserved = settings / "ip_local_reserved_ports"
reserved.write_text("8080")
subprocess.run(sys.argv[1:], check=True)
print(reserved.read_text().strip())

(settings / "ip_local_port_range").write_text("50052 50053")
server = socket.socket()
server.bind(("127.0.0.1", 9))
server.listen()
held = []
for _ in range(2):
    held.append(socket.socket())
    try:
        held[-1].connect(("127.0.0.1", 9))
        print(held[-1].getsockname()[1])
    except OSError as fault:
        print(fault.strerror)
