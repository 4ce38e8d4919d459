# SPDX-License-Identifier: MIT
"""The Windows half on Linux: mingw-w64, its libraries from Debian's sources, and Wine."""

import concurrent.futures
import contextlib
import dataclasses
import functools
import os
import pathlib
import re
import shutil
import typing

import packages
from process import BUILD, ROOT, WINDOWS, Failed, output, run, say

COMPILER = "x86_64-w64-mingw32-gcc"
DEFINED = ("WIN32_LEAN_AND_MEAN", "_X86INTRIN_H_INCLUDED")  # as its toolchain file says
DEPS = BUILD / "deps"
SOURCES = DEPS / "sources"
INSTALLED = DEPS / "mingw"
WINE_PREFIX = BUILD / "wine"
# Neither Mono nor Gecko: their installers would open a window.
WINE_ENV = {"WINEPREFIX": str(WINE_PREFIX), "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml="}


@dataclasses.dataclass(frozen=True)
class Target:
    preset: str
    compiler: str
    toolchain: pathlib.Path
    installed: pathlib.Path  # where its libraries stand


TARGETS = {
    "mingw": Target("mingw", COMPILER, ROOT / "ci" / "mingw-w64-x86_64.cmake", INSTALLED),
    "mingw32": Target("mingw32", "i686-w64-mingw32-gcc", ROOT / "ci" / "mingw-w64-i686.cmake",
                      DEPS / "mingw32"),
}


@dataclasses.dataclass(frozen=True)
class Library:
    source: str  # the Debian source package
    twin: str  # the binary package whose version tells that the source has moved on
    target: str  # what builds nothing but the library to be linked
    headers: typing.Tuple[str, ...]  # below its sources, or what was made of them
    options: typing.Tuple[str, ...]


LIBRARIES = (
    Library("jansson", "libjansson-dev", "jansson", ("include/*.h",), (
        "-DJANSSON_BUILD_DOCS=OFF", "-DJANSSON_EXAMPLES=OFF", "-DJANSSON_WITHOUT_TESTS=ON",
        "-DJANSSON_BUILD_SHARED_LIBS=OFF")),
    Library("cmocka", "libcmocka-dev", "all", ("include/*.h",), (
        "-DBUILD_SHARED_LIBS=OFF", "-DWITH_STATIC_LIB=ON", "-DWITH_EXAMPLES=OFF",
        "-DUNIT_TESTING=OFF", "-DPICKY_DEVELOPER=OFF")),
    # Files only: what captures from devices is left out.
    Library("libpcap", "libpcap-dev", "pcap_static", ("pcap.h", "pcap"), (
        "-DPCAP_TYPE=null", "-DDISABLE_DBUS=ON", "-DDISABLE_RDMA=ON", "-DENABLE_REMOTE=OFF")),
    Library("libuv1", "libuv1-dev", "uv_a", ("include/*",), ("-DLIBUV_BUILD_TESTS=OFF",)),
)


def missing():
    """Why nothing can be built and run for Windows here, or None."""
    if WINDOWS:
        return "this is Windows: the msvc preset is native"
    if not shutil.which("apt-get"):
        return "unsupported: without apt-get there are no sources to cross-build"
    try:
        packages.need_apt(packages.APT_WINDOWS)
    except Failed as failure:
        return f"unsupported: {failure}"
    compilers = (target.compiler for target in TARGETS.values())
    for program in (*compilers, "wine", "wineboot", "wineserver"):
        if not shutil.which(program):
            return f"unsupported: no {program}"
    return None


def set_up(*presets):
    """All that building for these, and running what is built, takes."""
    need_sources(*presets)
    for preset in presets:
        need_libraries(preset)
    need_wine_prefix()


def stale(target):
    """The libraries that are not built, or not as they would be now."""
    return [library for library in LIBRARIES
            if read(stamp_file(library, target)) != stamp_of(library, target)]


def need_sources(*presets):
    """The unpacked and patched source packages, checked by apt against the archive's signature."""
    if not any(stale(TARGETS[preset]) for preset in presets):
        say("libraries for mingw-w64 are up to date")
        return
    apt = ["apt-get", "-q"] + source_apt_options()
    try:
        fetch(apt)
    except Failed as failure:
        say(f"{failure}; trying once more")
        fetch(apt)


def fetch(apt):
    # Some archives carry no sources; whether that matters shows when a source is asked for.
    try:
        run([*apt, "update"])
    except Failed as failure:
        say(f"{failure}; going on with what there is")
    shutil.rmtree(SOURCES, ignore_errors=True)
    SOURCES.mkdir()
    run([*apt, "source", *(library.source for library in LIBRARIES)], cwd=SOURCES)


def need_libraries(preset):
    """All that are stale, side by side: most of it is asking the compiler one thing at a time."""
    target = TARGETS[preset]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(functools.partial(build, target), stale(target)))


