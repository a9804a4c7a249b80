"""The rows of one night after another: occurrences, images, identifications and measurements."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator

from exporter_sample.database import Row, utc, uuid4
from exporter_sample.insects_plan import Night
from exporter_sample.taxa import Taxon

USERS = (
    (1, "Ana Quintero", "ana.quintero@example.org"),
    (2, "Samuel Whitcomb", "samuel.whitcomb@example.org"),
    (3, "Élise Tremblay", "elise.tremblay@example.org"),
    (4, "Søren Kjærgaard", "soren.kjaergaard@example.org"),
)
ALGORITHMS = (
    (1, "Nocturne species Panama", "1.2"),
    (2, "Nocturne species Northern Forest", "2.0"),
    (3, "Nocturne species Denmark", "1.4"),
    (4, "Nocturne order screen", "3.1"),
)
_ORDER_SCREEN = 4
_WIDTH, _HEIGHT = 4096, 2160
_PERSON, _AGREES, _SCREENED, _MEASURED = 0.2, 0.85, 0.08, 0.02
_COLLECTED_EVERY = 5

Determination = tuple[int | None, float | None, int | None, int | None, str | None]  # taxon, score, user, algorithm, when


def undetermined(number: int) -> bool:
    """Whether the occurrence with this number, from 0, lost its determination: 0.5 % of all."""
    return number % 200 == 57


def withdrawn(number: int) -> bool:
    """Whether the occurrence with this number, from 0, was withdrawn: 0.2 % of all."""
    return number % 500 == 111


def has_neighbour(number: int) -> bool:
    """Whether the occurrence with this number, from 0, is told to be beside the one before it: 1 % of all."""
    return number % 100 == 31


class Rows:
    """Makes the rows, night after night in order; ids and chance run on from each night to the next.

    :ivar tables: the rows made since they were last taken, by table.
    """

    def __init__(self, taxa: Iterable[Taxon], chance: random.Random) -> None:
        self._chance = chance
        self._random = chance.random
        self._taxa = {t.id: t for t in taxa}
        self._order = {t.name: t.id for t in self._taxa.values() if t.rank == "ORDER"}
        self._found: dict[str, list[Taxon]] = {}
        self._images = self._identifications = self._measurements = self._relationships = 0
        self._night: Night
        self._captures: list[tuple[int, str]]
        self._processed: dt.datetime
        self._processed_at: str
        self.tables: dict[str, list[Row]] = {
            n: []
            for n in ("occurrences", "images", "identifications", "measurements", "relationships", "collection_captures")
        }

    def night(self, night: Night) -> None:
        """Make the rows of one night."""
        self._night = night
        self._processed = night.end.astimezone(dt.UTC) + dt.timedelta(hours=6, minutes=night.id * 17 % 240)
        self._processed_at = utc(self._processed)
        self._captures = list(self._make_captures())
        self._make_weather()
        for number in range(night.first, night.last):
            self._make_occurrence(number)

    def _make_captures(self) -> Iterator[tuple[int, str]]:
        """Give the id of each capture and when it was taken."""
        night = self._night
        every = (night.end - night.start) // night.captures
        for n in range(night.captures):
            self._images += 1
            taken = (night.start + every * n).isoformat(timespec="seconds")
            path = f"captures/{night.id}/{n + 1:04d}.jpg"
            place = (self._images, night.locality.project, night.id, "capture", None, None, path, taken)
            self.tables["images"].append((*place, _WIDTH, _HEIGHT, None, None, None, None, None))
            if n % _COLLECTED_EVERY == 0:
                self.tables["collection_captures"].append((night.locality.project, self._images))
            yield self._images, taken

    def _make_weather(self) -> None:
        night = self._night
        degrees = round(12 + 14 * self._random(), 1)
        self._measure(None, "air temperature at dusk", degrees, "°C", "sensor of the trap", night.start.isoformat())
        self._measure(None, "moon illumination", night.moon, "%", "computed from the date", night.start.isoformat())

    def _measure(self, occurrence: int | None, kind: str, value: float, unit: str, method: str, when: str) -> None:
        night = self._night
        self._measurements += 1
        about = (self._measurements, night.locality.project, night.id, occurrence)
        self.tables["measurements"].append((*about, kind, value, unit, method, night.device, when))

    def _make_occurrence(self, number: int) -> None:
        night, uid = self._night, uuid4(self._chance)
        first, last = self._make_crops(number + 1, uid)
        taxon, score, user, algorithm, when = self._determine(number, self._species())
        chance = self._random()
        count = 1 if chance < 0.97 else int(2 + 3 * self._random())
        if chance < _MEASURED:
            length = round(6 + 40 * self._random(), 1)
            self._measure(number + 1, "body length", length, "mm", "measured in the crop", last)
        if has_neighbour(number) and number > night.first:
            self._relationships += 1
            beside = (self._relationships, night.locality.project, number + 1, number, "photographed beside")
            self.tables["relationships"].append(beside)
        about = (number + 1, uid, night.locality.project, night.id)
        kept = (int(withdrawn(number)), self._processed_at, when or self._processed_at)
        self.tables["occurrences"].append((*about, taxon, score, user, algorithm, when, count, first, last, *kept))

    def _make_crops(self, occurrence: int, uid: str) -> tuple[str, str]:
        """Make crops in captures that follow each other; return when the occurrence was first and last seen."""
        chance, captures = self._random(), self._captures
        crops = 1 if chance < 0.76 else 2 if chance < 0.94 else 3
        begin = int((len(captures) - crops + 1) * self._random())
        for n in range(crops):
            self._images += 1
            capture, taken = captures[begin + n]
            wide, high = int(60 + 340 * self._random()), int(60 + 260 * self._random())
            left, top = int((_WIDTH - wide) * self._random()), int((_HEIGHT - high) * self._random())
            place = (self._images, self._night.locality.project, self._night.id, "crop", capture, occurrence)
            score = round(0.6 + 0.4 * self._random(), 4)
            path = f"crops/{uid}/{n + 1}.jpg"
            self.tables["images"].append((*place, path, taken, wide, high, left, top, wide, high, score))
        return captures[begin][1], captures[begin + crops - 1][1]

    def _determine(self, number: int, species: Taxon) -> Determination:
        """Make identifications; return what they amount to. A person outweighs models."""
        if undetermined(number):
            user, when = self._person()
            self._identify(number, species.id, user, None, None, "Withdrawn: no insect in the crop", when, withdrawn=True)
            return None, None, None, None, None
        taxon, score = self._predict(species)
        algorithm = self._night.locality.project
        self._identify(number, taxon, None, algorithm, score, None, self._processed_at)
        if self._random() < _SCREENED:
            order, sure = self._order[str(species.lineage[3])], round(0.8 + 0.2 * self._random(), 4)
            self._identify(number, order, None, _ORDER_SCREEN, sure, None, self._processed_at)
        if self._random() >= _PERSON:
            return taxon, score, None, algorithm, self._processed_at
        user, when = self._person()
        agrees = self._random() < _AGREES
        told = species if agrees else self._species()
        remarks = None if agrees else "Determined again from the crops"
        self._identify(number, told.id, user, None, None, remarks, when)
        return told.id, 1.0, user, None, when

    def _predict(self, species: Taxon) -> tuple[int, float]:
        """Say what a model would: mostly the species, else its genus or its family."""
        chance, score = self._random(), 1 - 0.6 * self._random() * self._random()
        if chance < 0.92:
            return species.id, round(score, 4)
        genus = species.parent_id or species.id
        above = genus if chance < 0.98 else self._taxa[genus].parent_id or genus
        return above, round(score * 0.7, 4)

    def _identify(
        self,
        number: int,
        taxon: int,
        user: int | None,
        algorithm: int | None,
        score: float | None,
        remarks: str | None,
        when: str,
        *,
        withdrawn: bool = False,
    ) -> None:
        self._identifications += 1
        about = (self._identifications, self._night.locality.project, number + 1)
        self.tables["identifications"].append((*about, taxon, user, algorithm, score, remarks, int(withdrawn), when))

    def _species(self) -> Taxon:
        """Pick a species of the night's country; few are common and many are rare."""
        country = self._night.locality.country
        if country not in self._found:
            candidates = sorted((self._random(), t.id) for t in self._taxa.values() if country in t.countries)
            self._found[country] = [self._taxa[id] for _, id in candidates]
        found = self._found[country]
        return found[int(len(found) * self._random() * self._random())]

    def _person(self) -> tuple[int, str]:
        minutes = int(24 * 60 * (1 + 59 * self._random()))
        return int(len(USERS) * self._random()) + 1, utc(self._processed + dt.timedelta(minutes=minutes))
