"""Write: the sample on disk: CIF files and a findings table."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from screening.errors import InputError
from screening.progress import SILENT, Progress
from screening.sample.broken import FAULTS, chain_block, organic_block
from screening.sample.cif import block_text
from screening.sample.crystal import grow_crystal
from screening.sample.findings import COLUMNS, find_all
from screening.sample.molecule import Molecule, Site
from screening.sample.plan import draw_compounds
from screening.sample.recipe import Recipe

_MANY = 4  # blocks of the file with many blocks
_ZIPPED = 3  # files in the zip archive
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Block:
    """One data block of the sample.

    sites, formula: metals and Hill formula of the complex as built; empty for a broken block.
    """

    name: str
    text: str
    recipe: Recipe | None
    sites: tuple[Site, ...]
    formula: str = ""
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written."""

    cif_folder: Path
    findings_file: Path
    files: int
    blocks: int
    broken_blocks: int
    findings: int


def write_sample(
    folder: Path, *, seed: int = 2024, n_files: int = 300, progress: Progress = SILENT
) -> SampleSummary:
    """Write *n_files* files of synthetic crystals and a findings table; same seed, same bytes.

    Raises:
        InputError: n_files is below 20.
    """
    if n_files < _FEWEST:
        raise InputError(f"a sample has at least {_FEWEST} files, not {n_files}")
    count = n_files + _MANY - 1 + _ZIPPED - 1
    blocks = []
    with progress.task("Making synthetic crystals", total=count) as task:
        for block in make_blocks(count, seed):
            blocks.append(block)
            task.advance()
    cif_folder = folder / "cif"
    cif_folder.mkdir(parents=True, exist_ok=True)
    for stale in cif_folder.glob("synthetic-*"):  # of another seed or size
        stale.unlink()
    for name, data in _files(blocks):
        (cif_folder / name).write_bytes(data)
    compounds: dict[str, tuple[str, Recipe]] = {}
    for block in blocks:
        if block.recipe and not block.fault:
            compounds.setdefault(block.recipe.name, (block.name, block.recipe))
    rows = find_all(list(compounds.values()), np.random.default_rng([seed, 2]))
    findings_file = folder / "synthetic-findings.csv"
    with findings_file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return SampleSummary(
        cif_folder=cif_folder,
        findings_file=findings_file,
        files=n_files,
        blocks=len(blocks),
        broken_blocks=sum(block.fault is not None for block in blocks),
        findings=len(rows),
    )


def make_blocks(count: int, seed: int) -> Iterator[Block]:
    """*count* data blocks, eight of them broken, in the order of their numbers."""
    faults = [*FAULTS, "polymer", "no metal"]
    recipes = draw_compounds(count - 2, np.random.default_rng([seed, 0]))
    where = np.random.default_rng([seed, 1]).permutation(np.arange(_MANY, count))[: len(faults)]
    fault_at = {int(number): fault for number, fault in zip(where, faults, strict=True)}
    made = iter(recipes)
    for number in range(count):
        name = f"synthetic_{number + 1:04d}"
        fault = fault_at.get(number)
        if fault == "polymer":
            yield Block(name, chain_block(name), None, (), fault=fault)
        elif fault == "no metal":
            yield Block(name, organic_block(name), None, (), fault=fault)
        else:
            yield _crystal_block(name, next(made), fault, np.random.default_rng([seed, 3, number]))


def _crystal_block(name: str, recipe: Recipe, fault: str | None, rng: np.random.Generator) -> Block:
    molecule = _molecule(recipe)
    crystal = grow_crystal(recipe, molecule, rng)
    text = block_text(name, crystal, f"synthetic {recipe.name}", int(rng.integers(12)))
    if fault:
        return Block(name, FAULTS[fault](text), recipe, (), fault=fault)
    return Block(name, text, recipe, molecule.sites, molecule.formula)


@cache
def _molecule(recipe: Recipe) -> Molecule:
    return recipe.build()


def _files(blocks: list[Block]) -> Iterator[tuple[str, bytes]]:
    """Lay the blocks out in files: many in one, some in a zip archive, every 60th compressed."""
    yield "synthetic-many-blocks.cif", "\n".join(b.text for b in blocks[:_MANY]).encode()
    zipped, rest = blocks[-_ZIPPED:], blocks[_MANY:-_ZIPPED]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
        for block in zipped:
            entry = zipfile.ZipInfo(f"{_file_name(block)}.cif")  # dated 1980: the same bytes
            stream.writestr(entry, block.text)
    yield "synthetic-archive.zip", archive.getvalue()
    for number, block in enumerate(rest):
        data = block.text.encode()
        if number % 60 == 7:
            yield f"{_file_name(block)}.cif.gz", gzip.compress(data, mtime=0)
        else:
            yield f"{_file_name(block)}.cif", data


def _file_name(block: Block) -> str:
    return block.name.replace("_", "-")
