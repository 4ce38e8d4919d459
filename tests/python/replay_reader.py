# SPDX-License-Identifier: MIT
"""Counts a capture with Scapy, which shares no line with the program: the outermost IP header, and
TCP or UDP right behind it or behind extension headers."""

from scapy.config import conf
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment, _IPv6ExtHdr
from scapy.layers.l2 import Ether  # noqa: F401  registers the link types
from scapy.layers import ppp  # noqa: F401
from scapy.utils import RawPcapReader, RawPcapNgReader

EXTENSIONS = (_IPv6ExtHdr,)


def count(path):
    counted = {"packets": 0, "ip": 0, "tcp": set(), "udp": set()}
    for link, data in packets_of(str(path)):
        counted["packets"] += 1
        layers = layers_of(link, data)
        if layers:
            counted["ip"] += 1
            take(layers, counted)
    return counted


def packets_of(path):
    reader = RawPcapReader(path)
    ng = isinstance(reader, RawPcapNgReader)
    while True:
        try:
            data, about = reader._read_packet()
        except EOFError:
            return
        yield (about.linktype if ng else reader.linktype), data


def layers_of(link, data):
    """The layers from the outermost IP header on."""
    kind = conf.l2types.num2layer.get(link)
    if kind is None:
        return []
    packet = kind(data)
    layers = []
    while packet:
        layers.append(packet)
        packet = packet.payload
    for index, layer in enumerate(layers):
        if isinstance(layer, (IP, IPv6)):
            return layers[index:]
    return []


def take(layers, counted):
    head = layers[0]
    for layer in layers[1:]:
        if isinstance(layer, IPv6ExtHdrFragment) and layer.offset:
            return
        if isinstance(layer, EXTENSIONS):
            continue
        for name, kind in (("tcp", TCP), ("udp", UDP)):
            if isinstance(layer, kind):
                counted[name].add(frozenset(((head.src, layer.sport), (head.dst, layer.dport))))
        return
