"""The sources of the overdose domain, as the runner finds them."""

from __future__ import annotations

from functools import partial

from assets.contracts import DomainPackage, SourceCode
from assets.history import fold_whole
from assets.identities import Identity
from assets.overdose import canada, county, nflis, nida, observations, population, seizures, sudors, unodc, vsrr, wonder

SOURCES: tuple[SourceCode, ...] = (
    SourceCode(
        source=observations.SOURCE,
        tables=(observations.TABLE, observations.VINTAGES),
        stage=vsrr.stage,
        fold=observations.fold,
        judge=vsrr.judge,
        identity=Identity("observations", vsrr.KEY),
        frames={"observations": vsrr.STAGED, "unreadable": vsrr.UNREADABLE},
    ),
    SourceCode(
        source="us_cdc_wonder",
        tables=(observations.TABLE,),
        stage=wonder.stage,
        fold=partial(observations.fold_exports, "us_cdc_wonder", wonder.RANKS),
        judge=wonder.judge,
        frames={"observations": observations.EXPORTED},
    ),
    SourceCode(
        source="us_nida_final",
        tables=(observations.TABLE,),
        stage=nida.stage,
        fold=partial(observations.fold_exports, "us_nida_final", {}),
        judge=nida.judge,
        identity=Identity("observations", observations.EXPORTED_KEY),
        frames={"observations": observations.EXPORTED},
    ),
    SourceCode(
        source=sudors.SOURCE,
        tables=(observations.TABLE,),
        stage=sudors.stage,
        fold=partial(observations.fold_exports, sudors.SOURCE, {}),
        judge=sudors.judge,
        frames={"observations": observations.EXPORTED},
    ),
    SourceCode(
        source=seizures.SOURCE,
        tables=(seizures.TABLE,),
        stage=seizures.stage,
        fold=seizures.fold,
        judge=seizures.judge,
        frames={"seizures": seizures.STAGED},
    ),
    SourceCode(
        source=population.SOURCE,
        tables=(population.TABLE,),
        stage=population.stage,
        fold=population.fold,
        judge=population.judge,
        frames={"populations": population.STAGED},
    ),
    SourceCode(
        source=county.SOURCE,
        tables=(county.TABLE,),
        stage=county.stage,
        fold=county.fold,
        judge=county.judge,
        identity=Identity("counties", county.KEY),
        frames={"counties": county.STAGED},
    ),
    SourceCode(
        source=canada.SOURCE,
        tables=(canada.TABLE,),
        stage=canada.stage,
        fold=partial(fold_whole, canada.SOURCE, canada.FOLDED),
        frames={"harms": canada.STAGED},
    ),
    SourceCode(
        source=nflis.SOURCE,
        tables=(canada.TABLE,),
        stage=nflis.stage,
        fold=partial(fold_whole, nflis.SOURCE, {canada.TABLE: ("reports", canada.KEY, ("value",))}),
        frames={"reports": canada.STAGED},
    ),
    *(
        SourceCode(
            source=source,
            tables=(canada.TABLE,),
            stage=stage,
            fold=partial(fold_whole, source, {canada.TABLE: (frame, canada.KEY, ("value",))}),
            frames={frame: canada.STAGED},
        )
        for source, stage, frame in (
            (unodc.SEIZURES, unodc.stage_seizures, "seizures"),
            (unodc.PRICES, unodc.stage_prices, "prices"),
        )
    ),
)


def package() -> DomainPackage:
    """The domain: counts of deaths, drugs seized, populations."""
    return DomainPackage("overdose", SOURCES)
