"""ElementStem: the first layer of a network, straight from the elements of the voxels, on a CPU."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from screening.compiled import compiled
from screening.voxel.shares import in_shares
from screening.voxel.soft_spheres import COVERED, FULL

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Wiring(NamedTuple):
    """Which voxels a convolution joins to which of its outputs, for cubes of one size.

    edge: of the output. starts: (n_voxels + 1,); voxel i, counted flat, has the pairs from
    starts[i] to before starts[i + 1]: outputs, counted flat, and the taps of the kernel between.
    """

    edge: int
    starts: "NDArray[np.int32]"
    outputs: "NDArray[np.int32]"
    taps: "NDArray[np.int32]"


@lru_cache(maxsize=8)
def wire(edge: int, kernel: int, stride: int) -> Wiring:
    """Of a convolution of cubes of *edge* voxels, padded by half of its kernel."""
    pad = kernel // 2
    n_outputs = (edge + 2 * pad - kernel) // stride + 1
    # Along one axis: from which voxel, to which output, by which tap.
    output, tap = (part.ravel() for part in np.indices((n_outputs, kernel)))
    voxel = output * stride + tap - pad
    is_inside = (voxel >= 0) & (voxel < edge)
    axis = np.stack([voxel, output, tap])[:, is_inside]
    n = axis.shape[1]
    i, j, k = (part.ravel() for part in np.indices((n, n, n)))
    voxels, outputs, taps = (
        (place[i] * size + place[j]) * size + place[k]
        for place, size in zip(axis, (edge, n_outputs, kernel), strict=True)
    )
    order = np.lexsort((outputs, voxels))
    starts = np.searchsorted(voxels[order], np.arange(edge**3 + 1))
    return Wiring(n_outputs, *(a.astype(np.int32) for a in (starts, outputs[order], taps[order])))


class ElementStem:
    """A convolution of colours, a bias and a ReLU, without the colours.

    Most of a box is empty, and what a voxel of an element gives to an output is one of few sums:
    they are made once for each tap and element and added for the voxels that are filled.
    """

    def __init__(
        self, weight: "NDArray[np.float32]", bias: "NDArray[np.float32]", stride: int
    ) -> None:
        """Of the *weight* of each element's colour at each tap.

        weight: (kernel, kernel, kernel, 119, channels); an empty voxel, element 0, weighs nothing.
        bias: (channels,).
        """
        self._kernel, self._stride = len(weight), stride
        self._weight = np.ascontiguousarray(weight).reshape(-1, *weight.shape[3:])
        self._bias = np.ascontiguousarray(bias)

    def __call__(self, grids: "NDArray[Any]", threads: int = 1) -> "NDArray[np.float32]":
        """Grids (b, d, d, d) in C order -> (b, e, e, e, channels) float32.

        Element grids are uint8; soft ones int16, where an element weighs as its coverage.
        """
        wiring = wire(grids.shape[-1], self._kernel, self._stride)
        is_soft = grids.dtype == np.int16
        out = np.empty((len(grids), *(wiring.edge,) * 3, len(self._bias)), dtype=np.float32)

        def run_share(first: int, last: int) -> None:
            """Compute the grids from *first* to *last*."""
            _run(
                grids[first:last].reshape(last - first, -1),
                self._weight,
                self._bias,
                wiring.starts,
                wiring.outputs,
                wiring.taps,
                out[first:last].reshape(last - first, -1, len(self._bias)),
                is_soft,
            )

        in_shares(run_share, len(grids), threads)
        return out


def _add_up(
    grids: "NDArray[Any]",
    weight: "NDArray[np.float32]",
    bias: "NDArray[np.float32]",
    starts: "NDArray[np.int32]",
    outputs: "NDArray[np.int32]",
    taps: "NDArray[np.int32]",
    out: "NDArray[np.float32]",
    is_soft: bool,
) -> None:
    n_voxels, n_outputs, channels = grids.shape[1], out.shape[1], out.shape[2]
    filled = np.empty(n_voxels, dtype=np.int32)
    for number in range(len(grids)):
        voxels, own = grids[number], out[number]
        # Counted without a branch, which would often be guessed wrongly.
        n_filled = 0
        for voxel in range(n_voxels):
            filled[n_filled] = voxel
            n_filled += voxels[voxel] != 0
        for output in range(n_outputs):
            own[output] = bias
        for place in range(n_filled):
            voxel = filled[place]
            code = np.int64(voxels[voxel])
            element = code % COVERED
            coverage = np.float32(code // COVERED / FULL) if is_soft else np.float32(1)
            for pair in range(starts[voxel], starts[voxel + 1]):
                sums, weights = own[outputs[pair]], weight[taps[pair], element]
                for channel in range(channels):
                    sums[channel] += weights[channel] * coverage
        for output in range(n_outputs):
            sums = own[output]
            for channel in range(channels):
                # In this order a NaN stays one.
                sums[channel] = np.float32(0) if sums[channel] < 0 else sums[channel]


_run: Final[Callable[..., None]] = compiled(_add_up)
