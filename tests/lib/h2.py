# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 by hand, one stream: what no client does, and when it wants to."""

import socket
import ssl
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = \
    0, 1, 3, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4
NO_ERROR, CANCEL = 0, 8
STATUSES = {0x88: 200, 0x89: 204, 0x8a: 206, 0x8b: 304, 0x8c: 400, 0x8d: 404,
            0x8e: 500}          # of HPACK's static table
STATUS_NAME = 0x48              # :status, a literal that is indexed
DIGITS = {"00000": "0", "00001": "1", "00010": "2", "011001": "3",
          "011010": "4", "011011": "5", "011100": "6", "011101": "7",
          "011110": "8", "011111": "9"}         # HPACK's Huffman code


def literal(name, value):
    """A field of HPACK that is in no table, both texts short."""
    return b"".join([b"\0", *(bytes([len(text)]) + text
                              for text in (name.encode(), value.encode()))])


def status_of(block):
    """The status at the beginning of httpd's blocks of headers."""
    if block[0] & 0xe0 == 0x20:             # the size of the table
        block = block[1:]
    if block[0] in STATUSES:
        return STATUSES[block[0]]
    assert block[0] == STATUS_NAME, block
    length, text = block[1] & 0x7f, block[2:]
    if not block[1] & 0x80:
        return int(text[:length])
    bits, said, code = "".join(f"{byte:08b}" for byte in text[:length]), "", ""
    for bit in bits:
        code += bit
        if code in DIGITS:
            said, code = said + DIGITS[code], ""
    return int(said)


class Stream:
    """One request on a connection of its own, over TLS if secure."""

    patient = False             # goes on when no other request is taken

    def __init__(self, port, secure=False):
        self.link = socket.create_connection(("127.0.0.1", port), 30)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_alpn_protocols(["h2"])
            self.link = context.wrap_socket(self.link)
        self.scheme = "https" if secure else "http"
        self.authority = f"127.0.0.1:{port}"
        self.unread = b""
        self.last = b""             # what the last frame had
        self.status = None
        self.ended = False          # the answer is whole
        self.reset = None           # or not: the code of the reset
        self.link.sendall(PREFACE)
        self.send(SETTINGS, 0, b"", stream=0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()

    def send(self, kind, flags, payload, stream=1):
        self.link.sendall(struct.pack(">I", len(payload))[1:] +
                          bytes([kind, flags]) + struct.pack(">I", stream) +
                          payload)

    def ask(self, method, path, headers=(), end=False):
        fields = [(":method", method), (":scheme", self.scheme),
                  (":authority", self.authority), (":path", path), *headers]
        self.send(HEADERS, END_HEADERS | (END_STREAM if end else 0),
                  b"".join(literal(*field) for field in fields))

    def write(self, data, end=False):
        """A part of the body, within the windows that HTTP/2 begins with."""
        self.send(DATA, END_STREAM if end else 0, data)

    def cancel(self):
        self.send(RST_STREAM, 0, struct.pack(">I", CANCEL))

    def take(self, size):
        while len(self.unread) < size:
            data = self.link.recv(65536)
            if data == b"":
                raise EOFError
            self.unread += data
        data, self.unread = self.unread[:size], self.unread[size:]
        return data

    def take_any(self):
        """The next frame, whatever it is about: its kind."""
        head = self.take(9)
        payload = self.take(int.from_bytes(head[:3], "big"))
        kind, flags = head[3], head[4]
        self.last = payload
        if kind in (SETTINGS, PING) and not flags & ACK:
            self.send(kind, ACK, payload if kind == PING else b"", stream=0)
        elif kind == GOAWAY and not self.patient:
            raise EOFError
        elif kind == HEADERS:
            self.status = status_of(payload)
        elif kind == RST_STREAM:
            self.reset = int.from_bytes(payload, "big")
        if kind in (DATA, HEADERS):
            self.ended = bool(flags & END_STREAM)
        return kind

    def read(self, size=None):
        """So much of the answer's body, or all until its end or reset."""
        got = b""
        while not self.ended and self.reset is None and \
                (size is None or len(got) < size):
            if self.take_any() == DATA:
                got += self.last
        return got

    def until_reset(self):
        """What the stream is reset with, once the answer has been read."""
        while self.reset is None:
            self.take_any()
        return self.reset
