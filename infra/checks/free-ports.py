"""Ports of 127.0.0.1 that are free: free-ports.py [COUNT].

Below those that the kernel gives to whoever asks for any, and to connections: a server that is
started again on its port finds it free, however much others do on this machine meanwhile.
"""

import random
import socket
import sys

with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as given:
    below = int(given.read().split()[0])
low, high = (20_000, below) if below > 21_000 else (1024, 65_536)
found = []
while len(found) < int(sys.argv[1] if len(sys.argv) > 1 else 1):
    taken = socket.socket()
    try:
        taken.bind(("127.0.0.1", random.randrange(low, high)))
        found.append(taken)
    except OSError:
        taken.close()
print(*[each.getsockname()[1] for each in found])
