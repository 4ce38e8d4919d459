# SPDX-License-Identifier: MIT
"""External redirectors: the dialogue, and that no helper can hold the program up."""

import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

from wfpcheck import serve

HELPER = pathlib.Path(__file__).with_name("fake_redirector.py")
CONTRACT = pathlib.Path(__file__).parents[2] / "vectors" / "REDIRECTOR.md"


def command(how):
    return f'"{sys.executable}" "{HELPER}" {how}'


@pytest.fixture
def check(native):
    def run(how, status):
        done = subprocess.run([native, "record", "--redirector", how, "--check"],
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout
    return run


def test_good_helper_is_told_so(check):
    said = check(command("good"), 0)
    assert "fake 1" in said and "FAIL" not in said and said.count("ok  ") == 12


def test_what_is_not_offered_is_not_asked(check):
    said = check(command("no-capabilities"), 0)
    assert said.count("not offered") == 2 and said.count("ok  ") == 10


@pytest.mark.parametrize("how, words", [
    ("wrong-version", "expected protocol 1"),
    ("unknown-capability", "expected capabilities out of"),
    ("nameless", "expected a name and a version"),
    ("dies", "ended with code 5; last words: cannot open the device"),
    ("exit", "ended with code 9; last words: none"),
    ("silent-child", "no answer within 5 s"),
    ("garbage", "expected a JSON object in one line, actual ?[2J not JSON "),
    ("list", "expected a JSON object in one line, actual []"),
    ("number", "expected a JSON object in one line, actual 7"),
    ("deep", "expected a JSON object in one line"),
    ("empty", "expected a JSON object in one line"),
    ("duplicate", "expected a JSON object in one line"),
    ("wrong-id", "expected an answer with the id of the request"),
    ("no-id", "expected an answer with the id of the request"),
    ("no-ok", "expected ok true, or ok false with an error"),
    ("no-error", "expected ok true, or ok false with an error"),
    ("twice", "expected an answer with the id of the request"),
    ("huge", "expected a line of at most 262144 bytes"),
    ("huge-answer", "expected a line of at most 262144 bytes"),
    ("endless", "expected a line of at most 262144 bytes"),
    ("no-state", "expected a state by the name of each handle"),
    ("lenient", "expected ok false with an error, actual ok true"),
    ("bad-code", "expected to end with code 0, actual 3"),
    ("bad-end", "expected to end with code 0, actual 4"),
    ("silent-later", "no answer within 5 s; so far: nothing"),
    ("lingers", "actual: killed"),
])
def test_bad_helper_is_told_why(check, how, words):
    said = check(command(how), 1)
    assert words in said and "\x1b" not in said and len(said) < 4000


def test_silent_helper_is_given_up(check):
    started = time.monotonic()
    assert "no answer within 10 s" in check(command("silent"), 1)
    assert time.monotonic() - started < 40


def test_name_is_no_danger_for_a_terminal(check):
    assert "?[31mred??? 1" in check(command("terminal"), 0)


@pytest.mark.parametrize("how", ["", " ", '"', "/nowhere/at-all", "a " * 100])
def test_what_cannot_be_started(check, how):
    said = check(how, 1)
    assert said.startswith("FAIL  starts and greets") and "\n" in said


@pytest.mark.parametrize("words", [["--check"], ["--check", "--redirector", "none"],
                                   ["--check", "--redirector", "shim"],
                                   ["--redirector", "shim"], ["--redirector", command("good")]])
def test_a_redirector_needs_what_it_is_for(native, words):
    done = subprocess.run([native, "record", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and not done.stdout and "redirector" in done.stderr


def test_the_page_shows_what_is_said(check, tmp_path):
    """Every request that the program sends has the members of its example in the contract."""
    log = tmp_path / "log"
    script = tmp_path / "tee.py"
    script.write_text(f"import sys; sys.path.insert(0, {str(HELPER.parent)!r})\n"
                      "import fake_redirector as fake\n"
                      f"log = open({str(log)!r}, 'a')\n"
                      "class Lines:\n"
                      "    def __init__(self, lines): self.lines = lines\n"
                      "    def __iter__(self):\n"
                      "        for line in self.lines:\n"
                      "            log.write(line); log.flush(); yield line\n"
                      "sys.stdin = Lines(sys.stdin)\n"
                      "sys.exit(fake.main('good'))\n", "utf-8")
    check(f'"{sys.executable}" "{script}"', 0)
    page = CONTRACT.read_text("utf-8").replace("\n   ", "")
    shown = {re.search(r'"do":"(\w+)"', line).group(1): set(re.findall(r'"(\w+)":', line))
             for line in page.splitlines() if line.startswith("> ")}
    said = {}
    for line in log.read_text("utf-8").splitlines():
        said.setdefault(re.search(r'"do":"(\w+)"', line).group(1),
                        set(re.findall(r'"(\w+)":', line)))
    del said["dance"]
    assert said == shown


# On Windows and Wine: $WFPCHECK_FAKE_REDIRECTOR is tests/redirector built for there.


@pytest.fixture
def run(program):
    fake = os.environ.get("WFPCHECK_FAKE_REDIRECTOR")
    if not fake:
        pytest.skip("needs the winsock backend and $WFPCHECK_FAKE_REDIRECTOR")

    def start(how, *words):
        done = subprocess.run([*serve.find_prefix(), program, "run", *words, "--backend",
                               "winsock", "--redirector", f'"{fake}" {how}'],
                              capture_output=True, timeout=120, check=False)
        print(done.stderr.decode("utf-8", "replace"))  # shown where a test fails
        return done.returncode, done.stdout.decode("utf-8")
    return start


@pytest.mark.parametrize("how, words", [
    ("good", "not redirected: the connection reached its destination"),
    ("refuse", "the redirector refuses: no driver"),
    ("die", "ended with code 5; last words: the driver is not loaded"),
    ("silent", "no answer within 5 s"),
])
def test_a_redirect_that_is_none_is_broken(run, how, words):
    code, said = run(how, "query-records-redirected")
    assert code == 1 and words in said and "winsock" in said.splitlines()[0]


def test_what_the_helper_lacks_is_unsupported(run):
    code, said = run("good", "query-records-ipv6", "query-records-remote-redirect", "--format",
                     "jsonl")
    assert code == 0, said
    assert "needs a redirector with ipv6" in said and "needs a redirector with remote" in said
