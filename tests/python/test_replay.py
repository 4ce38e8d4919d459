# SPDX-License-Identifier: MIT
"""wfpcheck replay: what it tells of captures, and whether another reader counts the same.

data/replay_counts.json holds the reviewed counts of every capture, and under "differences" why an
independent reader (Scapy) counts otherwise. Captures of others stand beside the tree, if at all.
"""

import json
import os
import pathlib
import shutil
import struct
import subprocess

import pytest

scapy_utils = pytest.importorskip("scapy.utils")

import replay_captures  # noqa: E402
import replay_reader  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
MADE = ROOT / "vectors" / "replay"
FOREIGN = ROOT.parent / "shared" / "captures"
DATA = json.loads((ROOT / "tests" / "python" / "data" / "replay_counts.json").read_text("utf-8"))
CAPTURES = sorted([*MADE.glob("*.pcap*"), *FOREIGN.glob("*.pcap*")])


def run(native, *arguments, stdin=subprocess.DEVNULL):
    return subprocess.run([native, "replay", *map(str, arguments)], stdin=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                          timeout=60)


def lines(native, *arguments, code=0, **options):
    done = run(native, *arguments, "--format", "jsonl", **options)
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def counts(summary):
    """What of a summary is kept under review; one capture."""
    return {
        "verdict": summary["captures"][0]["verdict"],
        "packets": summary["packets"],
        "ip": summary["ipv4"] + summary["ipv6"],
        "tcp": [summary["tcp"]["flows"], summary["tcp"]["classified"]],
        "udp": [summary["udp"]["flows"], summary["records"]],
        "no_flow": {cause: row["packets"] for cause, row in summary["no_flow"].items()},
    }


def code_of(capture):
    expected = DATA["counts"][capture.name]
    return 3 if expected["packets"] == 0 else 0


def test_every_capture_made_here_is_under_review():
    assert {path.name for path in MADE.glob("*.pcap*")} <= set(DATA["counts"])


def test_the_script_makes_the_same_bytes(tmp_path):
    replay_captures.make(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in MADE.glob("*.pcap*")}


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.name)
def test_counts_are_as_reviewed(native, capture):
    *flows, summary = lines(native, capture, code=code_of(capture))
    assert counts(summary) == DATA["counts"][capture.name]
    assert len(flows) == summary["tcp"]["flows"] + summary["udp"]["flows"]
    in_flows = summary["tcp"]["packets"] + summary["udp"]["packets"]
    assert in_flows == sum(flow["packets"] for flow in flows)
    assert in_flows + sum(row["packets"] for row in summary["no_flow"].values()) \
        == summary["packets"]


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.name)
def test_another_reader_counts_the_same(native, capture):
    *flows, summary = lines(native, capture, code=code_of(capture))
    actual = {"packets": summary["packets"], "ip": summary["ipv4"] + summary["ipv6"],
              "tcp": tuples(flows, "tcp"), "udp": tuples(flows, "udp")}
    expected = replay_reader.count(capture)
    differences = {name: [len(actual[name]), len(expected[name])]
                   if isinstance(actual[name], set) else [actual[name], expected[name]]
                   for name in actual if actual[name] != expected[name]}
    explained = DATA["differences"].get(capture.name, {})
    assert differences == {name: row["replay_and_scapy"] for name, row in explained.items()}
    assert all(row["why"] for row in explained.values())


def tuples(flows, protocol):
    return {frozenset((tuple(flow["client"]), tuple(flow["server"])))
            for flow in flows if flow["protocol"] == protocol}


def test_the_story_of_the_example(native):
    *flows, summary = lines(native, MADE / "example.pcap")
    told = {flow["id"]: (flow["protocol"], flow["server"][1], flow["end"], flow["classified"],
                         flow.get("records")) for flow in flows}
    assert told == {
        "1-1": ("udp", 53, "idle", True, 1),
        "1-3": ("tcp", 443, "closed", True, None),
        "1-9": ("tcp", 443, "open", True, None),
        "1-12": ("tcp", 8080, "reset", True, None),
        "1-14": ("udp", 443, "idle", True, 1),
        "1-16": ("tcp", 443, "open", False, None),
        "1-17": ("udp", 53, "open", True, 1),
    }
    assert "never contains" in summary["caution"]


