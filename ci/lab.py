# SPDX-License-Identifier: MIT
"""What `wfpcheck proxy` needs to put a Windows program under test, and its tests."""

import cross
import packages
import presets
from process import BUILD, ROOT, WINDOWS, Failed, run

# Those of tests/python that put a Windows program under test.
TESTS = ("test_lab.py", "test_lab_hooks.py", "test_lab_driver.py", "test_lab_end.py",
         "test_lab_start.py", "test_lab_guide.py", "test_interposer.py")
INTERPOSER = ("wfpcheck_shim", "wfpcheck_launch", "bcryptprimitives")
MODEL = "reference_proxy", "mutant_proxy"

LISTEN = "127.0.0.1:18080"
RECIPE = ROOT / "tests" / "proxies" / "recipe.json"

READY = """
Ready. The proxy that tests/proxies has for a model:

  {program} proxy --listen 127.0.0.1:8080 --context tests/proxies/recipe.json \\
      -- {proxies}/reference_proxy.exe --listen 127.0.0.1:8080

Yours: describe the context that your driver attaches (vectors/recipes/README.md), and

  {program} proxy --listen 127.0.0.1:8080 --context my-context.json -- my-proxy.exe ARG...

vectors/PROXY.md goes through it step by step.
"""


def set_up():
    """All that puts a Windows program under test here, and how to use it."""
    native, theirs = ("msvc", "msvc") if WINDOWS else ("release", presets.CROSS)
    if not WINDOWS:
        reason = cross.missing()
        if reason:
            raise Failed(reason)
        cross.set_up(presets.CROSS)
    presets.build(native, "wfpcheck")
    presets.build(theirs, *INTERPOSER, *MODEL)
    print(told(presets.program(native), theirs), flush=True)


def test():
    """In one Wine for all; the program runs here, and starts the others in there. Two files at a
    time, as both mostly wait."""
    tests = [ROOT / "tests" / "python" / name for name in TESTS]
    with cross.wine_server():
        run([packages.venv_program("python"), "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile",
             *tests],
            env={**cross.WINE_ENV, "WFPCHECK": str(presets.program("release"))})


def leak():
    """Every socket of ten thousand connections is closed again."""
    with cross.wine_server():
        run([presets.program("release"), "proxy", "--listen", LISTEN, "--context", RECIPE, "--leak",
             "10000", "--profile", "observed", "--", BUILD / "mingw" / "tests" / "proxies" /
             "reference_proxy.exe", "--listen", LISTEN], env=cross.WINE_ENV)


def told(program, preset):
    words = {"program": program.relative_to(ROOT).as_posix(),
             "proxies": (BUILD / preset / "tests" / "proxies").relative_to(ROOT).as_posix()}
    prefix = "" if WINDOWS else (
        f"\nexport WINEPREFIX={cross.WINE_PREFIX} WINEDEBUG=-all    # or a Wine of your own\n")
    return prefix + READY.format(**words)
