"""Demo: the whole way of the data on the synthetic sample."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from screening.ingest import IngestSummary, ingest
from screening.label import ImportReport, import_findings
from screening.predict import PredictSummary, predict
from screening.progress import SILENT, Progress
from screening.rank import Ranking, rank
from screening.sample import write_sample
from screening.store.ranking import Filters
from screening.train import TrainSummary, train

MODEL = "demo-synthetic"


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What each step of the way gave, and where the sample's files are."""

    folder: Path
    ingested: IngestSummary
    imported: ImportReport
    trained: TrainSummary
    predicted: PredictSummary
    ranking: Ranking


def demo(
    engine: Engine, folder: Path, *, top: int = 15, progress: Progress = SILENT
) -> DemoSummary:
    """Make the synthetic sample in *folder*, ingest, label, train, predict, rank Dy candidates."""
    progress.note(f"1/5 Making SYNTHETIC crystal structures and findings in {folder}")
    sample = write_sample(folder)
    progress.note("2/5 Reading the structures into the database")
    ingested = ingest(engine, [sample.cif_folder], progress=progress)
    progress.note("3/5 Importing the synthetic findings")
    imported = import_findings(engine, sample.findings_file, entered_by="smmdb demo", progress=progress)
    progress.note("4/5 Training a small 3D ResNet on them")
    trained = train(engine, MODEL, synthetic=True, progress=progress)
    progress.note("5/5 Scoring every complex with Dask")
    predicted = predict(engine, trained.version.label, progress=progress)
    filters = Filters(metals=["Dy"], synthetic=True, labelled=False)
    ranking = rank(engine, filters, model=trained.version.label, top=top)
    return DemoSummary(folder, ingested, imported, trained, predicted, ranking)
