#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures wfpcheck replay against a bare libpcap loop and against what else follows flows here.

Captures are made in a folder that is removed afterwards. All figures of a table are from one run on
one machine with the file in the page cache; only their ratios mean anything elsewhere. Each program
runs several times, in turn with the others, and its best time counts; other programs run twice.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT / "ci" / "bench"
# Two services that are asked about every flow.
POLICY = {"services": [{"name": "A"}, {"name": "B"}], "filters": [
    {"service": "A", "protocols": ["tcp", "udp"]}, {"service": "B", "ports": ["1-65535"]}]}
MILLION = 1_000_000
STAGES = ("read", "decode", "flows")


def main(words):
    parser = argparse.ArgumentParser(prog="bench_replay.py", description=__doc__.split("\n")[0])
    parser.add_argument("--program", type=pathlib.Path,
                        default=ROOT / "build" / "release" / "wfpcheck")
    parser.add_argument("--packets", type=int, default=5 * MILLION)
    parser.add_argument("--flows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each program")
    parser.add_argument("--scale", type=int, nargs="*", metavar="FLOWS",
                        default=[10_000, 100_000, MILLION, 10 * MILLION],
                        help="numbers of flows for the second table; none: leave it out")
    parser.add_argument("--scale-packets", type=int, default=50 * MILLION)
    parser.add_argument("--others-limit", type=int, default=120, metavar="SECONDS",
                        help="give up another program after this time")
    arguments = parser.parse_args(words)
    if not arguments.program.exists():
        print(f"bench_replay.py: no {arguments.program}; build the preset release", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory(prefix="wfpcheck-bench-") as folder:
        bench = Bench(arguments, pathlib.Path(folder))
        bench.build()
        bench.compare()
        if arguments.scale:
            bench.scale()
    return 0


class Bench:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.program = arguments.program.resolve()

    def build(self):
        compiler = os.environ.get("CC", "cc")
        for name, libraries in (("generate_capture", ()), ("bare_loop", ("-lpcap",))):
            subprocess.run([compiler, "-O2", "-o", self.folder / name, BENCH / f"{name}.c",
                            *libraries], check=True)

    def generate(self, packets, flows, small):
        path = self.folder / "made.pcap"
        subprocess.run([self.folder / "generate_capture", path, str(packets), str(flows),
                        "1" if small else "0"], check=True)
        with open(path, "rb") as file:  # into the page cache
            while file.read(1 << 24):
                pass
        return path

    def replay(self, path, stage="flows"):
        return [self.program, "replay", path, "--stage", stage]

    def compare(self):
        packets, flows = self.arguments.packets, self.arguments.flows
        path = self.generate(packets, flows, small=False)
        print(f"{packets:,} packets, {flows:,} flows, {path.stat().st_size / 1e9:.2f} GB, "
              f"in the page cache, best of {self.arguments.rounds}")
        commands = {"bare": [self.folder / "bare_loop", path]}
        commands.update({stage: self.replay(path, stage) for stage in STAGES})
        policy = self.folder / "policy.json"
        policy.write_text(json.dumps(POLICY), "utf-8")
        commands["policy"] = [*self.replay(path), "--policy", policy]
        times = self.best(commands)
        bare = times["bare"]
        row("libpcap, pcap_next_ex, default buffer", bare, bare)
        row("replay: read", times["read"], bare)
        row("replay: read, decode", times["decode"], bare)
        row("replay: read, decode, flows", times["flows"], bare)
        row("replay: read, decode, flows, policy", times["policy"], bare)
        stage_row("read", times["read"], packets)
        stage_row("decode", times["decode"] - times["read"], packets)
        stage_row("flows", times["flows"] - times["decode"], packets)
        stage_row("model (--policy)", times["policy"] - times["flows"], packets)
        for name, command in self.others(path):
            self.other(name, command, bare, times["flows"])
        path.unlink()

    def best(self, commands):
        times = {}
        for _ in range(self.arguments.rounds):
            for name, command in commands.items():
                spent = elapsed(command)
                times[name] = min(spent, times.get(name, spent))
        return times

    def others(self, path):
        out = self.folder / "other"
        out.mkdir(exist_ok=True)
        yield "nfpcapd", ["nfpcapd", "-r", path, "-w", out]
        yield "softflowd", ["softflowd", "-r", path, "-d", "-c", "none"]
        yield "argus", ["argus", "-r", path, "-w", out / "argus"]
        yield "tshark", ["tshark", "-q", "-z", "conv,tcp", "-z", "conv,udp", "-r", path]

    def other(self, name, command, bare, replay):
        if not shutil.which(name):
            print(f"  {name:42} not installed")
            return
        try:
            spent = min(elapsed(command, self.arguments.others_limit) for _ in range(2))
        except subprocess.TimeoutExpired:
            print(f"  {name:42} not done after {self.arguments.others_limit} s")
        except subprocess.CalledProcessError as failure:
            print(f"  {name:42} exit {failure.returncode} from {' '.join(map(str, command[1:]))}")
        else:
            row(f"{name} ({spent / replay:.1f} times replay)", spent, bare)

    def scale(self):
        packets = self.arguments.scale_packets
        print(f"\n{packets:,} small packets, evenly over so many flows, all of them alive")
        first = None
        for flows in self.arguments.scale:
            path = self.generate(packets, flows, small=True)
            spent = self.best({"flows": self.replay(path)})["flows"]
            done = subprocess.run(self.replay(path), check=True, stdout=subprocess.PIPE,
                                  encoding="utf-8")
            first = first or spent
            print(f"  {flows:12,} flows {spent * 1e9 / packets:8.1f} ns a packet "
                  f"{spent / first:6.2f} times the first "
                  f"{bytes_a_flow(done.stdout):8.1f} bytes a live flow")
            path.unlink()


def bytes_a_flow(summary):
    rows = dict(re.findall(r"^  (\S.*?)  +([\d,]+)$", summary, re.MULTILINE))
    alive, memory = (int(rows[name].replace(",", "")) for name in
                     ("flows alive at once, at most", "bytes of memory for flows"))
    return memory / alive


def elapsed(command, limit=None):
    started = time.perf_counter()
    subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=limit)
    return time.perf_counter() - started


def row(name, spent, bare):
    print(f"  {name:42} {spent:8.3f} s {spent / bare:8.2f} times bare libpcap")


def stage_row(name, spent, packets):
    print(f"    stage {name:36} {spent * 1e9 / packets:8.1f} ns a packet")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
