"""Fuzz the reader: damaged, spliced and random CIF bytes, read in a process under limits.

    python benchmarks/fuzz.py --inputs 200000 --workers 1

An input follows from its number alone: `--only N` makes and reads that one again, `--write FILE`
keeps its bytes. Seeds are small crystals written below; `--corpus FOLDER` adds the small files of
a folder. A process that dies is a crash, one that is ended by its timer a hang; both cost one
input, and the next one is read by a fresh process. Exit status 1 if anything went wrong.
"""

import argparse
import gzip
import json
import mmap
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 5
MEMORY_BYTES = 2**30
_MAX_SEED_BYTES = 12_000
_MAX_INPUT_BYTES = 60_000
_CELL = """_cell_length_a 15.0
_cell_length_b 16.0
_cell_length_c 17.0
_cell_angle_alpha 90.0
_cell_angle_beta 90.0
_cell_angle_gamma 90.0
"""
_COLUMNS = "".join(
    f"_atom_site_{name}\n"
    for name in (
        "label",
        "type_symbol",
        "fract_x",
        "fract_y",
        "fract_z",
        "occupancy",
        "disorder_assembly",
        "disorder_group",
    )
)
_ARMS = ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))
_SYMMETRY = (
    "loop_\n_space_group_symop_operation_xyz\nx,y,z\n",
    "loop_\n_symmetry_equiv_pos_as_xyz\n'x, y, z'\n'-x, y+1/2, -z+1/2'\n-x,-y,-z\nx,1/2-y,1/2+z\n",
    "_symmetry_space_group_name_H-M 'P 21/c'\n",
    "_space_group_name_Hall '-P 2ybc'\n",
    "_symmetry_space_group_name_H-M 'P 4/n'\n",
    "_space_group_IT_number 2\n",
)
_DISORDER = ("1 . .", "0.6 A 1", "0.4 A 2", "0.5 . -1", "0.5 . 1", "1 A 1", "0.5 . .")
_TOKENS = (
    *("?", ".", "0", "-1", "1e308", "nan", "inf", "-0", "1(1)", "0.5(12)", "1e-320", "90", "180"),
    *("''", '""', "'", '"', ";", "\n;", "\n;\n", "#", "[", "]", "{", "$", "_", "\\", "\0", "\x1a"),
    *("data_", "data_x", "loop_", "save_", "stop_", "global_", "\ndata_y\n", "\nloop_\n", "DATA_"),
    *("x,y,z", "-x,-y,-z", "x+1/2,y,z", "2x,y,z", "x,y", "-P 2ybc", "P 21/c", "R -3", "F d -3 m"),
    *("Dy", "H", "D", "Xx", "Fe3+", "O2-", "Cn", "Na", "C", "Zr", "CO1", "dum", "A", "-1", "2"),
    *("_cell_length_a", "_atom_site_fract_x", "_atom_site_occupancy", "_atom_site_label"),
    *("_atom_site_disorder_group", "_chemical_formula_sum", "_cell_formula_units_z"),
    *("'C6 H18 Fe O6'", "'C6 Fe O6, 2(H2 O)'", "_chemical_formula_moiety", "\r\n", "\r", "\t"),
    *("\ufeff", "\u00e9", "\U0001f9ea", "\u2028", "#\\#CIF_2.0\n", "_refln_index_h", "99999999"),
)


def crystal(rng: random.Random) -> str:
    """A small block: an octahedral alkoxide of a random metal, disorder, symmetry and solvent."""
    metal = rng.choice(("Fe", "Dy", "Cu", "Na", "Zn", "U"))
    length = rng.choice((1.9, 2.1, 2.4, 7.5))
    centre = rng.choice(((0.0, 0.0, 0.0), (5.0, 5.0, 5.0), (7.5, 8.0, 8.5)))
    rows = [(metal, centre)]
    for arm in _ARMS[: rng.choice((2, 4, 6))]:
        for element, far in (("O", length), ("C", length + 1.42), ("H", length + 2.4)):
            rows.append((element, tuple(c + far * a for c, a in zip(centre, arm, strict=True))))
    rows.append(("O", (11.0, 11.0, 3.0)))
    lines = [f"data_{rng.choice(('made', 'ABCDEF', '1234567', ''))}", _CELL.strip()]
    lines += ["_chemical_formula_sum 'C6 H6 Fe O7'", rng.choice(_SYMMETRY).strip()]
    lines += ["loop_", _COLUMNS.strip()]
    plain = rng.random() < 0.5
    for i, (element, place) in enumerate(rows):
        x, y, z = (p / edge for p, edge in zip(place, (15, 16, 17), strict=True))
        disorder = _DISORDER[0] if plain else rng.choice(_DISORDER)
        lines.append(f"{element}{i} {element} {x:.5f} {y:.5f} {z:.5f} {disorder}")
    return "\n".join(lines) + "\n"


