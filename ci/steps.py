# SPDX-License-Identifier: MIT
"""What a full test consists of, in order."""

import dataclasses
import functools
import os
import shutil
import sys
import time
import typing

import cross
import lab
import packages
import quality
import winsock
from process import BUILD, ROOT, WINDOWS, Failed, run, say

PRESETS = ("msvc",) if WINDOWS else ("dev", "clang", "asan")
CROSS = "mingw"
CROSS32 = "mingw32"
ALL_PRESETS = (*PRESETS, "release", CROSS, CROSS32)
INSTALLED = BUILD / "install"

# Further commands of the program: (name, arguments).
HOOKS = (
    ("vectors are well formed", ("lint",)),
    ("coverage", ("coverage",)),
)


@dataclasses.dataclass(frozen=True)
class Step:
    name: str
    action: typing.Callable[[], None]
    # Tells why the step cannot be taken here, or None.
    missing: typing.Callable[[], typing.Optional[str]] = lambda: None


def program(preset):
    suffix = ".exe" if WINDOWS or preset in (CROSS, CROSS32) else ""
    return BUILD / preset / ("wfpcheck" + suffix)


def configure(preset):
    run(["cmake", "--preset", preset])


def build(preset, *options):
    configure(preset)
    run(["cmake", "--build", "--preset", preset, *options])


def ctest(preset):
    run(["ctest", "--preset", preset])


def use(*arguments):
    """Runs the optimised program."""
    run([program("release"), *arguments])


def install():
    shutil.rmtree(INSTALLED, ignore_errors=True)
    run(["cmake", "--install", BUILD / "release", "--prefix", INSTALLED])


def consume(finds):
    """Builds and runs a project that knows of nothing but the installed files."""
    folder = BUILD / f"consumer-{finds}"
    # A cache of last time could hide that something is no longer installed.
    shutil.rmtree(folder, ignore_errors=True)
    run(["cmake", "-S", ROOT / "tests" / "consumer", "-B", folder, "-G", "Ninja",
         f"-DCMAKE_PREFIX_PATH={INSTALLED}", f"-DCONSUMER_FINDS={finds}"])
    run(["cmake", "--build", folder])
    run(["ctest", "--test-dir", folder, "--output-on-failure"])


def wheel():
    """The Python package as a user would get it, with the program inside."""
    pip = [packages.venv_program("python"), "-m", "pip", "--disable-pip-version-check"]
    run(pip + ["wheel", "--quiet", "--no-deps", "--no-build-isolation",
               "--wheel-dir", BUILD / "wheel", ROOT])
    run(pip + ["install", "--quiet", "--no-deps", "--no-index", "--force-reinstall",
               "--find-links", BUILD / "wheel", "wfpcheck"])
    run([packages.venv_program("wfpcheck"), "--version"])


def pytest():
    run([packages.venv_program("python"), "-m", "pytest", "-q", "-n", "auto"],
        env={"WFPCHECK": str(program("release"))})


def fuzz():
    packages.need_fuzzer()
    build("fuzz")
    ctest("fuzz")


def damaged_captures():
    """Every capture at hand cut at every place, and with many more bytes altered."""
    build("asan")
    captures = [folder for folder in (ROOT / "vectors" / "replay", ROOT.parent / "shared" / "captures")
                if folder.is_dir()]
    run([BUILD / "asan" / "tests" / "test_replay_hostile", "--exhaustive", *captures])


def check_model(*options):
    """Loop prevention with every choice in every order; fails, too, if it cannot say no."""
    packages.need_spin()
    run([sys.executable, ROOT / "tests" / "model" / "check.py", *options])


def model_steps(*options):
    return [Step("loops, exhaustively", functools.partial(check_model, *options),
                 lambda: "no Spin on Windows" if WINDOWS else None)]


def prepare_wine():
    cross.need_libraries()
    cross.need_wine_prefix()


def ctest_wine(preset):
    with cross.wine_server():
        ctest(preset)


def preset_steps(preset):
    return [Step(f"{preset}: build", functools.partial(build, preset)),
            Step(f"{preset}: tests", functools.partial(ctest, preset))]


@functools.lru_cache(maxsize=None)
def windows_half_missing():
    reason = cross.missing()
    if reason and not WINDOWS and os.environ.get("CI"):
        raise Failed(f"the Windows half must run in CI: {reason}")
    return reason


