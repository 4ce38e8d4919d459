# SPDX-License-Identifier: MIT
"""A second opinion: what the clauses say that a call answers, written without looking at the model.

Every answer below is read from the requirement catalogue (BUF-01..08, QRY, CTX, SET, API and ERR
clauses, UNK decisions), and the order of the checks from UNK-26. A check gives None where it has no
objection, else the answers that are allowed; where a reading leaves the choice open these are
several.
"""

import dataclasses
import typing

N = "N"
FAULT = frozenset({"WSAEFAULT/0"})
INVALID = frozenset({"WSAEINVAL/0"})
NOT_CONNECTED = frozenset({"WSAENOTCONN/0"})
UNSUPPORTED = frozenset({"WSAEOPNOTSUPP/0"})

Answers = typing.Optional[typing.FrozenSet[str]]

# QRY-17: one redirect with 32 bytes of context gives 780; CTX-10: exactly the context.
CONTEXT_SIZE = 32
RECORD_SIZE = {"redirected": 780, "redirected without context": 780 - CONTEXT_SIZE}

SOCKETS = ("plain", "redirected", "redirected without context", "lost", "unconnected", "bound",
           "listening", "outgoing", "udp", "connected udp", "invalid")
UNCONNECTED = ("unconnected", "bound", "listening", "udp")
UDP = ("udp", "connected udp")


@dataclasses.dataclass(frozen=True)
class Reading:
    """What a profile makes of the clauses."""

    profile: str
    too_small: str = "ERROR_INSUFFICIENT_BUFFER/N"  # QRY-06, CTX-03
    zero_size: typing.Optional[str] = "ERROR_INSUFFICIENT_BUFFER/N"  # QRY-07; None: as too small
    floor: int = 4  # QRY-08, CTX-05
    unconnected: typing.FrozenSet[str] = NOT_CONNECTED  # UNK-04, UNK-05
    connected_udp: Answers = None  # UNK-05
    misaligned_records: Answers = None  # UNK-08
    no_context: typing.FrozenSet[str] = INVALID  # UNK-03
    unmapped_count: typing.FrozenSet[str] = frozenset({"WSAEFAULT/unchanged"})  # API-06
    null_input: typing.FrozenSet[str] = FAULT  # UNK-14, SET-09
    set_output: Answers = INVALID  # UNK-22, SET-03


DOCUMENTED = Reading("documented")
OBSERVED = Reading(
    "observed",
    too_small="WSAEFAULT/N",  # UNK-06
    zero_size=None,  # BUF-01
    floor=0,  # BUF-03
    unconnected=INVALID,  # UNK-04
    connected_udp=INVALID,  # UNK-05
    misaligned_records=FAULT,  # UNK-08
    no_context=frozenset({"WSAEINVAL/0", "FWP_E_NOT_FOUND/0"}),  # UNK-03, CTX-08
    unmapped_count=frozenset({"WSAEFAULT/unchanged", "died"}),  # API-06 against ERR-20
    null_input=frozenset({"WSAEFAULT/0", "WSAEINVAL/0"}),  # SET-09 against UNK-14
    set_output=None,  # UNK-22
)
NO_PROVIDER = Reading("unsupported")


@dataclasses.dataclass(frozen=True)
class Call:
    """One synchronous call through WSAIoctl."""

    code: str
    socket: str
    out_size: int
    out: str = "heap"
    count: str = "valid"
    process: str = "elevated"  # not elevated, not started
    input: str = "nothing"  # of a SET: record, garbage, nothing, null, unmapped

    @property
    def queries(self) -> bool:
        return self.code != "SET_RECORDS"


def size_of(call: Call) -> typing.Optional[int]:
    """N, or None where there is nothing to return."""
    record = RECORD_SIZE.get(call.socket)
    if call.code == "QUERY_RECORDS" or record is None:
        return record
    return CONTEXT_SIZE if call.socket == "redirected" else None


