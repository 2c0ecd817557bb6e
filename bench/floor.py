"""Measures the minimum cost of fan-out: a server that only writes, the lower bound for this load generator.

    python bench/floor.py --load FOLDER [--sockets 1000] [--messages 100]

Prints the same figures as load.mjs's `fanout`: the time from the POST to the first and to the last socket's frame. The
server has a prebuilt frame and no rooms, Redis or Postgres, and calls write() once per socket. `--load` is the folder
of load.mjs, after `npm ci`: the sockets are opened and read with its packages, as in load.mjs.
"""

import argparse
import base64
import hashlib
import os
import socket
import subprocess
import threading
from pathlib import Path

# The size of a typical `message:new` frame.
BODY = b'{"event":"message:new","data":{"body":"' + b"x" * 640 + b'"}}'
FRAME = bytes([0x81, 126]) + len(BODY).to_bytes(2, "big") + BODY
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
CLIENT = """
import WebSocket from 'ws'
import { Client } from 'undici'
const [url, count, messages] = process.argv.slice(1)
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
let times = []
const connect = () => new Promise((resolve, reject) => {
  const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false })
  socket.on('error', reject).on('open', resolve)
  socket.on('message', (frame) => { if (JSON.parse(frame).event === 'message:new') times.push(performance.now()) })
})
for (let i = 0; i < count; i += 50) await Promise.all(Array.from({ length: Math.min(50, count - i) }, connect))
const client = new Client(url, { pipelining: 1 })
const firsts = [], lasts = []
for (let i = 0; i < messages; i++) {
  times = []
  const begun = performance.now()
  const { body } = await client.request({ method: 'POST', path: '/' })
  await body.dump()
  while (times.length < count) await pause(1)
  firsts.push(times[0] - begun)
  lasts.push(times.at(-1) - begun)
}
const middle = (samples) => samples.sort((a, b) => a - b)[samples.length >> 1].toFixed(2)
console.log(`first p50 ${middle(firsts)} ms   last p50 ${middle(lasts)} ms`)
process.exit(0)
"""


def serve(listener: socket.socket) -> None:
    """Accept sockets until the first POST, then broadcast a frame for each POST."""
    sockets: list[socket.socket] = []
    while True:
        connection = listener.accept()[0]
        head = connection.recv(65536)
        if head.startswith(b"POST"):
            broadcast(connection, sockets)
            return
        key = next(
            line.split(b": ")[1]
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"sec-websocket-key")
        )
        accept = base64.b64encode(hashlib.sha1(key + MAGIC, usedforsecurity=False).digest())
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        sockets.append(connection)


def broadcast(poster: socket.socket, sockets: list[socket.socket]) -> None:
    """Respond to each POST after writing all frames; ends when the poster disconnects."""
    descriptors = [connection.fileno() for connection in sockets]
    more = b"POST"
    while more:
        for descriptor in descriptors:
            os.write(descriptor, FRAME)
        poster.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        more = poster.recv(65536)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--load", type=Path, required=True)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=100)
    options = parser.parse_args()
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [
            "node",
            "--input-type=module",
            "-e",
            CLIENT,
            url,
            str(options.sockets),
            str(options.messages),
        ]
        subprocess.run(command, cwd=options.load, check=True)


if __name__ == "__main__":
    main()
