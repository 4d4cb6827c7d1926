"""Voxels: element grids, their colours and their bytes."""
