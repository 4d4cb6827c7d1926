"""Schema: SQLAlchemy tables, nothing else."""

from screening.schema.base import Base
from screening.schema.complex import (
    ComplexRow,
    CompoundRow,
    LigandRow,
    MetalSiteRow,
    NearDuplicateRow,
    PlausibilityFlagRow,
    PlausibilityRuleRow,
)
from screening.schema.evidence import FindingEventRow, FindingRow, LabelRow, PublicationRow
from screening.schema.explanation import ExplanationCheckRow, ExplanationRow
from screening.schema.model import (
    EvaluationExampleRow,
    EvaluationRow,
    ImportedExampleRow,
    MetricRow,
    ModelAliasRow,
    ModelVersionRow,
    TrainingExampleRow,
)
from screening.schema.prediction import PredictionFailureRow, PredictionRow, ScreeningRunRow
from screening.schema.property import (
    PropertyDefinitionRow,
    PropertyEventRow,
    PropertyValueRow,
)
from screening.schema.structure import SourceFileRow, StructureComplexRow, StructureRow
from screening.schema.voxel import VoxelGridRow, VoxelSpecRow

__all__ = [
    "Base",
    "ComplexRow",
    "CompoundRow",
    "EvaluationExampleRow",
    "EvaluationRow",
    "ExplanationCheckRow",
    "ExplanationRow",
    "FindingEventRow",
    "FindingRow",
    "ImportedExampleRow",
    "LabelRow",
    "LigandRow",
    "MetalSiteRow",
    "MetricRow",
    "ModelAliasRow",
    "ModelVersionRow",
    "NearDuplicateRow",
    "PlausibilityFlagRow",
    "PlausibilityRuleRow",
    "PredictionFailureRow",
    "PredictionRow",
    "PropertyDefinitionRow",
    "PropertyEventRow",
    "PropertyValueRow",
    "PublicationRow",
    "ScreeningRunRow",
    "SourceFileRow",
    "StructureComplexRow",
    "StructureRow",
    "TrainingExampleRow",
    "VoxelGridRow",
    "VoxelSpecRow",
]
