# SPDX-License-Identifier: MIT
"""What the steps of a trail print, as the hops of each journey, and as a path vector."""

import json

STATES = ("NOT_REDIRECTED", "REDIRECTED_BY_SELF", "REDIRECTED_BY_OTHER",
          "PREVIOUSLY_REDIRECTED_BY_SELF")


def events_of(lines):
    events = []
    for line in lines:
        if "START OF CYCLE" in line:
            events.append({"event": "cycle"})
        if line.startswith("{"):
            events.append(json.loads(line))
    return events


class Path:
    """A counterexample in the words of path vectors, hop by hop."""

    def __init__(self, events, journeys):
        self.services = {}
        self.journeys = [{"hops": []} for _ in range(journeys)]
        self.wrong = None
        for event in events:
            getattr(self, "take_" + event.pop("event"))(**event)
        self.close_cycle()

    def take_service(self, service, weight, sublayer):
        self.services[name_of(service)] = {"weight": weight, "sublayer": sublayer, "deeds": {},
                                           "at-auth-connect": {}, "propagates": []}

    def take_dial(self, journey, dialler, propagation, had_record):
        hop = {"dialler": name_of(dialler), "asked": []}
        if dialler:
            hop["propagates"] = propagation if had_record else "lost"
            note(self.services[name_of(dialler)]["propagates"], hop["propagates"])
        self.journeys[journey]["hops"].append(hop)

    def take_asked(self, journey, service, layer, told, conduct):
        deed = "redirect" if layer == "connect-redirect" else "block"
        did = deed if conduct == deed else "permit"
        asked = {"service": name_of(service), "layer": layer, "told": STATES[told], "did": did}
        self.journeys[journey]["hops"][-1]["asked"].append(asked)
        deeds = "deeds" if layer == "connect-redirect" else "at-auth-connect"
        note(self.services[name_of(service)][deeds].setdefault(STATES[told], []), did)

    def take_redirected(self, journey, by, lost):
        hop = self.journeys[journey]["hops"][-1]
        hop["redirected-by"] = name_of(by)
        if lost:
            hop["lost"] = True

    def take_end(self, journey, end, by=None):
        self.journeys[journey]["end"] = end
        if by:
            self.journeys[journey]["ended-by"] = name_of(by)

    def take_cycle(self):
        for journey in self.journeys:
            journey["mark"] = len(journey["hops"])

    def take_wrong(self, journey, what):
        self.wrong = what
        self.journeys[journey].setdefault("end", "wrong")

    def close_cycle(self):
        """Spin's cycle may be laps of a smaller one, and begin late."""
        for journey in self.journeys:
            hops, start = journey["hops"], journey.pop("mark", None)
            if start is None:
                continue
            length = next(n for n in range(1, len(hops) - start + 1)
                          if hops[start:-n] == hops[start + n:])
            while start > 0 and hops[start - 1] == hops[start - 1 + length]:
                start -= 1
            del hops[start + length:]
            journey.update(end="loop", loop=[hop["dialler"] for hop in hops[start:]])

    def as_json(self):
        return {"wrong": self.wrong, "services": self.services, "journeys": self.journeys}


def name_of(party):
    return ("app", "A", "B", "C")[party]


def note(seen, what):
    if what not in seen:
        seen.append(what)


def vector_of(path, claim):
    """The path vector that takes the same way; None where no topology does."""
    services = [service_of(name, seen) for name, seen in path.services.items()]
    if len(path.journeys) > 1 or None in services:
        return None
    vector = {"id": "model-counterexample", "kind": "path",
              "story": f"Found by the exhaustive check: {claim}.", "clauses": ["LOOP-04"],
              "source": {"kind": "regression", "reference": "tests/model/check.py"},
              "needs": ["kernel-face"], "services": services, "journey": {"dials": "ipv4"},
              "expect": outcome_of(path.journeys[0])}
    if vector["expect"]["end"] != "reached":
        vector["control"] = {"kind": "contrast", "set": contrast_of(services)}
    return vector


def contrast_of(services):
    """What to change for another way: a proxy passes the record on, or a callout permits."""
    for service in services:
        if service.get("propagates", "correctly") != "correctly":
            return {service["name"] + ".propagates": "correctly"}
    return {f"{service['name']}.deeds.{state}": "permit" for service in services
            for state, did in service["deeds"].items() if did == "redirect"}


def service_of(name, seen):
    service = {"name": name, "weight": seen["weight"], "sublayer": seen["sublayer"]}
    for member in ("deeds", "at-auth-connect"):
        if any(len(did) > 1 for did in seen[member].values()):
            return None
        service[member] = {state: did[0] for state, did in seen[member].items()}
    if len(seen["propagates"]) > 1:
        return None
    if seen["propagates"]:
        service.update(propagates=seen["propagates"][0], refuses=False)
    return service


def outcome_of(journey):
    """What was seen. Where the search stopped halfway, who had the connection has it again."""
    path = [hop["dialler"] for hop in journey["hops"]]
    outcome = {"path": path, "end": journey.get("end"), "by": ["LOOP-04"]}
    if "loop" in journey:
        outcome["loop"] = journey["loop"]
    if outcome["end"] == "reached":
        path.append("destination")
    if outcome["end"] == "wrong":
        again = journey["hops"][-1].get("redirected-by", "app")
        outcome.update(end="loop", loop=path[path.index(again):])
    outcome["told"] = [{asked["service"]: asked["told"] for asked in hop["asked"]
                        if asked["layer"] == "connect-redirect"} for hop in journey["hops"]]
    return outcome
