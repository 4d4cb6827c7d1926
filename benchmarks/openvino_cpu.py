"""Would OpenVINO score faster on a CPU than torch? The default network, one thread, by turns.

    pip install openvino && python benchmarks/openvino_cpu.py

Prints grids a second of CPU time, the ratio (median over rounds), and the largest difference of a
logit. smmdb would take OpenVINO as a backend from a ratio of 1.25 on.
"""

import argparse
import statistics
import time

import numpy as np
import openvino
import torch

from screening.network.memory import keep_memory
from screening.network.resnet3d import ResNet3d, ResNet3dConfig

_ROUNDS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edge", type=int, default=32)
    parser.add_argument("--batches", type=int, nargs="+", default=[16, 32, 64])
    given = parser.parse_args()
    keep_memory()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = ResNet3d(ResNet3dConfig()).eval()
    with torch.no_grad():  # as trained: blocks that do something
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm3d):
                module.weight.uniform_(0.5, 1.0)
                module.running_var.uniform_(0.5, 1.5)
    for batch in given.batches:
        print(f"{given.edge}^3, {batch} at a time: {compare(network, batch, given.edge)}")


def compare(network: ResNet3d, batch: int, edge: int) -> str:
    colours = torch.rand(batch, 3, edge, edge, edge)
    colours = colours.contiguous(memory_format=torch.channels_last_3d)
    converted = openvino.convert_model(network, example_input=colours)
    converted.reshape(list(colours.shape))
    one_thread = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(converted, "CPU", one_thread)
    plain = np.ascontiguousarray(colours.numpy())
    seconds = []
    with torch.inference_mode():
        difference = np.abs(network(colours).numpy() - compiled([plain])[0]).max()
        for _ in range(_ROUNDS):
            times = [time.process_time()]
            network(colours)
            times.append(time.process_time())
            compiled([plain])
            times.append(time.process_time())
            seconds.append(np.diff(times))
    own, other = (statistics.median(column) for column in zip(*seconds, strict=True))
    ratio = statistics.median(a / b for a, b in seconds)
    return (
        f"torch {batch / own:,.0f}/s, OpenVINO {batch / other:,.0f}/s, ratio {ratio:.2f}, "
        f"logits differ by {difference:.0e}"
    )


if __name__ == "__main__":
    main()
