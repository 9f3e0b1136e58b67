# SPDX-License-Identifier: Apache-2.0
"""A websocket's client that sends what a test wants, byte by byte."""

import base64
import hashlib
import socket
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
FIELDS = {"Host": "127.0.0.1", "Upgrade": "websocket",
          "Connection": "Upgrade", "Sec-WebSocket-Key": KEY,
          "Sec-WebSocket-Version": "13"}


def request(target, fields=(), method="GET", version="1.1"):
    """The bytes of a handshake; a field that is None is left out."""
    merged = {**FIELDS, **dict(fields)}
    lines = [f"{method} {target} HTTP/{version}"]
    lines += [f"{name}: {value}" for name, value in merged.items()
              if value is not None]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def accepted(key=KEY):
    digest = hashlib.sha1((key + GUID).encode()).digest()
    return base64.b64encode(digest).decode()


def frame(opcode, data=b"", fin=True, rsv=0, mask=True, length=None):
    """One frame; length: 2 or 8 bytes of it, though fewer would do."""
    head = bytes([fin << 7 | rsv << 4 | opcode])
    size = len(data)
    bit = 0x80 if mask else 0
    if length == 8 or (length is None and size > 65535):
        head += bytes([bit | 127]) + struct.pack("!Q", size)
    elif length == 2 or size > 125:
        head += bytes([bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([bit | size])
    if not mask:
        return head + data
    key = b"\x12\x80\xff\x03"
    number = int.from_bytes(key * (size // 4 + 1), "big")
    padded = int.from_bytes(data + bytes(4 - size % 4), "big")
    return head + key + (number ^ padded).to_bytes(
        4 * (size // 4 + 1), "big")[:size]


def closing(code=None, reason=b""):
    """A close frame."""
    return frame(CLOSE, b"" if code is None
                 else struct.pack("!H", code) + reason)


class Client:
    """A connection; `headers` are those of the answer."""

    def __init__(self, port, target, fields=(), behind=b"", context=None,
                 timeout=20, **words):
        self.link = socket.create_connection(("127.0.0.1", port), timeout)
        if context is not None:
            self.link = context.wrap_socket(self.link,
                                            server_hostname="localhost")
        self.data = b""
        self.link.sendall(request(target, fields, **words) + behind)
        self.read_head()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()

    def read_head(self):
        head = self.until(b"\r\n\r\n").decode("latin-1")
        first, *lines = head.split("\r\n")
        self.status = int(first.split(" ")[1])
        pairs = [line.split(": ", 1) for line in lines if line]
        self.headers = {name.lower(): value for name, value in pairs}

    def until(self, mark):
        while mark not in self.data:
            self.more()
        taken, self.data = self.data.split(mark, 1)
        return taken

    def more(self):
        piece = self.link.recv(65536)
        if not piece:
            raise EOFError
        self.data += piece

    def take(self, n):
        while len(self.data) < n:
            self.more()
        taken, self.data = self.data[:n], self.data[n:]
        return taken

    def send(self, *frames):
        self.link.sendall(b"".join(frames))

    def say(self, text):
        self.send(frame(TEXT, text.encode()))

    def read_frame(self):
        """(opcode, data) of a frame, which a server does not mask."""
        first, second = self.take(2)
        assert first & 0x80 and not first & 0x70 and not second & 0x80
        size = second
        if size == 126:
            size, = struct.unpack("!H", self.take(2))
        elif size == 127:
            size, = struct.unpack("!Q", self.take(8))
        return first & 15, self.take(size)

    def read(self):
        """The next message: a str or bytes; the code of a close frame."""
        opcode, data = self.read_frame()
        while opcode in (PING, PONG):
            if opcode == PING:
                self.send(frame(PONG, data))
            opcode, data = self.read_frame()
        if opcode == CLOSE:
            self.reason = data[2:].decode()
            return struct.unpack("!H", data[:2])[0] if data else 1005
        return data.decode() if opcode == TEXT else data

    def at_end(self):
        """Whether nothing else comes."""
        try:
            return self.data == b"" and self.link.recv(1) == b""
        except ConnectionError:
            return True

    def body(self):
        """The body of an answer that is none of a websocket."""
        return self.take(int(self.headers.get("content-length", 0)))
