"""Owns the front of several servers: it passes each new connection to the next server in turn, and its bytes as they
come. Never parses HTTP. Called by processes.py in a run over several nodes."""
import asyncio
import threading

PIECE = 65536


class Front:
    """Listens on `address` as long as it is open. The servers see the client's own loopback address."""

    def __init__(self):
        self.servers, self.turn, self.tasks = [], 0, set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.listener = self.run(asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=512))
        self.port = self.listener.sockets[0].getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def close(self):
        self.run(self.end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def end(self):
        self.listener.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        server = self.servers[self.turn % len(self.servers)]
        self.turn += 1
        ends = [writer]
        try:
            host, port = server.rsplit(":", 1)
            source = (writer.get_extra_info("peername")[0], 0)
            there = await asyncio.open_connection(host, int(port), local_addr=source)
            ends.append(there[1])
            await asyncio.gather(copy(reader, there[1]), copy(there[0], writer))
        except (OSError, asyncio.CancelledError):
            for end in ends:
                end.transport.abort()  # the other side sees a reset, too
        finally:
            for end in ends:
                end.close()
            self.tasks.discard(asyncio.current_task())


async def copy(reader, writer):
    while piece := await reader.read(PIECE):
        writer.write(piece)
        await writer.drain()
    writer.write_eof()
