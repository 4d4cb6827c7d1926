"""Swap: barriers that were probably copied in the wrong unit."""

from collections import defaultdict
from collections.abc import Sequence

from screening.evidence.finding import Finding
from screening.evidence.row import RowProblem
from screening.units import KELVIN_PER_WAVENUMBER

_TOLERANCE = 0.005  # papers round both numbers


def find_unit_swaps(findings: Sequence[tuple[int, Finding]]) -> list[RowProblem]:
    """Warnings where two Ueff on one identifier differ by just the factor between K and cm-1.

    findings: line and finding, in the order of lines. The warning stands at the later line.
    """
    seen: dict[str, list[tuple[int, float]]] = defaultdict(list)
    warnings: list[RowProblem] = []
    for line, finding in findings:
        if finding.ueff_k is None:
            continue
        earlier = seen[finding.identifier.casefold()]
        for other_line, other in earlier:
            ratio = max(finding.ueff_k, other) / min(finding.ueff_k, other)
            if abs(ratio / KELVIN_PER_WAVENUMBER - 1) < _TOLERANCE:
                message = (
                    f"{finding.ueff_k:.4g} K here and {other:.4g} K in line {other_line} differ by"
                    f" {KELVIN_PER_WAVENUMBER:.4f}: is one of them in the wrong unit?"
                )
                warnings.append(RowProblem(line, "ueff_k", message))
        earlier.append((line, finding.ueff_k))
    return warnings
