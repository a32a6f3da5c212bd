"""All mutants."""

from mutants import offers, patches, protocols, queries, resources
from mutants.world import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *resources.MUTANTS,
    *patches.MUTANTS,
    *queries.MUTANTS,
    *protocols.MUTANTS,
    *offers.MUTANTS,
)
