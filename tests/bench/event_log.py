#!/usr/bin/env python3
"""The figures of the event log: single publishes, a thousand tenants, reading all of it, a rare type, opening.

    event_log.py BIN-DIR [--seconds S] [--gigabytes N]

Starts an agent on a temporary folder, once for each row, and prints the figure, or the ratio to the row
before it in the same run. --gigabytes fills the log that is opened again (default 1).
"""

import argparse
import glob
import json
import os
import shutil
import statistics
import tempfile
import time

from random import Random
from uuid import UUID

from agent import Agent, say

RARE = 1000  # One event in so many is of the rare type.


def publishing(agent, seconds):
    """The same from one tenant and from a thousand; each warmed up, so that all logs were opened once."""
    for name, arguments in (("single events, 64 connections", ["--batch", "1", "--connections", "64"]),
                            ("batches of 1,000", [])):
        told = {}
        for who in (["--tenant", "bench"], ["--tenants", "1000", "--tenant-prefix", "many"]):
            runs = [agent.ingest(*who, *arguments, "--seconds", str(seconds)) for _ in range(4)][1:]
            told[who[0]] = statistics.median(run["perSecond"] for run in runs)
            say(f"{name}, {'1,000 tenants' if who[0] == '--tenants' else 'one tenant'}",
                f"{told[who[0]]:,.0f} events/s, p99 {statistics.median(run['p99Ms'] for run in runs):.1f} ms")
        say(f"{name}, 1,000 tenants / one", f"{told['--tenants'] / told['--tenant']:.2f}")


def reading(agent, count):
    """All of a log as lines over the Unix socket, whose other end discards them."""
    agent.ingest("--tenant", "bench", "--count", str(count))
    rates, piece = [], bytearray(1 << 20)
    for _ in range(5):
        begun, tail = time.monotonic(), b""
        connection = agent.connection()
        connection.sock.sendall(b"GET /api/events HTTP/1.1\r\nHost: agent\r\nX-Tenant: bench\r\n"
                                b"Accept: application/x-ndjson\r\n\r\n")
        while got := connection.sock.recv_into(piece):
            tail = bytes(piece[max(got - 5, 0):got])
        assert tail == b"0\r\n\r\n", tail
        rates.append(count / (time.monotonic() - begun))
    say(f"all of a log of {count:,} events as lines", f"{statistics.median(rates):,.0f} events/s "
        f"({min(rates):,.0f}-{max(rates):,.0f})")


def rare_type(agent, count):
    connection = agent.connection()
    words = open(__file__, encoding="utf-8").read().split()
    for batch in range(count // 1000):
        lines = [json.dumps({"type": "rare.one" if n % RARE == RARE // 2 else f"common.t{n % 7}",
                             "data": {"n": batch * 1000 + n, "text": " ".join(words[(batch * 7 + n) % 500:][:14])}})
                 for n in range(1000)] if batch % 50 == 0 else lines
        connection.request("POST", "/api/events/batch", "\n".join(lines),
                           {"X-Tenant": "bench", "Content-Type": "application/x-ndjson"})
        assert connection.getresponse().read().startswith(b"{"), "refused"
    waits = []
    for look in range(100):
        after = count * look // 120
        epoch = json.loads(agent.get("/api/events?last=1", connection)[1])["items"][0]["epoch"]
        begun = time.monotonic()
        status, body = agent.get(f"/api/events?after={epoch}-{after}&type=rare.one&limit=100", connection)
        waits.append(time.monotonic() - begun)
        assert status == 200 and body.count(b'"rare.one"') == 100, (status, body[:200])
    waits.sort()
    say(f"100 events of a type that is 1 in {RARE:,} of {count:,}", f"p50 {waits[50] * 1000:.1f} ms, p95 {waits[95] * 1000:.1f} ms")


def varied(value, random):
    """The same shape with other values: digits of numbers, letters and digits of words that have a digit."""
    if isinstance(value, dict):
        return {name: varied(member, random) for name, member in value.items()}
    if isinstance(value, list):
        return [varied(member, random) for member in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return type(value)(round(value * random.uniform(0.5, 2), 4))
    if any(c.isdigit() for c in value):
        return "".join(random.choice("0123456789") if c.isdigit() else c for c in value)
    return value


def disk_share(agent, count):
    """What the samples of the templates take, each event with values of its own, beside their JSON."""
    templates = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "templates")
    samples = []
    for path in sorted(glob.glob(os.path.join(templates, "*", "samples", "*.json"))):
        with open(path, encoding="utf-8") as file:
            sample = json.load(file)
        # Another type, so that no rule adds its notifications to the log.
        samples.append(("sample." + sample["event"]["type"], sample["data"]))
    random, connection, sent = Random(1), agent.connection(), 0
    for _ in range(count // 1000):
        lines = []
        for _ in range(1000):
            kind, sample = random.choice(samples)
            event = {"specversion": "1.0", "id": str(UUID(int=random.getrandbits(128), version=4)), "source": "/shop",
                     "type": kind, "userid": f"user-{random.randrange(10_000)}"}
            lines.append(json.dumps(event | {"data": varied(sample, random)}, separators=(",", ":")))
        body = "\n".join(lines)
        sent += len(body) + 1
        connection.request("POST", "/api/events/batch", body, {"X-Tenant": "bench", "Content-Type": "application/x-ndjson"})
        assert b'"accepted":1000' in connection.getresponse().read()
    agent.ctl("agent", "backup", os.path.join(agent.folder, "copy.tar"))  # Moves the journal to the segments.
    log = os.path.join(agent.data, "tenants", "bench", "log")
    stored = sum(os.path.getsize(os.path.join(log, name)) for name in os.listdir(log))
    say(f"disk of {count:,} events of {sent // count} bytes, index and keys included", f"{stored / sent:.2f} of their JSON")


def opening(agent, gigabytes):
    agent.ctl("tenant", "update", "bench", "--limit", f"storageBytes={gigabytes << 31}")
    while agent.stored() < gigabytes << 30:
        agent.ingest("--tenant", "bench", "--count", "4000000")
    agent.stop()
    size = agent.stored()
    waits = []
    for _ in range(5):
        waits.append(agent.start() * 1000)
        assert agent.get("/api/events?last=1")[0] == 200
        agent.stop()
    say(f"start to ready, a log of {size / (1 << 30):.1f} GiB", f"{statistics.median(waits):.0f} ms")
    agent.start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("binaries", metavar="BIN-DIR")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--gigabytes", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="ROW", help="from 0")
    options = parser.parse_args()
    rows = [lambda agent: publishing(agent, options.seconds), lambda agent: reading(agent, 4_000_000),
            lambda agent: rare_type(agent, 10_000_000), lambda agent: disk_share(agent, 200_000), lambda agent: opening(agent, options.gigabytes)]
    for row in rows if options.only is None else [rows[options.only]]:
        folder = tempfile.mkdtemp(prefix="notify-log-")
        agent = Agent(os.path.abspath(options.binaries), folder)
        try:
            row(agent)
        finally:
            agent.stop()
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
