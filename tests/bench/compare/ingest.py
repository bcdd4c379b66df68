#!/usr/bin/env python3
"""Durable ingest beside Redis Streams, PostgreSQL, RabbitMQ and a bare append, in turns on one machine.

    ingest.py BIN-DIR [--rounds N] [--seconds S] [--only notifyd,redis,...]

Each acknowledges only what is synced: notifyd as it is; Redis with appendfsync always; PostgreSQL as it
is; RabbitMQ with a quorum queue and publisher confirms. The bare append writes the same bytes uncompressed,
one fdatasync a MiB. Prints the median of the rounds with the least and the most, and ratios. What is not
installed is left out. Debian: redis-server postgresql rabbitmq-server librabbitmq-dev.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

EVENT = 235  # Bytes of one event, as notifyctl bench ingest --payload-bytes 190 sends it.
BATCH = 1000
HERE = os.path.dirname(os.path.abspath(__file__))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(ready, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return
        time.sleep(0.05)
    raise SystemExit("a peer did not start")


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


class Notifyd:
    name = "notifyd"

    def __init__(self, folder, seconds, binaries):
        self.seconds, self.binaries, self.data = seconds, binaries, os.path.join(folder, "notifyd")
        self.process = subprocess.Popen(
            [f"{binaries}/notifyd", "--data-dir", self.data, "--listen", "127.0.0.1:0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: os.path.exists(f"{self.data}/notifyd.addr"))
        self.ctl("tenant", "create", "bench")

    def ctl(self, *arguments):
        return output(f"{self.binaries}/notifyctl", "--endpoint", f"unix:{self.data}/notifyd.sock", *arguments)

    def run(self):
        told = json.loads(self.ctl("bench", "ingest", "--tenant", "bench", "--seconds", str(self.seconds),
                                   "--payload-bytes", "190", "-o", "json"))
        assert told["errors"] == 0, told
        return told["perSecond"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Append:
    """A bare program that appends the bodies of requests as they came."""

    name = "append"

    def __init__(self, folder, seconds, _):
        self.seconds = seconds
        self.file = os.open(os.path.join(folder, "append"), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        self.body = os.urandom(EVENT * BATCH)

    def run(self):
        begun, events, dirty = time.monotonic(), 0, 0
        os.lseek(self.file, 0, os.SEEK_SET)
        while time.monotonic() - begun < self.seconds:
            dirty += os.write(self.file, self.body)
            events += BATCH
            if dirty >= 1 << 20:
                os.fdatasync(self.file)
                dirty = 0
        os.fdatasync(self.file)
        return events / (time.monotonic() - begun)

    def stop(self):
        os.close(self.file)


class Redis:
    name = "redis"

    def __init__(self, folder, seconds, _):
        self.seconds, self.port = seconds, free_port()
        home = os.path.join(folder, "redis")
        os.mkdir(home)
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--appendonly", "yes",
             "--appendfsync", "always", "--save", "", "--dir", home, "--auto-aof-rewrite-percentage", "0"],
            stdout=subprocess.DEVNULL)
        until(lambda: subprocess.run(["redis-cli", "-p", str(self.port), "ping"], capture_output=True,
                                     text=True).stdout == "PONG\n")

    def run(self):
        count = 60_000 * self.seconds
        best = 0.0
        for pipeline in (64, 512):
            told = output("redis-benchmark", "-p", str(self.port), "-n", str(count), "-c", "50", "-P",
                          str(pipeline), "--csv", "XADD", "events", "*", "e", "x" * EVENT)
            best = max(best, float(told.splitlines()[-1].split('","')[1].strip('"')))
            output("redis-cli", "-p", str(self.port), "DEL", "events")
        return best

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Postgres:
    name = "postgresql"

    def __init__(self, folder, seconds, _):
        self.seconds, self.port = seconds, free_port()
        versions = sorted(os.listdir("/usr/lib/postgresql"))
        self.bin = f"/usr/lib/postgresql/{versions[-1]}/bin"
        self.home = os.path.join(folder, "postgresql")
        os.mkdir(self.home)
        shutil.chown(self.home, "postgres")
        os.chmod(folder, 0o755)
        self.sudo = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        output(*self.sudo, f"{self.bin}/initdb", "-D", f"{self.home}/data", "-A", "trust", cwd="/")
        output(*self.sudo, f"{self.bin}/pg_ctl", "-D", f"{self.home}/data", "-w", "-l", f"{self.home}/log", "-o",
               f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' "
               "-c shared_buffers=1GB -c max_wal_size=8GB -c wal_compression=on", "start", cwd="/")
        self.sql("CREATE TABLE events(seq bigserial PRIMARY KEY, body text NOT NULL)")
        count = 25_000 * seconds
        self.count = count - count % BATCH
        self.rows, self.inserts = f"{folder}/rows", f"{folder}/inserts"
        row = "x" * EVENT
        with open(self.rows, "w") as file:
            file.writelines([row + "\n"] * self.count)
        statement = "INSERT INTO events(body) VALUES " + ",".join([f"('{row}')"] * BATCH) + ";\n"
        with open(self.inserts, "w") as file:
            file.writelines([statement] * (self.count // BATCH))

    def sql(self, text):
        return output("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-q", "-c", text)

    def parallel(self, *arguments):
        """Two clients at once, as many as there are cores."""
        begun = time.monotonic()
        running = [subprocess.Popen(["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-q",
                                     *arguments], stdout=subprocess.DEVNULL) for _ in range(2)]
        assert all(process.wait() == 0 for process in running)
        return 2 * self.count / (time.monotonic() - begun)

    def run(self):
        copied = self.parallel("-c", f"\\copy events(body) FROM '{self.rows}'")
        self.sql("TRUNCATE events")
        inserted = self.parallel("-f", self.inserts)
        self.sql("TRUNCATE events")
        return max(copied, inserted)

    def stop(self):
        output(*self.sudo, f"{self.bin}/pg_ctl", "-D", f"{self.home}/data", "-m", "fast", "stop", cwd="/")


class RabbitMq:
    name = "rabbitmq"

    def __init__(self, folder, seconds, _):
        self.seconds, self.port, self.queues = seconds, free_port(), 0
        home = os.path.join(folder, "rabbitmq")
        os.mkdir(home)
        self.client = os.path.join(folder, "rabbitmq_publish")
        output("cc", "-O2", os.path.join(HERE, "rabbitmq_publish.c"), "-lrabbitmq", "-o", self.client)
        distribution = free_port()
        self.node = f"bench{self.port}@localhost"
        self.env = {**os.environ, "HOME": home, "RABBITMQ_NODENAME": self.node, "RABBITMQ_NODE_PORT": str(self.port),
                    "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_DIST_PORT": str(distribution),
                    "RABBITMQ_MNESIA_BASE": home, "RABBITMQ_LOG_BASE": home, "RABBITMQ_ENABLED_PLUGINS_FILE":
                    f"{home}/plugins", "RABBITMQ_CONFIG_FILE": f"{home}/none", "ERL_EPMD_ADDRESS": "127.0.0.1"}
        program = next(p for p in ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/sbin/rabbitmq-server")
                       if os.path.exists(p))
        self.process = subprocess.Popen([program], env=self.env, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)

        def listens():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", self.port)) == 0

        until(listens, 120)
        time.sleep(3)

    def run(self):
        self.queues += 1
        told = output(self.client, str(self.port), str(8_000 * self.seconds), str(EVENT), "5000",
                      f"bench{self.queues}")
        return float(told)

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


KINDS = [Notifyd, Append, Redis, Postgres, RabbitMq]
NEEDS = {"redis": "redis-server", "postgresql": "psql", "rabbitmq": "rabbitmq-server"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("binaries", metavar="BIN-DIR")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--only", default=",".join(kind.name for kind in KINDS))
    options = parser.parse_args()
    wanted = options.only.split(",")
    folder = tempfile.mkdtemp(prefix="notify-ingest-")
    running, figures = [], {}
    try:
        for kind in KINDS:
            if kind.name in wanted and not (kind.name in NEEDS and not shutil.which(NEEDS[kind.name])):
                running.append(kind(folder, options.seconds, options.binaries))
                figures[kind.name] = []
        for _ in range(options.rounds):
            for peer in running:
                figures[peer.name].append(peer.run())
                print(f"{peer.name:12} {figures[peer.name][-1]:12,.0f} events/s", file=sys.stderr)
    finally:
        for peer in running:
            peer.stop()
        shutil.rmtree(folder, ignore_errors=True)
    ours = statistics.median(figures.get("notifyd", [0]))
    for name, values in figures.items():
        median = statistics.median(values)
        print(f"{name:12} {median:12,.0f} events/s ({min(values):,.0f}-{max(values):,.0f})   "
              f"notifyd / {name}: {ours / median:.2f}")


if __name__ == "__main__":
    main()