def test_pcapng_tells_the_same_as_pcap(native):
    *first, _ = lines(native, MADE / "example.pcap")
    *second, _ = lines(native, MADE / "example.pcapng")
    assert first == second


def test_interfaces_with_different_links(native):
    """libpcap reads such a file up to the second link type; the rest is read all the same."""
    *first, one = lines(native, MADE / "example.pcap")
    *second, both = lines(native, MADE / "two-links.pcapng")
    assert without_bytes(first) == without_bytes(second)
    assert (both["captures"][0]["link"], both["captures"][0]["verdict"]) == ("EN10MB,NULL", "whole")
    assert (one["packets"], one["no_flow"]) == (both["packets"], both["no_flow"])


def without_bytes(flows):
    return [{name: value for name, value in flow.items() if name != "bytes"} for flow in flows]


def test_idle_time_is_of_the_captures_clock(native):
    *flows, summary = lines(native, MADE / "udp-idle.pcap")
    assert [flow["id"] for flow in flows if flow["records"]] == ["1-1", "1-3", "1-5"]
    *flows, summary = lines(native, MADE / "udp-idle.pcap", "--udp-idle", 61)
    assert summary["udp"]["flows"] == 2


def test_summary_for_people(native):
    done = run(native, MADE / "not-understood.pcap", MADE / "example.pcap")
    assert done.returncode == 0
    for words in ("replay of 2 captures", "A capture never contains redirect records",
                  "IP in IP; only the outer header counts", "first: packet 8 of",
                  "datagrams to carry a record", "idle for too long"):
        assert words in done.stdout


def test_unreadable_files_are_named_and_the_others_read(native, tmp_path):
    (tmp_path / "none").write_bytes(b"")
    (tmp_path / "text").write_text("not a capture, but longer than a head of one\n")
    done = run(native, tmp_path / "none", tmp_path / "text", tmp_path / "absent", tmp_path,
               MADE / "plain-ip.pcap", "--format", "jsonl")
    assert done.returncode == 2
    summary = json.loads(done.stdout.splitlines()[-1])
    assert [row["verdict"] for row in summary["captures"]] == ["unreadable"] * 4 + ["whole"]
    assert summary["packets"] == 3
    for name in ("none", "text", "absent"):
        assert f"{tmp_path / name}: capture: expected a pcap or pcapng file" in done.stderr


def test_nothing_to_replay_is_said(native):
    done = run(native, MADE / "empty.pcap")
    assert (done.returncode, "no packet" in done.stderr) == (3, True)
    assert run(native).returncode == 2


def test_filter(native):
    *flows, summary = lines(native, MADE / "example.pcap", "--filter", "udp port 53")
    assert (summary["packets"], summary["tcp"]["flows"], len(flows)) == (4, 0, 2)
    assert summary["filter"] == "udp port 53"
    done = run(native, MADE / "example.pcap", "--filter", "no such thing")
    assert done.returncode == 2
    assert "--filter: expected an expression that fits this capture" in done.stderr


def test_standard_input(native):
    with open(MADE / "example.pcap", "rb") as capture:
        *flows, _ = lines(native, "-", stdin=capture)
    assert len(flows) == 7


def test_a_pipe_that_has_a_name(native, tmp_path):
    fifo = tmp_path / "pipe"
    if not hasattr(os, "mkfifo"):
        pytest.skip("no such pipes here")
    os.mkfifo(fifo)
    with subprocess.Popen(["cp", MADE / "example.pcap", fifo]) as writer:
        *flows, _ = lines(native, fifo)
        assert writer.wait(10) == 0
    assert len(flows) == 7