def missing_wine32():
    """Why nothing 32-bit can be run here, or None. Debian's own is a package of another
    architecture, which cannot be had everywhere; building goes on without it."""
    built = BUILD / "mingw32" / "wfpcheck.exe"
    # A 64-bit Wine ends at once, without a word and with exit code 0.
    if not (output(["wine", built, "--version"], env=WINE_ENV) or "").startswith("wfpcheck"):
        return "unsupported: built, but there is no 32-bit Wine"
    return None


def need_wine_prefix():
    stamp = WINE_PREFIX / "stamp"
    if stamp.exists():
        return
    WINE_PREFIX.mkdir(parents=True, exist_ok=True)
    run(["wineboot", "--init"], env=WINE_ENV)
    # The registry is on disk only when the server has gone.
    run(["wineserver", "--wait"], env=WINE_ENV)
    stamp.touch()


@contextlib.contextmanager
def wine_server():
    """One server for all: programs that start one at the same time get in each other's way."""
    # One that is there, of a run that was ended or of a user's trial, would not become persistent.
    output(["wineserver", "--kill"], env=WINE_ENV)
    output(["wineserver", "--wait"], env=WINE_ENV)
    run(["wineserver", "--persistent"], env=WINE_ENV, silent=True)
    try:
        # The first program's standard output stays open in the services that it starts, so it must
        # not be a pipe that somebody reads to its end.
        run(["wineboot"], env=WINE_ENV, silent=True)
        yield
    finally:
        output(["wineserver", "--kill"], env=WINE_ENV)


def build(target, library):
    """Its archive and its headers; to install all that it has would take twice the time."""
    source, objects = tree(library), DEPS / f"{library.source}-build-{target.preset}"
    shutil.rmtree(objects, ignore_errors=True)
    run(["cmake", "-S", source, "-B", objects, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
         f"-DCMAKE_TOOLCHAIN_FILE={target.toolchain}", *library.options], cwd=DEPS)
    # libpcap's build writes to what it takes for Windows' null device, where it stands.
    run(["cmake", "--build", objects, "--target", library.target], cwd=DEPS)
    for archive in objects.rglob("*.a"):
        # The stub of a DLL would be preferred by a linker that sees both.
        if not archive.name.endswith(".dll.a"):
            copy(archive, target.installed / "lib")
    for folder in (source, objects):
        for pattern in library.headers:
            for header in folder.glob(pattern):
                copy(header, target.installed / "include")
    stamp_file(library, target).write_text(stamp_of(library, target), encoding="utf-8")


def copy(given, folder):
    folder.mkdir(parents=True, exist_ok=True)
    if given.is_dir():
        shutil.copytree(given, folder / given.name, dirs_exist_ok=True)
    else:
        shutil.copy2(given, folder)


def tree(library):
    trees = [place.parent for place in SOURCES.glob(f"{library.source}-*/CMakeLists.txt")]
    if len(trees) != 1:
        raise Failed(f"source package {library.source}: expected one CMake tree, got {len(trees)}")
    return trees[0]


def source_apt_options():
    """An apt of our own: the machine's archives, but their sources, and nothing outside build/."""
    home = DEPS / "apt"
    parts = home / "sources.list.d"
    for folder in (parts, home / "lists" / "partial", home / "cache" / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    for old in parts.iterdir():
        old.unlink()
    etc = pathlib.Path("/etc/apt")
    for given in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if given.suffix in (".list", ".sources") and given.exists():
            text = as_sources(given.read_text(encoding="utf-8"), given.suffix)
            (parts / given.name.replace("sources.list", "main.list")).write_text(text, "utf-8")
    options = {"Dir::Etc::SourceList": "/dev/null", "Dir::Etc::SourceParts": parts,
               "Dir::State::Lists": home / "lists", "Dir::Cache": home / "cache"}
    if os.geteuid() == 0:
        # The unprivileged user that root's apt downloads as cannot write to a checkout.
        options["APT::Sandbox::User"] = "root"
    return [word for name, value in options.items() for word in ("-o", f"{name}={value}")]


def as_sources(text, suffix):
    """The same archives, asked for source packages."""
    if suffix == ".sources":
        return re.sub(r"(?m)^Types:.*$", "Types: deb-src", text)
    lines = (line for line in text.splitlines() if re.match(r"\s*deb\s", line))
    return "".join(re.sub(r"^\s*deb\s", "deb-src ", line) + "\n" for line in lines)


def stamp_of(library, target):
    version = output(["dpkg-query", "-W", "-f", "${source:Version}", library.twin])
    compiler = output([target.compiler, "-dumpfullversion"])
    return "\n".join([str(version), str(compiler), *library.options,
                      target.toolchain.read_text(encoding="utf-8")])


def stamp_file(library, target):
    return DEPS / f"{library.source}-{target.preset}.stamp"


def read(path):
    return path.read_text(encoding="utf-8") if path.exists() else None
