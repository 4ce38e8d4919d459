# SPDX-License-Identifier: MIT
"""The simulator against a second opinion, over the whole product of what a call may look like."""

import dataclasses
import itertools

import pytest

from oracle import DOCUMENTED, NO_PROVIDER, OBSERVED, RECORD_SIZE, SOCKETS, Call, allowed
from scripts import STEPS_MAX, accept, document, leaf

QUERIES = ("QUERY_RECORDS", "QUERY_CONTEXT")
SIZES = (0, 1, 2, 3, 4, 31, 32, 33, 747, 748, 749, 779, 780, 781, 1024)
FEW_SIZES = (0, 1, 4, 1024)
POINTERS = ("heap", "stack", "misaligned", "null", "unmapped", "partly-unmapped")
COUNTS = ("valid", "null", "unmapped")
INPUTS = ("record", "garbage", "nothing", "null", "unmapped")

SET_UP = {
    "plain": [{"do": "plain-accept", "as": "socket"}],
    "redirected": [accept("socket")],
    "redirected without context": [accept("socket", context=0)],
    "lost": [accept("socket", lost=True)],
    "unconnected": [{"do": "socket", "as": "socket"}],
    "bound": [{"do": "socket", "as": "socket"}, {"do": "bind", "on": "socket"}],
    "listening": [{"do": "socket", "as": "socket"}, {"do": "bind", "on": "socket"},
                  {"do": "listen", "on": "socket"}],
    "outgoing": [{"do": "socket", "as": "socket"}, {"do": "connect", "on": "socket"}],
    "udp": [{"do": "socket", "as": "socket", "type": "udp"}],
    "connected udp": [{"do": "socket", "as": "socket", "type": "udp"},
                      {"do": "connect", "on": "socket"}],
    "invalid": [],
}
DONOR = [accept("donor"), {"do": "ioctl", "on": "donor", "code": "QUERY_RECORDS",
                           "out": {"size": 4096}, "save": "blob"}]
PROCESS = {
    "elevated": [],
    "not elevated": [{"do": "process", "elevated": False}],
    "not started": [{"do": "process", "started": False}],
}
INPUT = {
    "record": {"from": "blob"},
    "garbage": {"fill": 165, "size": 64},
    "nothing": {"pointer": "null", "size": 0},
    "null": {"pointer": "null", "size": 64},
    "unmapped": {"pointer": "unmapped", "size": 64},
}


READINGS = [(DOCUMENTED, []), (OBSERVED, []), (NO_PROVIDER, [])]
# UNK-06, the most uncertain answer of all, read in each way; it can only matter where N is known.
SIBLINGS = [(dataclasses.replace(reading, too_small=answer), [f"too-small={answer}"])
            for reading in (DOCUMENTED, OBSERVED)
            for answer in ("ERROR_INSUFFICIENT_BUFFER/N", "WSAEFAULT/N", "WSAEINVAL/0")]


def queries(socket, process):
    sizes = SIZES if socket in RECORD_SIZE else FEW_SIZES
    for code, size, out, count in itertools.product(QUERIES, sizes, POINTERS, COUNTS):
        # One byte, or none, cannot begin in good memory and end outside.
        if out != "partly-unmapped" or size > 1:
            yield Call(code, socket, size, out, count, process)


def sets(socket, process, profile):
    for size, out, count, given in itertools.product((0, 4), ("null", "heap", "unmapped"), COUNTS,
                                                     INPUTS):
        # Of two bad pointers nobody says which is seen first. Without a provider no record is had.
        two = size > 0 and out == "unmapped" and given == "null"
        if not two and (given != "record" or profile != "unsupported"):
            yield Call("SET_RECORDS", socket, size, out, count, process, given)


def step_of(call):
    on = "invalid" if call.socket == "invalid" else "socket"
    step = {"do": "ioctl", "on": on, "code": call.code, "count": call.count,
            "out": {"size": call.out_size, "pointer": call.out}}
    return step if call.queries else {**step, "in": INPUT[call.input]}


