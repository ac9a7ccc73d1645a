"""Serves registers over Modbus with pymodbus: JSON on standard input, `{"input": {"0": 1}, "holding": {}}`; arguments:
port, and `rtu` for RTU frames over TCP."""

import asyncio
import json
import sys

from pymodbus import FramerType
from pymodbus.server import StartAsyncTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

LAST = 4000


def words(registers):
    values = [0] * LAST
    for address, word in registers.items():
        values[int(address)] = word & 0xFFFF
    return SimData(0, values=values, datatype=DataType.REGISTERS)


def main():
    scan = json.load(sys.stdin)
    bits = SimData(0, values=[False] * 16, datatype=DataType.BITS)
    data = ([bits], [bits], [words(scan["holding"])], [words(scan["input"])])
    framer = FramerType.RTU if "rtu" in sys.argv else FramerType.SOCKET
    address = ("127.0.0.1", int(sys.argv[1]))
    asyncio.run(StartAsyncTcpServer(context=[SimDevice(1, simdata=data)], address=address, framer=framer))


main()
