"""What `smmdb show` says of metal sites."""

from typing import Any

from cli.show.chemistry import site_notes


def test_what_holds_for_several_sites_is_said_once() -> None:
    site: dict[str, Any] = {
        "oxidation_state_reason": "not known: no parameters for W-O",
        "shape_note": None,
    }
    dysprosium: dict[str, Any] = {
        "label": "Dy1",
        "oxidation_state_reason": "usual",
        "shape_note": "4 positions",
    }
    sites = [site | {"label": "W1"}, site | {"label": "W2"}, site | {"label": "W2"}, dysprosium]
    assert site_notes(sites) == {
        "oxidation state: not known: no parameters for W-O": ["W1", "W2"],
        "oxidation state: usual": ["Dy1"],
        "shape: 4 positions": ["Dy1"],
    }
