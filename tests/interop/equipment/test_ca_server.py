"""The Channel Access server of the simulated IOCs: prompt, and honest about what it has sent."""

from __future__ import annotations

from tests.interop.equipment.iocs import needs, run_python

PROGRAM = """
    import asyncio, socket
    import caproto as ca
    from puretango.sim.ioc._ca_server import Server

    async def heard(circuit, reader):
        commands, _ = circuit.recv(await asyncio.wait_for(reader.read(65536), 5))
        for command in commands:
            circuit.process_command(command)
        return list(commands)

    async def subscribed(circuit, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        channel = ca.ClientChannel("sim:x", circuit, cid=1)
        async def ask(*commands):
            writer.write(b"".join(bytes(part) for part in circuit.send(*commands)))
            return await heard(circuit, reader)
        await ask(ca.VersionRequest(0, 13), ca.HostNameRequest("here"), ca.ClientNameRequest("me"))
        await ask(ca.CreateChanRequest(name="sim:x", cid=1, version=13))
        while channel.states[ca.CLIENT] is not ca.CONNECTED:
            await heard(circuit, reader)
        await ask(channel.subscribe(data_type=ca.ChannelType.LONG))
        return reader, writer

    async def main():
        channel = ca.ChannelInteger(value=0)
        server = Server({"sim:x": channel}, ["127.0.0.1"])
        ready = asyncio.Event()
        async def started(_):
            ready.set()
        task = asyncio.create_task(server.run(startup_hook=started))
        await ready.wait()
        (listening,) = server.tcp_sockets.values()
        port = listening.getsockname()[1]
        circuit = ca.VirtualCircuit(ca.CLIENT, ("127.0.0.1", port), 0)
        reader, _writer = await subscribed(circuit, port)
        (served,) = server.circuits
        taken = served.client.writer.get_extra_info("socket")
        for value in range(1, 6):
            await channel.write(value)
        await server.monitors_sent()
        behind = served.behind
        values = [0]
        while values[-1] != 5:
            values += [int(c.data[0]) for c in await heard(circuit, reader) if hasattr(c, "data")]
        return dict(values=values[-5:], behind=behind,
                    undelayed=bool(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))

    result = asyncio.run(asyncio.wait_for(main(), 20))
"""


def test_monitors_have_gone_out_when_the_wait_for_them_ends() -> None:
    """All of them; and no small message waits for an acknowledgement (40 ms each)."""
    needs("caproto")
    environment = {
        "EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_CAS_AUTO_BEACON_ADDR_LIST": "NO",
        "EPICS_CAS_BEACON_ADDR_LIST": "127.0.0.1",
        "EPICS_CA_SERVER_PORT": "0",
    }
    answer = run_python(PROGRAM, environment)
    assert answer == {
        "values": [1, 2, 3, 4, 5],
        "behind": False,
        "undelayed": True,
    }
