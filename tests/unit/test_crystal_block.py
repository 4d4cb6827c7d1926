"""Files that SHELXL embeds in a block cost little, and change nothing of the rest of it."""

import pytest

from screening.crystal.block import parse

HKL = "\n".join(f"   {i}   0   0  {i * 7}.00    1.00   1" for i in range(500))


def embed(name: str, body: str) -> str:
    return f"{name}\n;\n{body}\n;\n"


def test_what_stands_around_an_embedded_file_is_read():
    text = f"data_a\n_cell_length_a 1\n{embed('_shelx_hkl_file', HKL)}_cell_length_b 2\n"
    (block,) = parse(text + f"data_b\n{embed('_shelx_res_file', HKL)}_cell_length_c 3\n")[:1]
    assert (block.name, block.line) == ("a", 1)
    assert (block.text("_cell_length_a"), block.text("_cell_length_b")) == ("1", "2")
    assert HKL not in (block.text("_shelx_hkl_file") or "")


def test_an_embedded_file_may_hold_what_looks_like_a_block():
    text = f"data_a\n{embed('_SHELX_res_file', 'data_no 1')}{embed('_shelx_hkl_file', HKL)}"
    text += "data_b\n_x 1\n"
    assert [(block.name, block.line) for block in parse(text)] == [("a", 1), ("b", 509)]


@pytest.mark.parametrize(
    ("before", "name"), [("", "_publ_section_comment"), ("loop_\n_a\n_b\nsome", "_shelx_hkl_file")]
)
def test_other_texts_stay(before, name):
    """In a loop the text after the data name `_shelx_hkl_file` is the value of another one."""
    text = f"data_a\n_shelx_version 1\n{before}{embed(name, HKL)}"
    (block,) = parse(text)
    assert HKL in (block.column("_b", name) or [""])[0]


def test_a_name_at_the_end_of_another_text_begins_no_file():
    text = f"data_a\n_x\n;\nsee\n_shelx_hkl_file\n;\n_y 2\n_z\n;\n{HKL}\n;\n"
    (block,) = parse(text)
    assert block.text("_x") == "see\n_shelx_hkl_file"
    assert block.text("_y") == "2"
    assert block.text("_z") == HKL.strip()


@pytest.mark.parametrize(("second", "conflicts"), [(HKL, set()), (HKL[:-1], {"_shelx_hkl_file"})])
def test_two_embedded_files_differ_or_not(second, conflicts):
    text = f"data_a\n{embed('_shelx_hkl_file', HKL)}{embed('_shelx_hkl_file', second)}"
    (block,) = parse(text)
    assert block.conflicts == conflicts
