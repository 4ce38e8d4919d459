# SPDX-License-Identifier: MIT
"""Vector documents made by tests."""

STEPS_MAX = 32

STORY = "Made by a test; it says nothing that the clauses do not say."


def document(steps, needs=(), **members):
    """A whole vector around these steps."""
    return {"id": "made-by-a-test", "kind": "calls", "story": STORY, "clauses": ["QRY-05"],
            "source": {"kind": "inferred", "reference": "a test"}, "needs": sorted(needs),
            "steps": steps, **members}


def leaf(answer, *reasons, **members):
    return {"answer": answer, "by": list(reasons or ("QRY-05",)), **members}


def branch(good, bad=None):
    """`good` of a provider that has the ioctls, `bad` of one that lacks them."""
    return {"key": "unsupported", "values": {
        "pass": good, "WSAEOPNOTSUPP/0": bad or leaf("WSAEOPNOTSUPP/0", "API-11")}}


def query(size=1024, on="proxy", **members):
    return {"do": "ioctl", "on": on, "code": "QUERY_RECORDS", "out": {"size": size}, **members}


def accept(name="proxy", **redirect):
    step = {"do": "redirected-accept", "as": name}
    return {**step, "redirect": redirect} if redirect else step


def asking(expect, size=1024):
    """A redirected connection, and one query that expects this."""
    return document([accept(), query(size, expect=expect)], ["redirect"])
