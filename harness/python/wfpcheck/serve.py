# SPDX-License-Identifier: MIT
"""A long-lived `wfpcheck serve` process: JSON lines, one request, one response, in order."""

import collections
import dataclasses
import json
import os
import pathlib
import queue
import shlex
import shutil
import subprocess
import tempfile
import threading
import typing

PROTOCOL = 1
PRESETS = ("release", "dev")
ROOT = pathlib.Path(__file__).resolve().parents[3]

# Requests that may be under way at once in Server.ask_all().
WINDOW = 256
STDERR_SHOWN = 2000

Json = typing.Dict[str, typing.Any]


class ServeError(Exception):
    """Whatever keeps us from an answer. The text is meant for a user."""


class NoProgramError(ServeError):
    """The wfpcheck program is not there."""


class ProtocolError(ServeError):
    """The program ended, or said something that the protocol does not know."""


class TimedOutError(ServeError):
    """The program did not answer in time."""


class RequestError(ServeError):
    """The program refused a request, and says why."""


@dataclasses.dataclass(frozen=True)
class Greeting:
    """Who answers, and what it can do."""

    version: str
    backend: str
    target: str
    capabilities: typing.Tuple[str, ...]
    profiles: typing.Tuple[str, ...]
    vectors: int


def executable_name() -> str:
    return "wfpcheck.exe" if os.name == "nt" else "wfpcheck"


def _places() -> typing.Iterator[pathlib.Path]:
    for preset in PRESETS:
        yield ROOT / "build" / preset / executable_name()


def find_program(given: typing.Optional[str] = None) -> str:
    """The program: as given, as $WFPCHECK says, from the build tree, or from PATH."""
    named = given or os.environ.get("WFPCHECK")
    if named:
        found = shutil.which(named) or (named if os.path.isfile(named) else None)
        if found is None:
            raise NoProgramError(f"there is no program {named}")
        return found
    for place in _places():
        if place.is_file():
            return str(place)
    found = shutil.which(executable_name())
    if found is None:
        raise NoProgramError("no wfpcheck program: build it, install it, or name it in WFPCHECK")
    return found


def find_prefix() -> typing.List[str]:
    """What stands before the program on its command line: $WFPCHECK_PREFIX, for instance `wine`."""
    return shlex.split(os.environ.get("WFPCHECK_PREFIX", ""))


def _greeting(line: Json) -> Greeting:
    protocol = line.get("protocol")
    if protocol != PROTOCOL:
        raise ProtocolError(f"expected protocol {PROTOCOL}, found {protocol}")
    try:
        return Greeting(line["wfpcheck"], line["backend"], line["target"],
                        tuple(line["capabilities"]), tuple(line["profiles"]), line["vectors"])
    except KeyError as missing:
        raise ProtocolError(f"the greeting lacks {missing}") from None


