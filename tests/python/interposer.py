#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A proxy in Python that tells the lab of its calls as wfpcheck-shim.dll would, without Windows,
and the launcher that holds it.

The lab starts it in Wine's place (WFPCHECK_WINE): LAUNCHER -- PROGRAM PLAY HOST PORT. PLAY says what
it does: one of the functions play_... below; with "no-wine" nothing comes to run.
"""

import contextlib
import os
import pathlib
import signal
import socket
import sys
import threading
import time

import wire

QUERY_RECORDS, SET_RECORDS = 0x980000DC, 0x980000DE
QUERY_CONTEXT = 0x980000DD
UDP_NETRESET = 0x9800000F
HEAP, NULL = 0, 3
POINTERS = {"in_pointer": NULL, "out_pointer": HEAP, "count_pointer": HEAP,
            "overlapped_pointer": NULL, "routine_pointer": NULL}
UPSTREAM = ("127.0.0.1", 1080)
FORWARDED_TO = ("198.18.0.1", 443)
PLAIN_TCP = {"family": 2, "type": 1, "protocol": 6, "flags": 1}
PLAIN_UDP = {"family": 2, "type": 2, "protocol": 17, "flags": 1}


class Interposer:
    """One connection to the lab; one event at a time."""

    def __init__(self, token=None):
        port, own = os.environ["WFPCHECK_LAB"].split(":")
        self.stream = socket.create_connection(("127.0.0.1", int(port)))
        self.lock = threading.Lock()
        self.sockets = 0
        self.sets = True
        self.asks = True
        self.by_option = False
        self.through = None  # what is said to the server at UPSTREAM, to be led to a target
        self.hello = self.ask("hello", protocol=2, system_process=os.getpid(), parent=os.getppid(),
                              bits=64, text="proxy.exe", name=own if token is None else token)

    def number(self):
        with self.lock:
            self.sockets += 1
            return self.sockets

    def tell(self, kind, **fields):
        with self.lock:
            self.stream.sendall(wire.encode(kind, **fields))

    def ask(self, kind, **fields):
        with self.lock:
            self.stream.sendall(wire.encode(kind, **fields))
            answer = wire.receive(self.stream)
        if answer is None:
            sys.exit("the lab hung up")
        return answer

    def ioctl(self, number, code, room=0, given=b""):
        pointers = dict(POINTERS, in_pointer=HEAP if given else NULL,
                        out_pointer=HEAP if room else NULL)
        more = {"in": given} if given else {}
        kind, answer = self.ask("ioctl", socket=number, code=code, in_size=len(given),
                                out_size=room, **pointers, **more)
        assert kind == "answer", kind
        return answer


def listen(lab, host, port):
    listener = socket.create_server((host, port), backlog=1024)
    number = lab.number()
    lab.tell("socket", socket=number, **PLAIN_TCP)
    lab.tell("bind", socket=number, local=(host, port), error=0)
    lab.tell("listen", socket=number, backlog=1024, local=(host, port), error=0)
    return listener, number


def query(lab, number, code):
    """The bytes, or None; grows with every answer that asks for more."""
    room = 1024
    for _ in range(4):
        answer = lab.ioctl(number, code, room)
        if answer["error"] == 0:
            return answer["out"]
        if answer.get("count", 0) <= room or answer["count"] > 1 << 20:
            return None
        room = answer["count"]
    return None


def destination_of(context):
    """As tests/proxies/recipe.json has it: a mark, the size, a SOCKADDR_STORAGE."""
    if context is None or len(context) != 136 or context[:8] != b"WPX1" + b"\x88\0\0\0":
        return None
    family, port = context[8] | context[9] << 8, int.from_bytes(context[10:12], "big")
    if family == 2:
        return socket.inet_ntop(socket.AF_INET, context[12:16]), port
    return (socket.inet_ntop(socket.AF_INET6, context[16:32]), port) if family == 23 else None


def original_destination(lab, number):
    """By SO_ORIGINAL_DST, in place of a context."""
    kind, answer = lab.ask("option-get", socket=number, level=65535, option=12303, out_size=28)
    if kind != "answer" or answer["error"]:
        return None
    out = answer["out"]
    assert len(out) == 16 and out[:2] == b"\2\0", out
    return socket.inet_ntop(socket.AF_INET, out[4:8]), int.from_bytes(out[2:4], "big")


def learn(lab, number):
    """The record and the destination of an accepted connection."""
    if not lab.asks:
        return b"none", FORWARDED_TO
    return (query(lab, number, QUERY_RECORDS), original_destination(lab, number) if lab.by_option
            else destination_of(query(lab, number, QUERY_CONTEXT)))


def dial(lab, target, record):
    number = lab.number()
    lab.tell("socket", socket=number, **PLAIN_TCP)
    if lab.sets and lab.ioctl(number, SET_RECORDS, given=record)["error"]:
        return None, number
    _, answer = lab.ask("connect", socket=number, name="connect",
                        peer=UPSTREAM if lab.through else target)
    if answer["error"]:
        return None, number
    upstream = socket.create_connection(answer["real"])
    lab.tell("done", kind_of=wire.KINDS.index("connect"), socket=number, error=0, count=0)
    if lab.through and not lab.through(upstream, *target):
        upstream.close()
        return None, number
    return upstream, number


def by_socks5(stream, host, port):
    stream.sendall(b"\5\2\0\2")
    assert wire.take(stream, 2) == b"\5\0"
    six = ":" in host
    packed = socket.inet_pton(socket.AF_INET6 if six else socket.AF_INET, host)
    stream.sendall(b"\5\1\0" + (b"\4" if six else b"\1") + packed + port.to_bytes(2, "big"))
    return wire.take(stream, 10)[1] == 0


def by_http(stream, host, port):
    name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    stream.sendall(f"CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += wire.take(stream, 1)
    return b" 200 " in head


def by_nonsense(stream, _host, _port):
    stream.sendall(b"SSH-2.0-x\r\n\r\n")
    stream.recv(1)
    return False


TALKS = {"socks5": by_socks5, "http": by_http, "nonsense": by_nonsense}


def relay(one, other):
    """What breaks off at one end does at the other."""
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def serve(lab, client, number):
    record, target = learn(lab, number)
    upstream, outgoing = dial(lab, target, record) if record and target else (None, None)
    if upstream is not None:
        back = threading.Thread(target=relay, args=(upstream, client))
        back.start()
        relay(client, upstream)
        back.join()
        upstream.close()
    if outgoing is not None:
        lab.tell("close", socket=outgoing)
    client.close()
    lab.tell("close", socket=number)


def accept(lab, listener, number):
    client, peer = listener.accept()
    accepted = lab.number()
    lab.tell("accept", socket=number, other=accepted, peer=peer[:2], error=0)
    return client, accepted


def work(lab, host, port):
    listener, number = listen(lab, host, port)
    while True:
        threading.Thread(target=serve, args=(lab, *accept(lab, listener, number)),
                         daemon=True).start()


def play_well(host, port):
    work(Interposer(), host, port)


def play_never_sets(host, port):
    lab = Interposer()
    lab.sets = False
    work(lab, host, port)


def play_forward(host, port):
    """Knows nothing of redirects: all that comes goes to one place."""
    lab = Interposer()
    lab.asks = lab.sets = False
    work(lab, host, port)


def play_network_reports(host, port):
    """As Go does with each socket of datagrams; without an answer it ends."""
    lab = Interposer()
    number = lab.number()
    lab.tell("socket", socket=number, **PLAIN_UDP)
    if lab.ioctl(number, UDP_NETRESET, given=bytes(4))["error"]:
        sys.exit(2)
    work(lab, host, port)


def play_overrides(_host, _port):
    print("overrides:", os.environ["WINEDLLOVERRIDES"], flush=True)
    sys.exit(7)


def play_by_option(host, port):
    """Knows no context."""
    lab = Interposer()
    lab.by_option = True
    work(lab, host, port)


def play_through(talk, host, port):
    """Dials through a server at UPSTREAM, which the lab plays."""
    lab = Interposer()
    lab.through = TALKS[talk]
    work(lab, host, port)


def play_exit(_host, _port):
    print("no driver, no proxy", flush=True)
    sys.exit(7)


def play_elsewhere(host, port):
    """Listens, and receives datagrams, on its own idea of an address."""
    lab = Interposer()
    kept = listen(lab, "127.0.0.2", port)
    number = lab.number()
    lab.tell("socket", socket=number, **PLAIN_UDP)
    lab.tell("bind", socket=number, local=("127.0.0.3", port), error=0)
    time.sleep(60)
    del kept


def play_death(host, port):
    """Killed with a client in its hands."""
    lab = Interposer()
    accept(lab, *listen(lab, host, port))
    os.kill(os.getpid(), signal.SIGKILL)


def play_crash(host, port):
    """By itself, with a client in its hands."""
    lab = Interposer()
    accept(lab, *listen(lab, host, port))
    os.kill(os.getpid(), signal.SIGSEGV)


def end_launcher(host, port, number):
    """With a client in its hands, and others at its door."""
    lab = Interposer()
    listener, own = listen(lab, host, port)
    kept = accept(lab, listener, own)
    os.kill(os.getppid(), number)
    time.sleep(60)
    del kept


def play_launcher_death(host, port):
    """What holds it is killed."""
    end_launcher(host, port, signal.SIGKILL)


def play_wine_death(host, port):
    """What holds it goes, without a word, as when Wine's server is killed."""
    end_launcher(host, port, signal.SIGUSR1)


