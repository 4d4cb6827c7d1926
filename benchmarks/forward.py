"""The bare forward pass of the default network against the machine's matrix product.

    python benchmarks/forward.py [--edge 32] [--threads 1] [--batches 16 64 256] [--rounds 7]
                                 [--xyz tmqm_01.xyz.xz]

The FLOPs of a forward pass are counted by torch (two for each multiplication and addition of a
convolution or matrix product; nothing for the rest, though it takes time too), less those that
multiply the zeros of the padding, which a good convolution leaves out. The rate at which the
machine does FLOPs is that of a square float32 product, measured by turns with the network in
the same process; ratios are medians over rounds of the ratio within a round. Colours are there
already: nothing but the layers counts. Weights are not trained, which costs the same.

Last, the network as it scores (`network.folded`), from elements, against its layers on colours, by
turns: on the first molecules of an xyz file (--xyz), else on made-up clouds of 100 atoms, which
fill a third of the voxels.

On a CPU times are CPU seconds, so that other load hardly matters. With a CUDA device they are the
device's own, for float32 and for autocast to float16 and bfloat16, each against the product of
that kind, and against the rate at which the card can move the bytes that the layers read and write.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from voxelise import Molecule, made_up_molecules, real_molecules

from screening.network.colour import colourise
from screening.network.folded import FoldedNetwork
from screening.network.memory import keep_memory
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.molecules import pack
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.spec import DEFAULT_SPEC
from screening.voxel.views import Views

Step = Callable[[], object]
LEAST_SECONDS = 0.2
LAYOUTS = {"channels_last": torch.channels_last_3d, "contiguous": torch.contiguous_format}


def seconds(step: Step, device: torch.device) -> float:
    """Seconds of one call, over as many calls as the clock needs."""
    calls = 1
    while True:
        if device.type == "cuda":
            started, ended = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            started.record()
            for _ in range(calls):
                step()
            ended.record()
            torch.cuda.synchronize(device)
            taken = started.elapsed_time(ended) / 1000
        else:
            began = time.process_time()
            for _ in range(calls):
                step()
            taken = time.process_time() - began
        if taken >= LEAST_SECONDS:
            return taken / calls
        calls *= 2


def flops(network: nn.Module, colours: Tensor) -> tuple[int, int]:
    """Of one grid: as torch counts them, and without those at the borders that meet padding."""
    padding = 0

    def add(conv: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal padding
        assert isinstance(conv, nn.Conv3d)
        kernel, stride, border = conv.kernel_size[0], conv.stride[0], int(conv.padding[0])
        size, places = inputs[0].shape[-1], range(output.shape[-1])
        met = sum(
            0 <= place * stride + tap - border < size for place in places for tap in range(kernel)
        )
        every = (kernel * len(places)) ** 3
        padding += 2 * conv.in_channels * conv.out_channels * (every - met**3)

    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv3d)]
    hooks = [module.register_forward_hook(add) for module in convolutions]
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(colours[:1])
    for hook in hooks:
        hook.remove()
    counted = int(counter.get_total_flops())
    return counted, counted - padding


def layer_bytes(network: nn.Module, colours: Tensor) -> int:
    """Bytes that the layers of one grid read and write, weights aside."""
    total = 0

    def add(_layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        total += sum(t.nbytes for t in inputs if isinstance(t, Tensor)) + output.nbytes

    leaves = [module for module in network.modules() if not list(module.children())]
    hooks = [leaf.register_forward_hook(add) for leaf in leaves]
    with torch.inference_mode():
        network(colours[:1])
    for hook in hooks:
        hook.remove()
    return total


def product(device: torch.device, dtype: torch.dtype) -> tuple[int, Step]:
    """FLOPs of a square product, and the call."""
    n = 1024 if device.type == "cpu" else 8192
    left, right = (torch.rand(n, n, device=device).to(dtype) for _ in range(2))
    out = torch.empty_like(left)
    return 2 * n**3, lambda: torch.mm(left, right, out=out)


def copying(device: torch.device) -> tuple[int, Step]:
    """Bytes read and written by a copy that no cache holds, and the call."""
    source = torch.zeros(2**30, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return 2 * source.nbytes, lambda: target.copy_(source)


def forward(network: nn.Module, colours: Tensor, dtype: torch.dtype) -> Step:
    def step() -> None:
        # As scoring does: TF32 would change the third digit.
        is_plain = dtype == torch.float32
        cast = nullcontext() if is_plain else torch.autocast(colours.device.type, dtype=dtype)
        with torch.inference_mode(), cast:
            network(colours)

    return step


def measure(
    network: nn.Module, edge: int, batches: list[int], device: torch.device, n_rounds: int
) -> None:
    counted, n_flops = flops(network, torch.rand(1, 3, edge, edge, edge, device=device))
    n_bytes = layer_bytes(network, torch.rand(1, 3, edge, edge, edge, device=device))
    print(
        f"a grid of {edge}^3: {n_flops / 1e6:.1f} MFLOP ({counted / 1e6:.1f} with padding),"
        f" {n_bytes / 1e6:.1f} MB through layers"
    )
    dtypes = [torch.float32]
    if device.type == "cuda":
        dtypes += [torch.float16, torch.bfloat16]
    for dtype in dtypes:
        n_product, multiply = product(device, dtype)
        multiply()
        for layout, memory_format in LAYOUTS.items():
            for batch in batches:
                colours = torch.rand(batch, 3, edge, edge, edge, device=device)
                step = forward(network, colours.to(memory_format=memory_format), dtype)
                step()
                rounds = []
                for _ in range(n_rounds):
                    rate = batch / seconds(step, device)
                    bound = n_product / seconds(multiply, device)
                    rounds.append((rate, rate * n_flops / bound, bound))
                rate, share, bound = map(statistics.median, zip(*rounds, strict=True))
                line = (
                    f"  {str(dtype)[6:]:9} {layout:14} {batch:5} a batch {rate:10,.0f} grids/s"
                    f"   {share:5.2f} of {bound / 1e9:,.0f} GFLOP/s"
                )
                if device.type == "cuda":
                    n_moved, copy = copying(device)
                    bandwidth = n_moved / seconds(copy, device)
                    size = n_bytes if dtype == torch.float32 else n_bytes / 2
                    line += f"   {rate * size / bandwidth:5.2f} of {bandwidth / 1e9:,.0f} GB/s"
                print(line, flush=True)


def as_it_scores(
    network: ResNet3d,
    molecules: Sequence[Molecule],
    batches: list[int],
    device: torch.device,
    n_rounds: int,
) -> None:
    """Print how fast it is from elements, and how many times as fast as its layers on colours."""
    views = Views("atoms", 1, DEFAULT_SPEC, network.config.field)
    folded = FoldedNetwork(network, UNIQUE_RGB)
    for batch in batches:
        grids = views.draw(pack(molecules[:batch]))[:, 0]
        elements = torch.from_numpy(grids).to(device)
        plain = forward(network, colourise(elements, folded.table), torch.float32)
        rounds = []
        for _ in range(n_rounds):
            with torch.inference_mode():
                rate = batch / seconds(lambda: folded.embed(grids), device)  # noqa: B023
            rounds.append((rate, rate * seconds(plain, device) / batch))
        rate, ratio = map(statistics.median, zip(*rounds, strict=True))
        print(
            f"  as it scores   {batch:14} a batch {rate:10,.0f} grids/s   {ratio:5.2f} x its layers"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="The bare forward pass against a product.")
    parser.add_argument("--edge", type=int, default=DEFAULT_SPEC.edge)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batches", type=int, nargs="+", default=[16, 64, 256])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--xyz", type=Path, help="such as a part of tmQM")
    parser.add_argument("--width", type=int, default=ResNet3dConfig().width)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    keep_memory()
    torch.manual_seed(0)
    device = torch.device(options.device)
    network = ResNet3d(ResNet3dConfig(width=options.width)).eval().to(device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    print(f"{name}, torch {torch.__version__}, {options.threads} threads; {network.config}")
    measure(network, options.edge, options.batches, device, options.rounds)
    most = max(options.batches)
    molecules = real_molecules(options.xyz, most) if options.xyz else made_up_molecules(most)
    as_it_scores(network, molecules, options.batches, device, options.rounds)


if __name__ == "__main__":
    main()
