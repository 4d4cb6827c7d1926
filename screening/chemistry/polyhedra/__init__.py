"""Polyhedra: the nearest ideal polyhedron of a metal site and its continuous shape measure."""