def damage(data: bytearray, rng: random.Random, other: bytes, kinds: range) -> None:
    """One change in place: bytes, a piece of *other* (kinds 0 to 6), words or lines (7 to 9)."""
    at = rng.randrange(len(data) + 1)
    end = min(len(data), at + rng.choice((1, 1, 2, 8, 60, 400)))
    kind = rng.choice(kinds)
    if kind == 0 and data:
        data[min(at, len(data) - 1)] ^= 1 << rng.randrange(8)
    elif kind == 1:
        data[at:end] = b""
    elif kind == 2:
        data[at:at] = rng.randbytes(rng.choice((1, 2, 8)))
    elif kind == 3:
        data[at:at] = data[at:end] * rng.choice((1, 1, 2, 20))
    elif kind == 4:
        start = rng.randrange(len(other) + 1)
        data[at:end] = other[start : start + rng.choice((10, 100, 1000))]
    elif kind == 5:
        del data[at:]
    elif kind == 6:
        data[at:at] = rng.choice(_TOKENS).encode()
    else:
        _damage_words(data, rng, kind)


def _damage_words(data: bytearray, rng: random.Random, kind: int) -> None:
    separator = b"\n" if kind == 9 else b" "
    words = bytes(data).split(separator)
    i, j = rng.randrange(len(words)), rng.randrange(len(words))
    if kind == 7:
        words[i] = rng.choice(_TOKENS).encode()
    elif kind == 8:
        words[i] = f"{rng.choice((0.5, 1, 90, 0.3333))}".encode()
    else:
        words[i], words[j] = words[j], rng.choice((words[i], words[j], b""))
    data[:] = separator.join(words)


def make_input(number: int, corpus: list[bytes]) -> bytes:
    """Bytes of input *number*: one in 50 is random, the others are damaged crystals."""
    rng = random.Random(number)
    if number % 50 == 0:
        return rng.randbytes(rng.choice((1, 30, 1000, 20_000)))

    def seed() -> bytes:
        if corpus and rng.random() < 0.5:
            return rng.choice(corpus)
        return "".join(crystal(rng) for _ in range(rng.choice((1, 1, 1, 2)))).encode()

    data = bytearray(seed())
    other = seed()
    kinds = rng.choice((range(10), range(7, 9), range(7, 10)))  # words leave the syntax whole
    for _ in range(rng.choice((0, 1, 1, 2, 3, 6, 20))):
        damage(data, rng, other, kinds)
        del data[_MAX_INPUT_BYTES:]
    wrapped = rng.randrange(60)
    if wrapped == 0:
        return bytes(data).decode("latin-1").encode("utf-16")
    if wrapped == 1:
        return gzip.compress(bytes(data), 1)[: rng.choice((None, None, 100))]
    return bytes(data)


def read_corpus(folder: Path | None) -> list[bytes]:
    """The small files under *folder*, in the order of their names."""
    if folder is None:
        return []
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    return [p.read_bytes() for p in paths if p.stat().st_size <= _MAX_SEED_BYTES]


@dataclass
class Tally:
    """What became of the inputs; faults: number of the input and what was wrong with its verdict.

    memory: largest resident size of a reading process, bytes; slowest: (seconds, number).
    """

    inputs: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    crashes: list[tuple[int, str]] = field(default_factory=list)
    hangs: list[int] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    memory: int = 0
    slowest: tuple[float, int] = (0.0, -1)

    def add(self, report: dict[str, object]) -> None:
        """Add the report of a reading process."""
        self.codes.update(report["codes"])
        self.faults += [tuple(fault) for fault in report["faults"]]
        self.memory = max(self.memory, report["memory"])
        self.slowest = max(self.slowest, tuple(report["slowest"]))


def judge(data: bytes, *, with_chemistry: bool) -> tuple[list[str], list[str]]:
    """Read *data*: the codes of its blocks, and what is wrong with their verdicts."""
    from screening.crystal.complex import Rejected  # noqa: PLC0415 - under the limit
    from screening.crystal.read import read_file  # noqa: PLC0415 - under the limit
    from screening.crystal.verdict import CODES  # noqa: PLC0415 - under the limit

    outcomes = [verdict.outcome for verdict in read_file(data, "fuzz.cif")]
    rejected = [outcome for outcome in outcomes if isinstance(outcome, Rejected)]
    accepted = [outcome for outcome in outcomes if not isinstance(outcome, Rejected)]
    faults = [r.reason for r in rejected if r.code == "internal_error"]
    faults += [f"{r.code!r} without meaning or reason" for r in rejected if r.code not in CODES]
    faults += [] if outcomes else ["no verdict"]
    if with_chemistry:
        from screening.chemistry.describe import describe  # noqa: PLC0415 - only if asked for

        for block in accepted:
            for complex_ in block.complexes:
                describe(complex_, block.determination, block.components)
    return [r.code for r in rejected] + ["accepted"] * len(accepted), faults


