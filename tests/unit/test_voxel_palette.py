"""Palette: unique colours that decode back."""

import numpy as np
import pytest

from screening.errors import InputError, IntegrityError
from screening.voxel.palette import UNIQUE_RGB, UNIQUE_RGB_DISTANCE, Palette, named_palette


def test_every_element_has_its_own_colour_at_the_stated_distance():
    table = UNIQUE_RGB.table.astype(int)
    assert table.shape == (119, 3)
    apart = np.sqrt(((table[:, None] - table[None]) ** 2).sum(axis=-1))
    np.fill_diagonal(apart, np.inf)
    assert apart.min() >= UNIQUE_RGB_DISTANCE
    assert not table[0].any()


def test_neighbours_in_the_periodic_table_differ_in_one_colour():
    steps = np.abs(np.diff(UNIQUE_RGB.table.astype(int), axis=0))
    assert (np.count_nonzero(steps, axis=1) == 1).all()
    assert steps.max() == 64


def test_colours_are_the_published_ones():
    # A stored model version means these colours by the name; they may never change under it.
    assert UNIQUE_RGB.table[[1, 6, 7, 8, 66]].tolist() == [
        [0, 0, 64],
        [0, 64, 191],
        [0, 64, 128],
        [0, 64, 64],
        [128, 191, 191],
    ]


def test_colours_decode_back_to_elements():
    elements = np.random.default_rng(0).integers(0, 119, (5, 6, 7), dtype=np.uint8)
    rgb = UNIQUE_RGB.encode(elements)
    assert rgb.shape == (5, 6, 7, 3)
    assert np.array_equal(UNIQUE_RGB.decode(rgb), elements)


@pytest.mark.parametrize("colour", [(1, 0, 0), (255, 255, 255), (0, 0, 63)])
def test_a_colour_of_no_element_is_refused(colour):
    rgb = np.zeros((2, 2, 2, 3), dtype=np.uint8)
    rgb[1, 0, 1] = colour
    with pytest.raises(IntegrityError, match="belongs to no element"):
        UNIQUE_RGB.decode(rgb)


def test_a_palette_with_equal_colours_is_refused():
    table = UNIQUE_RGB.table.copy()
    table[66] = table[67]
    with pytest.raises(InputError, match="must differ"):
        Palette("twice", table)


def test_palettes_are_found_by_name():
    assert named_palette("unique-rgb-v1") is UNIQUE_RGB
    with pytest.raises(InputError, match="unknown palette"):
        named_palette("rainbow")
