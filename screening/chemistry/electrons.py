"""Electrons: whether a complex has an odd number of them."""

from screening.crystal.complex import Complex, Determination


def has_odd_electrons(
    complex_: Complex, charge: int | None, determination: Determination | None
) -> bool | None:
    """Whether a complex of this charge (e) has an odd number of electrons; None: not known.

    Of a crystal that is known only where a formula tells that no hydrogen is missing, for charges
    are found without comparing hydrogens. A file without a crystal states the charge of its atoms.
    """
    if charge is None or determination is None:
        return None
    complete = 0 if determination.cell is not None else None
    if complex_.missing_hydrogens not in {0, complete}:
        return None
    return (int(complex_.atomic_numbers.sum(dtype=int)) - charge) % 2 == 1
