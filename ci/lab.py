# SPDX-License-Identifier: MIT
"""What `wfpcheck proxy` needs to put a Windows program under test, and its tests."""

import cross
import packages
from process import BUILD, ROOT, WINDOWS, run

# Those of tests/python/test_lab*.py that start a Windows program.
TESTS = ("test_lab.py", "test_lab_hooks.py", "test_lab_driver.py", "test_lab_end.py",
         "test_lab_guide.py")
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


def test(program):
    """In one Wine for all; `program` runs here, and starts the others in there."""
    tests = [ROOT / "tests" / "python" / name for name in TESTS]
    with cross.wine_server():
        run([packages.venv_program("python"), "-m", "pytest", "-q", *tests],
            env={**cross.WINE_ENV, "WFPCHECK": str(program)})


def leak(program):
    """Every socket of ten thousand connections is closed again."""
    with cross.wine_server():
        run([program, "proxy", "--listen", LISTEN, "--context", RECIPE, "--leak", "10000",
             "--profile", "observed", "--", BUILD / "mingw" / "tests" / "proxies" /
             "reference_proxy.exe", "--listen", LISTEN], env=cross.WINE_ENV)


def told(program, preset):
    words = {"program": program.relative_to(ROOT).as_posix(),
             "proxies": (BUILD / preset / "tests" / "proxies").relative_to(ROOT).as_posix()}
    prefix = "" if WINDOWS else (
        f"\nexport WINEPREFIX={cross.WINE_PREFIX} WINEDEBUG=-all    # or a Wine of your own\n")
    return prefix + READY.format(**words)
