# SPDX-License-Identifier: MIT
"""The lab says yes to the correct proxy, and no to each wrong one, for the right reason."""

import concurrent.futures
import json
import subprocess

import pytest

import lab

# What the mutants go through: each rule has something to judge in it.
PANEL = ("burst", "context-short", "direct", "half-close", "ipv6", "lost", "payload", "pending",
         "plain", "record-sizes@2049-*", "record-sizes@9000-*", "refused-once", "reset",
         "server-first", "set-counts", "set-counts-all", "set-fails", "size-absurd",
         "size-absurd-errors", "size-changes*", "udp-plain", "udp-record-sizes@2049",
         "udp-strange-objects", "udp-two-flows", "unreachable")

# Mutant: the rule that names its bug, and others that the bug itself breaks.
MUTANTS = {
    "wrong-code": ("PRX-01",),
    "set-code-is-query-code": ("PRX-01",),
    "queries-listener": ("PRX-02",),
    # The first dial has no record: it comes back.
    "dials-before-query": ("PRX-03", "PRX-37"),
    "query-failed-dials-anyway": ("PRX-03", "PRX-37"),
    "grows-on-122-only": ("PRX-04",),
    "grows-on-10014-only": ("PRX-04",),
    "grows-on-10022-only": ("PRX-04",),
    "no-growth": ("PRX-04",),
    "asks-without-end": ("PRX-05",),
    "fixed-4096": ("PRX-06",),
    "trusts-first-size": ("PRX-07",),
    "trusts-any-size": ("PRX-08",),
    # Goes on without the record that it takes for absent.
    "probe-means-no-record": ("PRX-09", "PRX-37"),
    # A lost record looks like none.
    "serves-direct-clients": ("PRX-10", "PRX-11"),
    # So does one of an absurd size; and the dial goes without a record.
    "lost-record-goes-direct": ("PRX-11", "PRX-03", "PRX-10", "PRX-37"),
    "exits-on-no-record": ("PRX-12",),
    "trusts-context": ("PRX-13",),
    "never-sets": ("PRX-14", "PRX-37"),
    "sets-first-socket-only": ("PRX-14", "PRX-37"),
    "sets-after-connect": ("PRX-15", "PRX-37"),
    "sets-after-bind": ("PRX-15",),
    "sets-whole-buffer": ("PRX-16",),
    "sets-truncated": ("PRX-16",),
    "alters-record": ("PRX-16",),
    "reuses-record": ("PRX-17",),
    "ignores-set-failure": ("PRX-18", "PRX-37"),
    "null-byte-count": ("PRX-19",),
    "wants-set-count-zero": ("PRX-20",),
    "wants-set-count-full": ("PRX-20",),
    "leaves-overlapped": ("PRX-21",),
    "waits-for-client": ("PRX-22",),
    "shallow-backlog": ("PRX-23",),
    "ipv4-only-upstream": ("PRX-24",),
    "options-never": ("PRX-25",),
    "options-ip-only": ("PRX-25",),
    # Without its record the datagram comes back; its size is taken from a call that failed.
    "ignores-ctrunc": ("PRX-26", "PRX-31", "PRX-37"),
    "ignores-level": ("PRX-27",),
    "state-by-source": ("PRX-28",),
    "record-on-every-datagram": ("PRX-29",),
    "record-never": ("PRX-29", "PRX-37"),
    "drops-first-datagram": ("PRX-30",),
    "corrupts-payload": ("PRX-31",),
    "no-half-close": ("PRX-32",),
    # It hangs after a SET that failed, too.
    "hangs-on-refused": ("PRX-33", "PRX-40"),
    "leaks-socket": ("PRX-34",),
    "dials-wrong-port": ("PRX-38",),
    "forgets-client": ("PRX-40",),
    "forgets-after-dial": ("PRX-40",),
}

# With a time limit for each client that they leave waiting, the whole panel would take minutes.
PANELS = {"forgets-client": ("plain",), "forgets-after-dial": ("plain", "server-first")}

# Nothing that the reference does gives them anything to judge.
IDLE = {"PRX-09", "PRX-21", "PRX-35", "PRX-36"}

pytestmark = pytest.mark.skipif(lab.missing() is not None, reason=str(lab.missing()))


def panel(mutant):
    return [word for name in PANELS.get(mutant, PANEL) for word in ("--scenario", name)]


