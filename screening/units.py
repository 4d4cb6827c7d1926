"""Units of the literature: energies of relaxation barriers."""

KELVIN_PER_WAVENUMBER = 1.438777
"""1 cm-1 in kelvin: the second radiation constant hc/k (CODATA 2018, 1.438 776 877 cm K)."""
