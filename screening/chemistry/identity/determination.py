"""Keys under which determinations of one crystal stand."""

from screening.chemistry.identity.reduced_cell import near_bins, reduce_cell
from screening.crystal.complex import Determination


def determination_key(compound: str, determination: Determination | None) -> str | None:
    """The compound key and a bin of the reduced cell's volume; None without a crystal.

    Coarse on purpose: one crystal measured or exported twice has this key or one of
    `near_determinations`, and the reduced cells decide. A key of finer numbers would have an edge
    that rounding crosses.
    """
    if determination is None or determination.cell is None:
        return None
    cell = reduce_cell(determination.cell, determination.space_group)
    return f"{compound}/{cell.bin}"


def near_determinations(key: str) -> tuple[str, ...]:
    """The keys under which a determination of the same crystal as that of *key* can stand."""
    compound, _, volume_bin = key.rpartition("/")
    return tuple(f"{compound}/{near}" for near in near_bins(int(volume_bin)))
