"""Grouping: examples that may not part, since one would tell of the other."""

from collections.abc import Sequence

import networkx as nx


def tied_groups(ties: Sequence[Sequence[str | None]]) -> tuple[str, ...]:
    """One key for all examples that share a tie, directly or through others.

    ties: for each example its ties, such as its compound and its paper; None ties nothing.

    Returns:
        n keys: the first tie, in their order, of the group that the example is in.
    """
    graph = nx.Graph()
    for row, own in enumerate(ties):
        graph.add_node(row)
        graph.add_edges_from((row, tie) for tie in own if tie is not None)
    keys = {
        row: min((tie for tie in tied if isinstance(tie, str)), default=f"example {row}")
        for tied in nx.connected_components(graph)
        for row in tied
        if isinstance(row, int)
    }
    return tuple(keys[row] for row in range(len(ties)))
