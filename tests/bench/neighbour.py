#!/usr/bin/env python3
"""What a quiet tenant feels of its neighbours: its publishes' p99 alone, and beside each of them.

    neighbour.py BIN-DIR [--rounds N] [--seconds S]

200 events a second of the quiet tenant, open loop, each from publish to a SignalR client. Beside it, by
turns: nobody; one at a hundred times its quota; one that asks again as soon as it is refused; one without a
quota, as fast as it is answered; the same while a backup and a compaction run. The load generators run on
the same two cores. Medians over the rounds.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile

from agent import Agent, say

QUOTA = 1000  # Events a second.


def latency(agent, seconds):
    told = json.loads(agent.ctl("bench", "latency", "--tenant", "quiet", "--rate", "200", "--seconds", str(seconds),
                                "-o", "json"))
    assert told["errors"] == 0, told
    return told


def beside(agent, seconds, *arguments):
    """The quiet tenant's figures while `bench ingest` runs, and what that one was told."""
    noisy = subprocess.Popen([*agent.command, "bench", "ingest", "--seconds", str(seconds + 2), "--payload-bytes", "190",
                              "-o", "json", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    told = latency(agent, seconds)
    return told, json.loads(noisy.communicate()[0])


def above_quota(agent, seconds, *arguments):
    told, noisy = beside(agent, seconds, "--tenant", "limited", "--batch", "100", *arguments)
    asked = (noisy["count"] + noisy["errors"]) / noisy["seconds"]
    return told | {"times": asked / QUOTA}


def hundredfold(agent, seconds):
    return above_quota(agent, seconds, "--rate", str(100 * QUOTA))


def full_rate(agent, seconds):
    return beside(agent, seconds, "--tenant", "noisy")[0]


def with_care(agent, seconds):
    copy = os.path.join(agent.folder, "copy.tar")
    care = [subprocess.Popen([*agent.command, *what], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for what in (("agent", "backup", copy), ("log", "compact", "--tenant", "noisy", "--yes"))]
    told = full_rate(agent, seconds)
    for process in care:
        process.terminate()
        process.wait()
    if os.path.exists(copy):
        os.remove(copy)
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("binaries", metavar="BIN-DIR")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="notify-neighbour-")
    agent = Agent(os.path.abspath(options.binaries), folder)
    rows = {"alone": latency, "beside one at 100 x its quota": hundredfold, "beside one that hammers": above_quota,
            "beside one at full rate": full_rate, "the same, a backup and a compaction": with_care}
    try:
        for tenant, limits in (("quiet", ()), ("noisy", ()), ("limited", (QUOTA, 2 * QUOTA))):
            flags = [f"--limit={name}={value}" for name, value in zip(("eventsPerSecond", "eventsBurst"), limits)]
            agent.ctl("tenant", "create", tenant, *flags)
        told = {name: [] for name in rows}
        for _ in range(options.rounds):
            for name, run in rows.items():
                told[name].append(run(agent, options.seconds))
    finally:
        agent.stop()
        shutil.rmtree(folder)
    for name, runs in told.items():
        for what, p50, p99 in (("answer", "answerP50Ms", "answerP99Ms"), ("delivery", "p50Ms", "p99Ms")):
            each = sorted(run[p99] for run in runs)
            ratio = statistics.median(run[p99] / alone[p99] for run, alone in zip(runs, told["alone"]))
            say(f"{name}, {what}", f"p50 {statistics.median(run[p50] for run in runs):.1f} ms, p99 "
                f"{statistics.median(each):.1f} ms ({each[0]:.1f}-{each[-1]:.1f}), {ratio:.2f} x alone")
        if "times" in runs[0]:
            say(f"{name}, asked for", f"{statistics.median(run['times'] for run in runs):,.0f} x its quota")


if __name__ == "__main__":
    main()
