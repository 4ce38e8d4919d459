# SPDX-License-Identifier: MIT
"""What the machine must have, and how it gets it."""

import functools
import os
import shutil
import sys

from process import BUILD, ROOT, WINDOWS, Failed, output, run, run_twice, say

APT_BUILD = ("build-essential", "cmake", "ninja-build", "libjansson-dev", "libcmocka-dev",
             "libpcap-dev", "libuv1-dev")
APT_TEST = ("clang", "pkg-config", "python3-venv", "spin")
# libpcap's sources come without its generated parser.
APT_WINDOWS = ("gcc-mingw-w64-x86-64", "gcc-mingw-w64-i686", "wine", "wine64", "dpkg-dev", "flex",
               "bison")

# Where no package manager is known: the program to look for, and what to ask the user for.
TOOLS_BUILD = (("cmake", "CMake 3.22 or newer"), ("ninja", "Ninja"), ("cc", "a C11 compiler"))
LIBRARIES = "Jansson, CMocka, libpcap and libuv with their headers"

VCPKG_TRIPLET = "x64-windows-static-md"
VENV = BUILD / "venv"


def venv_program(name):
    folder, suffix = ("Scripts", ".exe") if WINDOWS else ("bin", "")
    return VENV / folder / (name + suffix)


def need_build_tools():
    need_packages(APT_BUILD)


def need_test_tools():
    """What any test needs of the system, at once: apt-get refuses to work twice at a time."""
    need_packages(APT_BUILD + APT_TEST)
    if has_apt():
        # libFuzzer comes in a package that is named after the compiler's version.
        major = output(["clang", "-dumpversion"]).split(".")[0]
        need_apt((f"libclang-rt-{major}-dev",))


def need_packages(names):
    if WINDOWS:
        need_vcpkg()
    elif has_apt():
        need_apt(names)
    else:
        refuse_unknown_system()


def has_apt():
    return shutil.which("apt-get") and shutil.which("dpkg-query")


def need_apt(names):
    if apt_has(*names):
        return
    missing = [name for name in names if not apt_has(name)]
    say("installing " + " ".join(missing))
    if os.geteuid() != 0 and not shutil.which("sudo"):
        raise Failed("not root and no sudo; have installed: " + " ".join(missing))
    apt_update()
    run_twice(apt_get("install", "--no-install-recommends", *missing))


@functools.lru_cache(maxsize=None)
def apt_update():
    run_twice(apt_get("update"))


def apt_get(*words):
    as_root = () if os.geteuid() == 0 else ("sudo",)
    return [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", *words]


def apt_has(*names):
    states = output(["dpkg-query", "-W", "-f", "${db:Status-Status}\\n", *names])
    return states is not None and set(states.split()) == {"installed"}


def refuse_unknown_system():
    missing = [what for program, what in TOOLS_BUILD if not shutil.which(program)]
    if missing:
        raise Failed("packages are installed by apt-get or vcpkg only, and here is neither; "
                     f"install by hand: {', '.join(missing)}, {LIBRARIES}")


def need_vcpkg():
    """The libraries by vcpkg and the manifest, and Microsoft's compiler in the environment."""
    need_msvc()
    root = vcpkg_root()
    os.environ["VCPKG_ROOT"] = root
    # CMake reads these for every preset that names no toolchain of its own.
    os.environ["CMAKE_TOOLCHAIN_FILE"] = os.path.join(root, "scripts", "buildsystems",
                                                      "vcpkg.cmake")
    run_twice([os.path.join(root, "vcpkg.exe"), "install", f"--triplet={VCPKG_TRIPLET}",
               f"--x-manifest-root={ROOT}", f"--x-install-root={BUILD / 'vcpkg'}"])


def vcpkg_root():
    on_path = shutil.which("vcpkg")
    places = (os.environ.get("VCPKG_ROOT"), os.environ.get("VCPKG_INSTALLATION_ROOT"),
              on_path and os.path.dirname(on_path))
    for place in places:
        if place and os.path.exists(os.path.join(place, "vcpkg.exe")):
            return place
    raise Failed("vcpkg not found; install it and set VCPKG_ROOT to its folder")


def need_msvc():
    """Takes over what vcvars64.bat sets, as a developer prompt would have it."""
    if shutil.which("cl"):
        return
    vswhere = os.path.join(os.environ.get("ProgramFiles(x86)", ""), "Microsoft Visual Studio",
                           "Installer", "vswhere.exe")
    found = output([vswhere, "-latest", "-products", "*", "-property", "installationPath",
                    "-requires", "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"])
    if not found or not found.strip():
        raise Failed("no C compiler; install the Visual Studio Build Tools with the C++ workload")
    script = os.path.join(found.strip(), "VC", "Auxiliary", "Build", "vcvars64.bat")
    settings = output(["cmd", "/d", "/c", script, ">nul", "&&", "set"])
    if settings is None:
        raise Failed(f"{script} failed")
    for line in settings.splitlines():
        name, equals, value = line.partition("=")
        if equals and name:
            os.environ[name] = value


def need_venv():
    """A private Python environment with exactly what ci/requirements.txt names."""
    requirements = ROOT / "ci" / "requirements.txt"
    stamp = VENV / "stamp"
    wanted = f"{sys.version_info[:2]}\n" + requirements.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    run([sys.executable, "-m", "venv", "--clear", VENV])
    run_twice([venv_program("python"), "-m", "pip", "install", "--quiet",
               "--disable-pip-version-check", "-r", requirements])
    stamp.write_text(wanted, encoding="utf-8")
