# SPDX-License-Identifier: MIT
"""What Hypothesis shrank a broken property to, kept as a vector of source kind `regression`."""

import functools
import json
import pathlib
import tempfile

from scripts import branch, leaf, query

LACKING = "WSAEOPNOTSUPP/0"
STATES = ("NOT_REDIRECTED", "REDIRECTED_BY_SELF", "REDIRECTED_BY_OTHER",
          "PREVIOUSLY_REDIRECTED_BY_SELF")

# Where everybody permits everything, every connection arrives.
ARRIVES = {"kind": "contrast", "set": {f"*.{layer}.{state}": "permit" for state in STATES
                                       for layer in ("deeds", "at-auth-connect")}}


class Held:
    """A server that remembers the last document which a property did not hold for."""

    def __init__(self, server):
        self.server = server
        self.broken = None

    def play(self, made, **members):
        """Plays a document; it must come to its end."""
        self.broken = (made, members)
        response = self.server.ask("play", document=made, **members)
        assert response["trouble"] is None, response["trouble"]
        return response


def _path_outcome(response):
    outcome = {name: response[name] for name in ("path", "end")}
    if response["end"] == "loop":
        outcome["loop"] = response["loop"]
    if response["ended-by"]:
        outcome["ended-by"] = response["ended-by"]
    return outcome


def _path_expectation(server, made, clauses, members):
    """As it was played; a provider without the ioctls has its own outcome."""
    played = {}
    for value in ("pass", LACKING):
        chosen = [*members.get("set", []), f"unsupported={value}"]
        response = server.ask("play", document=made, **{**members, "set": chosen})
        played[value] = {**_path_outcome(response), "by": clauses}
    return {"key": "unsupported", "values": played}


def _pinned(step, played, clauses):
    if step["do"] != "ioctl":
        return step
    return {**step, "expect": branch(leaf(played["answer"], *clauses))}


def _calls(server, made, clauses, members):
    chosen = [*members.get("set", []), "unsupported=pass"]
    response = server.ask("play", document=made, **{**members, "set": chosen})
    steps = [_pinned(step, played, clauses)
             for step, played in zip(made["steps"], response["steps"])]
    # A refusal alone proves nothing: a query that must succeed stands beside it.
    witness = [{"do": "redirected-accept", "as": "witness"},
               query("N", "witness", expect=branch(leaf("OK/N")))]
    return {"steps": steps + witness, "needs": sorted({*made["needs"], "redirect"})}


def vector(server, stem, clauses, made, members):
    """The whole vector: what was played, and what came of it."""
    using = ", ".join([members.get("profile", "observed"), *members.get("set", [])])
    whole = {**made, "id": stem, "clauses": clauses,
             "story": f"A shrunk example that broke {clauses[0]}; the expectation is what came of "
                      "it, and is to be put right by hand.",
             "source": {"kind": "regression", "reference": f"property test of {stem}; {using}"}}
    if made["kind"] == "path":
        expect = _path_expectation(server, made, clauses, members)
        control = {} if expect["values"]["pass"]["end"] == "reached" else {"control": ARRIVES}
        return {**whole, "expect": expect, **control}
    return {**whole, **_calls(server, made, clauses, members)}


def write(held, stem, clauses):
    """Writes the last broken example to a folder of its own, and gives the path."""
    made, members = held.broken
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wfpcheck-property-"))
    place = folder / f"{stem}.json"
    whole = vector(held.server, stem, clauses, made, members)
    place.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return place


def kept(stem, *clauses):
    """Around a property that takes `held`: a failure names the file with its shrunk example."""
    def around(test):
        @functools.wraps(test)
        def wrapped(*positional, **named):
            try:
                return test(*positional, **named)
            except AssertionError as failure:
                held = named["held"]
                if held.broken is None:
                    raise
                place = write(held, stem, list(clauses))
                raise AssertionError(f"{failure}\nshrunk example: {place}") from failure
        return wrapped
    return around
