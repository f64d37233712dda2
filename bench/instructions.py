#!/usr/bin/env python3
"""Counts the instructions of the server for each response, with callgrind.

Owns the two runs of each scenario, whose difference leaves out the start, the set-up and the end. Never measures time,
and never sees the kernel. Called by hand: bench/instructions.py [--connections N] [--requests N] [scenario...]
"""
import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

BUILD = os.environ.get("REFERD_BUILD", "build/release")
TOKEN, INBOUND = "a" * 64, "b" * 64
SCENARIOS = ["floor", "read", "join", "refer", "qualify", "join+webhook", "page"]
REFERRERS = 300  # the same users before both runs
SETTLE_S = 4  # until the background job has indexed the addresses of the new users
FLOOR_BODY = b"first_name=Ann+Smith&email=ann.smith.%08d%%40mail.example.com"


def wait_for_address(path, server):
    while server.poll() is None:
        with open(path) as f:
            found = re.search(r"^listening on (http://\S+)$", f.read(), re.M)
        if found:
            return found.group(1)
        time.sleep(0.1)
    sys.exit(f"the server ended before it listened: see {path}")


def send_to_floor(address, requests, connections):
    """The requests of a join. All connections send before any reads, so the floor has the requests in one turn."""
    host, port = address.removeprefix("http://").split(":")
    sockets = [socket.create_connection((host, int(port))) for _ in range(connections)]
    for first in range(0, requests, connections):
        for i, s in enumerate(sockets):
            body = FLOOR_BODY % (first + i)
            s.sendall(b"POST /c1111111/join HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                      b"application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        for s in sockets:
            answer = b""
            while not answer.endswith(b"}\n"):
                answer += s.recv(4096)
    for s in sockets:
        s.close()


def call_api(address, path, body):
    request = urllib.request.Request(address + path, json.dumps(body).encode(),
                                     {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


def read_page(stream):
    """Reads one response and returns its body."""
    assert stream.readline().startswith(b"HTTP/1.1 200 "), "the page was not served"
    length = 0
    while (line := stream.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return stream.read(length)


def send_page(address, requests, connections):
    """GET of the page that a friend opens, in a campaign with the usual texts. All connections send one request each,
    then all read. Returns the bytes of the first paint: the bodies of the page and of its style sheets."""
    campaign = call_api(address, "/api/v2/campaigns", {
        "name": "Spring", "logo_url": "https://shop.example/logo.png", "colour": "#1f4fbf",
        "pages": {"headline": "Bring a friend", "body": "Both of you get a coffee.", "button": "Get my link"}})
    user = call_api(address, "/api/v2/users", {"campaign_id": campaign["id"], "first_name": "Jessica",
                                               "email": "jessica@example.com"})
    host, port = address.removeprefix("http://").split(":")
    sockets = [socket.create_connection((host, int(port))) for _ in range(connections)]
    streams = [s.makefile("rb") for s in sockets]
    get = b"GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"
    for _ in range(0, requests, connections):
        for s in sockets:
            s.sendall(get % f"/{user['code']}/join".encode())
        pages = [read_page(stream) for stream in streams]
    paint = len(pages[0])
    for sheet in re.findall(rb'<link rel="stylesheet" href="([^"]+)"', pages[0]):
        sockets[0].sendall(get % sheet)
        paint += len(read_page(streams[0]))
    for stream, s in zip(streams, sockets):
        stream.close()
        s.close()
    return paint


def run_load(scenario, address, requests, connections, directory):
    command = [f"{BUILD}/referd-bench", scenario, "--url", address, "--token", TOKEN, "--inbound-token", INBOUND,
               "--connections", str(connections), "--requests", str(requests), "--seconds", "600", "--seed", "7",
               "--referrers", str(REFERRERS), "--verify", "none", "--quiet"]
    if scenario == "join+webhook":
        command += ["--identity", f"{directory}/identity.pem", "--ca-out", f"{directory}/ca.pem"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{scenario}: referd-bench failed:\n{done.stdout}{done.stderr}")


def server_command(scenario, directory):
    if scenario == "floor":
        return [f"{BUILD}/referd-bench", "floor", "--listen", "127.0.0.1:0"]
    # valgrind cannot reserve the default size of the map.
    command = [f"{BUILD}/referd", "serve", "--data", f"{directory}/data", "--listen", "127.0.0.1:0", "--map-size",
               "1GiB"]
    if scenario == "join+webhook":
        command += ["--ca-file", f"{directory}/ca.pem", "--allow-targets", "127.0.0.0/8"]
    return command


def make_identity(directory):
    """The certificate of the receiver must exist before the server starts."""
    receiver = subprocess.Popen([f"{BUILD}/referd-bench", "receiver", "--identity", f"{directory}/identity.pem",
                                 "--ca-out", f"{directory}/ca.pem"], stdout=subprocess.DEVNULL)
    while not os.path.exists(f"{directory}/ca.pem"):
        time.sleep(0.05)
    receiver.terminate()
    receiver.wait()


def count(scenario, requests, connections, keep):
    directory = tempfile.mkdtemp(prefix="referd-instructions-", dir=os.environ.get("TMPDIR", "/var/tmp"))
    if scenario == "join+webhook":
        make_identity(directory)
    log, out = f"{directory}/log", f"{directory}/out"
    profile = f"{keep}/{scenario}.{requests}" if keep else "/dev/null"
    with open(log, "w") as log_file, open(out, "w") as out_file:
        server = subprocess.Popen(["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}",
                                   *server_command(scenario, directory)], stdout=out_file, stderr=log_file,
                                  env=os.environ | {"REFERD_API_TOKEN": TOKEN, "REFERD_INBOUND_TOKEN": INBOUND})
    address, paint = wait_for_address(out, server), None
    if scenario == "floor":
        send_to_floor(address, requests, connections)
    elif scenario == "page":
        paint = send_page(address, requests, connections)
    else:
        run_load(scenario, address, requests, connections, directory)
    time.sleep(SETTLE_S)
    server.terminate()
    server.wait()
    with open(log) as f:
        instructions = int(re.search(r"Collected : (\d+)", f.read()).group(1))
    shutil.rmtree(directory)
    return instructions, paint


def per_response(scenario, options, results):
    """A qualification needs an invited friend, so the joins of these friends are subtracted."""
    if scenario not in results:
        n, connections, keep = options.requests, options.connections, options.keep
        short, _ = count(scenario, n, connections, keep)
        long, results["paint"] = count(scenario, 2 * n, connections, keep)
        results[scenario] = (long - short) / n
        if scenario == "qualify":
            results[scenario] -= per_response("refer", options, results)
    return results[scenario]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--requests", type=int, default=1280,
                        help="of the shorter run; the longer run has twice as many")
    parser.add_argument("--keep", help="directory for the profiles of callgrind")
    parser.add_argument("scenario", nargs="*", default=SCENARIOS, help=", ".join(SCENARIOS))
    options = parser.parse_args()
    results = {}
    for scenario in options.scenario:
        print(f"{scenario:14} {per_response(scenario, options, results):10,.0f} instructions for each response",
              flush=True)
        if scenario == "page":
            print(f"{scenario:14} {results['paint']:10,} bytes of the first paint", flush=True)


if __name__ == "__main__":
    main()
