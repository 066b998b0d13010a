"""TangoGQL under uvicorn and uvloop: a query, a mutation and a subscription over one device."""

import asyncio
import json
import os
import subprocess
import sys
import urllib.request

import websockets
from bench import author, define, free_port, serving, until

QUERY = """{ device(name: "lab/plant/1") { name state connected
  attributes(pattern: "position") { name label unit datatype dataformat writable value quality }
  commands(pattern: "echo") { name tag intype outtype } } }"""
WRITE = """mutation { setAttributeValue(device: "lab/plant/1", name: "position", value: 4.5) {
  ok message valueBefore }
  executeCommand(device: "lab/plant/1", command: "echo", argin: "hello") { ok message output } }"""
FOLLOW = 'subscription { attributes(fullNames: ["lab/plant/1/position"]) { device attribute value quality } }'


def ask(port, text):
    data = json.dumps({"query": text}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/db", data, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


async def follow(port, plant):
    """Values as they come, until the one that is written meanwhile."""
    seen = []
    async with websockets.connect(
        f"ws://127.0.0.1:{port}/socket", subprotocols=["graphql-ws"]
    ) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {}}))
        await socket.send(json.dumps({"id": "1", "type": "start", "payload": {"query": FOLLOW}}))
        while 6.5 not in seen:
            told = json.loads(await asyncio.wait_for(socket.recv(), 30))
            if told["type"] != "data":
                continue
            frame = told["payload"]["data"]["attributes"]
            seen.append(frame["value"])
            if len(seen) == 1:
                await asyncio.to_thread(plant.write_attribute, "position", 6.5)
    return frame


define("plant/one", "Plant", "lab/plant/1")
with serving("lab/plant/1", author("plant", "one")) as plant:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tangogql.main:app", "--loop", "uvloop"]
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "TANGOGQL_NO_AUTH": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:

        def answers():
            try:
                return ask(port, "{ version }")
            except OSError:
                return None

        until(answers, "TangoGQL answers", 60.0)
        print(json.dumps(ask(port, QUERY)["data"], sort_keys=True))
        print(json.dumps(ask(port, WRITE)["data"], sort_keys=True))
        print(asyncio.run(follow(port, plant)))
    finally:
        server.terminate()
        server.wait(20)
