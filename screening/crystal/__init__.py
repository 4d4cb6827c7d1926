"""Crystal: CIF text to complexes, one verdict for each data block."""
