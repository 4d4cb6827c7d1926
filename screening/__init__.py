"""smmdb: from crystal structures and literature findings to a ranked list of single-molecule magnets."""

from importlib.metadata import version

__version__ = version("smmdb")
