"""Colouring: the hash of a graph by colour refinement (Weisfeiler and Leman, 1968)."""

import hashlib
from collections import Counter
from collections.abc import Sequence


def graph_key(labels: Sequence[str], neighbours: Sequence[Sequence[int]]) -> str:
    """Hash of a labelled graph, the same for each order of its nodes.

    labels: of the n nodes; neighbours: n lists of node indices.
    Nodes are coloured by label, then by colour and the colours around, until no colour splits.
    Different keys mean different graphs. Equal keys are the same graph unless it is as regular as
    a contrived one; labels that tell rings apart lift the cases known in chemistry.

    Own code rather than a library's, because the value is stored and must not change with a
    library's version.
    """
    names = sorted(set(labels))
    rank = {name: i for i, name in enumerate(names)}
    colours = [rank[label] for label in labels]
    n_colours = len(names)
    while True:
        seen = [
            (colour, tuple(sorted([colours[j] for j in around])))
            for colour, around in zip(colours, neighbours, strict=True)
        ]
        counts = Counter(seen)
        # Ranks follow the sorted surroundings, so that they mean the same in each copy of a graph
        order = {surroundings: i for i, surroundings in enumerate(sorted(counts))}
        if len(order) == n_colours:
            break
        colours = [order[surroundings] for surroundings in seen]
        n_colours = len(order)
    named = dict(zip(colours, labels, strict=True))
    parts = [(named[colour], around, counts[colour, around]) for colour, around in order]
    return digest(repr(parts))


def digest(text: str) -> str:
    """128 bits of BLAKE2b as 32 hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
