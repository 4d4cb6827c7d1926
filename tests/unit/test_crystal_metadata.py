"""What a block says of itself is kept: identifiers, publication, temperature, R factor."""

import pytest
from crystal_factory import accept, cif, methoxide, reject

ATOMS = methoxide("Fe")
DEPOSITED = """\
# This file contains crystal structure data downloaded from the
# Cambridge Structural Database (CSD) hosted by the Cambridge
# Crystallographic Data Centre (CCDC)."""


def determination(extra="", name="made"):
    return accept(cif(ATOMS, extra=extra, name=name)).determination


@pytest.mark.parametrize(
    ("name", "extra", "field", "value"),
    [
        ("CSD_CIF_ABCDEF01", "", "refcode", "ABCDEF01"),
        ("COBALT", "", "refcode", None),
        ("COBALT", "_database_code_depnum_ccdc_archive 'CCDC 977204'", "refcode", None),
        ("ABCDEF", "_audit_creation_method 'from the CSD'", "refcode", "ABCDEF"),
        ("ABCDEF", "_database_code_CSD 190887", "refcode", "ABCDEF"),
        ("x", "_database_code_CSD ABCDEF", "refcode", "ABCDEF"),
        ("global", "", "refcode", None),
        ("4338717", "", "cod_id", None),
        ("4338717", "_cod_original_sg_symbol_H-M 'P 1'", "cod_id", 4338717),
        ("x", "_cod_database_code 4338717", "cod_id", 4338717),
        ("x", "_database_code_depnum_ccdc_archive 'CCDC 977204'", "ccdc_number", 977204),
        ("x", "_database_code_CSD 190887", "ccdc_number", 190887),
        ("x", "_journal_paper_doi 10.1021/ic000001a", "doi", "10.1021/ic000001a"),
        ("x", "_citation_doi https://doi.org/10.1000/q.1", "doi", "10.1000/q.1"),
        ("x", "_journal_year 2011", "year", 2011),
        ("x", "_journal_year ?", "year", None),
        ("x", "_diffrn_ambient_temperature 150(2)", "temperature_k", 150.0),
        ("x", "_cell_measurement_temperature 293", "temperature_k", 293.0),
        ("x", "_diffrn_ambient_temperature -100", "temperature_k", None),
        ("x", "_diffrn_ambient_temperature '173(2) K'", "temperature_k", 173.0),
        ("x", "_refine_ls_R_factor_gt 0.0412", "r_factor", 0.0412),
        ("x", "_refine_ls_R_factor_all 0.07", "r_factor", 0.07),
        ("x", "_refine_ls_R_factor_gt 4.5", "r_factor", 0.045),
        (
            "x",
            "_chemical_name_common\n;\nan invented\nname\n;",
            "compound_name",
            "an invented name",
        ),
        ("x", "_chemical_formula_moiety 'C6 Fe O6'", "formula_moiety", "C6 Fe O6"),
        ("x", "_symmetry_space_group_name_H-M 'P 1'", "space_group", "P 1"),
        ("x", "", "is_synthetic", True),
    ],
)
def test_a_fact_is_read(name, extra, field, value):
    assert getattr(determination(extra, name), field) == pytest.approx(value)


@pytest.mark.parametrize(
    ("comment", "name", "field", "value"),
    [
        ("#    Cambridge Crystallographic Data Centre\n#  CCDC", "ABCDEF", "refcode", "ABCDEF"),
        ("# Cambridge Structural Database (CSD)", "ABCDEF01", "refcode", "ABCDEF01"),
        (DEPOSITED, "COBALT", "refcode", None),
        ("# written by a program", "POSCAR", "refcode", None),
        (
            "#$URL: svn://www.crystallography.net/cod/cif/4338717.cif $",
            "4338717",
            "cod_id",
            4338717,
        ),
        ("# written by a program", "4338717", "cod_id", None),
    ],
)
def test_the_head_of_the_file_says_whose_name_the_block_bears(comment, name, field, value):
    found = accept(f"{comment}\n{cif(ATOMS, name=name)}").determination
    assert getattr(found, field) == value
    assert found.identifier == name


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("'tris(\\m-oxo)dicobalt'", "tris(mu-oxo)dicobalt"),
        ("'[Pt(bpy)~2~][Au(CN)~2~]~2~'", "[Pt(bpy)2][Au(CN)2]2"),
        ("'bis(ligand-\\k^3^<i>N,O,N</i>)copper(II)'", "bis(ligand-kappa3N,O,N)copper(II)"),
        ("'\\a-form'", "alpha-form"),
        ("'a\\%b'", "a\\%b"),
        ("'? #Insert the chemical name here.'", None),
        ("'synthesis as described'", None),
        ("'synthesised by the authors'", None),
        ("'?'", None),
        ("synthetase", "synthetase"),
    ],
)
def test_a_compound_name_is_plain_text_or_nothing(written, read):
    assert determination(f"_chemical_name_common {written}").compound_name == read


def test_a_place_holder_gives_way_to_the_systematic_name():
    both = "_chemical_name_common 'Co-salen'\n_chemical_name_systematic '{}'"
    found = determination(both.format("invented cobalt(II)"))
    assert found.compound_name == "Co-salen"
    assert found.stated == (("systematic name", "invented cobalt(II)"),)
    assert determination(both.format("Co-salen")).stated == ()
    extra = "_chemical_name_common 'synthesis'\n_chemical_name_systematic 'an invented name'"
    assert determination(extra).compound_name == "an invented name"


def test_the_identifier_is_the_best_known_name():
    everything = "_cod_database_code 4338717\n_database_code_depnum_ccdc_archive 'CCDC 977204'"
    assert determination(everything, "CSD_CIF_ABCDEF").identifier == "ABCDEF"
    assert determination(everything).identifier == "4338717"
    assert determination(everything.splitlines()[1]).identifier == "977204"
    assert determination().identifier == "made"


def test_the_cell_is_kept_in_angstrom_and_degrees():
    assert determination().cell == pytest.approx((15, 16, 17, 90, 90, 90))


@pytest.mark.parametrize(
    ("rows", "stated"),
    [
        (["Cu2+ 2", "N3+ 3", "O2- -2"], (("oxidation number of Cu", "2"),)),
        (["Fe 3.000", "DY 3"], (("oxidation number of Dy", "3"), ("oxidation number of Fe", "3"))),
        (["Cu 0", "Fe0 0.000", "C 0"], ()),  # what programs write
        (["Cu ?", "Fe -2", "Co 2.5"], ()),
        (["Fe2+ 2", "Fe3+ 3"], ()),  # of which site is not known
        (["Fe2+ 2", "Fe ?"], ()),
    ],
)
def test_oxidation_numbers_of_metals_are_kept(rows, stated):
    table = "\n".join(["loop_", "_atom_type_symbol", "_atom_type_oxidation_number", *rows, ""])
    assert determination(table).stated == stated


def test_real_structures_are_not_called_synthetic():
    text = cif(ATOMS).replace("_smmdb_synthetic yes", "")
    assert not accept(text).determination.is_synthetic


def test_newer_names_with_dots_are_understood():
    text = cif(ATOMS).replace("_atom_site_", "_atom_site.").replace("_cell_", "_cell.")
    assert accept(text).complexes


def test_a_rejected_block_still_says_what_it_is():
    outcome = reject(cif(methoxide("Na"), name="CSD_CIF_ABCDEF"))
    assert outcome.code == "ionic_metal_only"
    assert outcome.determination is not None
    assert outcome.determination.refcode == "ABCDEF"
