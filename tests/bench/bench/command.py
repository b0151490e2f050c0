# SPDX-License-Identifier: Apache-2.0
"""The command line of tests/bench/run."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from . import accounting, figures, machine, peers, report, targets
from .samples import Samples
from .setup import Setup

_SOURCE = pathlib.Path(__file__).resolve().parents[3]
_CACHE = _SOURCE / ".cache/bench"
_ROUNDS = {"quick": 3, "full": 9}
_SECONDS = {"quick": 0.25, "full": 0.5}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench/run", description="Measures porterd, its peers and the floor side "
                                     "by side, in a network of its own. Needs root. See tests/bench/README.md.")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", dest="length", action="store_const", const="quick", help="five minutes (the default)")
    length.add_argument("--full", dest="length", action="store_const", const="full", help="an hour: all peers, more rounds")
    parser.set_defaults(length="quick")
    parser.add_argument("--rows", nargs="+", metavar="NAME", help="rows to measure; --list names them")
    parser.add_argument("--only", nargs="+", metavar="PEER", default=[], help="peers whose names have such a part")
    parser.add_argument("--porterd", metavar="PATH", help="the porterd to measure")
    parser.add_argument("--build", metavar="DIRECTORY", help="build directory (build/ci, build/release or build/dev)")
    parser.add_argument("--programs", metavar="DIRECTORY", help="where load, floor and the services are")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds (3, or 9 with --full)")
    parser.add_argument("--seconds", type=float, metavar="S", help="length of one measurement (0.25, or 0.5 with --full)")
    parser.add_argument("--output", metavar="DIRECTORY", help="for report.md, plot.svg and values.json")
    parser.add_argument("--list", action="store_true", help="name the rows and the peers, and leave")
    return parser.parse_args()


def _list():
    for target in targets.TARGETS:
        print(f"{target.name:12} {target.work}: {target.wanted}")
    print()
    for peer in peers.ALL:
        print(f"{peer.name:30} {peer.note}")


def _build_folder(wanted: str | None) -> pathlib.Path:
    folders = [pathlib.Path(wanted)] if wanted else [_SOURCE / "build" / name for name in ("ci", "release", "dev")]
    for folder in folders:
        if (folder / "build.ninja").exists():
            return folder.resolve()
    sys.exit(f"no build in {', '.join(map(str, folders))}: cmake --preset ci && cmake --build --preset ci")


def _prepare(options: argparse.Namespace):
    """What needs the network, or is better not done as the only process of a namespace: once, before machine.enter()."""
    peers.packages.fetch(_CACHE)
    if not options.programs:
        subprocess.run(["cmake", "--build", str(_build_folder(options.build)), "--target", "bench_programs"], check=True,
                       stdout=subprocess.DEVNULL)


def _setup(options: argparse.Namespace, folder: str) -> Setup:
    build = None if options.programs and options.porterd else _build_folder(options.build)
    porterd = pathlib.Path(options.porterd or build / "src/programs/porterd").resolve()
    if not porterd.exists():
        sys.exit(f"no {porterd}")
    return Setup(programs=pathlib.Path(options.programs or build / "tests/bench").resolve(), porterd=str(porterd),
                 cache=_CACHE, folder=pathlib.Path(folder), is_quick=options.length == "quick",
                 rounds=options.rounds or _ROUNDS[options.length], seconds=options.seconds or _SECONDS[options.length],
                 only=options.only)


def _chosen(names: list[str] | None) -> list[targets.Target]:
    unknown = set(names or []) - {target.name for target in targets.TARGETS}
    if unknown:
        sys.exit(f"no row {', '.join(sorted(unknown))}: --list names them")
    return [target for target in targets.TARGETS if not names or target.name in names]


def _measure(setup: Setup, chosen: list[targets.Target]) -> list[tuple[targets.Target, Samples]]:
    found: dict = {}
    for target in chosen:
        if target.experiment in found:
            continue
        samples = found[target.experiment] = Samples()
        begin = time.monotonic()
        print(f"{target.name} …", flush=True)
        try:
            target.experiment(setup, samples)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            samples.note(f"not measured to its end: {error}")
        print(f"{target.name}: {time.monotonic() - begin:.0f} s", flush=True)
    return [(target, found[target.experiment]) for target in chosen]


def _facts(setup: Setup, seconds: float) -> list[str]:
    version = subprocess.run([setup.porterd, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return [f"{version.splitlines()[0] if version else 'porterd'}; command: tests/bench/run {' '.join(sys.argv[1:])}",
            *machine.description(), f"{setup.rounds} rounds of {setup.seconds} s, {seconds / 60:.0f} minutes in all; "
            f"processor time by {accounting.account_kind()}"]


def _write(output: pathlib.Path, measured: list[tuple[targets.Target, Samples]], facts: list[str]):
    output.mkdir(parents=True, exist_ok=True)
    picture = figures.svg({target.experiment: samples for target, samples in measured})
    if picture:
        (output / "plot.svg").write_text(picture)
    (output / "report.md").write_text(report.markdown(measured, facts, "plot.svg" if picture else ""))
    values = {target.name: samples.as_json() for target, samples in measured}
    (output / "values.json").write_text(json.dumps(values, indent=1))


def main():
    options = _options()
    if options.list:
        return _list()
    chosen = _chosen(options.rows)
    if not machine.is_inside():
        _prepare(options)
    machine.enter()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="porterd-bench-") as folder:
        setup = _setup(options, folder)
        measured = _measure(setup, chosen)
    output = pathlib.Path(options.output or setup.programs / "report")
    _write(output, measured, _facts(setup, time.monotonic() - begin))
    print(report.summary(measured))
    print(f"written: {output}/report.md")
    return None
