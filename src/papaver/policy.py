"""Who may read what: one principal, one predicate, passed through every read of evidence and desk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who reads: a name for the record, and whether they own the workspace."""

    name: str
    owner: bool = False


OWNER = Principal("owner", owner=True)


def sees_all(principal: Principal) -> bool:
    """First cut: the owner sees everything and nobody else sees anything."""
    return principal.owner
