"""Palette: unique colours that decode back."""

import numpy as np
import pytest
import torch

from screening.errors import InputError, IntegrityError
from screening.network.colour import colour_table
from screening.voxel.colour_tables import ELEMENT_CLASSES
from screening.voxel.palette import (
    CHEMISTRY_RGB,
    CHEMISTRY_RGB_DISTANCE,
    CLASS_AND_CHEMISTRY,
    ELEMENT_CLASS,
    UNIQUE_RGB,
    UNIQUE_RGB_DISTANCE,
    Palette,
    named_palette,
)


@pytest.mark.parametrize(
    ("palette", "distance"),
    [(UNIQUE_RGB, UNIQUE_RGB_DISTANCE), (CHEMISTRY_RGB, CHEMISTRY_RGB_DISTANCE)],
)
def test_every_element_has_its_own_colour_at_the_stated_distance(palette, distance):
    table = palette.table.astype(int)
    assert table.shape == (119, 3)
    apart = np.sqrt(((table[:, None] - table[None]) ** 2).sum(axis=-1))
    np.fill_diagonal(apart, np.inf)
    assert apart.min() == distance
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


@pytest.mark.parametrize("palette", [UNIQUE_RGB, CHEMISTRY_RGB, CLASS_AND_CHEMISTRY])
def test_colours_decode_back_to_elements(palette):
    elements = np.random.default_rng(0).integers(0, 119, (5, 6, 7), dtype=np.uint8)
    rgb = palette.encode(elements)
    assert rgb.shape == (5, 6, 7, palette.channels)
    assert np.array_equal(palette.decode(rgb), elements)
    assert np.array_equal(palette.decode(palette.table), np.arange(119))


def test_chemistry_colours_are_group_period_and_open_shell():
    table = CHEMISTRY_RGB.table
    for z, group, period, open_shell in [
        (1, 1, 1, 0),
        (2, 18, 1, 0),
        (6, 14, 2, 0),
        (20, 2, 4, 0),
        (21, 3, 4, 1),
        (27, 9, 4, 7),  # Co2+ is d7
        (30, 12, 4, 10),
        (57, 3, 6, 0),
        (66, 3, 6, 9),  # Dy3+ is f9
        (71, 3, 6, 14),
        (72, 4, 6, 2),
        (92, 3, 7, 3),  # U3+ is f3
        (118, 18, 7, 0),
    ]:
        assert table[z].tolist() == [14 * group, 36 * period, 18 * open_shell], z


def test_element_classes_are_one_hot_and_say_that_they_do_not_decode():
    table = ELEMENT_CLASS.table
    assert ELEMENT_CLASS.channels == len(ELEMENT_CLASSES) == 12
    assert (table[1:].max(axis=1) == 255).all()
    assert (np.count_nonzero(table[1:], axis=1) == 1).all()
    named = {
        1: 0,
        6: 1,
        7: 2,
        8: 3,
        17: 4,
        15: 5,
        11: 6,
        12: 6,
        26: 7,
        44: 8,
        66: 9,
        92: 10,
        13: 11,
    }
    assert {z: int(table[z].argmax()) for z in named} == named
    assert set(table[1:].argmax(axis=1)) == set(range(12))
    with pytest.raises(InputError, match="does not tell every element"):
        ELEMENT_CLASS.decode(ELEMENT_CLASS.table)


def test_class_and_chemistry_stand_side_by_side():
    table = CLASS_AND_CHEMISTRY.table
    assert np.array_equal(table[:, :12], ELEMENT_CLASS.table)
    assert np.array_equal(table[:, 12:], CHEMISTRY_RGB.table)


@pytest.mark.parametrize("palette", [UNIQUE_RGB, CHEMISTRY_RGB, ELEMENT_CLASS, CLASS_AND_CHEMISTRY])
def test_weights_are_what_the_device_sees(palette):
    table = colour_table(palette, torch.device("cpu"))
    assert palette.weights.shape == (119, palette.channels)
    assert np.array_equal(table.numpy(), palette.weights)


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


@pytest.mark.parametrize(
    "table",
    [
        np.zeros((118, 3), np.uint8),
        np.ones((119, 3), np.float32),
        np.ones((119, 3), np.uint8),
        np.zeros((119, 3), np.uint8),
    ],
)
def test_what_is_no_palette_is_refused(table):
    with pytest.raises(InputError, match="palette odd"):
        Palette("odd", table, tells_elements=False)


def test_palettes_are_found_by_name():
    for palette in (CHEMISTRY_RGB, ELEMENT_CLASS, CLASS_AND_CHEMISTRY):
        assert named_palette(palette.name) is palette
    assert named_palette("unique-rgb-v1") is UNIQUE_RGB
    with pytest.raises(InputError, match="unknown palette"):
        named_palette("rainbow")
