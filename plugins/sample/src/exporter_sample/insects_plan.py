"""What an insect database of a given size holds: projects, sites, deployments and nights, by arithmetic alone.

Nothing here is random or kept: any night can be asked for, so that memory stays flat whatever the size.
"""

from __future__ import annotations

import datetime as dt

import attrs

from exporter_sample.database import divided_up

PROJECTS = (
    (1, "panama-canopy", "Panama Canopy Moths", "Isthmus Night Survey (sample)"),
    (2, "northern-forest", "Northern Forest Night Insects", "Northern Forest Moth Watch (sample)"),
    (3, "danish-woods", "Moths of Danish Woods", "Danske Natsommerfugle (sample)"),
)
DEVICES = (
    (1, "Light screen A", "UV LED screen with 12 MP camera"),
    (2, "Light screen B", "UV LED screen with 12 MP camera"),
    (3, "Light screen C", "Actinic screen with 9 MP camera"),
)
TARGETS = ("Sphingidae", "Saturniidae", "Noctuidae", "Geometridae")  # families that each deployment looks for
FIRST_YEAR = 2023
_SEASON_DAYS = 100
_NIGHTS_AT_ONE_TRAP = 60
_FEWEST_NIGHTS, _FEWEST_DEPLOYMENTS = 12, 8
_BUSY = (25, 40, 55, 30, 60, 45, 25)  # how nights differ, in turn; 40 on average
_NEW_MOON = dt.date(2023, 1, 21)
_DAYS_OF_A_MOON = 29.530589


@attrs.frozen
class Locality:
    """A place with traps. Season and dusk are local: month and day, hour and minute."""

    code: str
    name: str
    project: int
    country: str
    latitude: float
    longitude: float
    utc_offset: int
    season: tuple[int, int]
    dusk: tuple[int, int]
    minutes: int


_PANAMA = (-5, (1, 12), (18, 50), 600)
_NORTH = (-4, (5, 20), (20, 55), 450)
_DENMARK = (2, (5, 18), (22, 5), 330)
LOCALITIES = (
    Locality("PA-GAM", "Gamboa, Soberanía", 1, "PA", 9.123418, -79.701265, *_PANAMA),
    Locality("US-MAN", "Mount Mansfield, Vermont", 2, "US", 44.512873, -72.843561, *_NORTH),
    Locality("DK-SIL", "Silkeborg, Vesterskov", 3, "DK", 56.148237, 9.512604, *_DENMARK),
    Locality("CA-ORF", "Mont Orford, Québec", 2, "CA", 45.343186, -72.221947, *_NORTH),
    Locality("PA-CAM", "Altos de Campana", 1, "PA", 8.681529, -79.926718, *_PANAMA),
    Locality("US-CAM", "Camel's Hump, Vermont", 2, "US", 44.318742, -72.901386, *_NORTH),
    Locality("DK-ROL", "Rold Skov", 3, "DK", 56.821365, 9.836192, *_DENMARK),
    Locality("CA-HIL", "Mont Saint-Hilaire, Québec", 2, "CA", 45.548021, -73.158473, *_NORTH),
    Locality("PA-FOR", "Fortuna", 1, "PA", 8.731846, -82.238517, *_PANAMA),
    Locality("US-WOO", "Woodstock, Vermont", 2, "US", 43.629714, -72.541893, *_NORTH),
    Locality("DK-GRI", "Gribskov", 3, "DK", 55.983471, 12.307265, *_DENMARK),
    Locality("CA-ALG", "Algonquin, Ontario", 2, "CA", 45.562397, -78.594126, *_NORTH),
)


@attrs.frozen
class Night:
    """One night at one trap.

    :param id: its row in the host's table `events`.
    :param first: the number of its first occurrence, from 0; `last` is one past its last.
    """

    id: int
    deployment: int
    locality: Locality
    start: dt.datetime
    end: dt.datetime
    first: int
    last: int
    captures: int
    device: int

    @property
    def hours(self) -> float:
        """How long the trap was on, to a tenth of an hour."""
        return round((self.end - self.start).total_seconds() / 3600, 1)

    @property
    def moon(self) -> float:
        """The lit part of the moon, percent, about right: a parabola between new moon and full moon."""
        age = (self.start.date() - _NEW_MOON).days % _DAYS_OF_A_MOON / _DAYS_OF_A_MOON
        return float(round(400 * age * (1 - age)))


@attrs.frozen
class Plan:
    """How many sites, deployments and nights so many occurrences need; ids count from 1, deployments before nights.

    The last night has no occurrence.
    """

    occurrences: int

    @property
    def nights(self) -> int:
        """About one for 40 occurrences."""
        return max(_FEWEST_NIGHTS, self.occurrences // 40)

    @property
    def per_deployment(self) -> int:
        """How many nights a deployment has; the last may have fewer."""
        return divided_up(self.nights, max(_FEWEST_DEPLOYMENTS, divided_up(self.nights, _NIGHTS_AT_ONE_TRAP)))

    @property
    def deployments(self) -> int:
        """Two at each site, one in each year."""
        return divided_up(self.nights, self.per_deployment)

    @property
    def sites(self) -> int:
        """Each locality has one site, then each a second one, and so on."""
        return divided_up(self.deployments, 2)

    def night(self, number: int) -> Night:
        """Return the night with this number, from 0."""
        per = self.per_deployment
        deployment, turn = divmod(number, per)
        place = locality(deployment // 2)
        start = _dusk(place, FIRST_YEAR + deployment % 2, turn * max(1, _SEASON_DAYS // per), number)
        first, last = self._before(number), self._before(number + 1)
        return Night(
            id=self.deployments + number + 1,
            deployment=deployment + 1,
            locality=place,
            start=start,
            end=start + dt.timedelta(minutes=place.minutes + number * 53 % 40),
            first=first,
            last=last,
            captures=max(3, divided_up(last - first, 5)),
            device=deployment % len(DEVICES) + 1,
        )

    def nights_of(self, deployment: int) -> range:
        """Return the numbers of a deployment's nights; deployments are numbered from 0."""
        per = self.per_deployment
        return range(deployment * per, min((deployment + 1) * per, self.nights))

    def _before(self, night: int) -> int:
        """Count the occurrences before a night."""
        return self.occurrences * _busy(min(night, self.nights - 1)) // _busy(self.nights - 1)


def locality(site: int) -> Locality:
    """Return the locality of a site; sites are numbered from 0."""
    return LOCALITIES[site % len(LOCALITIES)]


def site_row(site: int) -> tuple[int | float | str, ...]:
    """Make the row of the host's table `sites`: a plot within a kilometre of its locality; sites are numbered from 0."""
    place, plot = locality(site), site // len(LOCALITIES) + 1
    north, east = (plot * 7919 % 16001 - 8000) / 1e6, (plot * 6007 % 16001 - 8000) / 1e6
    latitude, longitude = round(place.latitude + north, 6), round(place.longitude + east, 6)
    code, name = f"{place.code}-{plot:02d}", f"{place.name}, plot {plot}"
    return (site + 1, place.project, code, name, place.country, latitude, longitude, 10 + plot * 7 % 40)


def _busy(nights: int) -> int:
    weeks, rest = divmod(nights, len(_BUSY))
    return weeks * sum(_BUSY) + sum(_BUSY[:rest])


def _dusk(place: Locality, year: int, day: int, number: int) -> dt.datetime:
    zone = dt.timezone(dt.timedelta(hours=place.utc_offset))
    hour, minute = place.dusk
    start = dt.datetime(year, *place.season, hour, minute, tzinfo=zone)
    return start + dt.timedelta(days=day, minutes=number * 37 % 45)