# The checks, in the order of UNK-26: started, byte count pointer, handle, pointers, sizes, access,
# socket, record. What is only looked at once there is a record comes last (BUF-08): alignment, a
# wish of the kernel's formatter (UNK-08), and room.


def startup(call: Call, _reading: Reading) -> Answers:
    unready = call.process == "not started"
    return frozenset({"WSANOTINITIALISED/unchanged"}) if unready else None  # API-19


def byte_count(call: Call, reading: Reading) -> Answers:
    if call.count == "null":
        return frozenset({"WSAEFAULT/unchanged"})  # UNK-24
    return reading.unmapped_count if call.count == "unmapped" else None


def handle(call: Call, _reading: Reading) -> Answers:
    return frozenset({"WSAENOTSOCK/0"}) if call.socket == "invalid" else None  # API-10, ERR-19


def pointers(call: Call, reading: Reading) -> Answers:
    # BUF-02: without a length the pointer is nobody's business. SET-03: NULL is right for a SET.
    bad = ("null", "unmapped", "partly-unmapped") if call.queries else ("unmapped",)
    if call.input == "unmapped" or (call.out_size > 0 and call.out in bad):
        return FAULT  # API-06, BUF-04, SET-09
    return reading.null_input if call.input == "null" else None


def sizes(call: Call, reading: Reading) -> Answers:
    if call.queries:
        return INVALID if 0 < call.out_size < reading.floor else None  # BUF-03
    if call.out_size > 0 and reading.set_output:
        return reading.set_output
    return INVALID if call.input == "nothing" else None  # UNK-14


def access(call: Call, _reading: Reading) -> Answers:
    refused = call.process == "not elevated" and not call.queries
    return frozenset({"WSAEACCES/0"}) if refused else None  # SET-08, UNK-18


def socket(call: Call, reading: Reading) -> Answers:
    if not call.queries:
        return INVALID if call.socket in UDP else None  # UNK-16; UNK-11 and UNK-12: no objection
    if call.socket in UNCONNECTED:
        return reading.unconnected
    return reading.connected_udp if call.socket == "connected udp" else None


def record(call: Call, reading: Reading) -> Answers:
    if not call.queries:
        return INVALID if call.input == "garbage" else None  # UNK-13
    if call.socket not in RECORD_SIZE:
        return INVALID  # QRY-16, CTX-09, BUF-08, UNK-01, UNK-02
    return reading.no_context if size_of(call) is None else None


def alignment(call: Call, reading: Reading) -> Answers:
    asks = call.code == "QUERY_RECORDS" and call.out_size > 0 and call.out == "misaligned"
    return reading.misaligned_records if asks else None


def room(call: Call, reading: Reading) -> Answers:
    size = size_of(call)
    if not call.queries or size is None or call.out_size >= size:
        return None
    if call.out_size == 0 and reading.zero_size:
        return frozenset({reading.zero_size})  # BUF-01, BUF-02
    return frozenset({reading.too_small})  # BUF-05


CHECKS = (startup, byte_count, handle, pointers, sizes, access, socket, record, alignment, room)


def without_provider(call: Call) -> typing.FrozenSet[str]:
    """ERR-20: the byte count pointer, then the code; nothing else is looked at."""
    if call.count == "null":
        return frozenset({"WSAEFAULT/unchanged"})
    return frozenset({"died"}) if call.count == "unmapped" else UNSUPPORTED


def allowed(call: Call, reading: Reading) -> typing.FrozenSet[str]:
    """The answers that are allowed to this call, with N as a number."""
    if reading.profile == "unsupported":
        return without_provider(call)
    objections = (check(call, reading) for check in CHECKS)
    success = "OK/N" if call.queries else "OK/0"  # BUF-06, BUF-07; SET-12
    found = next((answers for answers in objections if answers), frozenset({success}))
    return frozenset(answer.replace("/N", f"/{size_of(call)}") for answer in found)
