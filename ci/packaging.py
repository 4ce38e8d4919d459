# SPDX-License-Identifier: MIT
"""What is installed, carried elsewhere or built from the installed files."""

import shutil

import lab
import packages
import presets
from process import BUILD, ROOT, WINDOWS, run

INSTALLED = BUILD / "install"


def build():
    """What there is to install. The unit tests are run in other presets."""
    presets.build("release", "wfpcheck", *(lab.INTERPOSER if WINDOWS else ()))


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
    """The Python package as a user would get it, with the program, vectors and report inside."""
    python, program = packages.venv_program("python"), packages.venv_program("wfpcheck")
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    folder = BUILD / "wheel"
    run(pip + ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT])
    run(pip + ["install", "--quiet", "--no-deps", "--no-index", "--force-reinstall",
               "--find-links", folder, "wfpcheck"])
    run([program, "run", "--format", "jsonl", "--output", folder / "run.jsonl"])
    run([python, "-m", "wfpcheck.report", folder / "run.jsonl", "--output", folder / "run.html"])


def for_windows():
    """The programs for Windows with the vectors, each in a folder that can be carried there."""
    for preset in (presets.CROSS, presets.CROSS32):
        folder = BUILD / "package" / preset
        shutil.rmtree(folder, ignore_errors=True)
        for component in ("program", "interposer"):
            run(["cmake", "--install", BUILD / preset, "--prefix", folder,
                 "--component", component])
