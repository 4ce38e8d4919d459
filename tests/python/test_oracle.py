# SPDX-License-Identifier: MIT
"""The simulator against a second opinion, over the whole product of what a call may look like."""

import dataclasses
import itertools

import pytest

from oracle import DOCUMENTED, NO_PROVIDER, OBSERVED, SOCKETS, Call, allowed
from scripts import STEPS_MAX, accept, document, leaf

QUERIES = ("QUERY_RECORDS", "QUERY_CONTEXT")
SIZES = (0, 1, 2, 3, 4, 31, 32, 33, 747, 748, 749, 779, 780, 781, 1024)
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
INPUT = {
    "record": {"from": "blob"},
    "garbage": {"fill": 165, "size": 64},
    "nothing": {"pointer": "null", "size": 0},
    "null": {"pointer": "null", "size": 64},
    "unmapped": {"pointer": "unmapped", "size": 64},
}


def readings():
    """The shipped profiles, and those that differ in the most uncertain answer of all (UNK-06)."""
    for reading in (DOCUMENTED, OBSERVED, NO_PROVIDER):
        yield reading, []
    for reading in (DOCUMENTED, OBSERVED):
        for answer in ("ERROR_INSUFFICIENT_BUFFER/N", "WSAEFAULT/N", "WSAEINVAL/0"):
            yield dataclasses.replace(reading, too_small=answer), [f"too-small={answer}"]


READINGS = [pytest.param(reading, chosen, id="-".join([reading.profile, *chosen]))
            for reading, chosen in readings()]


def queries(socket, elevated):
    for code, size, out, count in itertools.product(QUERIES, SIZES, POINTERS, COUNTS):
        # One byte, or none, cannot begin in good memory and end outside.
        if out != "partly-unmapped" or size > 1:
            yield Call(code, socket, size, out, count, elevated)


def sets(socket, elevated, profile):
    for size, out, count, given in itertools.product((0, 4), ("null", "heap", "unmapped"), COUNTS,
                                                     INPUTS):
        # Without a provider there is no record to be had.
        if given != "record" or profile != "unsupported":
            yield Call("SET_RECORDS", socket, size, out, count, elevated, given)


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
    if not first.elevated:
        set_up.append({"do": "process", "elevated": False})
    room = STEPS_MAX - len(set_up)
    for start in range(0, len(calls), room):
        batch = calls[start:start + room]
        steps = set_up + [step_of(call) for call in batch]
        # A vector has a claim; playing it judges nothing.
        steps[-1]["expect"] = leaf("OK/0")
        yield batch, document(steps, needs(steps))


def every_batch(profile):
    for socket, elevated in itertools.product(SOCKETS, (True, False)):
        yield from batches(queries(socket, elevated))
        yield from batches(sets(socket, elevated, profile))


@pytest.mark.parametrize("reading, chosen", READINGS)
def test_model_agrees(server, reading, chosen):
    work = list(every_batch(reading.profile))
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
    assert compared > 7000
    assert not differences, f"{len(differences)} of {compared}, first: {differences[:3]}"