def play_last_words(host, port):
    """Says why it ends; the next one that is started says something else, and ends, too."""
    lab = Interposer()
    mark = pathlib.Path(os.environ["WFPCHECK_LAST_WORDS"])
    print("the first to end" if not mark.exists() else "the second to end", flush=True)
    mark.touch()
    accept(lab, *listen(lab, host, port))
    os.kill(os.getpid(), signal.SIGKILL)


def play_silence(host, port):
    """Accepts, and never says anything more."""
    lab = Interposer()
    listener, number = listen(lab, host, port)
    kept = [accept(lab, listener, number) for _ in range(3)]
    time.sleep(60)
    del kept


def hostile(head):
    port = int(os.environ["WFPCHECK_LAB"].split(":")[0])
    with socket.create_connection(("127.0.0.1", port)) as stream:
        try:
            for _ in range(64):
                stream.sendall(head)
            stream.settimeout(10)
            assert stream.recv(1) == b"", "not hung up on"
        except ConnectionError:
            pass


def play_hostile(host, port):
    """Beside a good proxy others speak to the lab's port: noise, sizes, tokens, foreign events."""
    lab = Interposer()
    hostile(b"\xff" * 65536)
    hostile(b"GET / HTTP/1.1\r\n\r\n" * 4096)
    hostile(wire.encode("listen", socket=1, backlog=5, local=("127.0.0.1", port), error=0))
    hostile(wire.encode("hello", protocol=2, bits=64, text="x", name="0" * 32))
    hostile(wire.encode("hello", protocol=2, bits=64, text="x" * 100000, name=""))
    traitor = Interposer()
    traitor.tell("scenario-end", name="plain")
    traitor.stream.settimeout(10)
    try:
        assert traitor.stream.recv(1) == b"", "not hung up on"
    except ConnectionError:
        pass
    work(lab, host, port)


def play(words):
    name, host, port = words[words.index("--") + 2:]
    if name in TALKS:
        play_through(name, host, int(port))
    globals()["play_" + name.replace("-", "_")](host, int(port))


def hold(child):
    """As wfpcheck-launch: whoever started this is gone when standard input ends."""
    def watch():
        while sys.stdin.buffer.read(1):
            pass
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGUSR1, lambda *_: os._exit(1))
    threading.Thread(target=watch, daemon=True).start()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 0xC0000005 if status == -signal.SIGSEGV else max(status, 0)
    print(f"wfpcheck-launch: ended: 0x{code:08X}", file=sys.stderr, flush=True)
    os._exit(code & 0xFF)


def main(words):
    if "no-wine" in words:
        sys.exit("wine: cannot start here")
    print("wfpcheck-launch: begins", file=sys.stderr, flush=True)
    child = os.fork()
    if child:
        hold(child)
    play(words)


if __name__ == "__main__":
    main(sys.argv)
