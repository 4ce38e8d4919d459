# SPDX-License-Identifier: MIT
"""Makes the small captures under vectors/replay: replay_captures.py FOLDER

Each is made of packets that somebody decided on; nothing in them was captured anywhere. Always the
same bytes.
"""

import pathlib
import struct
import sys

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop
from scapy.layers.l2 import ARP, CookedLinux, Dot1AD, Dot1Q, Ether
from scapy.layers.ppp import PPP
from scapy.packet import Raw, raw
from scapy.utils import PcapNgWriter

START = 1_700_000_000
CLIENT, SERVER, OTHER = "192.0.2.10", "198.51.100.20", "203.0.113.30"
CLIENT6, SERVER6 = "2001:db8::10", "2001:db8::20"
ETHERNET, NULL, PPP_LINK, RAW, COOKED, COOKED2 = 1, 0, 9, 101, 113, 276


def frame():
    return Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")


def there(flags="A", seq=1, port=40000, to=443):
    return IP(src=CLIENT, dst=SERVER) / TCP(sport=port, dport=to, flags=flags, seq=seq)


def back(flags="A", seq=1, port=40000, to=443):
    return IP(src=SERVER, dst=CLIENT) / TCP(sport=to, dport=port, flags=flags, seq=seq)


def ask(port=50000, to=53, server=SERVER):
    return IP(src=CLIENT, dst=server) / UDP(sport=port, dport=to) / Raw(b"question")


def answer(port=50000, to=53, server=SERVER):
    return IP(src=server, dst=CLIENT) / UDP(sport=to, dport=port) / Raw(b"answer")


def handshake(port, seq=100):
    return [there("S", seq, port), back("SA", 900, port), there("A", seq + 1, port)]


def goodbye(port, seq=101):
    return [there("FA", seq, port), back("FA", 901, port), there("A", seq + 1, port)]


def example():
    """A minute and a half of a small machine: what replay prints of it stands in the README."""
    packets = [(0.0, ask()), (0.02, answer())]
    packets += [(0.1 + i / 100, p) for i, p in enumerate(handshake(40000) + goodbye(40000))]
    packets += [(1.0 + i / 100, p) for i, p in enumerate(handshake(40001))]
    packets += [(2.0, there("S", 7, 40002, 8080)), (2.1, back("RA", 0, 40002, 8080))]
    packets += [(3.0, IPv6(src=CLIENT6, dst=SERVER6) / UDP(sport=50001, dport=443) / Raw(b"q" * 1200)),
                (3.1, IPv6(src=SERVER6, dst=CLIENT6) / UDP(sport=443, dport=50001) / Raw(b"a" * 1200))]
    packets += [(4.0, back("PA", 5000, 40003))]
    packets += [(80.0, ask()), (80.02, answer())]
    packets += [(81.0, IP(src=CLIENT, dst=SERVER) / ICMP())]
    return [(when, frame() / packet) for when, packet in packets] + [
        (82.0, frame() / ARP(hwsrc="02:00:00:00:00:01", psrc=CLIENT, pdst=SERVER))]


def udp_idle():
    """60 s of silence are not yet idle, a microsecond more is; peers are told apart."""
    times = ((0, ask()), (60, ask()), (120.000001, ask()), (121, answer()),
             (130, ask(server=OTHER)), (150, answer(server=OTHER)),
             (181.000001, answer()), (182, ask()))
    return [(when, frame() / packet) for when, packet in times]