class Server:
    """One process. Not for several threads at once; use it as a context manager."""

    def __init__(self, program: typing.Optional[str] = None, arguments: typing.Sequence[str] = (),
                 prefix: typing.Optional[typing.Sequence[str]] = None,
                 timeout: float = 60.0) -> None:
        before = find_prefix() if prefix is None else list(prefix)
        self.command = [*before, find_program(program), "serve", *arguments]
        self.timeout = timeout
        self._next_id = 0
        self._forsaken: typing.Set[int] = set()
        self._lines: "queue.SimpleQueue[bytes]" = queue.SimpleQueue()
        self._stderr = tempfile.TemporaryFile()
        self._process = self._start()
        self._drainer = threading.Thread(target=self._drain, daemon=True)
        self._drainer.start()
        try:
            self.greeting = _greeting(self.read())
        except ServeError:
            self.kill()
            raise

    def _start(self) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                    stderr=self._stderr)
        except OSError as error:
            self._stderr.close()
            raise NoProgramError(f"cannot start {self.command[0]}: {error.strerror}") from None

    def _drain(self) -> None:
        output = self._process.stdout
        assert output is not None
        for line in output:
            self._lines.put(line)
        self._lines.put(b"")

    @property
    def pid(self) -> int:
        return self._process.pid

    # Lines.

    def send_line(self, line: bytes) -> None:
        """Sends bytes as they are, with a newline."""
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(line + b"\n")
            stdin.flush()
        except (OSError, ValueError):
            raise ProtocolError(self._epitaph()) from None

    def read(self) -> Json:
        """The next line, as an object."""
        try:
            line = self._lines.get(timeout=self.timeout)
        except queue.Empty:
            raise TimedOutError(f"no answer from wfpcheck within {self.timeout:g} s") from None
        if not line:
            self._lines.put(b"")
            raise ProtocolError(self._epitaph())
        return self._object(line)

    @staticmethod
    def _object(line: bytes) -> Json:
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise ProtocolError(f"expected a JSON object from wfpcheck, found {line[:80]!r}")
        return value

    def _epitaph(self) -> str:
        try:
            code: object = self._process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            code = "?"
        said = self.stderr().strip()
        return f"wfpcheck ended with {code}" + (f": {said}" if said else "")

    def stderr(self) -> str:
        """The last lines that the program wrote to its standard error."""
        if self._stderr.closed:
            return ""
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - STDERR_SHOWN))
        if size > STDERR_SHOWN:
            self._stderr.readline()
        return self._stderr.read().decode("utf-8", "replace")

    # Requests.

    def _send(self, request: Json) -> int:
        self._next_id += 1
        self.send_line(json.dumps({"id": self._next_id, **request}).encode())
        return self._next_id

    def _receive(self, number: int) -> Json:
        response = self.read()
        while response.get("id") in self._forsaken:
            self._forsaken.remove(response["id"])
            response = self.read()
        if response.get("id") != number:
            raise ProtocolError(f"expected the answer to request {number}, "
                                f"found {response.get('id')}")
        return response

    def ask(self, do: str, **members: typing.Any) -> Json:
        """One request, its response. Members that are None are left out."""
        given = {name: value for name, value in members.items() if value is not None}
        response = self._receive(self._send({"do": do, **given}))
        if "error" in response:
            raise RequestError(response["error"])
        return response

    def ask_all(self, requests: typing.Iterable[Json]) -> typing.Iterator[Json]:
        """Many requests, their responses in order; an `error` is left in its response."""
        waiting: typing.Deque[int] = collections.deque()
        try:
            for request in requests:
                waiting.append(self._send(request))
                if len(waiting) == WINDOW:
                    yield self._receive(waiting.popleft())
            while waiting:
                yield self._receive(waiting.popleft())
        finally:
            self._forsaken.update(waiting)

    def _cases(self, do: str, members: Json) -> typing.List[Json]:
        cases: typing.List[Json] = self.ask(do, **members)["cases"]
        return cases

    def run(self, **members: typing.Any) -> typing.List[Json]:
        """The judged cases of `vector`, or of an inline `document`."""
        return self._cases("run", members)

    def list(self, **members: typing.Any) -> typing.List[Json]:
        """Every case there is."""
        return self._cases("list", members)

    # The end.

    def close(self) -> int:
        """Ends the input, waits for the end and gives the exit code."""
        self._close_input()
        try:
            code = self._process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TimedOutError(f"wfpcheck did not end within {self.timeout:g} s") from None
        self._release()
        return code

    def kill(self) -> None:
        """Ends the process without asking it."""
        self._process.kill()
        self._process.wait()
        self._close_input()
        self._release()

    def _close_input(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.close()
        except OSError:
            pass

    def _release(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        # Whatever the process left behind may hold the pipe open; that is not ours to wait for.
        self._drainer.join(1.0)
        if not self._drainer.is_alive():
            stdout.close()
        self._stderr.close()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
