# SPDX-License-Identifier: MIT
"""Programs that reach Winsock, or use it, in other ways (tests/proxies/hooks, tests/proxies/go)."""

import os
import shutil
import subprocess

import pytest

import lab

# A scenario for each way that a call can go through the interposer.
PANEL = ("burst", "direct", "half-close", "ipv6", "payload", "pending", "plain",
         "record-sizes@2049-*", "refused-once", "reset", "server-first", "set-fails", "udp-plain",
         "unreachable")
# What only these programs do: the rule that it gives something to judge.
JUDGED = {
    "hook_ordinals": set(),
    "hook_lookup": set(),
    "hook_completion": {"PRX-21", "PRX-35", "PRX-36"},
    "hook_events": set(),
    "hook_pool": {"PRX-35", "PRX-36"},
}
BUGS = {"accept-ex-no-update": "PRX-35", "connect-ex-no-update": "PRX-36"}

pytestmark = pytest.mark.skipif(lab.missing() is not None, reason=str(lab.missing()))


def options(names=PANEL):
    return [word for name in names for word in ("--scenario", name)] + ["--profile", "observed"]


@pytest.mark.parametrize("name", JUDGED)
def test_program_is_followed_and_clean(native, tmp_path, name):
    run = lab.run(native, [lab.built(name)], tmp_path, *options())
    assert run.code == 0, run.output
    assert run.rules("pass") >= JUDGED[name] | {"PRX-01", "PRX-14", "PRX-24", "PRX-31", "PRX-32"}


@pytest.mark.parametrize("bug", BUGS)
def test_what_is_left_out_after_an_extension_function_is_told(native, tmp_path, bug):
    run = lab.run(native, [lab.built("hook_completion"), "--bug", bug], tmp_path,
                  *options(["plain", "half-close"]))
    assert run.code == 1, run.output
    assert run.rules("fail") == {BUGS[bug]}


@pytest.fixture(scope="module")
def go_proxy(tmp_path_factory):
    if shutil.which("go") is None:
        pytest.skip("no Go")
    program = tmp_path_factory.mktemp("go") / "proxy.exe"
    # Nothing is fetched: the standard library is all that it uses.
    subprocess.run(["go", "build", "-o", program, "."], cwd=lab.PROXIES / "go", check=True,
                   timeout=300, env={**os.environ, "GOOS": "windows", "GOARCH": "amd64",
                                     "CGO_ENABLED": "0", "GOTOOLCHAIN": "local",
                                     "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOWORK": "off"})
    return program


def test_go_program_is_followed_and_clean(native, tmp_path, go_proxy):
    panel = [name for name in PANEL if not name.startswith("udp")]
    run = lab.run(native, [go_proxy], tmp_path, *options(panel), udp=False)
    assert run.code == 0, run.output
    assert run.rules("pass") >= {"PRX-01", "PRX-14", "PRX-15", "PRX-31", "PRX-36"}