def tcp_endings():
    packets = handshake(40000) + goodbye(40000)
    packets += [there("S", 5000, 40000)]  # the ports again, from TIME_WAIT
    packets += handshake(40001) + [back("R", 901, 40001)]
    packets += [there("S", 1, 40002), there("S", 1, 40002), back("RA", 0, 40002)]
    packets += [there("S", 1, 40002), back("RA", 0, 40002)]  # refused twice, one connect
    packets += handshake(40003) + [there("S", 9999, 40003)]  # while it seems open
    packets += [there("S", 1, 40004), back("S", 2, 40004),  # both open
                there("SA", 1, 40004), back("SA", 2, 40004)]
    packets += [there("A", 77, 40005), back("A", 88, 40005)]  # in the middle
    packets += [back("SA", 5, 40006), there("A", 6, 40006)]  # the SYN was missed
    packets += [back("SA", 5, 40007), there("S", 1, 40007)]  # the SYN comes late
    packets += [back("R", 5, 40008)]
    return [(i / 10, frame() / packet) for i, packet in enumerate(packets)]


def fragments():
    whole = raw(UDP(sport=50000, dport=53, len=2008, chksum=0x1234) / Raw(b"x" * 2000))

    def part(offset, size, ident=7, **flags):
        return IP(src=CLIENT, dst=SERVER, proto=17, id=ident, frag=offset // 8, **flags) / Raw(
            whole[offset:offset + size])

    def part6(offset, size, more):
        return IPv6(src=CLIENT6, dst=SERVER6) / IPv6ExtHdrFragment(
            nh=17, offset=offset // 8, m=more, id=9) / Raw(whole[offset:offset + size])

    packets = [part(0, 1000, flags="MF"), part(1000, 800, flags="MF"), part(1800, 208),
               part(1000, 8, ident=8),  # its first was never seen
               part6(0, 1000, 1), part6(1000, 1008, 0),
               IPv6(src=CLIENT6, dst=SERVER6) / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt()
               / UDP(sport=50001, dport=53)]
    return [(i, frame() / packet) for i, packet in enumerate(packets)]


def vlan():
    packets = [frame() / Dot1Q(vlan=5) / ask(), frame() / Dot1AD(vlan=6) / Dot1Q(vlan=5) / answer(),
               frame() / Dot1Q(vlan=5) / there("S")]
    return list(enumerate(packets))


def plain_ip():
    return list(enumerate([ask(), answer(), IPv6(src=CLIENT6, dst=SERVER6) / TCP(flags="S")]))


def cooked():
    return [(i, CookedLinux(src=b"\2\0\0\0\0\1", lladdrlen=6, proto=0x0800) / packet)
            for i, packet in enumerate([ask(), answer(), there("S")])]


def cooked2():
    head = struct.pack(">HHIHBB8s", 0x0800, 0, 1, 1, 0, 6, b"\2\0\0\0\0\1")
    return [(i, Raw(head + raw(packet))) for i, packet in enumerate([ask(), answer()])]


def loopback():
    """Written by machines of either byte order."""
    return [(0, Raw(struct.pack("<I", 2) + raw(ask()))),
            (1, Raw(struct.pack(">I", 2) + raw(answer()))),
            (2, Raw(struct.pack("<I", 30) + raw(IPv6(src=CLIENT6, dst=SERVER6) / UDP())))]


def ppp():
    return [(0, PPP(proto=0x21) / ask()), (1, Raw(b"\xff\x03\x00\x21" + raw(answer()))),
            (2, PPP(proto=0xC021) / Raw(b"\1\1\0\4"))]


def not_understood():
    """One packet for each cause that a whole capture can show."""
    packets = [
        frame() / ARP(hwsrc="02:00:00:00:00:01", psrc=CLIENT, pdst=SERVER),
        Raw(raw(frame() / ask())[:20]),
        Ether(raw(frame())[:12] + b"\x08\x00") / Raw(b"\x55" + bytes(30)),
        frame() / IP(src=CLIENT, dst=SERVER, ihl=4, proto=17) / UDP(),
        frame() / IP(src=CLIENT, dst=SERVER, len=10, proto=17) / UDP(),
        frame() / IP(src=CLIENT, dst=SERVER, len=1000, proto=17) / UDP(),
        frame() / IP(src=CLIENT, dst=SERVER, proto=17, frag=100) / Raw(b"later"),
        frame() / IP(src=CLIENT, dst=SERVER) / ask(),
        frame() / IP(src=CLIENT, dst=SERVER) / ICMP(),
    ]
    return list(enumerate(packets))


def backwards():
    """Time stamps out of order, then a clock that is set back by an hour."""
    return [(when, frame() / packet) for when, packet in (
        (4000, ask()), (3999.5, answer()), (4001, ask()), (400, ask()), (401, answer()))]


CAPTURES = (
    ("example.pcap", ETHERNET, example, {}),
    ("udp-idle.pcap", ETHERNET, udp_idle, {}),
    ("tcp-endings.pcap", ETHERNET, tcp_endings, {}),
    ("fragments.pcap", ETHERNET, fragments, {}),
    ("vlan-big-endian-nanoseconds.pcap", ETHERNET, vlan, {"big": True, "nanoseconds": True}),
    ("plain-ip.pcap", RAW, plain_ip, {}),
    ("cooked.pcap", COOKED, cooked, {}),
    ("cooked2.pcap", COOKED2, cooked2, {}),
    ("loopback.pcap", NULL, loopback, {}),
    ("ppp.pcap", PPP_LINK, ppp, {}),
    ("not-understood.pcap", ETHERNET, not_understood, {}),
    ("backwards.pcap", ETHERNET, backwards, {}),
    ("empty.pcap", ETHERNET, list, {}),
)


def write(path, link, packets, big=False, nanoseconds=False):
    order = ">" if big else "<"
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)]
    for when, packet in packets:
        # In whole microseconds: a float has not enough digits.
        seconds, rest = divmod(round(when * 1_000_000), 1_000_000)
        data = raw(packet)
        parts += [struct.pack(order + "IIII", START + seconds, rest * (1000 if nanoseconds else 1),
                              len(data), len(data)), data]
    path.write_bytes(b"".join(parts))