def test_output_file_is_whole_or_not_there(native, tmp_path):
    target = tmp_path / "flows.jsonl"
    done = run(native, MADE / "example.pcap", "--format", "jsonl", "--output", target)
    assert (done.returncode, done.stdout) == (0, "")
    assert len(target.read_text().splitlines()) == 8
    assert run(native, MADE / "example.pcap", "--output", tmp_path).returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["flows.jsonl"]


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
def test_packets_over_the_edges_of_what_is_read_at_once(native, tmp_path, order):
    """A file is read in large pieces; libpcap, which reads standard input, gives the same."""
    (datagram,) = [bytes(packet) for packet in scapy_utils.rdpcap(str(MADE / "example.pcap"), 1)]
    path = tmp_path / "large.pcap"
    with open(path, "wb") as file:
        file.write(struct.pack(order + "IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, 1))
        for number in range(64):
            # The largest that there may be, the smallest, and sizes that meet no multiple of others.
            size = (1 << 18, len(datagram), 70_001 + number, 1_500)[number % 4]
            file.write(struct.pack(order + "IIII", 1_700_000_000 + number, number, size, size))
            file.write(datagram.ljust(size, b"\0"))
    for end in (None, -1, -1_501):
        (tmp_path / "part.pcap").write_bytes(path.read_bytes()[:end])
        with open(tmp_path / "part.pcap", "rb") as capture:
            *through_libpcap, other = lines(native, "-", stdin=capture)
        *flows, summary = lines(native, tmp_path / "part.pcap")
        assert flows == through_libpcap
        assert (summary["bytes"], summary["packets"]) == (other["bytes"], other["packets"])
        assert summary["captures"][0]["verdict"] == other["captures"][0]["verdict"]


def test_several_captures_are_one_stretch_of_time(native, tmp_path):
    """Cut in two anywhere, a capture tells the same flows; only their ids know of the cut."""
    whole = (MADE / "tcp-endings.pcap").read_bytes()
    at, places = 24, []
    while at < len(whole):
        places.append(at)
        at += 16 + int.from_bytes(whole[at + 8:at + 12], "little")
    *expected, _ = lines(native, MADE / "tcp-endings.pcap")
    for place in places[1::7]:
        (tmp_path / "a.pcap").write_bytes(whole[:place])
        (tmp_path / "b.pcap").write_bytes(whole[:24] + whole[place:])
        *flows, _ = lines(native, tmp_path / "a.pcap", tmp_path / "b.pcap")
        assert without_ids(flows) == without_ids(expected)


def without_ids(flows):
    return [{name: value for name, value in flow.items() if name != "id"} for flow in flows]


def test_every_run_tells_the_same(native):
    captures = [MADE / "example.pcap", MADE / "tcp-endings.pcap", MADE / "fragments.pcap"]
    assert lines(native, *captures) == lines(native, *captures)


def test_a_limit_of_flows_ends_them_early(native):
    *flows, summary = lines(native, MADE / "tcp-endings.pcap", "--max-flows", 2)
    assert summary["alive_most"] == 2
    assert summary["tcp"]["no-room"] > 0
    assert sum(flow["packets"] for flow in flows) == summary["packets"]


@pytest.mark.skipif(not shutil.which("tshark"), reason="no tshark")
@pytest.mark.parametrize("name", ["example.pcap", "example.pcapng", "tcp-endings.pcap",
                                  "udp-idle.pcap", "plain-ip.pcap", "cooked.pcap"])
def test_tshark_sees_the_same_conversations(native, name):
    *flows, _ = lines(native, MADE / name)
    done = subprocess.run(
        ["tshark", "-r", MADE / name, "-T", "fields", "-E", "occurrence=f", "-e", "ip.src",
         "-e", "ip.dst", "-e", "ipv6.src", "-e", "ipv6.dst", "-e", "tcp.srcport", "-e",
         "tcp.dstport", "-e", "udp.srcport", "-e", "udp.dstport"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        encoding="utf-8", check=True)
    seen = {"tcp": set(), "udp": set()}
    for line in done.stdout.splitlines():
        a4, b4, a6, b6, *ports = line.split("\t")
        for protocol, (source, destination) in zip(("tcp", "udp"), (ports[:2], ports[2:])):
            if source:
                seen[protocol].add(frozenset(((a4 or a6, int(source)),
                                              (b4 or b6, int(destination)))))
    assert (tuples(flows, "tcp"), tuples(flows, "udp")) == (seen["tcp"], seen["udp"])
