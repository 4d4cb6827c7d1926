"""Verdicts of files that somebody else has sorted: how many molecules are taken, polymers found.

    python benchmarks/verdicts.py FOLDER

FOLDER holds folders of CIF files, each of one kind, such as molecular and polymer. A file counts
once, by the best of its blocks: accepted, else what it was rejected for. Blocks without a metal or
without coordinates are passed over, and files of nothing else.
"""

import argparse
from collections import Counter
from pathlib import Path

from screening.crystal.complex import Rejected
from screening.crystal.read import read_file

_PASSED_OVER = {"no_metal", "no_coordinates"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for kind in sorted(path for path in folder.iterdir() if path.is_dir()):
        verdicts = Counter(map(verdict, sorted(kind.rglob("*.cif"))))
        judged = verdicts.total() - verdicts.pop("", 0)
        print(f"{kind.name}: {judged} files with a metal and coordinates")
        for code, count in verdicts.most_common():
            print(f"  {code:<20}{count:>5}{count / judged:>8.1%}")


def verdict(file: Path) -> str:
    """The best verdict of a file's blocks; empty where none has a metal and coordinates."""
    outcomes = [block.outcome for block in read_file(file.read_bytes(), file.name)]
    codes = [o.code if isinstance(o, Rejected) else "accepted" for o in outcomes]
    told = [code for code in codes if code not in _PASSED_OVER]
    return "accepted" if "accepted" in told else "".join(told[:1])


if __name__ == "__main__":
    main()