def read_range(
    numbers: range, corpus: list[bytes], mark: mmap.mmap, *, with_chemistry: bool
) -> None:
    """The reading process: read its inputs and print a report every thousand of them."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    codes: Counter[str] = Counter()
    faults: list[tuple[int, str]] = []
    slowest = (0.0, -1)
    judge(b"data_x", with_chemistry=with_chemistry)  # imports take their time once
    for done, number in enumerate(numbers, start=1):
        data = make_input(number, corpus)
        struct.pack_into("<q", mark, 0, number)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)  # its signal ends the process
        began = time.perf_counter()
        try:
            found, wrong = judge(data, with_chemistry=with_chemistry)
        except BaseException as error:  # noqa: BLE001 - whatever it raises is the finding
            found, wrong = [], [f"raised {error!r}"]
        slowest = max(slowest, (time.perf_counter() - began, number))
        signal.setitimer(signal.ITIMER_REAL, 0)
        codes.update(found)
        faults += [(number, what) for what in wrong]
        if wrong or done % 1000 == 0 or done == len(numbers):  # a crash loses what is not told
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            told = {"codes": codes, "faults": faults, "memory": memory, "slowest": slowest}
            print(json.dumps(told), flush=True)
            codes.clear()
            faults.clear()


def drive(first: int, arguments: argparse.Namespace) -> Tally:
    """Read every *workers*-th input from *first* on, in as many processes as it takes."""
    tally, start, step = Tally(), first, arguments.workers
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    with tempfile.NamedTemporaryFile() as file:
        while start < arguments.inputs:
            file.seek(0)
            file.write(struct.pack("<q", start))
            file.flush()
            command = [sys.executable, __file__, "--inputs", str(arguments.inputs)]
            command += ["--workers", str(step), "--child", str(start), file.name]
            command += ["--corpus", str(arguments.corpus)] if arguments.corpus else []
            command += ["--chemistry"] if arguments.chemistry else []
            with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
                for line in process.stdout:
                    tally.add(json.loads(line))
            if process.returncode == 0:
                break
            file.seek(0)
            (number,) = struct.unpack("<q", file.read(8))
            if process.returncode == -signal.SIGALRM:
                tally.hangs.append(number)
            else:
                tally.crashes.append((number, f"exit status {process.returncode}"))
            start = number + step
    tally.inputs = len(range(first, arguments.inputs, step))
    return tally


def main() -> int:
    """Run the processes, add up and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--chemistry", action="store_true", help="also describe the complexes")
    parser.add_argument("--only", type=int, metavar="N")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        arguments.write.write_bytes(make_input(arguments.only, read_corpus(arguments.corpus)))
        return 0
    if arguments.child:
        start, path = int(arguments.child[0]), Path(arguments.child[1])
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 8) as mark:
            corpus = read_corpus(arguments.corpus)
            numbers = range(start, arguments.inputs, arguments.workers)
            read_range(numbers, corpus, mark, with_chemistry=arguments.chemistry)
        return 0
    began = time.perf_counter()
    firsts = range(arguments.workers)
    if arguments.only is not None:
        arguments.inputs, arguments.workers, firsts = arguments.only + 1, 1, [arguments.only]
    with ThreadPoolExecutor(arguments.workers) as pool:
        tallies = list(pool.map(lambda first: drive(first, arguments), firsts))
    return show(tallies, time.perf_counter() - began)


def show(tallies: list[Tally], seconds: float) -> int:
    """Print the sums; 1 if anything went wrong."""
    crashes = [crash for tally in tallies for crash in tally.crashes]
    hangs = [number for tally in tallies for number in tally.hangs]
    faults = [fault for tally in tallies for fault in tally.faults]
    codes: Counter[str] = sum((tally.codes for tally in tallies), Counter())
    inputs = sum(tally.inputs for tally in tallies)
    slowest, number = max(tally.slowest for tally in tallies)
    print(f"inputs: {inputs} in {seconds:.0f} s ({inputs / seconds:.0f} a second)")
    print(f"crashes: {len(crashes)}, hangs over {SECONDS} s: {len(hangs)}, faults: {len(faults)}")
    memory = max(tally.memory for tally in tallies)
    print(f"peak memory: {memory / 2**20:.0f} MiB (limit {MEMORY_BYTES / 2**20:.0f} MiB)")
    print(f"slowest input: number {number}, {slowest:.2f} s")
    print("blocks:", ", ".join(f"{code} {n}" for code, n in codes.most_common()))
    for number, what in [*crashes, *((n, "hang") for n in hangs), *faults][:50]:
        print(f"  input {number}: {what}")
    return 1 if crashes or hangs or faults else 0


if __name__ == "__main__":
    sys.exit(main())
