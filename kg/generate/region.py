"""Example regions: what registers would list of a region, its delivery units and its inspections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count

from kg.generate.inspection import LOCAL, REGIONAL, YEARS, inspect
from kg.generate.sheet import Sheet, dice

_UNITS_OF_A_REGION = 20
_AREAS_OF_A_UNIT = 3
_PROVIDERS_OF_A_REGION = 3
_SERVICES = (
    "accommodation",
    "dependency-and-recovery",
    "education-training-and-employment",
    "finance-benefit-and-debt",
    "personal-wellbeing",
    "womens-services",
)


def examples(wanted: int, themes: Sequence[str]) -> Iterator[bytes]:
    """Yield the invented quads, region by region, until there are enough."""
    shared = Sheet("reference/example")
    shared.fill("shared")
    yield "".join(shared.lines).encode()
    made = shared.quads
    for region in count(1):
        if made >= wanted:
            return
        sheets = list(_region(region, wanted - made, themes))
        made += sum(sheet.quads for sheet in sheets)
        yield "".join(line for sheet in sheets for line in sheet.lines).encode()


def _region(region: int, wanted: int, themes: Sequence[str]) -> Iterator[Sheet]:
    """Yield the register of a region and its inspections, with fewer units where fewer quads are wanted."""
    register = Sheet(f"reference/example-{region}")
    register.fill("region", region=region, code=f"{region:05d}", gss=f"{region:07d}")
    for each in range(_PROVIDERS_OF_A_REGION):
        register.fill("provider", provider=f"{region}-{each + 1}")
    _contracts(register, region)
    yield register
    made = register.quads
    for year in YEARS:
        report = inspect(f"region/example-{region}", f"Example region {region}", year, REGIONAL, themes)
        made += report.quads
        yield report
    for unit in range(_UNITS_OF_A_REGION * (region - 1) + 1, _UNITS_OF_A_REGION * region + 1):
        if made >= wanted:
            return
        before = register.quads
        _unit(register, region, unit)
        made += register.quads - before
        for year in YEARS:
            report = inspect(f"pdu/example-{unit}", f"Example PDU {unit}", year, LOCAL, themes)
            made += report.quads
            yield report


def _contracts(register: Sheet, region: int) -> None:
    """Add a contract for each service but one, for which the register lists none."""
    draw = dice(f"contracts {region}")
    missing = draw.choice(_SERVICES)
    register.fill("absence", region=region, service=missing)
    for service in _SERVICES:
        if service == missing:
            continue
        holder, other = draw.sample(range(1, _PROVIDERS_OF_A_REGION + 1), 2)
        contract = f"{region}-{service}"
        register.fill(
            "contract",
            contract=contract,
            notation=contract.replace("-", "_").upper(),
            service=service,
            region=region,
            holder=f"{region}-{holder}",
            other=f"{region}-{other}",
            sex="female" if service == "womens-services" else "male",
            since=date(2023, 1, 1) + timedelta(days=draw.randrange(900)),
        )


def _unit(register: Sheet, region: int, unit: int) -> None:
    """Add a delivery unit and its districts, each with an office and a court, one with a prison."""
    draw = dice(f"unit {unit}")
    register.fill("unit", unit=unit, region=region, code=f"{unit:05d}")
    for each in range(_AREAS_OF_A_UNIT):
        area = f"{unit}-{each + 1}"
        register.fill(
            "area",
            area=area,
            unit=unit,
            region=region,
            gss=f"{_AREAS_OF_A_UNIT * unit + each:07d}",
            lat=f"{draw.uniform(51.1, 53.9):.5f}",
            long=f"{draw.uniform(-2.4, -0.1):.5f}",
            quality=draw.choice("aabc"),
        )
    register.fill("prison", area=f"{unit}-1", region=region)
