"""Connects standard input and output to a libvirtd's socket, and cuts the connection after a number
of the client's messages: cut-connection.py SOCKET COUNT."""
import os
import select
import socket
import sys

server = socket.socket(socket.AF_UNIX)
server.connect(sys.argv[1])
left = int(sys.argv[2])
pending = b""
while True:
    ready, _, _ = select.select([0, server], [], [])
    if server in ready:
        answer = server.recv(65536)
        if not answer:
            break
        os.write(1, answer)
    if 0 in ready:
        sent = os.read(0, 65536)
        if not sent:
            break
        pending += sent
        # A message begins with its length, which counts these four bytes.
        while len(pending) >= 4 and len(pending) >= (size := int.from_bytes(pending[:4], "big")):
            if left == 0:
                sys.exit(0)
            left -= 1
            server.sendall(pending[:size])
            pending = pending[size:]
