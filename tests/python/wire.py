# SPDX-License-Identifier: MIT
"""The lab's end of the wire (harness/lab/wire/event.h), for tests of what is in a program."""

import pathlib
import re
import socket
import struct

HEADER = pathlib.Path(__file__).resolve().parents[2] / "harness/lab/wire/event.h"


def names_of(enum, prefix):
    """The constants of an enumeration without values of their own, in their order."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(encoding="utf-8"), flags=re.DOTALL)
    body = re.search(rf"enum {enum} {{(.*?)}};", text, re.DOTALL).group(1)
    found = [word.split("=")[0].strip() for word in body.split(",")]
    return [name.removeprefix(prefix).lower().replace("_", "-") for name in found if name
            and name not in ("EVENT_KIND_COUNT", "FIELDS_ALL")]


KINDS = names_of("event_kind", "EVENT_")
FIELDS = [name for name in names_of("event_field", "FIELD_") if not name.endswith("s-end")]
NUMBERS_END = FIELDS.index("local")
ADDRESSES_END = FIELDS.index("in")
ASKED = {"hello", "connect", "ioctl", "option-set", "option-get", "datagram-send",
         "datagram-receive", "resolve", "device-open", "device-control", "service-call",
         "filter-call"}


def encode(kind, **fields):
    """An event; an address is a pair of host and port."""
    given = {name.replace("_", "-"): value for name, value in fields.items()}
    bits, body = 0, b""
    for number, name in enumerate(FIELDS):
        if name in given:
            bits |= 1 << number
            body += encode_field(number, given[name])
    body = struct.pack("<IQ", KINDS.index(kind), bits) + body
    return struct.pack("<I", len(body)) + body


def encode_field(number, value):
    if number < NUMBERS_END:
        return struct.pack("<Q", value)
    if number < ADDRESSES_END:
        host, port = value
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        packed = socket.inet_pton(family, host)
        return packed.ljust(16, b"\0") + struct.pack("<HBB", port, ":" in host, 0)
    value = value.encode() if isinstance(value, str) else value
    return struct.pack("<I", len(value)) + value


def decode(body):
    """The kind and the fields of an event whose length has been taken off."""
    kind, bits = struct.unpack_from("<IQ", body)
    at, fields = 12, {}
    for number, name in enumerate(FIELDS):
        if bits >> number & 1:
            fields[name], at = decode_field(number, body, at)
    assert at == len(body), "bytes are left of an event"
    return KINDS[kind], fields


def decode_field(number, body, at):
    if number < NUMBERS_END:
        return struct.unpack_from("<Q", body, at)[0], at + 8
    if number < ADDRESSES_END:
        port, family = struct.unpack_from("<HB", body, at + 16)
        packed = body[at:at + (16 if family else 4)]
        host = socket.inet_ntop(socket.AF_INET6 if family else socket.AF_INET, packed)
        return (host, port), at + 20
    size = struct.unpack_from("<I", body, at)[0]
    value = body[at + 4:at + 4 + size]
    return (value.decode() if FIELDS[number] in ("text", "name") else value), at + 4 + size


def take(stream, size):
    taken = b""
    while len(taken) < size:
        more = stream.recv(size - len(taken))
        if not more:
            return None
        taken += more
    return taken


def receive(stream):
    """The next event, or None at the end."""
    head = take(stream, 4)
    body = head and take(stream, struct.unpack("<I", head)[0])
    return body and decode(body)
