"""Sample: synthetic crystal structures and findings, built from chemistry, never from a paper."""

from screening.sample.write import SampleSummary, write_sample

__all__ = ["SampleSummary", "write_sample"]
