"""Swap: barriers that were probably copied in the wrong unit."""

from collections import defaultdict
from collections.abc import Sequence

from screening.evidence.doubt import swap_message, swapped
from screening.evidence.finding import Finding
from screening.evidence.row import RowProblem


def find_unit_swaps(findings: Sequence[tuple[int, Finding]]) -> list[RowProblem]:
    """Warnings where two Ueff on one identifier differ by just the factor between K and cm-1.

    findings: line and finding, in the order of lines. The warning stands at the later line.
    """
    seen: dict[str, list[tuple[int, Finding]]] = defaultdict(list)
    warnings: list[RowProblem] = []
    for line, finding in findings:
        earlier = seen[finding.identifier.casefold()]
        for other_line, other in earlier:
            if swapped(finding, other):
                message = swap_message(
                    f"{finding.ueff_k:.4g} K here", f"{other.ueff_k:.4g} K in line {other_line}"
                )
                warnings.append(RowProblem(line, "ueff_k", message))
        earlier.append((line, finding))
    return warnings