def windows_half():
    steps = [Step(f"{CROSS}: libraries and Wine", prepare_wine),
             Step(f"{CROSS}: headers compile alone", quality.windows_headers),
             Step(f"{CROSS}: build", functools.partial(build, CROSS)),
             Step(f"{CROSS}: tests", functools.partial(ctest_wine, CROSS))]
    steps += winsock_steps(winsock.subject())
    steps.append(Step("Wine: pytest", functools.partial(
        winsock.pytest, winsock.subject(), BUILD / CROSS / "tests" / "fake_redirector.exe")))
    steps += [Step("Wine: proxies in the lab", lab_tests),
              Step("Wine: ten thousand connections", functools.partial(lab.leak,
                                                                       program("release")))]
    return [dataclasses.replace(step, missing=windows_half_missing) for step in steps]


def lab_tests():
    # Steps can be asked for without those that come first in a full test.
    build("release", "--target", "wfpcheck")
    lab.test(program("release"))


def set_up_lab():
    """All that puts a Windows program under test here, and how to use it."""
    reason = None if WINDOWS else windows_half_missing()
    if reason:
        raise Failed(reason)
    native, theirs = ("msvc", "msvc") if WINDOWS else ("release", CROSS)
    if not WINDOWS:
        prepare_wine()
    build(native, "--target", "wfpcheck")
    build(theirs, "--target", *lab.INTERPOSER, *lab.MODEL)
    print(lab.told(program(native), theirs), flush=True)


def winsock_steps(subject):
    """What is tried on the Winsock of this machine, or of Wine."""
    where = "Windows" if WINDOWS else "Wine"
    return [Step(f"{where}: {name}", action) for name, action in winsock.actions(subject)]


def package():
    """The programs for Windows with the vectors, each in a folder that can be carried there."""
    for preset in (CROSS, CROSS32):
        folder = BUILD / "package" / preset
        shutil.rmtree(folder, ignore_errors=True)
        for component in ("program", "interposer"):
            run(["cmake", "--install", BUILD / preset, "--prefix", folder,
                 "--component", component])


def windows_half_32():
    return [Step(f"{CROSS32}: libraries", cross.need_libraries, windows_half_missing),
            Step(f"{CROSS32}: build", functools.partial(build, CROSS32), windows_half_missing),
            Step(f"{CROSS32}: tests", functools.partial(ctest_wine, CROSS32),
                 lambda: windows_half_missing() or cross.missing_wine32())]


def lint_steps():
    return [Step("floors notice bad arrows", quality.floors_say_no),
            Step("floors", quality.floors),
            Step("headers compile alone", quality.headers),
            Step("format", quality.check_format),
            Step("tidy: configure", functools.partial(configure, PRESETS[0])),
            Step("tidy", functools.partial(quality.tidy, PRESETS[0]))]


def package_steps():
    return [Step("release: build", functools.partial(build, "release")),
            Step("release: install", install),
            Step("consumer by CMake package", functools.partial(consume, "package")),
            Step("consumer by pkg-config", functools.partial(consume, "pkg-config"),
                 lambda: "no pkg-config on Windows" if WINDOWS else None)]


def every_step():
    steps = [Step("tools", packages.need_test_tools)]
    steps += lint_steps()
    for preset in PRESETS:
        steps += preset_steps(preset)
    steps.append(Step("fuzz", fuzz, lambda: "no libFuzzer there" if WINDOWS else None))
    steps += package_steps()
    steps += model_steps()
    steps += [Step(name, functools.partial(use, *arguments)) for name, arguments in HOOKS]
    steps += [Step("wheel", wheel), Step("pytest", pytest)]
    if WINDOWS:
        return steps + winsock_steps(winsock.subject())
    return steps + windows_half() + windows_half_32()


def steps_of(presets):
    """Only the tests of some presets."""
    steps = [Step("tools", packages.need_test_tools)]
    halves = {CROSS: windows_half, CROSS32: windows_half_32}
    for preset in presets:
        steps += halves[preset]() if preset in halves else preset_steps(preset)
    return steps


def take(steps):
    """Runs steps up to the first that fails; the last line counts them. Returns an exit code."""
    lines, failure = [], None
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for step in steps:
        started = time.monotonic()
        try:
            verdict, why = take_one(step)
        except Failed as caught:
            verdict, why, failure = "failed", str(caught), caught
        counts[verdict] += 1
        lines.append(f"  {verdict:8}{time.monotonic() - started:7.1f} s  {step.name}"
                     + (f": {why}" if why else ""))
        if failure:
            break
    not_run = [f"  not run            {step.name}" for step in steps[len(lines):]]
    print("\n".join(["", *lines, *not_run, ""]))
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}", flush=True)
    return failure.code if failure else 0


def take_one(step):
    reason = step.missing()
    if reason:
        say(f"skipped: {step.name}: {reason}")
        return "skipped", reason
    say(f"== {step.name}")
    step.action()
    return "passed", ""
