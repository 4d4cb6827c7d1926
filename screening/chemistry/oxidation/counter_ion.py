"""Counter-ions: charges of the common ones, by their formula as it stands in the crystal."""

from typing import Final


def _each(charge: int, text: str) -> dict[str, int]:
    return dict.fromkeys(text.split("|"), charge)


ION_CHARGES: Final = {
    **_each(
        -1,
        "F|Cl|Br|I|I3|Br3|I5|N3|C N S|N O3|Cl O4|B F4|F6 P|As F6|F6 Sb|C F3 O3 S|C2 F3 O2|C2 H3 O2|"
        "C H O2|C24 H20 B|C24 B F20|C32 H12 B F24|C2 F6 N O4 S2|C6 H2 N3 O7|C7 H7 O3 S|C H3 O3 S|"
        "H O4 S|C N O|C2 N3|C4 N3|B H4|C7 H5 O2|C H O3|C H12 B11|Al Cl4|Cl4 Ga|Cl4 In|Cl6 Sb|O4 Re|"
        "O4 Tc|Mn O4|C16 Al F36 O4",
    ),
    **_each(
        -2,
        "F6 Si|O4 S|O6 S2|Br4 Zn|Cl4 Zn|I4 Zn|Br4 Cd|Cd Cl4|Cd I4|Cl4 Hg|Hg I4|Cl4 Mn|Br4 Mn|"
        "Br4 Co|Cl4 Co|Cl4 Ni|Br4 Cu|Cl4 Cu|Cl4 Pd|Cl4 Pt|Cl6 Pt|Cl6 Zr|Cl6 Hf",
    ),
    **_each(
        1,
        "Li|Na|K|Rb|Cs|H4 N|H3 O|C2 H8 N|C4 H12 N|C8 H20 N|C12 H28 N|C16 H36 N|C6 H16 N|C24 H20 P|"
        "C24 H20 As|C36 H30 N P2|C19 H18 P|C25 H22 P|C4 H12 P|C3 H10 N|C5 H6 N|C8 H12 N|C10 H16 N",
    ),
    **_each(2, "Mg|Ca|Sr|Ba"),
    **_each(
        0, "C8 H16 O4|C10 H20 O5|C12 H24 O6|C20 H24 O6|C18 H36 N2 O6|C6 H16 N2|C9 H23 N3|C6 H14 O3"
    ),
}
"""Formula in Hill order to charge (e). Only ions that their formula tells with all hydrogens, and
alkali and alkaline-earth metals, whose contacts are not followed: crown ethers, cryptand, tmeda,
pmdeta and diglyme, which hold them, therefore stand by themselves and count as neutral. FeCl4 is
left out, which is met with two charges. Common knowledge."""
