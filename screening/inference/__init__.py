"""Inference: what is to score, on which cluster, by which worker."""
