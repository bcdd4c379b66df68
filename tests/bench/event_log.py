#!/usr/bin/env python3
"""The figures of the event log: single publishes, a thousand tenants, reading all of it, a rare type, opening.

    event_log.py BIN-DIR [--seconds S] [--gigabytes N]

Starts an agent on a temporary folder, once for each row, and prints the figure, or the ratio to the row
before it in the same run. --gigabytes fills the log that is opened again (default 1).
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

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
    agent.ingest("--tenant", "bench", "--count", str(count))
    rates = []
    for _ in range(5):
        begun = time.monotonic()
        subprocess.run([f"{agent.binaries}/notifyctl", "--endpoint", f"unix:{agent.socket}", "event", "export", "--tenant",
                        "bench"], check=True, stdout=subprocess.DEVNULL)
        rates.append(count / (time.monotonic() - begun))
    say(f"export of {count:,} events, to /dev/null", f"{statistics.median(rates):,.0f} events/s "
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


def opening(agent, gigabytes):
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
    options = parser.parse_args()
    rows = [lambda agent: publishing(agent, options.seconds), lambda agent: reading(agent, 4_000_000),
            lambda agent: rare_type(agent, 10_000_000), lambda agent: opening(agent, options.gigabytes)]
    for row in rows:
        folder = tempfile.mkdtemp(prefix="notify-log-")
        agent = Agent(os.path.abspath(options.binaries), folder)
        try:
            row(agent)
        finally:
            agent.stop()
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