def write_pcapng(path, packets):
    with PcapNgWriter(str(path)) as writer:
        for when, packet in packets:
            packet.time = START + when
            writer.write(packet)


def block(kind, body):
    padded = body + bytes(-len(body) % 4)
    length = struct.pack("<I", 12 + len(padded))
    return struct.pack("<I", kind) + length + padded + length


def write_two_links(path):
    """Two interfaces, as a machine has that captures its loopback beside its network card."""
    nanoseconds = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
    parts = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
             block(1, struct.pack("<HHI", ETHERNET, 0, 0))]
    for number, (when, packet) in enumerate(example()):
        if number == 3:  # by then libpcap has given three packets
            parts.append(block(1, struct.pack("<HHI", NULL, 0, 0) + nanoseconds))
        ticks = round((START + when) * 1_000_000)
        data, link = raw(packet), 0
        if number > 3 and number % 2 and IP in packet:
            data, link, ticks = struct.pack("<I", 2) + raw(packet[IP]), 1, ticks * 1000
        parts.append(block(6, struct.pack("<IIIII", link, ticks >> 32, ticks & 0xFFFFFFFF,
                                          len(data), len(data)) + data))
    path.write_bytes(b"".join(parts))


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, link, packets, options in CAPTURES:
        write(folder / name, link, packets(), **options)
    write_pcapng(folder / "example.pcapng", example())
    write_two_links(folder / "two-links.pcapng")
    # Ends within a packet, as when the disk was full.
    whole = (folder / "example.pcap").read_bytes()
    (folder / "cut.pcap").write_bytes(whole[:len(whole) - 10])
    # A snap length that keeps the addresses and loses the ports.
    short = b"".join(shortened(whole, 36))
    (folder / "snapped.pcap").write_bytes(short)


def shortened(capture, size):
    yield capture[:16] + struct.pack("<I", size) + capture[20:24]
    at = 24
    while at < len(capture):
        seconds, micros, kept, wire = struct.unpack_from("<IIII", capture, at)
        yield struct.pack("<IIII", seconds, micros, min(kept, size), wire)
        yield capture[at + 16:at + 16 + min(kept, size)]
        at += 16 + kept


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]))
