"""Filter options: what a complex must be, as the commands that list complexes take it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

_OPTIONS = (
    click.option(
        "--metal", "metals", multiple=True, metavar="SYMBOL", help="Must hold this metal."
    ),
    click.option(
        "--ligand",
        "ligands",
        multiple=True,
        metavar="CLASS",
        help="Must have a ligand of this class, such as salen-type; also salen, POM, Pc, Cp, acac.",
    ),
    click.option(
        "--cn", type=click.IntRange(min=1), help="Must have a site of this coordination number."
    ),
    click.option(
        "--nuclearity", type=click.IntRange(min=1), help="Number of metals in the molecule."
    ),
    click.option("--ordered", is_flag=True, help="Leave out a disordered metal or donor."),
    click.option(
        "--plausible", is_flag=True, help="Leave out what a rule of high severity speaks against."
    ),
    click.option(
        "--crystal/--no-crystal", default=None, help="Only what was, or was not, measured."
    ),
    click.option(
        "--synthetic/--real", default=None, help="Only synthetic, or only real complexes."
    ),
)


def filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which gets what they say as the parameter `filters`."""

    @wraps(command)
    def with_filters(
        *,
        metals: tuple[str, ...],
        ligands: tuple[str, ...],
        cn: int | None,
        nuclearity: int | None,
        ordered: bool,
        plausible: bool,
        crystal: bool | None,
        synthetic: bool | None,
        **others: Any,
    ) -> None:
        from screening.elements import metal_symbol
        from screening.store.filters import Filters

        filters = Filters(
            metals=[metal_symbol(metal) for metal in metals],
            ligand_classes=ligands,
            coordination_number=cn,
            min_nuclearity=nuclearity,
            max_nuclearity=nuclearity,
            ordered=ordered,
            plausible=plausible,
            crystal=crystal,
            synthetic=synthetic,
        )
        command(filters=filters, **others)

    for option in reversed(_OPTIONS):
        with_filters = option(with_filters)
    return with_filters
