"""Schema: SQLAlchemy tables, nothing else."""

from screening.schema.base import Base
from screening.schema.complex import ComplexRow, CompoundRow, MetalSiteRow
from screening.schema.evidence import FindingRow, LabelRow, PublicationRow
from screening.schema.model import MetricRow, ModelAliasRow, ModelVersionRow, TrainingExampleRow
from screening.schema.prediction import PredictionFailureRow, PredictionRow, ScreeningRunRow
from screening.schema.structure import SourceFileRow, StructureComplexRow, StructureRow
from screening.schema.voxel import VoxelGridRow, VoxelSpecRow

__all__ = [
    "Base",
    "ComplexRow",
    "CompoundRow",
    "FindingRow",
    "LabelRow",
    "MetalSiteRow",
    "MetricRow",
    "ModelAliasRow",
    "ModelVersionRow",
    "PredictionFailureRow",
    "PredictionRow",
    "PublicationRow",
    "ScreeningRunRow",
    "SourceFileRow",
    "StructureComplexRow",
    "StructureRow",
    "TrainingExampleRow",
    "VoxelGridRow",
    "VoxelSpecRow",
]
