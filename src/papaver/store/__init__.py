"""Evidence: append-only records with the day each became known, read as known on a day and in no other way."""

from papaver.store.evidence import Batch, DeliveryNote, Evidence, Proposal
from papaver.store.lock import Locked
from papaver.store.manifest import Damaged, NeedsMigration, NotThere
from papaver.store.memory import MemoryEvidence, in_memory
from papaver.store.workspace import Workspace

__all__ = [
    "Batch",
    "Damaged",
    "DeliveryNote",
    "Evidence",
    "Locked",
    "MemoryEvidence",
    "NeedsMigration",
    "NotThere",
    "Proposal",
    "Workspace",
    "in_memory",
]
