"""An agent on a folder of its own, for the scripts beside this one."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time


class Agent:
    def __init__(self, binaries, folder):
        self.binaries, self.folder, self.data = binaries, folder, os.path.join(folder, "data")
        self.socket = f"{self.data}/notifyd.sock"
        self.command = [f"{binaries}/notifyctl", "--endpoint", f"unix:{self.socket}"]
        self.start()
        self.ctl("tenant", "create", "bench")

    def start(self):
        begun = time.monotonic()
        self.process = subprocess.Popen([f"{self.binaries}/notifyd", "--data-dir", self.data, "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.ready():
            time.sleep(0.001)
        return time.monotonic() - begun

    def ready(self):
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def connection(self):
        connection = http.client.HTTPConnection("agent")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.socket)
        return connection

    def get(self, path, connection=None):
        connection = connection or self.connection()
        connection.request("GET", path, headers={"X-Tenant": "bench"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def ctl(self, *arguments, **options):
        return subprocess.run([*self.command, *arguments], check=True, capture_output=True, text=True, **options).stdout

    def ingest(self, *arguments):
        told = json.loads(self.ctl("bench", "ingest", "--payload-bytes", "190", "-o", "json", *arguments))
        assert told["errors"] == 0, told
        return told

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def stored(self):
        """Bytes of journals and segments."""
        sizes = 0
        for at, _, names in os.walk(self.data):
            for name in names:
                try:
                    sizes += os.path.getsize(os.path.join(at, name))
                except FileNotFoundError:  # It went while we looked.
                    pass
        return sizes


def say(what, figure):
    print(f"{what:<58} {figure}", flush=True)
