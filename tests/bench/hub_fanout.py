#!/usr/bin/env python3
"""The hub's fan-out beside its floor: deliveries a core-second, and memory and CPU of idle connections.

    hub_fanout.py BIN-DIR FLOOR [--connections 1000,5000,10000] [--rounds 30] [--burst 1] [--threads N]

FLOOR is bench_hub_floor: it holds as many sockets of the same client and calls send() with a ready frame of the
same size. Each round is one event (or a burst of them, published in one request) to all connections; the next
begins when the client has every byte. The client checks each byte of what the hub sends against what the first
connection got, and that the sequence goes up by one. CPU is user and system time of the server's process.
"""

import argparse
import json
import os
import resource
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

from agent import Agent, say

UPGRADE = ("GET /hubs/notifications HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nConnection: Upgrade\r\n"
           "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
SUBSCRIBE = '{"type":1,"invocationId":"1","target":"Subscribe","arguments":[{"types":["rate.updated"]}]}'
HANDSHAKE = '{"protocol":"json","version":1}'
TYPE = "rate.updated"


def frame(text):
    payload = text.encode() + b"\x1e"
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0xFE]) + struct.pack(">H", len(payload))
    return b"\x81" + length + b"\0\0\0\0" + payload


def take_pings(data):
    """Without the hub's pings, which come when they will."""
    return data.replace(PING, b"") if PING in data else data


PING = b'\x81\x0b{"type":6}\x1e'


class Sockets:
    """The client's connections, and what they got."""

    def __init__(self, port):
        self.port, self.all, self.by_fd, self.epoll = port, [], {}, select.epoll()

    def join(self, hello, until, count):
        begun = time.monotonic()
        for _ in range(count):
            made = socket.create_connection(("127.0.0.1", self.port))
            for piece in hello:
                made.sendall(piece)
            got = b""
            while until not in got:
                got += made.recv(65536) or sys.exit(f"a connection ended: {got!r}")
            made.setblocking(False)
            self.all.append(made)
            self.by_fd[made.fileno()] = made
            self.epoll.register(made.fileno(), select.EPOLLIN)
        return time.monotonic() - begun

    def receive(self, is_whole, expected=None):
        """Until `is_whole(bytes)` of every connection; all of them got the same bytes, which are returned."""
        waiting, parts = len(self.all), {}
        while waiting:
            for fd, _ in self.epoll.poll(30) or sys.exit("nothing came for 30 s"):
                data = take_pings(self.by_fd[fd].recv(1 << 20))
                if not data:
                    continue
                data = parts.pop(fd, b"") + data
                if not is_whole(data):
                    parts[fd] = data
                    continue
                expected = expected or data
                if data != expected:
                    sys.exit(f"a connection got {data[:200]!r} where another one got {expected[:200]!r}")
                waiting -= 1
        return expected

    def close(self):
        for each in self.all:
            each.close()
        self.epoll.close()


def cpu_of(pid):
    """Nanoseconds that all threads of the process ran, in seconds."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as stat:
            total += int(stat.read().split()[0])
    return total / 1e9


def resident(pid):
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        return next(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Rss:"))


class Hub:
    def __init__(self, binaries, folder):
        self.agent = Agent(binaries, folder)
        self.pid = self.agent.process.pid
        with open(f"{self.agent.data}/notifyd.addr") as at:
            port = int(at.read().split()[0].rsplit(":", 1)[1])
        token = json.loads(self.agent.ctl("token", "create", "--tenant", "bench", "--user", "load", "-o", "json"))["token"]
        self.sockets = Sockets(port)
        self.hello = [UPGRADE.format(token).encode(), frame(HANDSHAKE), frame(SUBSCRIBE)]
        self.publishing = self.agent.connection()
        self.sequence = None

    def join(self, count):
        return self.sockets.join(self.hello, b'"invocationId":"1"', count)

    def round(self, burst, payload):
        events = [{"type": TYPE, "data": payload}] * burst
        body = json.dumps(events)
        self.publishing.request("POST", "/api/events/batch", body,
                                {"X-Tenant": "bench", "Content-Type": "application/json"})
        told = json.loads(self.publishing.getresponse().read())
        assert told["accepted"] == burst, told
        last = f'"sequence":{told["lastSequence"]}'.encode()
        got = self.sockets.receive(lambda data: last in data and data.endswith(b"\x1e"))
        for sequence in range(told["firstSequence"], told["lastSequence"] + 1):
            assert got.count(f'"sequence":{sequence},'.encode()) == 1, got[:300]
        assert got.count(b"\x1e") == burst, got[:300]
        return len(got) // burst

    def stop(self):
        self.sockets.close()
        self.agent.process.kill()
        self.agent.process.wait()


class Floor:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        self.sockets = Sockets(json.loads(self.process.stdout.readline())["port"])

    def join(self, count):
        return self.sockets.join([UPGRADE.format("x").encode()], b"\r\n\r\n", count)

    def round(self, burst, size):
        self.process.stdin.write(f"round 1 {size} {burst}\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        assert told["deliveries"] == burst * len(self.sockets.all), told
        self.sockets.receive(lambda data: len(data) == burst * size)

    def stop(self):
        self.sockets.close()
        self.process.kill()
        self.process.wait()


def per_core_second(server, rounds, burst, what):
    begun = cpu_of(server.pid)
    for _ in range(rounds):
        server.round(burst, what)
    return rounds * burst * len(server.sockets.all) / (cpu_of(server.pid) - begun)


def measure(arguments, count, folder):
    hub, floor = Hub(arguments.binaries, folder), Floor(arguments.floor)
    payload = {"pair": "EURUSD", "rate": 1.0842, "note": "x" * 100}
    try:
        hub.join(100)
        hub.round(1, payload)
        before = resident(hub.pid)
        took = hub.join(count - 100)
        time.sleep(1)
        say(f"{count} connections join, from one client thread", f"{took:.1f} s")
        say("  resident memory each", f"{(resident(hub.pid) - before) / (count - 100):.0f} bytes")
        begun = cpu_of(hub.pid)
        time.sleep(arguments.idle)
        say("  CPU of each, idle",
            f"{(cpu_of(hub.pid) - begun) / arguments.idle / count * 1e6:.2f} us/s")
        floor.join(count)
        size = hub.round(arguments.burst, payload)
        floor.round(arguments.burst, size)
        ratios = []
        for _ in range(arguments.repeat):
            ours = per_core_second(hub, arguments.rounds, arguments.burst, payload)
            bare = per_core_second(floor, arguments.rounds, arguments.burst, size)
            ratios.append(ours / bare)
            say(f"  bursts of {arguments.burst}, {size} bytes: deliveries a core-second",
                f"{ours:,.0f} of {bare:,.0f} = {ours / bare:.0%}")
        return sorted(ratios)[len(ratios) // 2]
    finally:
        hub.stop()
        floor.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries")
    parser.add_argument("floor")
    parser.add_argument("--connections", default="1000,5000")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--burst", type=int, default=1)
    parser.add_argument("--idle", type=float, default=10)
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    for count in map(int, arguments.connections.split(",")):
        folder = tempfile.mkdtemp(prefix="hub_fanout")
        try:
            measure(arguments, count, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