def needs(steps):
    text = str(steps)
    marks = {"redirect": "redirected-accept", "fault-injection": "lost", "elevation": "elevated",
             "bad-pointers": "unmapped"}
    return [need for need, mark in marks.items() if mark in text]


def batches(calls):
    """The calls of one socket, as many in one document as there is room for."""
    calls = list(calls)
    first = calls[0]
    set_up = list(SET_UP[first.socket])
    if any(call.input == "record" for call in calls):
        set_up += DONOR
    set_up += PROCESS[first.process]
    room = STEPS_MAX - len(set_up)
    for start in range(0, len(calls), room):
        batch = calls[start:start + room]
        steps = set_up + [step_of(call) for call in batch]
        # A vector has a claim; playing it judges nothing.
        steps[-1]["expect"] = leaf("OK/0")
        yield batch, document(steps, needs(steps))


def compare(server, reading, chosen, work):
    """The number of calls that were compared, and those where the two differ."""
    requests = ({"do": "play", "document": made, "profile": reading.profile, "set": chosen}
                for _, made in work)
    differences = []
    compared = 0
    for (batch, _), response in zip(work, server.ask_all(requests)):
        assert response.get("trouble") is None and "error" not in response, response
        for call, step in zip(batch, response["steps"][-len(batch):]):
            wanted = allowed(call, reading)
            compared += 1
            if step["answer"] not in wanted or set(step["allowed"]) != wanted:
                differences.append((call, sorted(wanted), step["answer"], step["allowed"]))
    return compared, differences


def names(readings):
    return ["-".join([reading.profile, *chosen]) for reading, chosen in readings]


def every_call(sockets, profile):
    work = []
    for socket, process in itertools.product(sockets, PROCESS):
        work += batches(queries(socket, process))
        work += batches(sets(socket, process, profile))
    return work


@pytest.mark.parametrize("reading, chosen", READINGS, ids=names(READINGS))
def test_model_agrees(server, reading, chosen):
    compared, differences = compare(server, reading, chosen, every_call(SOCKETS, reading.profile))
    assert compared > 8000
    assert not differences, f"{len(differences)} of {compared}, first: {differences[:3]}"


@pytest.mark.parametrize("reading, chosen", SIBLINGS, ids=names(SIBLINGS))
def test_too_small_in_every_reading(server, reading, chosen):
    work = []
    for socket, process in itertools.product(RECORD_SIZE, PROCESS):
        work += batches(queries(socket, process))
    compared, differences = compare(server, reading, chosen, work)
    assert compared > 2000
    assert not differences, f"{len(differences)} of {compared}, first: {differences[:3]}"


def swapped(server, first, second):
    """The order of checks of the documented profile, with two of them changing places."""
    order, = server.ask("profile", profile="documented")["keys"]["error-precedence"]
    marks = {first: second, second: first}
    return "error-precedence=" + ",".join(marks.get(stage, stage) for stage in order.split(","))


@pytest.mark.parametrize("other", [
    "too-small=WSAENOBUFS/N", "tiny-buffer=pass", "zero-size-query=WSAEINVAL/0",
    "no-record=WSAENOTCONN/0", "unconnected=WSAEINVAL/0", "set-needs-admin=pass",
    ("startup", "byte-count"), ("byte-count", "handle"), ("handle", "pointers"),
    ("pointers", "sizes"), ("sizes", "access"), ("access", "record"), ("socket", "record"),
], ids=str)
def test_another_model_is_noticed(server, other):
    chosen = other if isinstance(other, str) else swapped(server, *other)
    work = every_call(("plain", "unconnected", "invalid"), DOCUMENTED.profile)
    work += batches(queries("redirected", "elevated"))
    assert compare(server, DOCUMENTED, [chosen], work)[1]
