"""Evidence for the oxidation state of one site, and what of it counts most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from screening.chemistry.oxidation.bond_valence import Fit

_FAR: Final = 2
TYPED: Final = "oxidation number of the atom type"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a state of one site: name, atom type, charge balance, bonds, habit.

    typed: as the file states of its atom type; bonds: of the states whose parity the charge allows;
    alone: of all states, where the positions are those of a crystal; fits: of all states.
    """

    named: int | None
    typed: int | None
    balanced: int | None
    bonds: Fit | None
    usual: int | None
    alone: Fit | None
    fits: Sequence[Fit]

    def strongest(self) -> tuple[int | None, str]:
        """State and what it is taken from."""
        surest = {
            "name of the compound": self.named,
            TYPED: self.typed,
            "usual state of the element": self.usual,
        }
        for source, state in surest.items():
            if state is not None:
                return state, source
        if self.conflict():
            return None, ""
        if self.balanced is not None:
            return self.balanced, "charge balance"
        if self.bonds is not None:
            return self.bonds.state, f"bond-valence sum {self.bonds.total:.2f}"
        return None, ""

    def conflict(self) -> str:
        """What charge balance and bonds say where the charge is in doubt.

        They differ by two; or by one, where the balanced state is one that no R0 is known for, a
        rare one such as Fe(IV). Else, where they differ by one, the bonds are more often wrong.
        """
        told = self.bonds or self.alone
        if self.balanced is None or told is None:
            return ""
        apart = abs(self.balanced - told.state)
        is_rare = self.alone is not None and self.balanced not in {f.state for f in self.fits}
        if apart < (1 if is_rare else _FAR):
            return ""
        sum_ = f"bond-valence sum {told.total:.2f} speaks for {told.state}"
        return f"charge balance gives {self.balanced}, {sum_}"