@pytest.fixture(scope="module")
def matrix(native, tmp_path_factory):
    """The runs of all mutants, four at a time: much of it is waiting for what must not come."""
    def start(name):
        folder = tmp_path_factory.mktemp(name)
        return lab.run(native, [lab.built("mutant_proxy"), "--bug", name], folder, *panel(name),
                       "--profile", "observed")

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        runs = {name: pool.submit(start, name) for name in MUTANTS}
        yield runs
        for run in runs.values():
            run.cancel()


def test_the_correct_proxy_is_clean(native, tmp_path):
    run = lab.run(native, [lab.built("reference_proxy")], tmp_path)
    assert run.code == 0, run.output
    assert run.rules("fail") == run.rules("undecided") == set()
    assert run.rules("unsupported") == IDLE and len(run.rules("pass")) == 40 - len(IDLE)
    assert {case.get("profile") for case in run.cases} >= {"documented", "observed"}


def test_where_there_are_no_records_it_refuses(native, tmp_path):
    """Nothing is proven, and nothing is broken. Datagrams it does not serve without the options."""
    run = lab.run(native, [lab.built("reference_proxy")], tmp_path, "--profile", "unsupported",
                  "--scenario", "plain", "--scenario", "direct", "--allow-undecided", udp=False)
    assert run.code == 0, run.output
    assert run.rules("fail") == set() and run.rules("pass") >= {"PRX-10", "PRX-12"}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_caught_by_its_rule(matrix, name):
    run = matrix[name].result(lab.TIME_LIMIT)
    assert run.code == 1, run.output
    assert run.rules("fail") == set(MUTANTS[name])


def test_every_mutant_is_in_the_matrix(native, tmp_path):
    """Each rule about a bug has a mutant; those without are told by other programs."""
    listing = tmp_path / "list.txt"
    with open(listing, "wb") as output:
        subprocess.run([*lab.STARTED_BY, lab.built("mutant_proxy"), "--list"], stdout=output,
                       stdin=subprocess.DEVNULL, timeout=60, check=True)
    assert set(listing.read_text("utf-8").split()) == set(MUTANTS)
    named = {rules[0] for rules in MUTANTS.values()}
    assert named == {f"PRX-{number:02}" for number in range(1, 41)} - {
        "PRX-35", "PRX-36", "PRX-37", "PRX-39"}


@pytest.mark.parametrize("command, failures", [
    (["reference_proxy"], set()), (["mutant_proxy", "--bug", "leaks-socket"], {"PRX-34"})])
def test_leaks_show_over_many_connections(native, tmp_path, command, failures):
    run = lab.run(native, [lab.built(command[0]), *command[1:]], tmp_path, "--leak", "300",
                  "--profile", "observed", udp=False)
    assert run.code == (1 if failures else 0), run.output
    assert run.rules("fail") == failures


def second_proxy(folder, bug=()):
    listen = lab.free_address()
    path = folder / "second.json"
    name = "mutant_proxy" if bug else "reference_proxy"
    path.write_text(json.dumps({
        "listen": [listen], "context": str(lab.RECIPE),
        "command": [str(lab.built(name)), *bug, "--listen", listen]}), "utf-8")
    return path


def two(native, folder, bug=()):
    return lab.run(native, [lab.built("reference_proxy")], folder, "--second",
                   second_proxy(folder, bug), "--scenario", "two-proxies", "--profile", "observed",
                   "--trace", folder / "trace.jsonl", udp=False)


CYCLES = {"proxy 1 > proxy 2 > proxy 1", "proxy 2 > proxy 2"}
ORDERS = {"two-proxies@1-above-2", "two-proxies@2-above-1"}


def test_two_correct_proxies_come_to_an_end(native, tmp_path):
    run = two(native, tmp_path)
    assert run.code == 0, run.output
    assert run.scenarios("PRX-37", "pass") == run.scenarios("PRX-31", "pass") == ORDERS


def test_two_proxies_loop_when_one_never_sets(native, tmp_path):
    run = two(native, tmp_path, ["--bug", "never-sets"])
    assert run.code == 1, run.output
    assert run.rules("fail") == {"PRX-14", "PRX-37"} and run.scenarios("PRX-37") == ORDERS
    events = map(json.loads, (tmp_path / "trace.jsonl").read_text("utf-8").splitlines())
    assert {event["text"] for event in events if event["kind"] == "loop"} == CYCLES
