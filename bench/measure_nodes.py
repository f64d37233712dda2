#!/usr/bin/env python3
"""Measures nodes on one PostgreSQL database, whose synchronous standby acknowledges after a delay.

Owns the database, the standby, the proxy that delays its answers, and the nodes. Never touches a database that it did
not make. Called by hand: bench/measure_nodes.py scale|hot [--delay-ms MS] [--seconds S] [--connections N]
"""
import argparse
import asyncio
import collections
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "test", "e2e"))
# pylint: disable=wrong-import-position
from nodes import Node, Place  # noqa: E402
from postgresql import USER, Cluster  # noqa: E402
from processes import REFERD, until  # noqa: E402

BENCH = os.path.join(os.path.dirname(REFERD), "referd-bench")
SOCKET = ".s.PGSQL.5432"


# ---- the standby, and the proxy in front of the primary ----

async def delay(reader, writer, seconds):
    """Passes bytes on after a delay in seconds."""
    loop, waiting, came = asyncio.get_running_loop(), collections.deque(), asyncio.Event()

    async def send():
        while True:
            while not waiting:
                came.clear()
                await came.wait()
            due, piece = waiting.popleft()
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            writer.write(piece)
            if not piece:
                writer.close()
                return
            await writer.drain()

    sender = asyncio.create_task(send())
    piece = b"-"
    while piece:
        piece = await reader.read(65536)
        waiting.append((loop.time() + seconds, piece))
        came.set()
    await sender


def run_proxy(path, server, seconds):
    """Passes each connection on. Only bytes to the server, such as acknowledgements, wait."""
    async def connect(reader, writer):
        to_server = await asyncio.open_unix_connection(server)
        await asyncio.gather(delay(reader, to_server[1], seconds), delay(to_server[0], writer, 0),
                             return_exceptions=True)  # a connection may end at any time

    async def serve():
        async with await asyncio.start_unix_server(connect, path) as listener:
            await listener.serve_forever()

    os.umask(0)
    asyncio.run(serve())


class Pair:
    """A primary with a synchronous standby behind the proxy."""

    def __init__(self, delay_ms):
        self.primary, self.standby = Cluster().start(), Cluster()
        os.chmod(self.standby.directory, 0o755)
        shutil.rmtree(self.standby.data)
        place = os.path.join(self.standby.directory, "proxy")
        os.mkdir(place, 0o755)
        listens = os.path.join(place, SOCKET)
        self.proxy = multiprocessing.Process(target=run_proxy, daemon=True, args=(
            listens, os.path.join(self.primary.directory, SOCKET), delay_ms / 1000))
        self.proxy.start()
        until(lambda: os.path.exists(listens), "the proxy listens")
        self.standby.command("pg_basebackup", "-D", self.standby.data, "-h", place, "-U", USER, "-R", "-c", "fast",
                             "--no-sync")
        self.standby.start()
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.sql("SELECT pg_reload_conf()")
        until(lambda: self.primary.sql("SELECT sync_state FROM pg_stat_replication") == [["sync"]],
              "the standby is synchronous")

    def remove(self):
        self.standby.remove()
        self.proxy.terminate()
        self.primary.remove()


# ---- the load ----

class Nodes:
    """Nodes on a new database."""

    def __init__(self, pair, directory, n):
        self.place = Place(tempfile.mkdtemp(dir=directory), pair.primary.new_database()[1])
        self.nodes = [Node(self.place, f"node-{i}").start() for i in range(n)]

    def begin(self, scenario, connections, seconds, *options):
        urls = [word for node in self.nodes for word in ("--url", node.url)]
        env = {**os.environ, **self.place.tokens}
        return subprocess.Popen([BENCH, scenario, *urls, "--connections", str(connections), "--seconds",
                                 str(seconds), "--json", "--quiet", *options], stdout=subprocess.PIPE, env=env)

    def stop(self):
        for node in self.nodes:
            if node.running():
                node.stop()


def end(load):
    out = load.communicate()[0]
    if load.returncode != 0:
        sys.exit(f"the load ended with {load.returncode}: {out.decode()[:2000]}")
    return json.loads(out)


def line(name, result, note=""):
    latency = result["latency_ms"]
    print(f"{name:28s} {result['per_second']:9.0f} per s   p50 {latency['p50']:7.1f} ms   p99 {latency['p99']:7.1f} ms"
          f"   {note}", flush=True)


def scale(pair, directory, options):
    first = None
    for n in options.nodes:
        nodes = Nodes(pair, directory, n)
        result = end(nodes.begin("join", n * options.connections, options.seconds, "--verify", "1000"))
        nodes.stop()
        first = first or result["per_second"]
        line(f"{n} node(s)", result, f"{result['per_second'] / first:.2f}")


def hot(pair, directory, options):
    """Half of the connections join through ten links. Before that, they join through any links, or not at all."""
    n = 2 * options.connections
    before = None
    for other in (None, "scatter", "hot"):
        nodes = Nodes(pair, directory, 2)
        crowd = nodes.begin(other, n // 2, options.seconds + 2, "--verify", "none", "--referrers",
                            "10" if other == "hot" else "1000") if other else None
        result = end(nodes.begin("join", n // 2, options.seconds, "--verify", "1000"))
        before = before or result["latency_ms"]["p99"]
        line(f"join, beside {other or 'nothing'}", result, f"p99 {result['latency_ms']['p99'] / before:.2f}")
        if crowd:
            line(f"  {other}", end(crowd))
        nodes.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mode", choices=["scale", "hot"])
    parser.add_argument("--delay-ms", type=float, default=10, help="how late the standby acknowledges (10)")
    parser.add_argument("--seconds", type=float, default=5, help="of each run (5)")
    parser.add_argument("--connections", type=int, default=64, help="for each node (64)")
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 2, 4], help="of the runs of scale (1 2 4)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        pair = Pair(options.delay_ms)
        try:
            {"scale": scale, "hot": hot}[options.mode](pair, directory, options)
        finally:
            pair.remove()


if __name__ == "__main__":
    main()
