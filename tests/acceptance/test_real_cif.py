"""The crystals of the real and the bad files: every block judged, and judged right.

The expectations are those of the manifests beside the files, except where a look at the structure
showed otherwise; these are listed here by name with the reason.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import gemmi
import pytest

from screening.chemistry.describe import Description, describe
from screening.crystal.complex import Accepted, BlockVerdict, Rejected
from screening.crystal.read import read_file
from screening.crystal.verdict import CODES

NO_COMPLEX = {
    # building blocks of frameworks with dummy atoms (Ts, Og) on top of real ones
    "node_sbus_with_ext_conns.cif": "overlapping_atoms",
    "node_sbus_with_ext_conns_2.cif": "overlapping_atoms",
    "node_sbus_with_ext_conns_3.cif": "overlapping_atoms",
    "node_sbus_with_ext_conns_4.cif": "overlapping_atoms",
    "node_sbus_with_ext_conns_5.cif": "overlapping_atoms",
    # a lead-oxygen rod, missed by the shorter bond limit of the manifest
    "MOF-70.cif": "polymer",
    # bridged by long bonds: Cu-Br 3.10 and Hg-Br 2.94, catena by name; Cu-Cl 2.79
    "2205053-molecule.cif": "polymer",
    "2209449.cif": "polymer",
    "test.cif": "polymer",
}
"""Files that the manifest calls molecular though no block holds a usable complex."""

UNMARKED_DISORDER = {"cod_2101934.cif", "cod_2101936.cif"}
"""Ferrocene over two and three orientations, all written as fully occupied: refused."""

NO_METAL_OR_ATOMS = {"no_metal", "no_coordinates"}

MADE = {
    "angle_200": "bad_cell",
    "coord_far": "overlapping_atoms",
    "coord_inf": "bad_coordinates",
    "coord_unknown": "bad_coordinates",
    "cr_only": None,
    "duplicate_labels": None,
    "element_with_charge": None,
    "empty_file": "empty",
    "gzip_named_cif": None,
    "long_block_name": None,
    "lower_case_element": None,
    "negative_cell": "bad_cell",
    "no_hydrogens": None,
    "no_symops_no_sg": "no_symmetry",
    "nul_bytes": "nul_bytes",
    "occupancy_negative": "occupancy",
    "occupancy_zero": None,
    "only_comment": "empty",
    "path_in_block_name": None,
    "semicolon_inside": None,
    "symop_duplicated": "syntax",  # the editing broke the loop
    "symop_garbage": "syntax",
    "truncated_in_atom_loop": "syntax",
    "two_metals_on_top": None,
    "unknown_cell": "bad_cell",
    "unknown_element": "unknown_element",
    "utf16_bom": None,
    "utf8_bom": None,
}
"""Code of each edited copy of one COD entry; None: accepted."""

SITES = {
    "4338717.cif": ("Tb", "N6O3"),
    "1512718.cif": ("Er", "O9"),
    "7050857.cif": ("Lu", "O8"),
    "EuW5-Gu.cif": ("Eu", "O8"),
    "b603701asup1.cif": ("Sm", "C10Cl2"),
    "2200674_temperature_gt_lt.cif": ("Yb", "C3O2"),
    "4060304.cif": ("Yb", "C10OS2"),
    "2001207-abs-corr-with-biblio.cif": ("Co", "N4O2"),  # a chelating carbonate
    "1501469.cif": ("Cu", "NO4"),  # a long Jahn-Teller axis
    "cod_2101933.cif": ("Fe", "C10"),
    "2010123.cif": ("Rh", "C4Cl2"),
    "1100845.cif": ("Fe", "HNP4"),  # a hydride
    "cod_2232341.cif": ("Co", "N3O3"),
    "2204368.cif": ("Sn", "C2O3"),
}
"""Surroundings of a metal, checked by hand."""

DISORDERED = {
    # S-S 1.75 and 1.88 angstrom; the sum formulas have S6 and S2
    "4300056.cif": "C18 Ag3 Co2 N8 S6",
    "4319975.cif": "C38 H61 Cl2 N6 Ni P2 S2",
    # two images of one anion, O-O 1.31 angstrom, were one molecule of six chromium atoms
    "1100929-incorrect-values.cif": "C6 Cr3 O16",
    # the moiety formula; a lattice oxygen is listed 1.05 angstrom from a bridging one
    "EuW5-Gu.cif": "Eu O36 W10",
}
"""Formulas of complexes with unmarked disorder."""

MENDED = {
    # data_W-Pd-Se-dppm cluster; with two dmf, none and one CH2Cl2 these are the sum formulas
    "b110583n-datablock-names-with-spaces.cif": [
        "C50 H44 P4 Pd4 Se8 W2",
        "C26 H24 P2 Pd Se4 W",
        "C27 H26 P2 Pd Se4 W",
    ],
    # 209 values in the five columns of the bond lengths
    "1101133-wrong-number-of-elements.cif": ["H12 Ni O6"],
}
"""Complexes of blocks that are no CIF, by a slip that leaves no doubt."""

OTHER_PARTS = {
    "8100877-bump.cif": ("B F4", "counter-ion"),
    "b002906h-problems-with-merged-biblio.cif": ("F6 P", "counter-ion"),
    "1100980.cif": ("Cl O5", "other"),
    "4300013.cif": ("F", "other"),
    "1000005.cif": ("F", "counter-ion"),
}
"""Parts beside the complexes, some of them remains of disorder."""

NO_SIGN_OF_COD = {
    "cod_7000001.cif",
    "cod_7000003.cif",
    "2001826-with-special-details.cif",
    "2100345-with-author-addresses.cif",
}
"""COD entries whose text never says so: the number stays a name only."""

Verdicts = dict[str, list[BlockVerdict]]


@pytest.fixture(scope="session")
def real(shared_data: Path) -> Verdicts:
    folder = shared_data / "cif" / "real"
    paths = sorted(folder.rglob("*.cif"))
    return {str(p.relative_to(folder)): read_file(p.read_bytes(), p.name) for p in paths}


@pytest.fixture(scope="session")
def bad(shared_data: Path) -> Verdicts:
    folder = shared_data / "cif" / "bad"
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): read_file(p.read_bytes(), p.name) for p in paths}


@pytest.fixture(scope="session")
def manifest(shared_data: Path) -> dict[str, dict[str, str]]:
    with (shared_data / "cif" / "manifest_real.csv").open(newline="") as stream:
        return {row["path"].removeprefix("cif/real/"): row for row in csv.DictReader(stream)}


def code(verdict: BlockVerdict) -> str | None:
    return verdict.outcome.code if isinstance(verdict.outcome, Rejected) else None


def blocks(verdicts: Verdicts, folder: str) -> Iterator[tuple[str, BlockVerdict]]:
    for path, found in verdicts.items():
        if path.startswith(folder):
            for verdict in found:
                yield path.rsplit("/", 1)[-1], verdict


def descriptions(verdicts: list[BlockVerdict]) -> Iterator[Description]:
    for verdict in verdicts:
        if isinstance(verdict.outcome, Accepted):
            for complex_ in verdict.outcome.complexes:
                yield describe(complex_, verdict.outcome.determination)


@pytest.mark.parametrize("which", ["real", "bad"])
def test_every_block_has_a_verdict_and_none_is_a_fault_of_ours(which, request):
    for path, found in request.getfixturevalue(which).items():
        assert found, path
        assert [v.position for v in found] == list(range(len(found))), path
        for verdict in found:
            if isinstance(verdict.outcome, Rejected):
                assert verdict.outcome.code in CODES, path
                assert verdict.outcome.code != "internal_error", (path, verdict.outcome.reason)
                assert verdict.outcome.reason, path
            else:
                assert verdict.outcome.complexes, path


def test_the_count_of_blocks_is_that_of_the_manifest(real, manifest):
    wrong = {p for p, row in manifest.items() if len(real[p]) != int(row["n_blocks"])}
    assert wrong == set()


def test_true_complexes_are_accepted(real):
    results = Counter(
        code(verdict) or "accepted"
        for name, verdict in blocks(real, "molecular/")
        if name not in NO_COMPLEX and code(verdict) not in NO_METAL_OR_ATOMS
    )
    assert results["accepted"] >= 0.97 * results.total(), results


def test_refused_molecular_files_are_the_known_ones(real):
    refused = {
        name: code(verdict)
        for name, verdict in blocks(real, "molecular/")
        if code(verdict) not in {None, *NO_METAL_OR_ATOMS}
    }
    silicate = {"1000007-multi.cif": "polymer"}  # one of its four blocks is a silicate
    disorder = dict.fromkeys(UNMARKED_DISORDER, "overlapping_atoms")
    assert refused == NO_COMPLEX | disorder | silicate


def test_polymers_are_found(real):
    results = Counter(
        code(verdict) or "accepted"
        for _, verdict in blocks(real, "polymer/")
        if code(verdict) != "no_coordinates"
    )
    assert results["polymer"] >= 0.95 * results.total(), results


def test_complexes_accepted_from_the_polymer_folder_are_the_known_ones(real):
    accepted = {name for name, v in blocks(real, "polymer/") if code(v) is None}
    # a ferrocene in a block beside the polymer's; a discrete silver complex beside a silver chain
    assert accepted == {"cod_4000000.cif", "7051216.cif"}


def test_dimensions_agree_with_the_manifest(real, manifest):
    agree, differ = 0, []
    for path, row in manifest.items():
        for verdict in real[path]:
            if code(verdict) == "polymer" and row["network_dim"] not in {"", "0"}:
                if f"{row['network_dim']}D" in verdict.outcome.reason:
                    agree += 1
                else:
                    differ.append(path)
    assert agree >= 0.95 * (agree + len(differ)), differ


def test_other_crystals_are_not_taken_for_complexes(real):
    accepted = {name for name, v in blocks(real, "not_a_complex/") if code(v) is None}
    assert accepted == {"1000005.cif"}  # discrete VOF5 anions: a complex, if an inorganic one


@pytest.mark.parametrize("stem", MADE)
def test_an_edited_file_gets_its_verdict(bad, stem):
    (verdict,) = bad[f"made/{stem}.cif"]
    assert code(verdict) == MADE[stem], verdict.outcome


@pytest.mark.parametrize("name", SITES)
def test_the_surroundings_of_a_metal_are_right(real, name):
    (path,) = [p for p in real if p.endswith("/" + name)]
    found = {(m.element, m.donor_set) for d in descriptions(real[path]) for m in d.metal_sites}
    assert SITES[name] in found


@pytest.mark.parametrize("name", DISORDERED)
def test_of_unmarked_disorder_one_molecule_is_left(real, name):
    (path,) = [p for p in real if p.endswith("/" + name)]
    assert {d.formula for d in descriptions(real[path])} == {DISORDERED[name]}


@pytest.mark.parametrize("name", MENDED)
def test_slips_of_syntax_cost_no_complex(bad, name):
    (found,) = [verdicts for path, verdicts in bad.items() if path.endswith("/" + name)]
    assert [d.formula for d in descriptions(found)] == MENDED[name]
    notes = [v.outcome.notes[0] for v in found if isinstance(v.outcome, Accepted)]
    assert all(note.startswith("line ") for note in notes)


def test_full_atoms_of_a_minor_group_stay(bad):
    (found,) = descriptions(bad["semantic/encoding/6.cif"])
    assert found.formula == "C88 H134 Al6 N2 O6"


@pytest.mark.parametrize("name", OTHER_PARTS)
def test_other_parts_are_named(real, name):
    (path,) = [p for p in real if p.endswith("/" + name)]
    outcome = real[path][0].outcome
    assert isinstance(outcome, Accepted)
    assert OTHER_PARTS[name] in {(c.formula, c.kind) for c in outcome.components}


def test_atoms_that_both_orientations_share_stay(real):
    # two zinc complexes and a DABCO between them, in one on a centre of inversion
    (path,) = [p for p in real if p.endswith("/b415935g-multiple-tag-fixes.cif")]
    found = [(d.formula, [s.donor_set for s in d.metal_sites]) for d in descriptions(real[path])]
    assert found == [
        ("C26 H52 N6 S8 Zn2", ["NS4", "NS4"]),
        ("C50 H68 N6 S8 Zn2", ["NS4", "NS4"]),
    ]


def noted_blocks(real, words):
    return [
        name
        for name, verdict in blocks(real, "molecular/")
        if isinstance(verdict.outcome, Accepted)
        and any(words in note for note in verdict.outcome.notes)
    ]


def test_few_true_complexes_exceed_their_sum_formula(real):
    noted = set(noted_blocks(real, "formula is wrong"))
    # a butyl group in two places, two Sc of a fullerene in many, sum formulas never filled in
    known = {"4310545-temperature-tag.cif", "1514866.cif", "foobar.cif", "p21c.cif"}
    assert noted == known


def test_lost_atoms_and_wrong_z_are_noted_where_there_are_some(real):
    # masked solvents, disorder left out, Z of another setting: a tenth of the files, no more
    noted = noted_blocks(real, "sum formula")
    assert {"1100192-r-factor.cif", "4021421-non-dict-tags-in-loop.cif"} <= set(noted)
    assert len(noted) <= 25


def test_numbers_of_neighbours_are_possible(real):
    for path, found in real.items():
        for description in descriptions(found):
            for site in description.metal_sites:
                # 16: two cyclo-octatetraenes
                assert site.coordination_number <= 16, (path, site)


def test_identifiers_of_the_manifest_are_read(real, manifest):
    for path, row in manifest.items():
        known = [v.outcome.determination for v in real[path] if v.outcome.determination]
        if known and row["csd_refcode"]:  # old COD entries hold the CCDC number in that field
            names = {d.refcode for d in known} | {str(d.ccdc_number) for d in known}
            assert row["csd_refcode"] in names, path
        if known and row["cod_id"] and row["cod_id"][0] != "0":  # one test file has an invented id
            if path.rsplit("/", 1)[-1] in NO_SIGN_OF_COD:
                assert {d.cod_id for d in known} == {None}, path
                assert row["cod_id"] in {d.identifier for d in known}, path
            else:
                assert int(row["cod_id"]) in {d.cod_id for d in known}, path


@pytest.mark.parametrize("name", ["2234582.cif", "2200674_temperature_gt_lt.cif", "4300056.cif"])
def test_the_order_of_the_operations_decides_nothing(shared_data, name):
    path = shared_data / "cif" / "real" / "molecular" / name
    document = gemmi.cif.read(str(path))
    for block in document:
        for tag in ("_symmetry_equiv_pos_as_xyz", "_space_group_symop_operation_xyz"):
            column = block.find_loop(tag)
            for row, operation in enumerate(reversed(list(column))):
                column[row] = operation
    shuffled = read_file(document.as_string().encode(), name)
    for one, other in zip(read_file(path.read_bytes(), name), shuffled, strict=True):
        assert contents(one) == contents(other)


def contents(verdict):
    keys = [describe(item).content_key for item in verdict.outcome.complexes]
    return verdict.outcome.components, keys
