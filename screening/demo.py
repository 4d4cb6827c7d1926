"""Demo: the whole way of the data on the synthetic sample."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from screening.ingest import IngestSummary, ingest
from screening.label import ImportReport, import_findings
from screening.learning.recipe import Recipe
from screening.learning.training_config import TrainingConfig
from screening.predict import PredictSummary, predict
from screening.progress import SILENT, Progress
from screening.rank import Ranking, rank
from screening.sample import write_sample
from screening.store.filters import Filters
from screening.store.models import ModelVersion
from screening.train import train, trained_on_the_same

MODEL = "demo-synthetic"
_EPOCHS: Final = 30  # few: the demo is to take about a minute


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What each step of the way gave, and where the sample's files are."""

    folder: Path
    ingested: IngestSummary
    imported: ImportReport
    version: ModelVersion
    predicted: PredictSummary
    ranking: Ranking


def demo(
    engine: Engine, folder: Path, *, files: int = 300, top: int = 15, progress: Progress = SILENT
) -> DemoSummary:
    """Make the synthetic sample in *folder*, ingest, label, train, predict, rank Dy candidates.

    A second time does only what is missing.
    """
    progress.note(f"1/5 Making SYNTHETIC crystal structures and findings in {folder}")
    sample = write_sample(folder, n_files=files, progress=progress)
    progress.note("2/5 Reading the structures into the database")
    ingested = ingest(engine, [sample.cif_folder], progress=progress)
    progress.note("3/5 Importing the synthetic findings")
    imported = import_findings(
        engine, sample.findings_file, entered_by="smmdb demo", progress=progress
    )
    version = trained_on_the_same(engine, MODEL, synthetic=True)
    if version is None:
        progress.note("4/5 Training a small 3D ResNet on them")
        recipe = Recipe(config=TrainingConfig(epochs=_EPOCHS, edges="soft"))
        version = train(engine, MODEL, synthetic=True, recipe=recipe, progress=progress).version
    else:
        progress.note(f"4/5 {version.label} was trained on the same data before: nothing to train")
    progress.note("5/5 Scoring every complex with Dask")
    predicted = predict(engine, version.label, progress=progress)
    filters = Filters(metals=["Dy"], synthetic=True, labelled=False)
    ranking = rank(engine, filters, model=version.label, top=top)
    return DemoSummary(folder, ingested, imported, version, predicted, ranking)
